"""Which jobs does a seeded server show?"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# City name to (latitude, longitude) in decimal degrees, WGS 84, of the city centre.
CITIES: dict[str, tuple[float, float]] = {
    "Tokyo": (35.6762, 139.6503),
    "Osaka": (34.6937, 135.5023),
    "Nagoya": (35.1815, 136.9066),
    "Fukuoka": (33.5902, 130.4017),
    "Sapporo": (43.0618, 141.3545),
    "Hakodate": (41.7687, 140.7288),
    "Aomori": (40.8222, 140.7474),
    "Morioka": (39.7036, 141.1527),
    "Sendai": (38.2682, 140.8694),
    "Akita": (39.7200, 140.1025),
    "Fukushima": (37.7608, 140.4747),
    "Mito": (36.3659, 140.4714),
    "Utsunomiya": (36.5551, 139.8828),
    "Maebashi": (36.3895, 139.0634),
    "Saitama": (35.8617, 139.6455),
    "Chiba": (35.6074, 140.1065),
    "Yokohama": (35.4437, 139.6380),
    "Kawasaki": (35.5308, 139.7030),
    "Niigata": (37.9161, 139.0364),
    "Toyama": (36.6953, 137.2113),
    "Kanazawa": (36.5613, 136.6562),
    "Nagano": (36.6486, 138.1948),
    "Gifu": (35.4233, 136.7606),
    "Shizuoka": (34.9756, 138.3828),
    "Hamamatsu": (34.7108, 137.7261),
    "Toyota": (35.0824, 137.1563),
    "Yokkaichi": (34.9650, 136.6244),
    "Kyoto": (35.0116, 135.7681),
    "Kobe": (34.6901, 135.1955),
    "Wakayama": (34.2305, 135.1708),
    "Okayama": (34.6555, 133.9198),
    "Hiroshima": (34.3853, 132.4553),
    "Takamatsu": (34.3428, 134.0466),
    "Imabari": (34.0663, 132.9978),
    "Kochi": (33.5597, 133.5311),
    "Kitakyushu": (33.8834, 130.8752),
    "Kumamoto": (32.8032, 130.7079),
    "Nagasaki": (32.7503, 129.8777),
    "Kagoshima": (31.5966, 130.5571),
    "Naha": (26.2124, 127.6809),
}

# The contract fixes the first four: published at 09:00 UTC on the first four days of 2026.
FIRST_PUBLISHED_AT = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class SeedJob:
    """One job of the catalogue; `city` is a key of CITIES, `position` counts from 0 in list order."""

    position: int
    id: str
    title: str
    employment_type: str
    visa_sponsorship: bool
    city: str
    employer_id: str
    employer_name: str
    is_verified_employer: bool
    requirements: tuple[str, ...]
    description: str

    @property
    def published_at(self) -> datetime:
        """UTC; a day apart, and each later job a few minutes off the hour, so that no two share a moment."""
        if self.position < 4:
            return FIRST_PUBLISHED_AT + timedelta(days=self.position)
        return FIRST_PUBLISHED_AT + timedelta(days=self.position, minutes=(self.position * 7) % 60)

    @property
    def location(self) -> dict[str, object]:
        """The value of `location_json`."""
        latitude, longitude = CITIES[self.city]
        return {
            "countryCode": "JP",
            "city": self.city,
            "displayLabel": f"{self.city}, JP",
            "latitude": latitude,
            "longitude": longitude,
        }

    @property
    def employer(self) -> dict[str, object]:
        """The value of `employer_json`; no seeded employer has a logo."""
        return {
            "id": self.employer_id,
            "name": self.employer_name,
            "logoUrl": None,
            "isVerifiedEmployer": self.is_verified_employer,
        }


FULL_TIME, PART_TIME, CONTRACT = "FULL_TIME", "PART_TIME", "CONTRACT"

# id, title, employment type, visa, city, employer id, employer name, verified, requirements, description
_ROWS: tuple[tuple[str, str, str, bool, str, str, str, bool, tuple[str, ...], str], ...] = (
    (
        "job_tokyo_senior_welder_001",
        "Senior Welder",
        FULL_TIME,
        True,
        "Tokyo",
        "emp_tokyo_construction",
        "Tokyo Structural Works",
        True,
        (
            "Five years of arc or TIG welding on structural steel",
            "A welding certificate from your country or JIS Z 3841",
            "Japanese at JLPT N4 or JFT-Basic",
        ),
        "Lead a crew of four welders on steel frames for mid-rise buildings in the east of Tokyo. You read drawings, "
        "choose the procedure for each joint, weld in all positions, and check the work of younger colleagues before "
        "the inspector comes. Shifts run from 08:00 to 17:00 with one Saturday a month. The company sponsors the "
        "Specified Skilled Worker visa, pays for the JIS examination, and rents a furnished room to you for the first "
        "year at half of its price.",
    ),
    (
        "job_osaka_cnc_operator_002",
        "CNC Lathe Operator",
        CONTRACT,
        True,
        "Osaka",
        "emp_kansai_precision",
        "Kansai Precision Parts",
        True,
        (
            "Two years on CNC lathes or machining centres",
            "Able to read technical drawings and use a micrometer",
            "Basic spoken Japanese",
        ),
        "Run two CNC lathes that turn valve bodies and shafts to a tolerance of ten micrometres. You set tools, load "
        "programs, measure the first part of each batch, and note every correction in the shift log. An engineer who "
        "speaks English trains you for six weeks. The contract lasts three years and can be renewed; day and evening "
        "shifts change every two weeks. A dormitory is five minutes away by bicycle, and lunch in the canteen is "
        "paid by the company.",
    ),
    (
        "job_nagoya_warehouse_staff_003",
        "Warehouse Staff",
        FULL_TIME,
        False,
        "Nagoya",
        "emp_chubu_logistics",
        "Chubu Logistics Center",
        False,
        (
            "A residence status that already permits work in Japan",
            "Able to lift parcels of 15 kg through a whole shift",
            "Everyday Japanese, enough for safety instructions",
        ),
        "Pick, scan and pack spare parts in a distribution centre close to the port of Nagoya. A hand terminal tells "
        "you shelf and quantity; you check the label, build the pallet and hand it to the dispatch team. We train "
        "newcomers for two weeks and pay for the forklift licence after six months. Shifts start at 07:00 or 13:00, "
        "and a free shuttle bus leaves from the station. This position comes without visa sponsorship, so please "
        "apply only with a valid work permit.",
    ),
    (
        "job_fukuoka_eldercare_assistant_004",
        "Eldercare Assistant",
        PART_TIME,
        True,
        "Fukuoka",
        "emp_hakata_care",
        "Hakata Care House",
        True,
        (
            "Nursing Care Skills Evaluation Test passed, or a nursing diploma",
            "Japanese at JLPT N4, with the will to reach N3",
            "Patience and a friendly manner with older people",
        ),
        "Help sixty residents of a care home through their day: meals, bathing, walks, and the afternoon songs that "
        "everybody waits for. You work in a team of seven with a nurse always in the house, and you write short notes "
        "about each resident on a tablet. The week has twenty-eight hours, and night duty begins only after half a "
        "year. The home pays for Japanese lessons twice a week and for the examination that leads to the national "
        "care worker licence.",
    ),
    (
        "job_sapporo_dairy_farm_worker_005",
        "Dairy Farm Worker",
        FULL_TIME,
        True,
        "Sapporo",
        "emp_northfield_dairy",
        "Northfield Dairy Cooperative",
        True,
        (
            "One year on a farm or with large animals",
            "Agriculture Skill Assessment Test, livestock",
            "Ready for early mornings and cold winters",
            "JFT-Basic A2 or JLPT N4",
        ),
        "Care for a herd of one hundred and eighty Holstein cows on a family-run farm at the edge of Sapporo. The day "
        "begins at 05:00 with milking in a modern parlour, followed by feeding, bedding and the care of calves. After "
        "a long midday break the second milking ends at 18:00. Winters are snowy and the barn is warm. You live in a "
        "shared house with two colleagues, and the cooperative lends winter clothes, pays for heating and takes you "
        "shopping each week.",
    ),
    (
        "job_hakodate_seafood_processing_006",
        "Seafood Processing Worker",
        FULL_TIME,
        True,
        "Hakodate",
        "emp_tsugaru_seafoods",
        "Tsugaru Strait Seafoods",
        True,
        (
            "Food and Beverage Manufacturing Skill Test, or experience with fish",
            "Steady work while standing in a cool room",
            "JLPT N4 or JFT-Basic",
        ),
        "Clean, cut and pack squid and salmon that boats bring to the quay in the morning. The hall is kept at twelve "
        "degrees, so we provide thermal wear, boots and knives, and everyone changes stations each two hours. You "
        "learn hygiene rules that follow HACCP and may become a line leader after a year. The season is busiest from "
        "July to November, with paid overtime. Rooms for two people stand above the office and cost very little.",
    ),
    (
        "job_aomori_apple_orchard_worker_007",
        "Apple Orchard Worker",
        CONTRACT,
        True,
        "Aomori",
        "emp_iwaki_orchards",
        "Iwaki Foot Orchards",
        False,
        (
            "Agriculture Skill Assessment Test, cultivation",
            "Comfortable on ladders up to three metres",
            "Simple spoken Japanese",
        ),
        "Work through the apple year in a valley below Mount Iwaki: pruning in February, thinning in June, bagging "
        "each fruit in July, and harvest from September until the first snow. An experienced grower works beside you "
        "and explains why each branch is cut. Days start at 07:30, Sundays are free, and rainy days are spent in the "
        "sorting shed. The contract covers eleven months and most people come back. Housing with a garden is free of "
        "charge.",
    ),
    (
        "job_morioka_ironware_finisher_008",
        "Cast Iron Finisher",
        FULL_TIME,
        True,
        "Morioka",
        "emp_kitakami_castings",
        "Kitakami Castings",
        True,
        (
            "Experience with grinding or metal finishing",
            "Care for safety equipment and dust rules",
            "JLPT N4 or JFT-Basic",
        ),
        "Finish cast iron parts for pumps and kitchenware in a foundry with forty people. You remove burrs with "
        "grinders, blast surfaces, check walls for cracks, and apply a protective coat before packing. The foundry "
        "measures dust and noise each month and shows the results to everyone. A senior finisher teaches you for the "
        "first ninety days. Work is from 08:00 to 16:45 with a bus from the station, and bonuses are paid in summer "
        "and winter.",
    ),
    (
        "job_sendai_hotel_front_desk_009",
        "Hotel Front Desk Clerk",
        FULL_TIME,
        True,
        "Sendai",
        "emp_zelkova_hotels",
        "Zelkova Avenue Hotels",
        True,
        (
            "Japanese at JLPT N2 and good English",
            "A year in a hotel, an airline or a travel agency",
            "Accommodation Industry Skill Test, or a degree in tourism",
            "Calm with guests who arrive late and tired",
        ),
        "Welcome guests of a two-hundred-room city hotel: check-in, phone, payments, and answers about trains and "
        "restaurants. More and more visitors come from Southeast Asia, so your Indonesian is a real advantage. "
        "Shifts cover day and night with nine days off a month, and a supervisor is always on duty. You spend one week "
        "in each department first. The hotel sponsors the visa, lends the uniform, and offers staff rooms near "
        "the river during your probation.",
    ),
    (
        "job_akita_rice_farm_worker_010",
        "Rice Farm Worker",
        CONTRACT,
        True,
        "Akita",
        "emp_omono_rice",
        "Omono River Rice",
        False,
        (
            "Agriculture Skill Assessment Test, cultivation",
            "A driving licence is welcome, not required",
            "Basic Japanese",
        ),
        "Grow rice and soybeans on seventy hectares of flat fields. From April you prepare seedling boxes, help at the "
        "planting machine, watch water levels, and mow the banks; in autumn you dry, mill and bag the harvest. In "
        "winter the team repairs machines and grows vegetables in heated tunnels, so the pay is the same through the "
        "year. The owner speaks slowly and draws what he means. You live in a renovated farmhouse and can use the "
        "company car for shopping.",
    ),
    (
        "job_fukushima_solar_site_technician_011",
        "Solar Site Technician",
        FULL_TIME,
        True,
        "Fukushima",
        "emp_abukuma_energy",
        "Abukuma Green Energy",
        True,
        (
            "Vocational diploma in electricity or electronics",
            "No fear of working outdoors in heat and snow",
            "Japanese at JLPT N3",
        ),
        "Inspect and repair solar parks across the prefecture. With a partner and a service van you visit two sites a "
        "day, measure strings, replace connectors and inverters, cut grass where it shades the panels, and send a "
        "report with photographs before you drive home. We pay for the Second Class Electrician course and the time "
        "that you need for it. Heat and storm rules are strict: when the alarm sounds, work ends. Engineers of five "
        "countries already work in the team.",
    ),
    (
        "job_mito_vegetable_packing_012",
        "Vegetable Packing Staff",
        PART_TIME,
        False,
        "Mito",
        "emp_hitachi_plain_greens",
        "Hitachi Plain Greens",
        False,
        (
            "A residence status that permits part-time work",
            "Clean and careful handling of food",
            "Able to stand for four hours",
        ),
        "Sort, weigh and pack leafy vegetables for supermarkets in a bright hall with music. You remove damaged "
        "leaves, fill bags, check the printed date and stack crates for the cooled truck. Shifts are four or six hours "
        "long, in the morning or in the evening, and you choose your days two weeks ahead, which suits students and "
        "parents. No visa can be sponsored for this work. Bring your own lunch box: vegetables that the shops do "
        "not take are free for the staff.",
    ),
    (
        "job_utsunomiya_machine_maintenance_013",
        "Machine Maintenance Technician",
        FULL_TIME,
        True,
        "Utsunomiya",
        "emp_kinugawa_machinery",
        "Kinugawa Machinery Service",
        True,
        (
            "Three years in factory maintenance",
            "Knowledge of pneumatics, hydraulics and basic PLC",
            "Japanese at JLPT N3",
            "A driving licence that can be converted in Japan",
        ),
        "Keep presses, conveyors and packaging lines running for small factories around Utsunomiya. You plan monthly "
        "inspections, change bearings and seals, trace electrical faults and answer urgent calls in turn with four "
        "colleagues. Every repair is written down with its cause, and once a month the team talks about what broke "
        "twice. The company pays for certificates in low-voltage electricity and crane work. Weekends are free apart "
        "from one week of stand-by in five, which is paid whether or not the phone rings.",
    ),
    (
        "job_maebashi_noodle_factory_operator_014",
        "Noodle Factory Line Operator",
        FULL_TIME,
        True,
        "Maebashi",
        "emp_akagi_noodles",
        "Akagi Mountain Noodles",
        True,
        (
            "Food and Beverage Manufacturing Skill Test",
            "Attention to hygiene and allergen rules",
            "JFT-Basic A2 or JLPT N4",
        ),
        "Operate a line that mixes, rolls, cuts and steams forty thousand portions of noodles a day. You weigh flour, "
        "watch thickness and temperature, take samples each hour and clean the machine between two products. The "
        "factory has its own recipe without pork or alcohol, and a quiet room for prayer. Night work is voluntary and "
        "paid with an extra of thirty per cent. Newcomers share a flat of three rooms near the factory and get a "
        "bicycle on the first day.",
    ),
    (
        "job_saitama_building_cleaner_015",
        "Building Cleaning Leader",
        FULL_TIME,
        True,
        "Saitama",
        "emp_arakawa_cleaning",
        "Arakawa Building Care",
        True,
        (
            "Building Cleaning Skill Test, or two years of experience",
            "JLPT N4",
            "Willing to guide a team of five",
        ),
        "Lead a small team that cleans offices, a hospital wing and a school north of Tokyo. You split the rooms, "
        "choose detergents, polish floors with machines and walk through the building with the customer every Friday. "
        "Work begins at 06:00 and ends at 15:00, so afternoons are yours. The company explains each chemical in "
        "Indonesian and English, pays for the leader's certificate, and raises the wage when you pass. Trains and "
        "buses between the sites are paid in full.",
    ),
    (
        "job_chiba_airport_ground_handling_016",
        "Airport Ground Handling Staff",
        FULL_TIME,
        True,
        "Chiba",
        "emp_boso_ground_service",
        "Boso Ground Service",
        True,
        (
            "Airport Ground Handling Skill Test",
            "Japanese at JLPT N4 and simple English",
            "Able to lift 25 kg with good technique",
            "Ready for shifts, weekends and holidays",
        ),
        "Load baggage and cargo, guide aircraft to their stand and clean cabins between two flights. You train for "
        "eight weeks on the ground and in the classroom before the first shift on the apron, and you wear hearing "
        "protection and bright clothing all the time. Teams of six rotate through early, late and night duty with at "
        "least eleven hours between them. A company bus runs from the dormitory at every hour. Those who like it can "
        "learn to drive tow tractors and loaders.",
    ),
    (
        "job_yokohama_shipyard_painter_017",
        "Shipyard Painter",
        CONTRACT,
        True,
        "Yokohama",
        "emp_honmoku_dockworks",
        "Honmoku Dock Works",
        True,
        (
            "Experience with spray or roller painting on steel",
            "Safe work at height with a harness",
            "Basic Japanese for safety meetings",
        ),
        "Prepare and paint hulls and tanks of ships that come for repair. You blast and wash the steel, mask fittings, "
        "apply primer and topcoat, and measure the thickness of the film with the inspector. Fresh-air masks and gas "
        "meters are issued to everyone, and no one enters a tank alone. Each ship is a project of two to five weeks. "
        "The contract runs for two years with a bonus at its end, and rooms with a harbour view are ten minutes away "
        "on foot.",
    ),
    (
        "job_kawasaki_it_support_engineer_018",
        "IT Support Engineer",
        FULL_TIME,
        True,
        "Kawasaki",
        "emp_tamagawa_systems",
        "Tamagawa Systems Support",
        True,
        (
            "A degree in information technology or three years of experience",
            "Windows, Linux and network basics",
            "Japanese at JLPT N2, English for documents",
        ),
        "Support six hundred users in offices and laboratories. You answer tickets, prepare laptops, manage accounts, "
        "and write guides so that the same question comes only once. On quiet days you automate what annoyed you last "
        "week; scripts in Python or PowerShell are welcome. The team works from home two days a week and shares "
        "on-call duty fairly. The company sponsors the Engineer visa, pays for examinations, and gives each newcomer a "
        "mentor who answers every question for half a year.",
    ),
    (
        "job_niigata_rice_cracker_bakery_019",
        "Rice Cracker Bakery Assistant",
        PART_TIME,
        False,
        "Niigata",
        "emp_shinano_crackers",
        "Shinano Delta Bakery",
        False,
        (
            "A residence status that permits part-time work",
            "Clean hands, covered hair and no perfume at work",
            "Numbers and dates in Japanese",
        ),
        "Bake, season and pack rice crackers in a bakery that has used the same oven for fifty years. You spread dough "
        "on trays, watch the colour, turn what needs turning and fill boxes for gift shops. The work suits students: "
        "twenty hours a week, never later than 20:00, and examination weeks are free when you say so early. We cannot "
        "sponsor a visa. Colleagues teach you the names of the flavours, and broken crackers go home with whoever "
        "wants them.",
    ),
    (
        "job_toyama_aluminium_press_operator_020",
        "Aluminium Press Operator",
        FULL_TIME,
        True,
        "Toyama",
        "emp_tateyama_profiles",
        "Tateyama Profiles",
        True,
        (
            "Industrial product manufacturing skill test, or two years in metal",
            "Able to work in heat and with ear protection",
            "JLPT N4 or JFT-Basic",
        ),
        "Operate an extrusion press that turns aluminium billets into window frames. You heat the billet, set pressure "
        "and speed, check the profile with a gauge, and stretch and cut it with two colleagues. Water, salt and shaded "
        "breaks are part of the summer schedule. After one year you may learn the maintenance of dies, which pays "
        "more. The factory lies between the sea and the mountains, rents are low, and a company flat with internet "
        "waits for each new colleague.",
    ),
    (
        "job_kanazawa_hotel_housekeeping_021",
        "Ryokan Housekeeping Staff",
        FULL_TIME,
        True,
        "Kanazawa",
        "emp_asanogawa_inn",
        "Asanogawa Garden Inn",
        True,
        (
            "Accommodation Industry Skill Test",
            "JLPT N4 and polite manners",
            "Care for tatami, paper screens and old furniture",
        ),
        "Prepare rooms in a traditional inn with twenty-two rooms and a garden. You lay out futons, serve tea, clean "
        "baths and look after flowers together with a host who has done it for thirty years. Guests meet you in a "
        "kimono that the inn lends and teaches you to wear. The day has a long break in the afternoon, and two days a "
        "week are free. Meals are included, with dishes without pork on request, and a single room in the staff house "
        "costs little.",
    ),
    (
        "job_nagano_precision_assembler_022",
        "Precision Assembly Worker",
        CONTRACT,
        True,
        "Nagano",
        "emp_chikuma_optics",
        "Chikuma Optics",
        True,
        (
            "Good eyesight and a steady hand",
            "Electronics or mechanics assembly experience",
            "Basic Japanese",
        ),
        "Assemble lenses and motors for medical cameras in a clean room. You work under a microscope, set screws with "
        "a torque driver, test the movement and record the serial number of each part. Quality counts more than speed, "
        "and no one is asked to hurry. A day has four breaks to rest the eyes. The first contract is for one year, the "
        "second for three. The city has snow from December, so winter tyres for your bicycle and a warm coat are part "
        "of the welcome package.",
    ),
    (
        "job_gifu_ceramics_kiln_worker_023",
        "Ceramics Kiln Worker",
        FULL_TIME,
        True,
        "Gifu",
        "emp_mino_tableware",
        "Mino Valley Tableware",
        False,
        (
            "Experience in a factory or workshop",
            "Able to lift 20 kg",
            "JLPT N4 or JFT-Basic",
        ),
        "Make bowls and plates from clay to the finished box. You prepare moulds, trim edges, dip pieces into glaze "
        "and load the kiln so that the flame reaches every shelf. The night firing is watched by two people and paid "
        "with an extra. You will learn to hear from the sound of a bowl whether it is cracked. The workshop has "
        "eighteen people, eats lunch together and closes for ten days in August. A flat in the village is found and "
        "furnished for you.",
    ),
    (
        "job_shizuoka_tea_garden_worker_024",
        "Tea Garden Worker",
        CONTRACT,
        True,
        "Shizuoka",
        "emp_abe_tea_gardens",
        "Abe Slope Tea Gardens",
        False,
        (
            "Agriculture Skill Assessment Test, cultivation",
            "Able to walk steep paths with a load",
            "Simple spoken Japanese",
        ),
        "Tend tea bushes on terraces above the river. In April and May you help at the first harvest with a two-person "
        "cutting machine and steam the leaves the same evening; later you weed, feed the soil and trim the rows. "
        "Between harvests the team grows mandarin oranges and strawberries, so there is work in every month. A "
        "colleague from Java has been with us for six years and helps newcomers to settle. Housing and vegetables are "
        "free; you pay only for electricity.",
    ),
    (
        "job_hamamatsu_motor_parts_assembler_025",
        "Motor Parts Assembler",
        FULL_TIME,
        True,
        "Hamamatsu",
        "emp_tenryu_components",
        "Tenryu Components",
        True,
        (
            "One year in an assembly line",
            "JFT-Basic A2 or JLPT N4",
            "Ready for two shifts that change weekly",
        ),
        "Assemble starter motors and small pumps in a team that builds a full unit together. You press bearings, wind "
        "and solder, test under load and mark each motor with your number. Everyone learns all eight stations within a "
        "year, which makes the day less tiring. Ideas that save steps are rewarded each month, and many come from "
        "foreign colleagues. The company has its own language classroom, a football team and a dormitory with single "
        "rooms and a kitchen on each floor.",
    ),
    (
        "job_toyota_auto_body_technician_026",
        "Car Body Repair Technician",
        FULL_TIME,
        True,
        "Toyota",
        "emp_yahagi_autobody",
        "Yahagi Auto Body",
        True,
        (
            "Automobile Repair and Maintenance Skill Test",
            "Experience in panel beating or car painting",
            "Japanese at JLPT N4",
        ),
        "Bring damaged cars back to the road: measure the frame, pull dents, replace panels, fill, sand and prepare "
        "for paint. The workshop repairs about one hundred and twenty cars a month for insurers and dealers, and each "
        "repair is photographed step by step. You work with a master for the first year and can take the national "
        "mechanic examination afterwards at the company's cost. Tools belong to the workshop. Sundays and every second "
        "Saturday are free, and overtime is counted by the minute.",
    ),
    (
        "job_yokkaichi_chemical_plant_operator_027",
        "Plant Operator Trainee",
        FULL_TIME,
        False,
        "Yokkaichi",
        "emp_ise_bay_chemicals",
        "Ise Bay Chemicals",
        True,
        (
            "A residence status without limits on work",
            "Vocational diploma in chemistry, process or electricity",
            "Japanese at JLPT N2 for permits and alarms",
        ),
        "Learn to run a plant that makes solvents for paints. For the first four months you walk the lines with an "
        "instructor, trace pipes, take samples and read gauges; then you join a shift crew in the control room. Safety "
        "comes before output, and everybody has the right to stop the process. The hazardous materials licence is paid "
        "by us. Because the work is tied to national licences, no visa can be sponsored. Shift crews work four days "
        "and rest for two, throughout the year.",
    ),
    (
        "job_kyoto_kitchen_assistant_028",
        "Kitchen Assistant",
        PART_TIME,
        False,
        "Kyoto",
        "emp_kamo_dining",
        "Kamo Riverside Dining",
        True,
        (
            "A residence status that permits 28 hours of work a week",
            "JLPT N4",
            "A quick and tidy way of working",
        ),
        "Support the cooks of a restaurant that serves seasonal dishes beside the river. You wash and cut vegetables, "
        "prepare stock, arrange small plates and keep the cold room in order. The chef explains each cut and lets you "
        "cook the staff meal once you are ready. Twenty-eight hours a week are spread over five evenings. We know how "
        "to cook without pork and respect the fasting month. Lessons in Japanese are paid, and full-time work is "
        "possible after one year.",
    ),
    (
        "job_kobe_nursing_care_worker_029",
        "Nursing Care Worker",
        FULL_TIME,
        True,
        "Kobe",
        "emp_rokko_welfare",
        "Rokko Hills Welfare",
        True,
        (
            "Nursing Care Skills and Japanese Language Evaluation Tests",
            "Japanese at JLPT N3 preferred, N4 accepted",
            "Respect for privacy and dignity",
            "Ready for four night shifts a month",
        ),
        "Care for people who live with dementia in small groups of nine. You cook with residents, help them wash and "
        "dress, go shopping together and notice the small changes that a doctor should know. Lifting aids stand in "
        "each room, so nobody has to carry a person alone. The foundation has employed Indonesian colleagues for "
        "twelve years and has a senior nurse who speaks your language. It pays the fees for the care worker licence, "
        "which opens the way to a permanent residence status.",
    ),
    (
        "job_wakayama_mandarin_farm_030",
        "Mandarin Farm Worker",
        CONTRACT,
        True,
        "Wakayama",
        "emp_arida_citrus",
        "Arida Sun Citrus",
        False,
        (
            "Agriculture Skill Assessment Test, cultivation",
            "Fit for work on slopes",
            "Basic Japanese",
        ),
        "Grow mandarins on terraces that face the sea. Winter is the harvest: you cut each fruit with two snips, carry "
        "baskets to the monorail and sort by size in the shed. Spring and summer bring pruning, thinning and the "
        "repair of stone walls. The contract covers nine months a year and can be joined with plum work in the next "
        "valley. Three houses stand ready for workers, each with a kitchen, washing machine and wireless internet, and "
        "the market is a short ride away.",
    ),
    (
        "job_okayama_sewing_operator_031",
        "Industrial Sewing Operator",
        FULL_TIME,
        True,
        "Okayama",
        "emp_kojima_stitch",
        "Kojima Stitch House",
        True,
        (
            "Two years on industrial sewing machines",
            "JFT-Basic A2 or JLPT N4",
            "Eye for straight seams and matching threads",
        ),
        "Sew denim trousers and work clothes in a workshop with big windows. You handle overlock and chain-stitch "
        "machines, attach pockets and waistbands, and check your own bundle before it moves on. Orders are small and "
        "change often, so the work stays interesting. Piece rates do not exist here: everyone is paid by the hour, "
        "with a bonus for the whole team. The company has a prayer room, closes at 17:30, and helps with a flat, a "
        "bank account and the first visit to the city office.",
    ),
    (
        "job_hiroshima_shipbuilding_fitter_032",
        "Shipbuilding Steel Fitter",
        FULL_TIME,
        True,
        "Hiroshima",
        "emp_seto_shipbuilding",
        "Seto Inland Shipbuilding",
        True,
        (
            "Shipbuilding and Ship Machinery Skill Test, or three years as a fitter",
            "Gas cutting and tack welding",
            "Japanese at JLPT N4",
        ),
        "Fit plates and frames for bulk carriers of thirty thousand tonnes. You mark, cut and align steel by the "
        "drawing, tack it, and hand it to the welders with a clean gap. Blocks are built under a roof, so rain does "
        "not stop the work. A safety talk in easy Japanese opens each day, and the yard counts days without an "
        "accident on a large board. Dormitory, canteen and clinic are inside the gate, and a bus takes you to the "
        "city on weekends.",
    ),
    (
        "job_takamatsu_udon_shop_staff_033",
        "Udon Shop Staff",
        PART_TIME,
        False,
        "Takamatsu",
        "emp_sanuki_bowl",
        "Sanuki Morning Bowl",
        False,
        (
            "A residence status that permits part-time work",
            "Friendly voice and clear greetings in Japanese",
            "Free on at least two weekend days a month",
        ),
        "Serve noodles from early morning to early afternoon in a self-service shop near the ferry. You boil portions, "
        "pour broth, fry vegetables, run the till and keep tables clean while customers queue to the door. It is loud, "
        "quick and cheerful, and at 14:30 the day is over. Uniform and one bowl a shift are free. We cannot sponsor a "
        "visa, but students and family members of residents are very welcome, and rosters are made together on "
        "Thursdays.",
    ),
    (
        "job_imabari_towel_factory_operator_034",
        "Towel Weaving Operator",
        FULL_TIME,
        True,
        "Imabari",
        "emp_kurushima_textiles",
        "Kurushima Textiles",
        True,
        (
            "Experience in weaving, spinning or dyeing",
            "JFT-Basic A2 or JLPT N4",
            "Good hearing for changes in the sound of a loom",
        ),
        "Watch twelve looms that weave towels for hotels and gift shops. You change bobbins, tie broken threads, check "
        "the pattern under a lamp and keep the floor free of lint. Experienced weavers teach the knots in the first "
        "month; after that it is practice. The factory runs in two shifts, with Sunday always free. The town looks on "
        "the islands of the Inland Sea, and colleagues like to cycle over the bridges. A room in the women's or men's "
        "dormitory is included.",
    ),
    (
        "job_kochi_ginger_greenhouse_worker_035",
        "Greenhouse Worker",
        CONTRACT,
        True,
        "Kochi",
        "emp_niyodo_greenhouses",
        "Niyodo Greenhouses",
        False,
        (
            "Agriculture Skill Assessment Test, cultivation",
            "Used to warm and humid work places",
            "Simple spoken Japanese",
        ),
        "Raise aubergines, peppers and ginger under glass. You tie and prune plants, release helpful insects, harvest "
        "before noon and pack in the cool afternoon hall. Sensors open the windows by themselves, yet a good eye is "
        "still what saves a crop, and we teach it. In July and August the greenhouses rest and so do you, with paid "
        "leave of three weeks to visit your family. The contract is for two years, and the farm pays one return "
        "flight.",
    ),
    (
        "job_kitakyushu_scaffolding_worker_036",
        "Scaffolding Worker",
        FULL_TIME,
        True,
        "Kitakyushu",
        "emp_moji_scaffold",
        "Moji Scaffold and Lift",
        True,
        (
            "Construction Field Skill Test, or two years on building sites",
            "Fit for work at height, medical check included",
            "JLPT N4 or JFT-Basic",
        ),
        "Build and remove scaffolds for bridges, tanks and apartment houses. You carry and pass frames, set guard "
        "rails, lash planks and check every tie with a second person. Full harnesses are worn from the first metre, "
        "and wind above ten metres a second ends the work. The operation chief course is paid after a year, and chiefs "
        "earn noticeably more. Crews start from the yard at 07:00 and are home at 17:30. The company rents flats near "
        "the port and furnishes them.",
    ),
    (
        "job_kumamoto_semiconductor_operator_037",
        "Semiconductor Line Operator",
        FULL_TIME,
        True,
        "Kumamoto",
        "emp_aso_devices",
        "Aso Device Works",
        True,
        (
            "Vocational school in electronics, mechanics or chemistry",
            "Japanese at JLPT N4, English helpful",
            "At ease in clean-room clothing for a full shift",
            "Ready for twelve-hour shifts, three on and three off",
        ),
        "Load wafers, start recipes, watch gauges and keep a clean room clean. You learn one process area in the first "
        "three months, such as washing or etching, and a second one within the year. Machines call for help on a "
        "screen, and engineers show you how to judge a picture from the microscope. Three days of work are followed by "
        "three free days. A bus goes to the factory from four dormitories, and a clinic with an Indonesian-speaking "
        "nurse opens twice a week.",
    ),
    (
        "job_nagasaki_ship_interior_carpenter_038",
        "Ship Interior Carpenter",
        CONTRACT,
        True,
        "Nagasaki",
        "emp_oura_marine_interiors",
        "Oura Marine Interiors",
        True,
        (
            "Three years as a carpenter or joiner",
            "Own measuring tools and clean workmanship",
            "Basic Japanese",
        ),
        "Fit cabins of ferries and cruise ships: wall panels, ceilings, beds, doors and the brass that guests touch. "
        "You measure on board, prepare in the workshop and install without a visible screw. Deadlines are fixed by the "
        "sailing date, so some weeks are long and the weeks after them are short. The contract runs from one refit to "
        "the next, about eighteen months. Lodging, harbour pass and safety shoes are provided, and good joiners are "
        "offered a permanent place.",
    ),
    (
        "job_kagoshima_poultry_processing_039",
        "Halal Poultry Processing Worker",
        FULL_TIME,
        True,
        "Kagoshima",
        "emp_satsuma_poultry",
        "Satsuma Clean Poultry",
        True,
        (
            "Food and Beverage Manufacturing Skill Test",
            "Knowledge of halal practice is an advantage",
            "JFT-Basic A2 or JLPT N4",
        ),
        "Work in a certified halal hall that prepares chicken for schools, airlines and export. You cut, trim, weigh "
        "and vacuum-pack, and you take turns at the inspection table where quality is decided. Muslim colleagues "
        "supervise the slaughter and are consulted on every change. Knives are sharpened for you, and stations rotate "
        "to spare hands and shoulders. Friday prayer is part of the timetable. A dormitory with two kitchens stands "
        "beside the factory, and the city is half an hour away by bus.",
    ),
    (
        "job_naha_resort_restaurant_staff_040",
        "Resort Restaurant Staff",
        FULL_TIME,
        True,
        "Naha",
        "emp_ryukyu_coast_resorts",
        "Ryukyu Coast Resorts",
        True,
        (
            "Food Service Industry Skill Test",
            "Japanese at JLPT N4, English at conversation level",
            "A year in a restaurant, café or hotel",
        ),
        "Serve breakfast buffets and dinners with a view of the sea. You set tables, explain dishes, carry trays, mix "
        "simple drinks without alcohol if you prefer, and help families with small children. The resort is busy from "
        "March to October; in winter you attend language and service courses in working time. Guests come from all of "
        "Asia and like to be greeted in their own language. Staff live in shared flats ten minutes from the beach and "
        "eat in the canteen at no cost.",
    ),
)

JOBS: tuple[SeedJob, ...] = tuple(SeedJob(position, *row) for position, row in enumerate(_ROWS))
