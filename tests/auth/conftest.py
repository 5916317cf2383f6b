"""What do tests of signing in share?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sanic import Sanic

from service.base.settings import Settings

Change = Callable[..., Settings]


@pytest.fixture
def change(app: Sanic[Any, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Run the application with other settings until the end of the test."""

    def apply(**changes: Any) -> Settings:
        changed = settings.model_copy(update=changes)
        monkeypatch.setattr(app.ctx, "settings", changed)
        return changed

    return apply
