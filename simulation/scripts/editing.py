"""A journal changed from outside."""

from __future__ import annotations

import sqlite3

from simulation.scripts.books import Desk, S, refused, restored, stepped, told
from tests.journal.records import (
    IDENTITY,
    run,
)

EDITS = (
    "UPDATE intent SET size = '9' WHERE sequence = 1",
    "UPDATE intent SET state = 'filled', filled_size = '1' WHERE sequence = 3",
    "UPDATE intent SET limit_price = '1' WHERE sequence = 2",
    "UPDATE intent SET proof = 'x' WHERE sequence = 1",
    "UPDATE transition SET state = 'absent' WHERE number = 2",
    "UPDATE transition SET at_ms = at_ms + 1 WHERE number = 1",
    "UPDATE transition SET proof = 'x' WHERE number = 4",
    "DELETE FROM transition WHERE number = (SELECT max(number) FROM transition)",
    "DELETE FROM transition WHERE number = 2",
    "DELETE FROM intent WHERE sequence = 3",
    "UPDATE transition SET number = number + 100 WHERE number = 4",
    "UPDATE meta SET value = 'x' WHERE key = 'nonce'",
)


def edits(desk: Desk) -> None:
    """See that a row changed, removed or put in from outside keeps the daemon from starting."""
    journal = desk.begun()
    for one in desk.sent(journal, "1", "-2", "3")[:2]:
        run(journal.record_outcome(stepped(one, S.FILLED)))
    run(journal.close())
    whole = desk.file.read_bytes()
    desk.claim("I-17", not refused(desk.journal().open(IDENTITY)), "what is whole is refused")
    run(desk.opened[-1].close())
    for edit in EDITS:
        restored(desk, whole)
        try:
            desk.changed(edit)
        except sqlite3.Error:  # the file itself would not have it
            continue
        opened = not refused(desk.journal().open(IDENTITY))
        desk.claim("I-30", not opened, f"opened after {edit}")
        refused(desk.opened[-1].close())


SCRIPTS = {"edits": told(edits)}
