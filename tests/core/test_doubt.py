"""What cannot be believed orders nothing, for as long as it lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from counterpoise.core.decision import Plan
from counterpoise.core.doubt import accepted
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Hold, HoldReason, Order
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import ValueBasis
from counterpoise.core.snapshot import Missing, Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import worlds
from tests.worlds import (
    CYCLE_MS,
    NOW_MS,
    Row,
    World,
    decision_of,
    order_of,
    reason_of,
)

D = Decimal
BTC, ETH = Asset("BTC"), Asset("ETH")
BTC_ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=D("0.5"))
ETH_ROW = Row(asset="ETH", spot=D(10), price=D(3_000), weight=D("0.5"))
WORLD = World(rows=(BTC_ROW, ETH_ROW))  # both want an order
NEUTRAL = replace(WORLD, exposure=ZERO)
HEDGED = NEUTRAL.settled(NEUTRAL.plan())  # both short all that they hold
DAY_CYCLES = 24 * 3_600_000 // CYCLE_MS


def seen(world: World, change: Callable[[Snapshot], Snapshot]) -> Plan:
    return plan(change(world.snapshot), world.situation, world.policy)


def without_balance(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, balances=tuple(b for b in snapshot.balances if b.asset != BTC))


def with_a_missing_part(snapshot: Snapshot) -> Snapshot:
    part = Missing(what="main:positions", assets=frozenset({BTC}), reason="timed out")
    return replace(snapshot, missing=(part,))


def aged(snapshot: Snapshot, age_ms: int) -> Snapshot:
    return replace(snapshot, started_at_ms=NOW_MS - age_ms)


def priced_ago(snapshot: Snapshot, age_ms: int) -> Snapshot:
    mark = replace(snapshot.marks[BTC_ROW.key], at_ms=NOW_MS - age_ms)
    return replace(snapshot, marks={**snapshot.marks, BTC_ROW.key: mark})


def indexed(snapshot: Snapshot, price: Decimal | None) -> Snapshot:
    mark = replace(snapshot.marks[BTC_ROW.key], index_price=price)
    return replace(snapshot, marks={**snapshot.marks, BTC_ROW.key: mark})


def booked(snapshot: Snapshot, price: Decimal | None) -> Snapshot:
    assert price is not None
    book = replace(snapshot.books[BTC_ROW.key], bid=price, ask=price)
    return replace(snapshot, books={**snapshot.books, BTC_ROW.key: book})


def lacking(part: str) -> Callable[[Snapshot], Snapshot]:
    def change(snapshot: Snapshot) -> Snapshot:
        shown = {k: v for k, v in getattr(snapshot, part).items() if k != BTC_ROW.key}
        return replace(snapshot, **{part: shown})  # type: ignore[arg-type]

    return change


INCOMPLETE = [
    without_balance,
    with_a_missing_part,
    *(lacking(part) for part in ("instruments", "marks", "positions", "books")),
]


@pytest.mark.parametrize("change", INCOMPLETE)
def test_an_absent_part_of_one_holds_all_because_weights_are_shares_of_all(
    change: Callable[[Snapshot], Snapshot],
) -> None:
    decided = seen(WORLD, change)
    assert decided.orders == ()
    assert decided.value is None
    assert {hold.reason for hold in decided.holds} == {HoldReason.SNAPSHOT_INCOMPLETE}


@pytest.mark.parametrize("change", INCOMPLETE)
def test_at_exposure_zero_the_assets_that_are_seen_go_on(
    change: Callable[[Snapshot], Snapshot],
) -> None:
    decided = seen(NEUTRAL, change)
    assert reason_of(decided, "BTC") is HoldReason.SNAPSHOT_INCOMPLETE
    assert order_of(decided, "ETH") == order_of(NEUTRAL.plan(), "ETH")


@pytest.mark.parametrize("change", INCOMPLETE)
def test_an_absent_part_leaves_what_is_remembered_as_it_was(
    change: Callable[[Snapshot], Snapshot],
) -> None:
    memories = HEDGED.situation.memories
    assert seen(HEDGED, change).memories[BTC] == memories[BTC]


@given(worlds())
def test_nothing_is_ordered_for_an_asset_in_doubt(world: World) -> None:
    """With the first balance gone: absent is never taken for zero."""
    first = world.rows[0]
    snapshot = world.snapshot
    balances = tuple(b for b in snapshot.balances if b.asset != first.asset)
    decided = plan(replace(snapshot, balances=balances), world.situation, world.policy)
    assert reason_of(decided, first.asset) is HoldReason.SNAPSHOT_INCOMPLETE
    assert world.exposure == 0 or decided.orders == ()


@pytest.mark.parametrize("when", [aged, priced_ago])
@pytest.mark.parametrize(
    ("age_ms", "stale"), [(10_000, False), (10_001, True), (-1_000, False), (-1_001, True)]
)
def test_a_snapshot_or_a_price_too_old_or_from_the_future_holds(
    when: Callable[[Snapshot, int], Snapshot], age_ms: int, *, stale: bool
) -> None:
    decided = seen(NEUTRAL, lambda snapshot: when(snapshot, age_ms))
    verdict = decision_of(decided, "BTC").verdict
    assert isinstance(verdict, Hold) == stale
    if stale:
        assert reason_of(decided, "BTC") is HoldReason.SNAPSHOT_STALE


def test_a_price_without_a_time_is_as_old_as_the_snapshot() -> None:
    snapshot = NEUTRAL.snapshot
    timeless = {key: replace(mark, at_ms=None) for key, mark in snapshot.marks.items()}
    assert seen(NEUTRAL, lambda s: replace(s, marks=timeless)).orders == NEUTRAL.plan().orders
    old = seen(NEUTRAL, lambda s: replace(aged(s, 10_001), marks=timeless))
    assert {hold.reason for hold in old.holds} == {HoldReason.SNAPSHOT_STALE}


@pytest.mark.parametrize("beside", [indexed, booked])
@pytest.mark.parametrize(
    ("price", "apart"),
    [
        ("50000", False),
        ("47620", False),  # 50,000 is 4.998 % above it
        ("47619", True),
        ("52631", False),  # and 4.999 % below
        ("52632", True),
        ("500000", True),
    ],
)
def test_a_mark_price_that_index_or_book_contradicts_sizes_nothing(
    beside: Callable[[Snapshot, Decimal | None], Snapshot], price: str, *, apart: bool
) -> None:
    """Not even beside it: it counts in the value of which all weights are shares."""
    far = seen(WORLD, lambda snapshot: beside(snapshot, D(price)))
    assert (HoldReason.PRICES_APART in {hold.reason for hold in far.holds}) == apart
    if apart:
        assert reason_of(far, "BTC") is HoldReason.PRICES_APART
        assert far.orders == ()


def test_a_price_without_an_index_is_held_against_the_book_alone() -> None:
    alone = seen(WORLD, lambda snapshot: indexed(snapshot, None))
    assert alone.orders == WORLD.plan().orders
    assert reason_of(seen(WORLD, lambda s: booked(indexed(s, None), D(40_000))), "BTC") is (
        HoldReason.PRICES_APART
    )


def test_a_balance_of_zero_that_nothing_explains_holds_for_a_day_and_more() -> None:
    """Providers do answer with zeros; the hedge against a real holding must stay."""
    world = HEDGED.changed(replace(HEDGED["BTC"], spot=ZERO))
    for _ in range(DAY_CYCLES // 40):  # each fortieth cycle of 24 hours
        decided = world.plan()
        assert reason_of(decided, "BTC") is HoldReason.ZERO_UNEXPLAINED
        assert decided.orders == ()
        world = world.settled(decided, elapsed_ms=40 * CYCLE_MS)


def test_a_balance_that_returns_is_believed_at_once() -> None:
    gone = HEDGED.changed(replace(HEDGED["BTC"], spot=ZERO))
    back = gone.settled(gone.plan()).changed(HEDGED["BTC"])
    assert reason_of(back.plan(), "BTC") is HoldReason.IN_BAND


def test_zeros_in_turn_with_real_answers_order_nothing() -> None:
    world, real = HEDGED, HEDGED["BTC"]
    for turn in range(20):
        world = world.changed(replace(real, spot=ZERO if turn % 2 else real.spot))
        decided = world.plan()
        assert decided.orders == ()
        world = world.settled(decided)


def test_one_of_two_wallets_at_zero_holds_even_if_the_other_has_coins() -> None:
    both = replace(BTC_ROW, collateral=D("0.5"))
    world = World(rows=(both,), exposure=ZERO)
    world = world.settled(world.plan())
    emptied = world.changed(replace(world["BTC"], spot=ZERO))
    assert reason_of(emptied.plan(), "BTC") is HoldReason.ZERO_UNEXPLAINED


def test_at_a_first_sight_a_zero_against_an_open_position_is_not_believed() -> None:
    row = replace(BTC_ROW, spot=ZERO, size=D(-1))
    assert reason_of(World(rows=(row, ETH_ROW)).plan(), "BTC") is HoldReason.ZERO_UNEXPLAINED


def test_a_balance_that_always_was_zero_is_no_doubt() -> None:
    row = replace(BTC_ROW, spot=ZERO)
    world = World(rows=(row, ETH_ROW))
    first = order_of(world.plan(), "BTC")
    assert first.size * 50_000 == 15_000
    world = world.settled(world.plan())
    assert reason_of(world.plan(), "BTC") is HoldReason.IN_BAND


def test_a_smaller_balance_is_believed() -> None:
    halved = HEDGED.changed(replace(HEDGED["BTC"], spot=D("0.5"))).after(400_000)
    assert order_of(halved.plan(), "BTC").size == D("0.5")


def test_an_external_holding_that_has_run_out_holds_until_it_is_declared_again() -> None:
    row = replace(BTC_ROW, external=D("0.25"))
    world = replace(NEUTRAL, rows=(row, ETH_ROW))
    policy = world.policy
    external = policy.targets[0].external
    assert external is not None
    for valid_until_ms, held in ((NOW_MS, False), (NOW_MS - 1, True), (None, False)):
        declared = replace(external, valid_until_ms=valid_until_ms)
        first = replace(policy.targets[0], external=declared)
        asked = replace(policy, targets=(first, *policy.targets[1:]))
        decided = plan(world.snapshot, world.situation, asked)
        assert isinstance(decision_of(decided, "BTC").verdict, Hold) == held
        assert order_of(decided, "ETH").size == -10
    assert reason_of(decided_with_expired(world), "BTC") is HoldReason.EXTERNAL_EXPIRED


def decided_with_expired(world: World) -> Plan:
    policy = world.policy
    targets = tuple(
        replace(t, external=replace(t.external, valid_until_ms=NOW_MS - 1)) if t.external else t
        for t in policy.targets
    )
    return plan(world.snapshot, world.situation, replace(policy, targets=targets))


@pytest.mark.parametrize("lost", ["cash", "equity"])
def test_by_equity_an_absent_part_of_the_cash_is_not_zero(lost: str) -> None:
    world = replace(
        WORLD,
        value_basis=ValueBasis.EQUITY,
        cash=D(10_000),
        equity=D(10_000),
        quote_sources=("main:spot", "main:linear"),
    )
    assert world.plan().value == 50_000 + 30_000 + 20_000
    blind = replace(world, cash=None) if lost == "cash" else replace(world, equity=None)
    decided = blind.plan()
    assert decided.value is None
    assert decided.orders == ()


def test_a_position_without_its_instrument_stops_no_other_asset() -> None:
    decided = seen(NEUTRAL, lacking("instruments"))
    assert reason_of(decided, "BTC") is HoldReason.SNAPSHOT_INCOMPLETE
    assert isinstance(decision_of(decided, "ETH").verdict, Order)


@pytest.mark.parametrize("doubt", ["absent", "zero"])
def test_a_person_may_close_a_position_whose_spot_is_in_doubt(doubt: str) -> None:
    short = replace(WORLD["BTC"], size=D(-1), spot=D(0))
    memory = AssetMemory(balances={"main:spot": D(1)}, position=D(-1))
    world = WORLD.changed(short).remembering({BTC: memory})
    snapshot = without_balance(world.snapshot) if doubt == "absent" else world.snapshot
    decided = plan(snapshot, replace(world.situation, flattening=True), world.policy)
    order = order_of(decided, "BTC")
    assert (order.size, order.reduce_only) == (D(1), True)
    assert decided.memories[BTC].balances == {"main:spot": D(1)}


def test_changed_terms_of_a_contract_hold_it_until_a_person_accepts_them() -> None:
    before = WORLD.remembering(WORLD.plan().memories)
    changed = before.changed(replace(BTC_ROW, size_step=D("0.0001")))
    assert reason_of(changed.plan(), "BTC") is HoldReason.CONTRACT_CHANGED
    assert isinstance(decision_of(changed.plan(), "ETH").verdict, Order)
    later = changed.remembering(changed.plan().memories)
    assert reason_of(later.plan(), "BTC") is HoldReason.CONTRACT_CHANGED
    target = next(t for t in later.policy.targets if t.asset == BTC)
    taken = accepted(later.situation.memories[BTC], later.snapshot, target)
    order_of(later.remembering({BTC: taken}).plan(), "BTC")


def changed(snapshot: Snapshot, quantity: str, at_ms: int | None) -> Snapshot:
    """Return a snapshot whose wallet holds so much BTC since `at_ms` of the venue's clock."""
    return replace(
        snapshot,
        balances=tuple(
            replace(b, quantity=D(quantity), changed_at_ms=at_ms) if b.asset == BTC else b
            for b in snapshot.balances
        ),
    )


def test_a_balance_from_before_one_that_was_believed_orders_nothing() -> None:
    """Servers of one venue disagree: what was withdrawn is not deposited by an old answer."""
    situation = WORLD.situation
    first = plan(changed(WORLD.snapshot, "0.8", 2_000), situation, WORLD.policy)
    later = replace(situation, memories=first.memories)
    older = plan(changed(WORLD.snapshot, "1", 1_000), later, WORLD.policy)
    assert reason_of(older, "BTC") is HoldReason.SNAPSHOT_STALE
    newer = plan(changed(WORLD.snapshot, "1", 3_000), later, WORLD.policy)
    assert isinstance(decision_of(newer, "BTC").verdict, Order)
    silent = plan(changed(WORLD.snapshot, "1", None), later, WORLD.policy)
    assert isinstance(decision_of(silent, "BTC").verdict, Order)
