"""What a portfolio is worth is what is really there, however a venue's wallets are cut."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.config.wallets import HOLDING_WALLETS as HOLDING
from counterpoise.core.exposure import cash_shown, holdings_by_source, portfolio_value
from counterpoise.core.instrument import Asset
from counterpoise.core.margin import backing_equity
from counterpoise.core.policy.policy import Limits, Policy, Target, Trigger, ValueBasis
from counterpoise.core.snapshot import Snapshot
from tests.venues.contract.stands import MAIN, D, Desk, Stand

BTC = Asset("BTC")
CASH = D(100_000)  # in all wallets together
CENT = D("0.01")
NO_CASH = frozenset({"inverse", "funding"})  # nothing of the quote currency is there


def policy(stand: Stand) -> Policy:
    held = tuple(f"{MAIN}:{name}" for name in stand.wallets if name in HOLDING - {"funding"})
    target = Target(asset=BTC, weight=D(1), instrument=stand.key, sources=held, drift=D("0.05"))
    return Policy(
        quote=Asset(stand.dollar),
        exposure=D(1),
        value_basis=ValueBasis.EQUITY,
        targets=(target,),
        trigger=Trigger(),
        limits=Limits(price_collar=D("0.003"), spread_max=D("0.002")),
        snapshot_age_max_ms=10_000,
        quote_sources=tuple(
            f"{MAIN}:{n}" for n in stand.wallets if n not in {"inverse", "funding"}
        ),
    )


async def seen(desk: Desk) -> Snapshot:
    gateway = desk.gateway
    return Snapshot(
        started_at_ms=desk.clock.wall_ms(),
        started_s=0.0,
        finished_s=0.0,
        reads=5,
        instruments={one.key: one for one in await gateway.open()},
        balances=await gateway.balances(),
        positions=await gateway.positions(),
        marks=await gateway.marks(),
        books=await gateway.books(),
        margins=await gateway.margins(),
        missing=(),
    )


def worth(snapshot: Snapshot, stand: Stand) -> tuple[Decimal, Decimal]:
    """Return what is held of bitcoin, and what everything is worth."""
    whole = policy(stand)
    assert cash_shown(snapshot, whole)
    held = sum(holdings_by_source(snapshot, whole.targets[0]).values(), D(0))
    return held, portfolio_value(snapshot, whole, {BTC: held})


async def test_nothing_is_left_out_and_nothing_counts_twice(desk: Desk) -> None:
    snapshot = await seen(desk)
    held, value = worth(snapshot, desk.stand)
    assert held == desk.stand.held["BTC"]
    assert value == held * snapshot.marks[desk.stand.key].mark_price + CASH


async def test_profit_counts_once_and_fees_are_gone(desk: Desk) -> None:
    since_ms = desk.clock.wall_ms() - 1
    await desk.traded(D("-0.5"))
    desk.control.post("price", symbol=desk.stand.pair, market="linear", price="80000")
    (fill,) = await desk.gateway.fills(desk.stand.linear, since_ms)
    profit = fill.size * (80_000 - fill.price) - fill.fee
    assert profit > 1_000
    held, value = worth(await seen(desk), desk.stand)
    assert abs(value - (held * 80_000 + CASH + profit)) < CENT


async def test_what_backs_positions_is_no_more_than_what_is_there(desk: Desk) -> None:
    snapshot = await seen(desk)
    price = snapshot.marks[desk.stand.key].mark_price
    everything = desk.stand.held["BTC"] * price + CASH + 10 * D(10_000)  # ether, generously
    backing = backing_equity(snapshot.margins, {BTC: price, Asset(desk.stand.dollar): D(1)})
    assert 60_000 <= backing < everything
