"""Is each thing refused that a child could do harm with, by the kernel itself?"""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from service.decoder import child, children, proof

pytestmark = pytest.mark.skipif(not child.is_confinable(), reason="this system has nothing that confines a child")
ROOT = Path(__file__).resolve().parents[2]
_COLUMN = {"x86_64": 0, "aarch64": 1}.get(platform.machine(), 0)
# Name: numbers on x86_64 and aarch64; -1 where there is none.
_REFUSED = {
    "open": (2, -1),
    "openat": (257, 56),
    "openat2": (437, 437),
    "open_by_handle_at": (304, 265),
    "memfd_create": (319, 279),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "clone": (56, 220),
    "clone3": (435, 435),
    "fork": (57, -1),
    "vfork": (58, -1),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "kill": (62, 129),
    "tkill": (200, 130),
    "prctl": (157, 167),
    "seccomp": (317, 277),
    "prlimit64": (302, 261),
    "setrlimit": (160, 164),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "chroot": (161, 51),
    "unlinkat": (263, 35),
    "renameat": (264, 38),
    "ioctl": (16, 29),
    "fcntl": (72, 25),
    "dup": (32, 23),
    "shmget": (29, 194),
    "pkey_mprotect": (329, 288),
    "setuid": (105, 146),
    "keyctl": (250, 219),
}
_OF_SYSTEM = {name: numbers[_COLUMN] for name, numbers in _REFUSED.items() if numbers[_COLUMN] >= 0}
_PROGRAM = f"""
import ctypes, json, mmap, os, sys
kernel = ctypes.CDLL(None, use_errno=True)
REFUSED = {_OF_SYSTEM!r}
def call(*given):
    ctypes.set_errno(0)
    result = kernel.syscall(*given)
    return ctypes.get_errno() if result == -1 else 0
page = ctypes.c_long(4096)
def main(_):
    found = {{name: call(number, 0, 0, 0, 0, 0, 0) for name, number in REFUSED.items()}}
    MMAP, MPROTECT, TGKILL = {tuple(n[_COLUMN] for n in (*child._MAPPING_CALLS.values(), *child._SIGNAL_CALL.values()))}
    private = ctypes.c_long(0x22)
    nowhere = ctypes.c_long(-1)
    plain, code = ctypes.c_long(3), ctypes.c_long(7)
    found["mmap that can be run"] = call(MMAP, None, page, code, private, nowhere, 0)
    found["mmap"] = call(MMAP, None, page, plain, private, nowhere, 0)
    kernel.mmap.restype = ctypes.c_void_p
    place = ctypes.c_void_p(kernel.mmap(None, page, 3, 0x22, -1, ctypes.c_long(0)))
    found["mprotect that can be run"] = call(MPROTECT, place, page, 5)
    found["mprotect"] = call(MPROTECT, place, page, 1)
    parent, itself = int(sys.stdin.buffer.read()), os.getpid()
    found["signal to the parent"] = call(TGKILL, parent, parent, 0)
    found["signal to itself"] = call(TGKILL, itself, itself, 0)
    sys.stdout.write(json.dumps(found))
"""


