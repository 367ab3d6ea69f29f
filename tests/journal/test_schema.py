"""The tables serve the questions that are asked each cycle without reading all of history."""

from __future__ import annotations

import pytest
from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from counterpoise.journal import chain, cycles, intents
from counterpoise.journal.schema import INTENT, METADATA
from counterpoise.journal.store import SqlJournal

VALUES = {
    "id": "a",
    "sequence": 1,
    "first": "a",
    "end": "b",
    "at_ms": 1,
    "count": 1,
    "before_ms": 1,
}
EACH_CYCLE = {
    "live": intents._LIVE,
    "by id": intents._BY_ID,
    "by number": intents._BY_SEQUENCE,
    "by beginning": intents._BY_BEGINNING,
    "since": intents._SINCE,
    "transitions": intents._TRANSITIONS,
    "old cycles": cycles._OLD,
    "prune": cycles._PRUNE,
}


@pytest.mark.parametrize("name", EACH_CYCLE)
def test_no_question_of_a_cycle_reads_a_whole_table(journal: SqlJournal, name: str) -> None:
    read_whole = [step for step in plan_of(journal, EACH_CYCLE[name]) if step.startswith("SCAN")]
    assert all("one_live" in step for step in read_whole)  # an index as large as what is live


def test_the_newest_are_read_in_the_order_of_an_index(journal: SqlJournal) -> None:
    (step,) = plan_of(journal, intents._NEWEST)
    assert "USING INDEX" in step


def test_the_live_intents_are_found_by_the_index_that_keeps_them_single(
    journal: SqlJournal,
) -> None:
    assert any("one_live" in step for step in plan_of(journal, intents._LIVE))


def plan_of(journal: SqlJournal, statement: Executable) -> list[str]:
    """Return how SQLite would answer."""
    with journal._database.reading() as connection:
        compiled = statement.compile(connection, compile_kwargs={"literal_binds": False})  # type: ignore[attr-defined]
        names = compiled.positiontup or []
        rows = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {compiled}", tuple(VALUES.get(n, 1) for n in names)
        )
        return [row[3] for row in rows]


def test_the_tables_can_be_made_on_postgresql_too() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    made = [str(CreateTable(t).compile(dialect=dialect)) for t in METADATA.sorted_tables]
    assert len(made) == len(METADATA.tables)
    one_live = next(i for i in INTENT.indexes if i.name == "one_live")
    said = str(CreateIndex(one_live).compile(dialect=dialect))
    assert said.startswith("CREATE UNIQUE INDEX one_live ON intent (instrument) WHERE state IN")


def test_the_chain_is_read_in_order_without_sorting(journal: SqlJournal) -> None:
    assert not any("TEMP B-TREE" in step for step in plan_of(journal, chain._ALL))
