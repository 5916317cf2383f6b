"""Which content and accounts does a fresh server start with?"""

from service.tools.seed.content import MAIN_CANDIDATE_EMAIL
from service.tools.seed.domain import (
    SEED_JOB_IDS,
    SEED_POST_IDS,
    SeedError,
    SeedReport,
    fill_database,
    seed,
)

__all__ = [
    "MAIN_CANDIDATE_EMAIL",
    "SEED_JOB_IDS",
    "SEED_POST_IDS",
    "SeedError",
    "SeedReport",
    "fill_database",
    "seed",
]
