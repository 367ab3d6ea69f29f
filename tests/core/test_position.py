"""A position is believed only where fills, trades or time explain it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.doubt import Sighting, accepted, doubts_position, position_doubt
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import ClientOrderId, HoldReason
from counterpoise.core.plan import plan
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE, ZERO
from tests.worlds import CYCLE_MS, NOW_MS, Row, World, now, order_of, reason_of

D = Decimal
BTC = Asset("BTC")
ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE)
WORLD = World(rows=(ROW,), exposure=ZERO)
HEDGED = WORLD.settled(WORLD.plan())
QUIET = HEDGED.settled(HEDGED.plan())  # the hedge of -1 was seen
COOLDOWN_MS = WORLD.trigger.cooldown_ms
DAY_CYCLES = 24 * 3_600_000 // CYCLE_MS


def showing(world: World, size: str, traded: str | None = None) -> World:
    """Return the world with another position, and trades that may explain it."""
    sums = {} if traded is None else {ROW.key: D(traded)}
    return replace(
        world.changed(replace(world["BTC"], size=D(size))),
        situation=replace(world.situation, traded=sums),
    )


def test_the_position_that_fills_imply_is_believed_once_seen() -> None:
    memory = HEDGED.situation.memories[BTC]
    assert (memory.position, memory.unconfirmed_since_ms) == (D(-1), NOW_MS + 1)
    assert QUIET.situation.memories[BTC].unconfirmed_since_ms is None
    assert reason_of(QUIET.plan(), "BTC") is HoldReason.IN_BAND


@pytest.mark.parametrize("size", ["0", "-0.5", "-2", "1"])
def test_after_our_own_fill_no_other_position_is_believed_however_long(size: str) -> None:
    """A lagging read shows the position of before; sizing from it would trade twice."""
    world = showing(HEDGED, size)
    for _ in range(DAY_CYCLES // 40):
        decided = world.plan()
        assert reason_of(decided, "BTC") is HoldReason.POSITION_UNCONFIRMED
        world = world.settled(decided, elapsed_ms=40 * CYCLE_MS)
    assert reason_of(showing(world, "-1").plan(), "BTC") is HoldReason.IN_BAND


def test_a_snapshot_begun_before_our_fill_confirms_nothing() -> None:
    """All its reads must have started later, even where its position happens to be the same."""
    memory = replace(
        HEDGED.situation.memories[BTC], unconfirmed_since_ms=NOW_MS, position_at_ms=NOW_MS
    )
    early = Sighting(size=D(-1), at_ms=NOW_MS - 1, traded=None)
    after, doubt = position_doubt(memory, early, now_ms=NOW_MS + 1)
    assert doubt is HoldReason.POSITION_UNCONFIRMED
    assert after.unconfirmed_since_ms == NOW_MS
    fresh = replace(early, at_ms=NOW_MS + 1)
    assert position_doubt(after, fresh, now_ms=NOW_MS + 2)[1] is None


def test_an_unexplained_zero_waits_for_ever() -> None:
    world = showing(QUIET, "0")
    for _ in range(DAY_CYCLES // 40):
        decided = world.plan()
        assert reason_of(decided, "BTC") is HoldReason.POSITION_UNEXPLAINED
        world = world.settled(decided, elapsed_ms=40 * CYCLE_MS)


def test_an_unexplained_position_that_returns_to_the_believed_one_is_no_doubt() -> None:
    world = showing(QUIET, "0")
    back = showing(world.settled(world.plan()), "-1")
    assert reason_of(back.plan(), "BTC") is HoldReason.IN_BAND
    assert back.plan().memories[BTC].strange_position is None


@pytest.mark.parametrize("size", ["-0.5", "-2", "1"])
def test_an_unexplained_position_is_never_adopted_however_long_it_stands(size: str) -> None:
    """A read may be wrong for hours, and a fill of ours that was taken back looks the same."""
    world = showing(QUIET, size).after(COOLDOWN_MS)
    for _ in range(DAY_CYCLES // 40):
        decided = world.plan()
        assert reason_of(decided, "BTC") is HoldReason.POSITION_UNEXPLAINED
        assert decided.memories[BTC].position == D(-1)
        world = world.settled(decided, elapsed_ms=40 * CYCLE_MS)


def test_an_unexplained_position_that_keeps_changing_is_never_adopted() -> None:
    world = QUIET
    for turn in range(8):
        world = showing(world, f"-0.{turn + 1}")
        decided = world.plan()
        assert reason_of(decided, "BTC") is HoldReason.POSITION_UNEXPLAINED
        world = world.settled(decided, elapsed_ms=COOLDOWN_MS)


def test_trades_of_the_account_explain_a_position_at_once() -> None:
    world = showing(QUIET, "-0.5", "0.5").after(0)
    explained = showing(world, "-0.5", "0.5")
    assert explained.plan().memories[BTC].position == D("-0.5")
    assert reason_of(explained.plan(), "BTC") is HoldReason.FOREIGN_TRADE


def test_trades_explain_even_a_zero() -> None:
    explained = showing(QUIET, "0", "1")
    assert explained.plan().memories[BTC].position == 0


@pytest.mark.parametrize("traded", ["0.4", "-0.5", "0"])
def test_trades_that_do_not_add_up_explain_nothing(traded: str) -> None:
    world = showing(QUIET, "-0.5", traded)
    assert reason_of(world.plan(), "BTC") is HoldReason.POSITION_UNEXPLAINED


def test_a_hedge_closed_by_hand_is_not_opened_again_within_the_cooldown() -> None:
    calm = QUIET.after(COOLDOWN_MS)  # our own last correction is long ago
    closed = showing(calm, "0", "1")
    decided = closed.plan()
    assert decided.memories[BTC].position == 0
    assert reason_of(decided, "BTC") is HoldReason.FOREIGN_TRADE
    later = closed.settled(decided, elapsed_ms=COOLDOWN_MS)
    assert order_of(later.plan(), "BTC").size == -1


def test_what_was_never_seen_before_is_adopted_as_it_is() -> None:
    first = World(rows=(replace(ROW, size=D("-0.5")),), exposure=ZERO).plan()
    assert order_of(first, "BTC").position_before == D("-0.5")
    assert first.memories[BTC].position == D("-0.5")


@pytest.mark.parametrize(
    ("size", "spot", "reason"),
    [
        ("0", "1", HoldReason.POSITION_UNEXPLAINED),
        ("-0.5", "1", HoldReason.POSITION_UNEXPLAINED),
        ("-1", "0", HoldReason.ZERO_UNEXPLAINED),
        ("0", "0", HoldReason.ZERO_UNEXPLAINED),
    ],
)
def test_a_person_may_say_that_what_is_shown_is_true(
    size: str, spot: str, reason: HoldReason
) -> None:
    other = Row(asset="ETH", spot=D(100), price=D(3_000))
    calm = replace(QUIET, rows=(*QUIET.rows, other)).after(COOLDOWN_MS)
    world = calm.changed(replace(calm["BTC"], size=D(size), spot=D(spot)))
    assert reason_of(world.plan(), "BTC") is reason
    memory = replace(world.plan().memories[BTC], refusals=3, back_off_until_ms=NOW_MS * 2)
    taken = accepted(memory, world.snapshot, world["BTC"].target)
    assert (taken.position, taken.refusals, taken.back_off_until_ms) == (D(size), 0, 0)
    after = world.remembering({BTC: taken}).plan()
    if D(size) + D(spot) == 0:
        assert reason_of(after, "BTC") is HoldReason.IN_BAND
    else:
        assert order_of(after, "BTC").size == -D(spot) - D(size)


def test_no_order_is_sized_while_one_is_not_settled() -> None:
    unsettled = now(unsettled={ROW.key: ClientOrderId("test0001")})
    decided = replace(WORLD, situation=unsettled).plan()
    assert reason_of(decided, "BTC") is HoldReason.UNSETTLED
    flattening = replace(WORLD, situation=replace(unsettled, flattening=True))
    assert reason_of(flattening.changed(replace(ROW, size=ONE)).plan(), "BTC") is (
        HoldReason.UNSETTLED
    )


def test_an_unsettled_order_holds_its_own_instrument_only() -> None:
    other = Row(asset="ETH", spot=D(10), price=D(3_000))
    world = replace(WORLD, rows=(ROW, other))
    unsettled = now(unsettled={ROW.key: ClientOrderId("test0001")})
    decided = plan(world.snapshot, unsettled, world.policy)
    assert [order.asset for order in decided.orders] == ["ETH"]


@pytest.mark.parametrize(
    ("memory", "size", "doubted"),
    [
        (None, "1", False),
        (AssetMemory(), "1", False),
        (AssetMemory(position=ONE), "1.0", False),
        (AssetMemory(position=ONE), "0", True),
        (AssetMemory(position=ZERO), "-1", True),
    ],
)
def test_trades_are_asked_for_only_where_something_is_to_be_explained(
    memory: AssetMemory | None, size: str, *, doubted: bool
) -> None:
    assert doubts_position(memory, D(size)) is doubted
