"""Which feed posts does a seeded server show?"""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class SeedPost:
    """One post of the feed; `published` is a day of 2026 as (month, day), always 09:00 UTC."""

    id: str
    title: str
    category: str
    author: str
    published: tuple[int, int]
    excerpt: str

    @property
    def published_at(self) -> datetime:
        """UTC; no two posts share a day, so the order of the feed is fixed."""
        month, day = self.published
        return datetime(2026, month, day, 9, 0, tzinfo=UTC)


CAREER, VISA, INTERVIEW, LIFESTYLE = "CAREER", "VISA", "INTERVIEW", "LIFESTYLE"
SAFETY, COMMUNITY = "SAFETY", "COMMUNITY"

# The contract fixes id, category, date and the absent picture of the first four.
POSTS: tuple[SeedPost, ...] = (
    SeedPost(
        "post_jp_work_culture_001",
        "What punctual means at a Japanese workplace",
        CAREER,
        "Jembatan Career Desk",
        (2, 10),
        "Nine o'clock is the time when work begins, not when you open the door. Three small habits that your team "
        "leader notices in the first week, and what to say when a train is late.",
    ),
    SeedPost(
        "post_visa_update_002",
        "Specified Skilled Worker: which papers to prepare first",
        VISA,
        "Jembatan Visa Desk",
        (2, 14),
        "Passport, test result, health check, contract: some papers expire after three months, others never do. "
        "Prepare them in this order and you will not pay for any of them twice.",
    ),
    SeedPost(
        "post_interview_tips_003",
        "Seven questions that almost every interview contains",
        INTERVIEW,
        "Jembatan Career Desk",
        (2, 18),
        "Why Japan, why this work, what will you do when you miss home? Short and honest answers work best. We "
        "collected seven questions with examples in easy Japanese.",
    ),
    SeedPost(
        "post_life_in_tokyo_004",
        "A month in Tokyo: what it really costs",
        LIFESTYLE,
        "Rina Maharani",
        (2, 22),
        "Rent, train pass, rice, phone and a little fun. A care worker opens her household book and shows where she "
        "saves money and where she stopped trying to.",
    ),
    SeedPost(
        "post_first_week_at_work_005",
        "Your first week: people, shoes and the morning meeting",
        CAREER,
        "Jembatan Career Desk",
        (1, 6),
        "Who greets whom, where outdoor shoes stop, and why everyone stretches to music at eight. A calm guide to the "
        "five days that feel longest.",
    ),
    SeedPost(
        "post_reading_a_payslip_006",
        "How to read a Japanese payslip",
        CAREER,
        "Jembatan Career Desk",
        (1, 10),
        "Gross, net, pension, health insurance, resident tax from the second year. Line by line through a real-looking "
        "example, with the words you need when a number seems wrong.",
    ),
    SeedPost(
        "post_skill_test_calendar_007",
        "Skill tests in Indonesia: how to book a place",
        VISA,
        "Jembatan Visa Desk",
        (1, 14),
        "Places go quickly. How to make the account before the window opens, which photograph is accepted, and what to "
        "bring on the day.",
    ),
    SeedPost(
        "post_jft_or_jlpt_008",
        "JFT-Basic or JLPT N4: which one suits you?",
        VISA,
        "Jembatan Visa Desk",
        (1, 18),
        "Both open the same door. One is held almost every month on a computer, the other twice a year on paper. A "
        "short comparison of price, waiting time and style.",
    ),
    SeedPost(
        "post_video_interview_setup_009",
        "Video interview: light, sound and a quiet corner",
        INTERVIEW,
        "Dewa Pradana",
        (1, 22),
        "A window in front of you, a book under the phone, and a sign on the door. Ten minutes of preparation that "
        "make a stronger impression than a new shirt.",
    ),
    SeedPost(
        "post_introducing_yourself_010",
        "Introduce yourself in sixty seconds",
        INTERVIEW,
        "Jembatan Career Desk",
        (1, 26),
        "Name, home, what you can do, what you want to learn, thank you. A pattern with five sentences that you can "
        "practise on the bus until it sounds like you.",
    ),
    SeedPost(
        "post_winter_clothes_011",
        "Winter is coming: what to wear north of Sendai",
        LIFESTYLE,
        "Rina Maharani",
        (1, 30),
        "Three thin layers beat one thick coat. What to buy in Indonesia, what to buy second-hand in Japan, and how to "
        "keep a small room warm without a large bill.",
    ),
    SeedPost(
        "post_halal_shopping_012",
        "Halal shopping with a normal supermarket",
        LIFESTYLE,
        "Aulia Rahmadani",
        (2, 2),
        "Ten words on a label tell you almost everything. How to spot gelatine, lard and cooking wine, and which apps "
        "help when the letters are too small.",
    ),
    SeedPost(
        "post_earthquake_bag_013",
        "Pack a small bag for earthquakes",
        SAFETY,
        "Jembatan Safety Desk",
        (2, 5),
        "Water, light, a charger, copies of your residence card, and the address of the nearest shelter. It takes an "
        "evening and costs less than a dinner.",
    ),
    SeedPost(
        "post_never_pay_for_a_job_014",
        "Nobody may ask you to pay for a job offer",
        SAFETY,
        "Jembatan Safety Desk",
        (2, 8),
        "Deposits, guarantee money, a passport kept in somebody's drawer: these are warnings, not customs. How to "
        "check an agency and where to report in confidence.",
    ),
    SeedPost(
        "post_sending_money_home_015",
        "Sending money home without losing a tenth of it",
        LIFESTYLE,
        "Dewa Pradana",
        (2, 12),
        "Bank, app or shop counter? We compared fee, exchange rate and speed for thirty thousand yen, and show the "
        "identity check that each of them asks for.",
    ),
    SeedPost(
        "post_study_groups_016",
        "Study groups that meet after work",
        COMMUNITY,
        "Aulia Rahmadani",
        (2, 16),
        "In many cities volunteers teach Japanese for the price of a coffee. How to find a class at the city's "
        "international centre, and how to start one in your dormitory.",
    ),
    SeedPost(
        "post_changing_employer_017",
        "May I change my employer?",
        VISA,
        "Jembatan Visa Desk",
        (2, 20),
        "Specified Skilled Workers may, within their field and with the right notice. What to settle before you sign, "
        "what to tell immigration, and how long you have.",
    ),
    SeedPost(
        "post_care_worker_licence_018",
        "From assistant to licensed care worker",
        CAREER,
        "Jembatan Career Desk",
        (2, 26),
        "Three years of practice, a training course and one examination in January. A plan by quarter, with the words "
        "that appear in the paper every year.",
    ),
    SeedPost(
        "post_questions_to_ask_019",
        "Questions you should ask at the end of an interview",
        INTERVIEW,
        "Dewa Pradana",
        (3, 4),
        "Who will train me? How many people share a flat? What did the last newcomer find difficult? Good questions "
        "show interest, and the answers help you to decide.",
    ),
    SeedPost(
        "post_ramadan_at_work_020",
        "Fasting month at work: talk early, rest well",
        COMMUNITY,
        "Aulia Rahmadani",
        (3, 10),
        "Most employers help when they know the dates in advance. A short letter in Japanese that you can copy, and "
        "tips from three colleagues on night shift.",
    ),
)