@pytest.fixture(scope="module")
async def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The errno of each call, made by a child that is started as a decoder is."""
    program = tmp_path_factory.mktemp("confined") / "program.py"
    program.write_text(_PROGRAM)
    ended = await children.run(str(os.getpid()).encode(), "", program=str(program))
    found: dict[str, int] = json.loads(ended.answer)
    return found


@pytest.mark.parametrize(
    "name", [*_OF_SYSTEM, "mmap that can be run", "mprotect that can be run", "signal to the parent"]
)
async def test_it_is_refused(refusals: dict[str, int], name: str) -> None:
    assert refusals[name] == errno.EPERM


@pytest.mark.parametrize("name", ["mmap", "mprotect", "signal to itself"])
async def test_what_a_decoder_needs_is_not(refusals: dict[str, int], name: str) -> None:
    assert refusals[name] == 0


@pytest.fixture(scope="module")
async def attempts() -> dict[str, proof.Attempt]:
    return {one.name: one for one in await proof.attempts()}


@pytest.mark.parametrize("name", proof.ATTEMPTS)
async def test_hostile_code_is_refused(attempts: dict[str, proof.Attempt], name: str) -> None:
    """The attempt is a real one: the same code succeeds in a child that is not shut in."""
    assert attempts[name].confined == os.strerror(errno.EPERM)
    # A kernel may keep processes of one user apart by itself (yama).
    assert attempts[name].open == "DONE" or (name == "another job's bytes" and os.geteuid() != 0)


def test_one_command_prints_six_refusals() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service", "decoder", "--prove"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert [line.partition("  ")[0] for line in lines[:-1]] == ["refused"] * 6
    assert lines[-1] == "PROVED 6 of 6 refused"


async def test_landlock_is_in_force_where_the_kernel_has_it(tmp_path: Path) -> None:
    """Without the list of calls the second wall alone refuses files and the network."""
    program = tmp_path / "program.py"
    program.write_text(
        "import ctypes, os, socket, sys\nsys.path.insert(0, " + repr(str(ROOT)) + ")\n"
        "from service.decoder import child\n"
        "def main(_):\n"
        "    kernel = ctypes.CDLL(None, use_errno=True)\n"
        "    kernel.prctl(38, 1, 0, 0, 0)\n"
        "    version = kernel.syscall(444, None, ctypes.c_size_t(0), 1)\n"
        "    child._leave_files_and_network(kernel)\n"
        "    found = [version]\n"
        "    for attempt in (lambda: open('/etc/passwd'), lambda: socket.socket().connect(('127.0.0.1', 9))):\n"
        "        try: attempt(); found.append(0)\n"
        "        except OSError as error: found.append(error.errno)\n"
        "    sys.stdout.write(repr(found))\n"
    )
    ended = await children.run(b"", "", program=str(program), mode="open")
    version, file, network = json.loads(ended.answer)
    if version < 1:
        pytest.skip("this kernel has no Landlock")
    assert file == errno.EACCES
    assert network == (errno.EACCES if version >= 4 else errno.ECONNREFUSED)


def run_filter(machine: str, own_pid: int, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the kernel would answer: the filter, run on one call."""
    values = {0: number, 4: architecture or child._ARCHITECTURES[machine][0]}
    values |= {16 + 8 * place: value for place, value in enumerate(arguments)}
    lines = list(struct.iter_unpack("=HBBI", child.allow_list(machine, own_pid)))
    held, at = 0, 0
    while True:
        code, yes, no, value = lines[at]
        at += 1
        if code == child._LOAD:
            held = values.get(value, 0)
        elif code == child._RETURN:
            return value
        else:
            at += yes if (held == value if code == child._EQUAL else held & value) else no


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
class TestList:
    """The list of both architectures, whichever runs the tests."""

    def test_it_names_what_it_allows(self, machine: str) -> None:
        column = ["x86_64", "aarch64"].index(machine)
        named = {numbers[column] for numbers in (*child._CALLS.values(), *child._MAPPING_CALLS.values())}
        allowed = {number for number in range(600) if run_filter(machine, 77, number) == child._ALLOW}
        assert allowed == named
        assert not allowed & {numbers[column] for numbers in _REFUSED.values()}

    def test_memory_that_can_be_run_is_refused(self, machine: str) -> None:
        column = ["x86_64", "aarch64"].index(machine)
        for numbers in child._MAPPING_CALLS.values():
            assert run_filter(machine, 77, numbers[column], 0, 4096, 7) == child._REFUSE
            assert run_filter(machine, 77, numbers[column], 0, 4096, 3) == child._ALLOW

    def test_signals_reach_itself_alone(self, machine: str) -> None:
        (numbers,) = child._SIGNAL_CALL.values()
        number = numbers[["x86_64", "aarch64"].index(machine)]
        assert run_filter(machine, 77, number, 77, 77, 6) == child._ALLOW
        assert run_filter(machine, 77, number, 78, 78, 6) == child._REFUSE

    def test_another_kind_of_call_ends_the_process(self, machine: str) -> None:
        assert run_filter(machine, 77, 0, architecture=0x40000003) == child._KILL
        assert run_filter(machine, 77, 0x40000000) == child._REFUSE


@pytest.mark.parametrize(
    ("column", "header"),
    [(0, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), (1, "/usr/include/asm-generic/unistd.h")],
)
def test_the_numbers_are_the_kernels(column: int, header: str) -> None:
    if not Path(header).exists():
        pytest.skip(f"{header} is not here")
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", Path(header).read_text()))
    ours = child._CALLS | child._MAPPING_CALLS | child._SIGNAL_CALL | {"seccomp": child._SECCOMP_CALL} | _REFUSED
    wrong = {name: numbers for name, numbers in ours.items() if int(known.get(name, -1)) != numbers[column]}
    assert wrong == {}
