"""A process that holds a secret leaves it to no core dump and to no other process of its user."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
CANARY = "canaryQ7w2e9r4t1y8u3i6o5p0"
VARIABLE = "CHAOS_SECRET"
CORE_FLAG = 0x80  # of a wait status: a core was written

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what Linux offers")

# Root reads everything, by capabilities: without any, root is a user like any other.
AS_A_USER = """
import ctypes, os, sys
for capability in range(64):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # out of what an exec may have
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""
HOLDS = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
if sys.argv[1] == "hardened":
    from counterpoise.hardening import forget, harden, hardening
    told = harden()
    assert told == hardening()
    assert (told.no_core, told.private_memory) == (True, True), told
    forget(["{VARIABLE}", "THERE_IS_NO_SUCH_VARIABLE"])
    assert "{VARIABLE}" not in os.environ
secret = "canary" + "Q7w2e9r4t1y8u3i6o5p0"
print("ready", flush=True)
sys.stdin.readline()
"""
READS = """
import sys
for name in sys.argv[2:]:
    try:
        with open(f"/proc/{sys.argv[1]}/{name}", "rb") as file:
            file.read(0 if name == "mem" else 100_000)
        print(name, "read")
    except OSError as error:
        print(name, type(error).__name__)
"""


@contextmanager
def holder(kind: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Lend a process with a secret, in its memory and in its environment."""
    process = subprocess.Popen(
        [sys.executable, "-c", AS_A_USER, HOLDS, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        env={"PYTHONPATH": str(SOURCE), VARIABLE: CANARY},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def read_by_another(process: subprocess.Popen[bytes], *names: str) -> dict[str, str]:
    """Return what another process of the same user comes to, file by file in /proc."""
    answer = subprocess.run(
        [sys.executable, "-c", AS_A_USER, READS, str(process.pid), *names],
        check=True,
        capture_output=True,
        text=True,
    )
    found = (line.partition(" ") for line in answer.stdout.splitlines())
    return {name: how for name, _, how in found}


def test_no_other_process_of_the_user_reads_memory_or_environment(tmp_path: Path) -> None:
    with holder("hardened", tmp_path) as process:
        found = read_by_another(process, "mem", "environ", "maps")
    assert found == dict.fromkeys(("mem", "environ", "maps"), "PermissionError")


def test_without_it_another_process_of_the_user_does_read(tmp_path: Path) -> None:
    with holder("usual", tmp_path) as process:
        assert read_by_another(process, "environ") == {"environ": "read"}
        assert CANARY.encode() in Path(f"/proc/{process.pid}/environ").read_bytes()


def test_the_environment_is_blank_where_the_secret_was_even_for_root(tmp_path: Path) -> None:
    with holder("hardened", tmp_path) as process:
        try:
            shown = Path(f"/proc/{process.pid}/environ").read_bytes()
        except PermissionError:
            pytest.skip("only root can look")
    assert VARIABLE.encode() in shown
    assert CANARY[:8].encode() not in shown


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGQUIT])
def test_a_crash_leaves_no_core(tmp_path: Path, number: signal.Signals) -> None:
    with holder("hardened", tmp_path) as process:
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        process.send_signal(number)
        _, status = os.waitpid(process.pid, 0)
    assert limits.count("Max core file size        0                    0") == 1
    assert os.WTERMSIG(status) == number
    assert not status & CORE_FLAG
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(
    resource.getrlimit(resource.RLIMIT_CORE)[1] == 0, reason="this machine writes no cores"
)
def test_without_it_a_crash_may_leave_a_core_with_the_secret(tmp_path: Path) -> None:
    with holder("usual", tmp_path) as process:
        process.send_signal(signal.SIGABRT)
        _, status = os.waitpid(process.pid, 0)
    cores = list(tmp_path.iterdir())
    if not cores:
        pytest.skip("this machine keeps its cores elsewhere")
    assert status & CORE_FLAG
    assert CANARY.encode() in cores[0].read_bytes()
