"""What does a test compare of an answer?"""

from __future__ import annotations

import httpx


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and error code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]


def outcome(answer: httpx.Response) -> tuple[int, str]:
    """Status and error code, which is empty for an answer that is no refusal."""
    return answer.status_code, answer.json().get("error", {}).get("code", "")
