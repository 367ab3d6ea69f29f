"""What others did to positions: kept for ever, each trade once, with the memory it rests on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.foreign import Change
from counterpoise.core.orders import Cause
from counterpoise.core.state import AssetMemory
from counterpoise.errors import JournalError
from counterpoise.journal.store import SqlJournal
from tests.journal.conftest import Make
from tests.journal.records import ASSETS, IDENTITY, START_MS, key_of, run

D = Decimal
BTC = ASSETS[0]


def change(number: int = 1, **facts: object) -> Change:
    usual = Change(
        asset=BTC,
        instrument=key_of(BTC),
        cause=Cause.LIQUIDATION,
        size=D("1.20"),
        price=D("50000.10"),
        trade_id=str(number),
        venue_order_id="8",
        client_order_id="autoclose-1",
        at_ms=START_MS + number,
        recorded_at_ms=START_MS + 9,
    )
    return replace(usual, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("cause", Cause)
def test_a_change_is_read_back_exactly(journal: SqlJournal, cause: Cause) -> None:
    made = change(cause=cause, price=None if cause is Cause.FOUND else D("0.10"))
    run(journal.remember({}, [made]))
    (read,) = run(journal.changes_since(0))
    assert read == made
    assert str(read.size) == "1.20"


def test_they_are_told_since_a_time_oldest_first(journal: SqlJournal) -> None:
    run(journal.remember({}, [change(1), change(2), change(3)]))
    found = run(journal.changes_since(START_MS + 2))
    assert [each.trade_id for each in found] == ["2", "3"]


def test_a_trade_is_recorded_once_over_restarts(make: Make) -> None:
    journal = make()
    run(journal.open(IDENTITY))
    run(journal.remember({}, [change()]))
    run(journal.close())
    run(journal.open(IDENTITY))
    with pytest.raises(JournalError):
        run(journal.remember({BTC: AssetMemory(refusals=1)}, [change()]))
    assert run(journal.memories()) == {}, "all or nothing"
    other = change(instrument=key_of(ASSETS[1]), asset=ASSETS[1])
    run(journal.remember({}, [other]))  # another instrument counts its trades by itself
    run(journal.close())


def test_what_no_trade_is_known_of_may_come_again(journal: SqlJournal) -> None:
    run(journal.remember({}, [change(trade_id=""), change(trade_id="")]))
    assert len(run(journal.changes_since(0))) == 2


@pytest.mark.parametrize("statement", ["DELETE FROM change", "UPDATE change SET size = '0'"])
def test_nobody_changes_what_was_recorded(journal: SqlJournal, statement: str) -> None:
    run(journal.remember({}, [change()]))
    with pytest.raises(JournalError), journal._database.writing() as connection:
        connection.exec_driver_sql(statement)


def test_a_journal_says_when_it_was_begun(make: Make) -> None:
    journal = make()
    run(journal.open(IDENTITY))
    assert run(journal.created_at_ms()) == START_MS
    run(journal.close())
