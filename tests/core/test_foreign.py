"""What others do to a position is told from what we do, and each kind has its consequence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.doubt import accepted
from counterpoise.core.foreign import (
    STOPS,
    WAITS,
    Turn,
    after_move,
    by_order,
    explaining,
    price_average,
)
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Cause, Fill, Hold, HoldReason
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE, ZERO
from tests.worlds import NOW_MS, Row, World, order_of, reason_of

D = Decimal
BTC = Asset("BTC")
ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE)
WORLD = World(rows=(ROW,), exposure=ZERO)
HEDGED = WORLD.settled(WORLD.plan())
QUIET = HEDGED.settled(HEDGED.plan())  # the hedge of -1 was seen
COOLDOWN_MS = WORLD.trigger.cooldown_ms
CALM = QUIET.after(COOLDOWN_MS)
VENUE = (Cause.LIQUIDATION, Cause.DELEVERAGING, Cause.SETTLEMENT)


def fill(size: str, at_ms: int = NOW_MS, *, cause: Cause | None = None, number: int = 1) -> Fill:
    return Fill(
        trade_id=str(number),
        venue_order_id=f"o{number}",
        instrument=ROW.key,
        size=D(size),
        price=D(50_000),
        fee=ZERO,
        fee_asset=Asset("USDT"),
        at_ms=at_ms,
        cause=cause,
    )


def moved(size: str, *trades: Fill) -> World:
    """Return the hedged world with another position, and the trades that made it."""
    sums = {ROW.key: sum((trade.size for trade in trades), ZERO)}
    situation = replace(CALM.situation, traded=sums, trades={ROW.key: trades})
    return replace(CALM.changed(replace(CALM["BTC"], size=D(size))), situation=situation)


def test_all_trades_since_the_last_sight_explain_it() -> None:
    trades = [fill("1", 5), fill("2", 10), fill("3", 11)]
    assert explaining(trades, D(5), since_ms=10) == tuple(trades[1:])


def test_an_older_trade_counts_where_the_newer_ones_do_not_add_up() -> None:
    """The position was read late, or the venue's clock is not ours."""
    trades = [fill("7", 5), fill("1", 9), fill("2", 10)]
    assert explaining(trades, D(3), since_ms=10) == tuple(trades[1:])


@given(st.lists(st.integers(-5, 5).map(lambda size: fill(str(size))), max_size=6), st.integers())
def test_what_explains_adds_up_and_is_the_newest(trades: list[Fill], difference: int) -> None:
    chosen = explaining(trades, D(difference), since_ms=0)
    # all of them, or the newest; but no old pair explains that nothing changed
    firsts = range(len(trades) if difference else min(1, len(trades)))
    sums = {sum((t.size for t in trades[n:]), ZERO) for n in firsts}
    if chosen is None:
        assert D(difference) not in sums
    else:
        assert sum((trade.size for trade in chosen), ZERO) == difference
        assert list(chosen) == trades[len(trades) - len(chosen) :]


@pytest.mark.parametrize("cause", [Cause.LIQUIDATION, Cause.SETTLEMENT, Cause.UNKNOWN])
def test_what_was_forced_stops_the_instrument_until_a_person_resumes_it(cause: Cause) -> None:
    world = moved("-0.4", fill("0.6", cause=cause))
    decided = world.plan()
    reason = STOPS[cause]
    assert reason_of(decided, "BTC") is reason
    assert decided.memories[BTC].position == D("-0.4")
    for _ in range(3):
        world = world.settled(decided, elapsed_ms=COOLDOWN_MS * 100)
        decided = world.plan()
        assert reason_of(decided, "BTC") is reason
    seen = accepted(decided.memories[BTC], world.snapshot, ROW.target)
    assert order_of(world.remembering({BTC: seen}).plan(), "BTC").size == D("-0.6")


@pytest.mark.parametrize("cause", sorted(WAITS))
def test_what_passes_is_left_alone_for_the_cooldown_and_then_adopted(cause: Cause) -> None:
    world = moved("-0.4", fill("0.6", cause=cause))
    decided = world.plan()
    assert reason_of(decided, "BTC") is WAITS[cause]
    almost = world.settled(decided, elapsed_ms=COOLDOWN_MS - 1)
    assert reason_of(almost.plan(), "BTC") is WAITS[cause]
    assert order_of(almost.after(1).plan(), "BTC").size == D("-0.6")


@pytest.mark.parametrize("stop", [None, HoldReason.LIQUIDATED])
def test_a_pause_hides_nothing_that_others_do(stop: HoldReason | None) -> None:
    world = moved("-0.4", fill("0.6", cause=Cause.LIQUIDATION if stop else Cause.FOREIGN))
    held = {BTC: Hold(asset=BTC, reason=HoldReason.OPERATOR, detail="pause")}
    paused = replace(world, situation=replace(world.situation, held=held)).plan()
    assert paused.memories[BTC].position == D("-0.4")
    assert reason_of(paused, "BTC") is (stop or HoldReason.OPERATOR)


