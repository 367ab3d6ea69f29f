"""What a process does before it holds a secret, so that the rest of the machine does not get it."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

PR_GET_DUMPABLE, PR_SET_DUMPABLE = 3, 4
PRIVATE = 0  # not dumpable
NO_ARGUMENT = ctypes.c_ulong(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardening:
    """How well the memory of this process is kept from the rest of the machine."""

    no_core: bool  # nothing is written to disk when it crashes
    private_memory: bool | None  # no other process of this user reads it; None: no such thing here


def harden() -> Hardening:
    """
    Write no core when this process dies, and let no other process of this user read it.

    On Linux both hold for memory, environment and open files in `/proc` too, and for a core that
    is piped to a program, which asks for no limit. Elsewhere only the core limit is there. What
    the system refuses is told in the answer; nothing is raised.
    """
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(PR_SET_DUMPABLE, PRIVATE)
    return hardening()


def hardening() -> Hardening:
    """Return how this process is protected now, as the system says."""
    dumpable = _prctl(PR_GET_DUMPABLE, 0)
    return Hardening(
        no_core=resource.getrlimit(resource.RLIMIT_CORE)[0] == 0,
        private_memory=None if dumpable is None else dumpable == PRIVATE,
    )


def forget(variables: Iterable[str]) -> None:
    """
    Take variables out of the environment, and their values out of what `/proc` shows of it.

    A copy that was handed out before stays: in the process that started this one, and in this
    one's own memory.
    """
    library = ctypes.CDLL(None)
    library.getenv.restype = ctypes.c_void_p
    for name in variables:
        value = os.environ.get(name)
        place = library.getenv(os.fsencode(name))
        if value is None or place is None:
            continue
        ctypes.memset(place, 0, len(os.fsencode(value)))
        del os.environ[name]


def _prctl(option: int, value: int) -> int | None:
    """Ask the kernel, where it is Linux; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    call = ctypes.CDLL(None).prctl
    arguments = (ctypes.c_ulong(value), NO_ARGUMENT, NO_ARGUMENT, NO_ARGUMENT)
    return int(call(option, *arguments))
