"""What do libraries' messages become in the log?"""

from __future__ import annotations

import inspect
import logging

import pytest
from sanic.http import http1

from service.base import logs


def record(name: str, message: str) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, None, None)


class TestLibraryMessages:
    def test_a_body_that_an_operation_never_reads_is_no_error(self, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        assert '{self.request} body not consumed."' in inspect.getsource(http1)  # the words of the installed Sanic
        handler = logs._JsonHandler()
        handler.emit(record("sanic.error", "<Request: POST /submit> body not consumed."))
        assert capsysbinary.readouterr().out == b""
        handler.emit(record("sanic.error", "something else"))
        assert b'"level":"error"' in capsysbinary.readouterr().out