def test_the_worst_of_several_trades_decides() -> None:
    trades = (
        fill("0.1", cause=Cause.FOREIGN, number=1),
        fill("0.2", cause=Cause.LIQUIDATION, number=2),
        fill("0.3", cause=Cause.DELEVERAGING, number=3),
    )
    memory = after_move(AssetMemory(position=D(-1)), trades, NOW_MS)
    assert memory.stopped is HoldReason.LIQUIDATED
    assert memory.stopped_detail == "the exchange liquidated 0.2"


def test_a_cause_that_cannot_be_read_is_the_worst_that_fits() -> None:
    """A liquidation only ever shrinks: what grew was somebody's will."""
    unknown = fill("0.6", cause=Cause.UNKNOWN)
    shrunk = after_move(AssetMemory(position=D(-1)), (unknown,), NOW_MS)
    grown = after_move(AssetMemory(position=D(1)), (unknown,), NOW_MS)
    assert (shrunk.stopped, grown.stopped) == (HoldReason.FORCED, None)
    assert grown.moved is Cause.FOREIGN


def test_more_trades_of_ours_than_the_books_have_wait_for_a_person() -> None:
    memory = after_move(AssetMemory(position=D(-1)), (fill("-1", cause=Cause.OURS),), NOW_MS)
    assert memory.stopped is HoldReason.BOOKS_APART


def test_the_first_reason_stays_until_it_is_lifted() -> None:
    first = after_move(AssetMemory(position=D(-1)), (fill("0.5", cause=Cause.LIQUIDATION),), NOW_MS)
    second = after_move(first, (fill("-0.5", cause=Cause.OURS),), NOW_MS)
    assert second.stopped is HoldReason.LIQUIDATED


def test_a_stopped_instrument_may_still_be_closed_at_a_persons_word() -> None:
    world = moved("-0.4", fill("0.6", cause=Cause.LIQUIDATION))
    flattening = replace(world, situation=replace(world.situation, flattening=True))
    order = order_of(flattening.plan(), "BTC")
    assert (order.size, order.reduce_only) == (D("0.4"), True)


SIZES = st.integers(-9, 9).map(D)


def turn(before: Decimal | None, after: Decimal | None, **facts: object) -> Turn:
    usual: dict[str, object] = {"asset": BTC, "instrument": ROW.key}
    return Turn(before=before, after=after, **{**usual, **facts})  # type: ignore[arg-type]


@given(st.none() | SIZES, SIZES, st.lists(SIZES, max_size=4), st.booleans())
def test_whatever_turns_a_position_is_accounted_for(
    before: Decimal | None, after: Decimal, sizes: list[Decimal], by_person: bool
) -> None:
    trades = tuple(fill(str(size), number=number) for number, size in enumerate(sizes))
    changes = turn(before, after, trades=trades, accepted=by_person).changes(NOW_MS)
    assert (before or ZERO) + sum((c.size for c in changes), ZERO) == after


@pytest.mark.parametrize(
    ("before", "by_person", "cause"),
    [(None, False, Cause.FOUND), (ONE, True, Cause.ACCEPTED), (ONE, False, Cause.UNKNOWN)],
)
def test_what_no_trade_explains_says_by_what_it_came(
    before: Decimal | None, by_person: bool, cause: Cause
) -> None:
    (change,) = turn(before, D(3), accepted=by_person).changes(NOW_MS)
    assert (change.cause, change.trade_id, change.price) == (cause, "", None)


def test_a_trade_is_recorded_with_all_that_is_known_of_it() -> None:
    trade = replace(fill("2", 77, cause=Cause.DELEVERAGING), client_order_id="adl_autoclose")
    (change,) = turn(ONE, D(3), trades=(trade,)).changes(NOW_MS)
    assert (change.trade_id, change.cause, change.price) == ("1", Cause.DELEVERAGING, D(50_000))
    assert (change.client_order_id, change.at_ms, change.recorded_at_ms) == (
        "adl_autoclose",
        77,
        NOW_MS,
    )


def test_trades_of_one_order_are_told_together_at_their_average() -> None:
    trades = (
        replace(fill("1", number=1), venue_order_id="o"),
        replace(fill("3", number=2), venue_order_id="o", price=D(54_000)),
        fill("5", number=3),
    )
    groups = by_order(turn(ONE, D(10), trades=trades).changes(NOW_MS))
    assert [len(group) for group in groups] == [2, 1]
    assert price_average(groups[0]) == D(53_000)
    assert price_average(turn(ONE, D(3)).changes(NOW_MS)) is None
