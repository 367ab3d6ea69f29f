"""Whose a journal is, where it lies, and what is left of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from counterpoise.errors import CounterpoiseError
from counterpoise.journal.location import lock_path
from counterpoise.journal.lock import hold, hold_account, holder_here
from simulation.scripts.books import Desk, clashed_with, refused, restored, told
from tests.journal.records import (
    IDENTITY,
    run,
)


def owners(desk: Desk) -> None:
    """See that a journal is of one portfolio, one mode and one account, and one daemon has it."""
    first = desk.begun()
    desk.sent(first)
    second = desk.journal()
    desk.claim("P8", refused(second.open(IDENTITY)), "two daemons on one journal")
    reader = desk.journal(exclusive=False)
    desk.claim("I-17", not refused(reader.open(IDENTITY)), "nobody may read beside the daemon")
    desk.claim("P8", refused(reader.next_cycle()), "a reader counts cycles")
    desk.claim("P8", clashed_with(desk, reader), "a reader records orders")
    run(reader.close())
    run(first.close())
    strangers = (
        replace(IDENTITY, mode="live"),
        replace(IDENTITY, mode="dry-run"),
        replace(IDENTITY, portfolio="another"),
        replace(IDENTITY, accounts=("binance:another",)),
    )
    for stranger in strangers:
        journal = desk.journal()
        desk.claim("F4", refused(journal.open(stranger)), f"opened as {stranger}")
        refused(journal.close())
    whole = desk.file.read_bytes()
    restored(desk, whole)
    desk.changed("UPDATE meta SET value = '999' WHERE key LIKE '%version%'")
    desk.claim("P9", refused(desk.journal().open(IDENTITY)), "opened one of a newer version")
    refused(desk.opened[-1].close())


DAMAGES: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("empty", lambda _: b""),
    ("cut in its header", lambda whole: whole[:50]),
    ("cut", lambda whole: whole[: len(whole) // 2]),
    ("no database", lambda whole: b"x" * len(whole)),
    ("with a page of noise", lambda whole: whole[:8192] + b"\xff" * 4096 + whole[12288:]),
)


def damages(desk: Desk) -> None:
    """See that a journal that is damaged, gone or no file of ours is never begun anew."""
    journal = desk.begun()
    desk.sent(journal, "1", "1", "1")
    run(journal.close())
    whole = desk.file.read_bytes()
    for name, damage in DAMAGES:
        restored(desk, damage(whole))
        opened = not refused(desk.journal().open(IDENTITY))
        desk.claim("D4", not opened, f"{name}: opened")
        refused(desk.opened[-1].close())
    restored(desk, whole)
    desk.file.unlink()
    desk.file.with_name(desk.file.name + "-wal").write_bytes(b"x" * 100)
    desk.claim("D5", refused(desk.journal().open(IDENTITY)), "begun anew beside what is left")
    desk.file.with_name(desk.file.name + "-wal").unlink()
    reader = desk.journal(exclusive=False)
    desk.claim("D5", refused(reader.open(IDENTITY)), "a reader created one")
    desk.claim("D5", not desk.file.exists(), "a reader left one behind")


def places(desk: Desk) -> None:
    """See that the file is its owner's alone, and no lock is laid through another's link."""
    desk.begun()
    mode = desk.file.stat().st_mode & 0o077
    desk.claim("X8", mode == 0, f"others may use the journal: {mode:o}")
    lock = lock_path(desk.file)
    desk.claim("X8", lock.stat().st_mode & 0o077 == 0, "others may use the lock")
    elsewhere = desk.path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    target = desk.path / "target"
    target.write_text("precious")
    (elsewhere / "a.lock").symlink_to(target)
    holder = holder_here("main", desk.clock)
    desk.claim("X8", _held(lambda: hold(elsewhere / "a.lock", holder, "x")), "followed a link")
    desk.claim("X8", target.read_text() == "precious", "wrote through a link")
    shared = desk.path / "shared"
    first = hold_account("binance key", shared, holder)
    again = _held(lambda: hold_account("binance key", shared, holder))
    desk.claim("A2", again, "two daemons on one account")
    other = hold_account("binance another", shared, holder)
    other.release()
    first.release()
    free = not _held(lambda: os.close(hold_account("binance key", shared, holder).descriptor))
    desk.claim("I-17", free, "an account that nobody has is held")
    names = [path.name for path in shared.iterdir()]
    desk.claim("I-25", not any("key" in name for name in names), f"{names}")


def _held(take: Callable[[], object]) -> bool:
    try:
        take()
    except CounterpoiseError:
        return True
    return False


SCRIPTS = {script.__name__: told(script) for script in (owners, damages, places)}
