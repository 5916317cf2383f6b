"""What does the sanic command start? The application of the process's own environment."""

from __future__ import annotations

import os
from typing import Any

from sanic import Sanic

from service.app import create_app
from service.base import logs
from service.base.settings import load_settings, unknown_names


def app() -> Sanic[Any, Any]:
    """The API with settings from the environment; the target of `sanic service.main:app --factory`."""
    settings = load_settings()
    logs.configure(settings.log_level, "api")
    for warning in (*settings.warnings(), *unknown_names(os.environ)):
        logs.log("api.warning", level="warn", message=warning)
    return create_app(settings)
