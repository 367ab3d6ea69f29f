"""A position that moved is explained by the account's trades, and each trade says whose it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from counterpoise.core.foreign import Turn
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, Fill, Intent, Order, Origin
from counterpoise.core.state import AccountState, AssetMemory, Control
from counterpoise.errors import SnapshotError, Unauthorized, Unavailable
from counterpoise.inquiry import BACK_MS, Inquiry
from counterpoise.journal.store import SqlJournal
from counterpoise.naming import Naming
from tests.fakes import FakeClock
from tests.sim.gateway import MAIN, TWO, FakeGateway, filled
from tests.sim.parts import clock_now, journal_in_memory, order_for, recorded
from tests.worlds import NOW_MS

D = Decimal
BTC, ETH = Asset("BTC"), Asset("ETH")
KEY = TWO["BTC"].key
SEEN_MS = NOW_MS - 10_000
LATER_MS = NOW_MS + 5_000  # after the journal of these tests was begun
BELIEVED = AssetMemory(position=D(3), position_at_ms=SEEN_MS, seen_at_ms=SEEN_MS)


@dataclass
class Asked:
    """An inquiry with what it asks, and what it halted."""

    journal: SqlJournal
    clock: FakeClock
    gateway: FakeGateway = field(default_factory=FakeGateway)
    halted: list[str] = field(default_factory=list)
    portfolio: str | None = "main"

    async def found(
        self, memory: AssetMemory = BELIEVED, unsettled: tuple[Intent, ...] = ()
    ) -> tuple[Fill, ...] | None:
        """Return what explains that BTC is shown flat."""

        async def halt(reason: str) -> None:
            self.halted.append(reason)

        naming = Naming(self.journal, self.portfolio, halt)
        inquiry = Inquiry({MAIN: self.gateway}, TWO.policy, self.journal, self.clock, naming)
        answer = await inquiry.trades(TWO.snapshot, {BTC: memory}, unsettled, {MAIN: 0})
        return answer.get(KEY)

    async def ended(self, order: Order) -> Intent:
        """Record an order and that it filled whole."""
        (intent,) = await recorded(self.journal, order)
        report = filled(intent)
        done = replace(
            intent,
            state=intent.state.FILLED,
            venue_order_id=report.venue_order_id,
            filled_size=report.filled_size,
            price_average=report.price_average,
            settled_at_ms=self.clock.wall_ms(),
            proof="reply",
        )
        await self.journal.record_outcome(done)
        return done


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    clock = clock_now()
    async with journal_in_memory(clock) as journal:
        yield Asked(journal, clock)


def sold(size: str = "-3", number: int = 1, at_ms: int = NOW_MS, order: str = "") -> Fill:
    return Fill(
        trade_id=str(number),
        venue_order_id=order or f"o{number}",
        instrument=KEY,
        size=D(size),
        price=D(50_000),
        fee=D(0),
        fee_asset=Asset("USDT"),
        at_ms=at_ms,
    )


async def test_nothing_is_asked_where_all_is_as_believed(asked: Asked) -> None:
    assert await asked.found(AssetMemory(position=D(0))) is None
    assert await asked.found(AssetMemory()) is None
    assert not asked.gateway.asked


async def test_trades_that_do_not_add_up_are_asked_no_further(asked: Asked) -> None:
    asked.gateway.trades = (sold("-2"),)
    assert await asked.found() is None
    assert asked.gateway.asked == ["fills"]


async def test_nothing_is_asked_while_an_order_has_no_outcome(asked: Asked) -> None:
    """What moved the position may be that very order, and is booked once it is known."""
    (live,) = await recorded(asked.journal, order_for("BTC"))
    assert await asked.found(unsettled=(live,)) is None
    assert not asked.gateway.asked


CAUSES = (Cause.LIQUIDATION, Cause.DELEVERAGING, Cause.SETTLEMENT, Cause.FOREIGN)


@pytest.mark.parametrize("cause", CAUSES)
async def test_each_trade_says_whose_it_was(asked: Asked, cause: Cause) -> None:
    asked.gateway.trades = (sold(),)
    asked.gateway.whose = {"o1": Origin(cause=cause, client_order_id="web_1")}
    assert await asked.found() == (replace(sold(), cause=cause, client_order_id="web_1"),)


async def test_a_trade_that_the_venue_does_not_explain_is_of_unknown_cause(asked: Asked) -> None:
    asked.gateway.trades = (sold(),)
    found = await asked.found()
    assert found is not None
    assert found[0].cause is Cause.UNKNOWN


@pytest.mark.parametrize("question", ["fills", "origins"])
@pytest.mark.parametrize("error", [Unavailable("down"), SnapshotError("html")])
async def test_no_answer_is_not_an_empty_answer(
    asked: Asked, question: str, error: Exception
) -> None:
    asked.gateway.trades = (sold(),)
    asked.gateway.raises[question] = error
    assert await asked.found() is None


async def test_a_refused_key_is_not_mistaken_for_no_trades(asked: Asked) -> None:
    asked.gateway.raises["fills"] = Unauthorized("key")
    with pytest.raises(Unauthorized):
        await asked.found()


async def test_an_order_of_ours_that_is_believed_explains_nothing_again(asked: Asked) -> None:
    done = await asked.ended(order_for("BTC", D(-1)))
    asked.gateway.trades = (
        sold("-1", 1, order=done.venue_order_id),
        sold("-3", 2),
    )
    memory = replace(BELIEVED, position_at_ms=NOW_MS)
    found = await asked.found(memory)
    assert found is not None
    assert [fill.trade_id for fill in found] == ["2"]


async def test_a_trade_of_ours_beyond_what_was_booked_is_said_to_be_ours(asked: Asked) -> None:
    done = await asked.ended(order_for("BTC", D(-1)))
    asked.gateway.trades = (sold(),)
    asked.gateway.whose = {"o1": Origin(cause=Cause.FOREIGN, client_order_id=done.client_order_id)}
    found = await asked.found()
    assert found is not None
    assert found[0].cause is Cause.OURS
    assert not asked.halted


async def test_a_recorded_trade_explains_nothing_again_over_restarts(asked: Asked) -> None:
    before = sold("-9", 1, at_ms=SEEN_MS)
    turn = Turn(asset=BTC, instrument=KEY, before=D(12), after=D(3), trades=(before,))
    await asked.journal.remember({}, turn.changes(NOW_MS))
    asked.gateway.trades = (before, sold("-3", 2))
    found = await asked.found()
    assert found is not None
    assert [fill.trade_id for fill in found] == ["2"]


async def test_a_trade_told_twice_and_out_of_order_counts_once(asked: Asked) -> None:
    two = (sold("-1", 1, at_ms=NOW_MS - 1), sold("-2", 2))
    asked.gateway.trades = (*reversed(two), *two)
    found = await asked.found()
    assert found is not None
    assert [fill.trade_id for fill in found] == ["1", "2"]


async def test_a_trade_from_before_the_last_sight_may_have_shown_late(asked: Asked) -> None:
    asked.gateway.trades = (sold("-3", 1, at_ms=SEEN_MS - BACK_MS),)
    assert await asked.found() is not None
    asked.gateway.trades = (sold("-3", 1, at_ms=SEEN_MS - BACK_MS - 1),)
    assert await asked.found() is None


COPY = "cpmain000412abcdef"


async def test_a_second_copy_of_us_halts_the_account(asked: Asked) -> None:
    asked.gateway.trades = (sold(at_ms=LATER_MS),)
    asked.gateway.whose = {"o1": Origin(cause=Cause.FOREIGN, client_order_id=COPY)}
    found = await asked.found()
    assert found is not None
    assert found[0].cause is Cause.COPY
    (reason,) = asked.halted
    assert COPY in reason
    assert "counterpoise resume" in reason


@pytest.mark.parametrize("name", ["cpmain000412abcde", "cpother000412abcdef", "web_1", "CPMAIN1"])
async def test_other_names_are_of_others(asked: Asked, name: str) -> None:
    asked.gateway.trades = (sold(at_ms=LATER_MS),)
    asked.gateway.whose = {"o1": Origin(cause=Cause.FOREIGN, client_order_id=name)}
    found = await asked.found()
    assert found is not None
    assert found[0].cause is Cause.FOREIGN
    assert not asked.halted


async def test_what_a_person_has_seen_halts_no_more(asked: Asked) -> None:
    """Before the journal began, or before the last resume: that was theirs to judge."""
    asked.gateway.trades = (sold(at_ms=LATER_MS),)
    asked.gateway.whose = {"o1": Origin(cause=Cause.FOREIGN, client_order_id=COPY)}
    resumed = Control(state=AccountState.RUN, by="ann", reason="stopped", at_ms=LATER_MS)
    await asked.journal.record_control(resumed)
    found = await asked.found()
    assert found is not None
    assert found[0].cause is Cause.FOREIGN
    assert not asked.halted


async def test_dry_run_takes_no_order_for_its_own(asked: Asked) -> None:
    asked.portfolio = None
    asked.gateway.trades = (sold(at_ms=LATER_MS),)
    asked.gateway.whose = {"o1": Origin(cause=Cause.FOREIGN, client_order_id=COPY)}
    found = await asked.found()
    assert found is not None
    assert found[0].cause is Cause.FOREIGN
