"""Which accounts does a development or staging server have, and how far has each of them come?"""

from dataclasses import dataclass

REVIEWER_EMAIL = "reviewer@example.com"
MAIN_CANDIDATE_EMAIL = "ayu.lestari@example.com"


@dataclass(frozen=True)
class SeedApplication:
    """One application; `days_ago` counts back from the seeding to the day the candidate applied."""

    job_id: str
    status: str
    days_ago: int
    note: str | None = None
    # (document type, file name, review status)
    documents: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class SeedVerification:
    """One identity verification session; `reason` is what the reviewer wrote."""

    status: str
    days_ago: int
    document_types: tuple[str, ...] = ("PASSPORT", "SELFIE")
    reason: str | None = None
    final_request_note: str | None = None

    @property
    def has_final_request(self) -> bool:
        return self.final_request_note is not None


@dataclass(frozen=True)
class SeedOrganization:
    """An organization whose owner waits for its verification."""

    name: str
    org_type: str
    country_code: str
    registration_number: str
    legal_name: str


@dataclass(frozen=True)
class SeedPerson:
    """One account and everything it owns; `roles` empty means the default role of candidates."""

    email: str
    full_name: str
    days_ago: int
    roles: tuple[str, ...] = ("sdm",)
    is_email_verified: bool = True
    saved_jobs: tuple[str, ...] = ()
    saved_posts: tuple[str, ...] = ()
    applications: tuple[SeedApplication, ...] = ()
    verification: SeedVerification | None = None
    organization: SeedOrganization | None = None
    is_staff: bool = False


WELDER = "job_tokyo_senior_welder_001"
LATHE = "job_osaka_cnc_operator_002"
CARE = "job_fukuoka_eldercare_assistant_004"
DAIRY = "job_sapporo_dairy_farm_worker_005"
HOTEL = "job_sendai_hotel_front_desk_009"
SUPPORT = "job_kawasaki_it_support_engineer_018"
NURSING = "job_kobe_nursing_care_worker_029"
SHIPS = "job_hiroshima_shipbuilding_fitter_032"
CHIPS = "job_kumamoto_semiconductor_operator_037"

