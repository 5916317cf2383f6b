"""Which content and accounts does a fresh server start with?"""

from service.seed.domain import (
    SEED_JOB_IDS,
    SEED_POST_IDS,
    SeedError,
    SeedReport,
    fill_database,
    seed,
)
from service.seed.people import MAIN_CANDIDATE_EMAIL

__all__ = [
    "MAIN_CANDIDATE_EMAIL",
    "SEED_JOB_IDS",
    "SEED_POST_IDS",
    "SeedError",
    "SeedReport",
    "fill_database",
    "seed",
]
