"""On what does the answer to a read depend, besides its address?"""

from __future__ import annotations

from enum import Enum


class Basis(Enum):
    """What belongs to the caller, or jobs and posts too."""

    OWN = "own"
    CONTENT = "content"
