"""What does the way a child ends say, and what does a child know of us?"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import orjson
import pytest

from service.decoder import children
from service.decoder.children import DecoderFailed, Ended
from service.evidence import sandbox
from service.evidence.verdicts import Reason
from tests.decoder.conftest import Program

JPEG = "image/jpeg"
ANSWER = "sys.stdout.buffer.write(json.dumps({'reason': None, 'contentType': None}).encode() + b'\\n' + "


class TestVerdicts:
    async def test_time_and_crashes_are_verdicts(self, program: Program) -> None:
        for number, expected in (
            (signal.SIGXCPU, Reason.DECOMPRESSION_BOMB),
            (signal.SIGSEGV, Reason.UNDECODABLE),
            (signal.SIGABRT, Reason.UNDECODABLE),
        ):
            # As a library does that gives up: the call for another process's number is refused.
            program(f"import signal\n---\nsignal.raise_signal({int(number)})")
            assert await children.run(bytes(1 << 20), JPEG) == Ended(reason=expected)

    async def test_a_real_abort_and_a_real_fault_end_as_before(self, program: Program) -> None:
        for crash in ("os.abort()", "ctypes.string_at(8)"):
            program(f"import ctypes, os\n---\n{crash}")
            assert await children.run(b"", JPEG) == Ended(reason=Reason.UNDECODABLE)

    async def test_time_that_is_used_up_is_a_bomb(self, program: Program) -> None:
        program("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\n---\nwhile True: pass")
        assert await children.run(b"", JPEG) == Ended(reason=Reason.DECOMPRESSION_BOMB)

    async def test_anything_else_is_a_failure_of_ours(self, program: Program) -> None:
        for text in ("raise SystemExit(1)", "import os, signal\n---\nos.abort = os._exit(9)"):
            program(text)
            with pytest.raises(DecoderFailed):
                await children.run(bytes(1 << 20), JPEG)
        program("import sys\n---\nsys.stdout.write('x' * (65 << 20))")
        with pytest.raises(DecoderFailed):
            await children.run(b"", JPEG)

    async def test_a_child_that_hangs_is_ended(self, program: Program, tmp_path: Path) -> None:
        marker = tmp_path / "pid"
        program(
            f"import os, threading\nopen({str(marker)!r}, 'w').write(str(os.getpid()))\nlock = threading.Lock()\n"
            "lock.acquire()\n---\nlock.acquire()"
        )
        with pytest.raises(TimeoutError):
            await children.run(b"", JPEG, seconds=3.0)
        with pytest.raises(ProcessLookupError):
            os.kill(int(marker.read_text()), 0)

    @pytest.mark.parametrize(
        "answer",
        [
            "",
            "no line",
            "[]\n",
            "{}\n",
            '{"reason": "made_up", "contentType": null}\n',
            '{"reason": null, "contentType": "text/html"}\n<script>',
        ],
    )
    async def test_an_answer_of_another_form_is_no_verdict(self, program: Program, answer: str) -> None:
        program(f"import sys\n---\nsys.stdout.write({answer!r})")
        with pytest.raises(DecoderFailed):
            await sandbox.decode(b"", JPEG)

    async def test_what_the_walls_refuse_is_no_verdict(self, program: Program) -> None:
        program(
            "import runpy\n"
            f"decoder = runpy.run_path({str(Path(sandbox.__file__).with_name('decoder.py'))!r})\n"
            "def late(*_): import turtle\n"
            "decoder['clean_image'].__globals__['mended_png'] = late\n---\n"
            "decoder['main']('image/png')"
        )
        with pytest.raises(DecoderFailed):
            await sandbox.decode(b"\x89PNG", "image/png")


class TestChild:
    async def test_it_knows_nothing_of_us(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
        program(
            f"import os, sys, json\n---\nsys.stdin.buffer.read()\n{ANSWER} json.dumps(sorted(os.environ)).encode())"
        )
        names = orjson.loads((await sandbox.decode(b"", JPEG)).clean)
        assert not {"DATABASE_URL", "AUTH_TOKEN_KEYS", "PYTHONPATH"} & set(names)

    async def test_it_reads_nothing_before_it_is_shut_in(self, program: Program) -> None:
        """Input that already waits is untouched when the program is loaded."""
        program(
            "import fcntl, os, struct, sys, termios, time\n"
            "def waiting():\n"
            "    return struct.unpack('i', fcntl.ioctl(0, termios.FIONREAD, bytes(4)))[0]\n"
            "while not waiting(): time.sleep(0.01)\nbefore = waiting()\n---\n"
            "sys.stdout.write(f'{before} {len(os.read(0, 100))}')"
        )
        assert (await children.run(b"12345", JPEG)).answer == b"5 5"

    async def test_memory_is_bounded(self, program: Program) -> None:
        if sys.platform != "linux":
            pytest.skip("only Linux enforces a limit of memory on a process")
        program(
            "import sys, json\n---\ntry:\n    bytearray(900 << 20); reason = None\n"
            "except MemoryError:\n    reason = 'decompression_bomb'\n"
            "sys.stdout.write(json.dumps({'reason': reason, 'contentType': None}) + '\\n')"
        )
        assert (await sandbox.decode(b"", JPEG)).reason is Reason.DECOMPRESSION_BOMB

    async def test_without_confinement_it_runs_with_limits_and_it_is_said_once(
        self, program: Program, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(children, "is_confinable", lambda: False)
        children._mode.cache_clear()
        program(
            "import resource, sys\n---\n"
            "sys.stdout.write(str(resource.getrlimit(resource.RLIMIT_NOFILE)[0]))\n"
            "try: open('/etc/passwd')\nexcept OSError: sys.stdout.write(' refused')"
        )
        try:
            for _ in range(2):
                assert (await children.run(b"", JPEG)).answer == b"3 refused"
        finally:
            children._mode.cache_clear()
        assert capfd.readouterr().out.count("decoder.unconfined") == 1