DEV_PEOPLE: tuple[SeedPerson, ...] = (
    SeedPerson(
        MAIN_CANDIDATE_EMAIL,
        "Ayu Lestari",
        28,
        saved_jobs=(LATHE, NURSING, CHIPS),
        saved_posts=("post_visa_update_002", "post_interview_tips_003"),
        applications=(
            SeedApplication(
                WELDER,
                "IN_REVIEW",
                9,
                "I hold a 6G certificate and can start in April.",
                documents=(("CV", "ayu-lestari-cv.pdf", "VALID"), ("CERTIFICATE", "welding-6g.pdf", "PENDING")),
            ),
            SeedApplication(CARE, "SUBMITTED", 2),
        ),
        verification=SeedVerification("SUBMITTED", 1),
    ),
    SeedPerson("budi.santoso@example.com", "Budi Santoso", 3),
    SeedPerson("citra.wulandari@example.com", "Citra Wulandari", 1, is_email_verified=False),
    SeedPerson(
        "dimas.prasetyo@example.com",
        "Dimas Prasetyo",
        12,
        saved_jobs=(WELDER, DAIRY, SHIPS, HOTEL),
        saved_posts=("post_jp_work_culture_001", "post_life_in_tokyo_004", "post_reading_a_payslip_006"),
    ),
    SeedPerson(
        "eka.saputra@example.com", "Eka Saputra", 14, applications=(SeedApplication(LATHE, "SUBMITTED", 1, "Hello!"),)
    ),
    SeedPerson(
        "fitri.handayani@example.com",
        "Fitri Handayani",
        16,
        applications=(
            SeedApplication(NURSING, "IN_REVIEW", 5, documents=(("CV", "fitri-handayani-cv.pdf", "PENDING"),)),
        ),
    ),
    SeedPerson(
        "gilang.ramadhan@example.com",
        "Gilang Ramadhan",
        21,
        applications=(SeedApplication(SHIPS, "INTERVIEW", 12, documents=(("CV", "gilang-ramadhan-cv.pdf", "VALID"),)),),
        verification=SeedVerification("VERIFIED", 18),
    ),
    SeedPerson(
        "hana.permata@example.com",
        "Hana Permata",
        30,
        applications=(SeedApplication(HOTEL, "OFFERED", 20, "JLPT N2, three years at a hotel in Bandung."),),
        verification=SeedVerification("VERIFIED", 26),
    ),
    SeedPerson(
        "indra.kusuma@example.com",
        "Indra Kusuma",
        60,
        applications=(SeedApplication(SUPPORT, "HIRED", 50),),
        verification=SeedVerification("VERIFIED", 55, final_request_note="All documents are complete."),
    ),
    SeedPerson(
        "joko.wibowo@example.com",
        "Joko Wibowo",
        25,
        applications=(SeedApplication(DAIRY, "REJECTED", 15, documents=(("CV", "joko-wibowo-cv.pdf", "INVALID"),)),),
    ),
    SeedPerson(
        "kartika.sari@example.com",
        "Kartika Sari",
        6,
        verification=SeedVerification("CREATED", 4, document_types=("PASSPORT",)),
    ),
    SeedPerson("lukman.hakim@example.com", "Lukman Hakim", 8, verification=SeedVerification("SUBMITTED", 1)),
    SeedPerson(
        "maya.anggraini@example.com",
        "Maya Anggraini",
        10,
        verification=SeedVerification("MANUAL_REVIEW", 1, reason="The photograph of the passport is a little dark."),
    ),
    SeedPerson(
        "nanda.pratama@example.com",
        "Nanda Pratama",
        20,
        verification=SeedVerification("VERIFIED", 15, document_types=("PASSPORT", "RESIDENCE_CARD_FRONT", "SELFIE")),
    ),
    SeedPerson(
        "oki.firmansyah@example.com",
        "Oki Firmansyah",
        18,
        verification=SeedVerification("REJECTED", 13, reason="The passport has expired. Please start again."),
    ),
    SeedPerson(
        "putri.maharani@example.com",
        "Putri Maharani",
        11,
        verification=SeedVerification("SUBMITTED", 1, final_request_note="Please check before my interview on Friday."),
    ),
    SeedPerson(
        "rangga.wijaya@example.com",
        "Rangga Wijaya",
        40,
        roles=("lpk", "sdm"),
        organization=SeedOrganization(
            "Contoh Karya Mandiri", "LPK", "ID", "LPK-EXAMPLE-0001", "Yayasan Contoh Karya Mandiri"
        ),
    ),
    SeedPerson("admin@example.com", "Example Administrator", 90, roles=("super_admin",), is_staff=True),
    SeedPerson(REVIEWER_EMAIL, "Example Reviewer", 90, roles=(), is_staff=True),
)

# For developers of the apps who test against staging. None of them waits for staff, so no alert about waiting
# candidates ever comes from here.
STAGING_PEOPLE: tuple[SeedPerson, ...] = (
    SeedPerson("ios-fresh@example.com", "Contoh Baru", 1),
    SeedPerson(
        "ios-applied@example.com",
        "Contoh Pelamar",
        10,
        saved_jobs=(LATHE, NURSING),
        saved_posts=("post_visa_update_002",),
        applications=(SeedApplication(WELDER, "IN_REVIEW", 7), SeedApplication(CHIPS, "SUBMITTED", 3)),
    ),
    SeedPerson(
        "ios-verified@example.com",
        "Contoh Terverifikasi",
        20,
        verification=SeedVerification("VERIFIED", 15),
    ),
    SeedPerson(
        "ios-offer@example.com",
        "Contoh Penawaran",
        30,
        applications=(SeedApplication(HOTEL, "OFFERED", 20),),
        verification=SeedVerification("VERIFIED", 25),
    ),
)
