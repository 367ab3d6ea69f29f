"""Coin-margined perpetuals through the gateway, ccxt and the engine."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Asset, InstrumentKey, Symbol
from counterpoise.core.margin import backing_equity
from counterpoise.core.mode import Mode
from counterpoise.core.orders import Cause, VenueStatus
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Margin
from counterpoise.errors import DoorRefused, OutcomeUnknown, Rejected, SnapshotError
from counterpoise.exchange.listing import Market
from counterpoise.venues.binance_calls import COINM
from counterpoise.venues.build import rules_for
from counterpoise.venues.dialect import Wallet
from counterpoise.venues.door import Door
from tests.exchange.wires import FakeClock
from tests.venues.contract.stands import INVERSE, LINEAR, MAIN, Bench, D, Desk, Stand, Swapped

BTC = Asset("BTC")
PLACE = COINM.place.path


async def margin(desk: Desk, asset: str = "BTC") -> Margin:
    return next(one for one in await desk.gateway.margins() if one.asset == asset)


async def net_delta(desk: Desk) -> Decimal:
    """Return what the coin's wallet and its perpetual come to, in coin."""
    instruments = {one.key: one for one in await desk.gateway.open()}
    key = InstrumentKey(f"{MAIN}:{INVERSE}")
    mark, size = (await desk.gateway.marks())[key], (await desk.position(INVERSE)).size
    return (await margin(desk)).equity + instruments[key].delta(size, mark.mark_price)


@pytest.mark.parametrize("seed", range(5))
async def test_a_short_of_the_whole_margin_has_no_delta_at_any_price(
    bench: Bench, seed: int
) -> None:
    """Not only where it was opened: what margin balance shows is the wallet and the profit."""
    draw = random.Random(seed)
    desk = await bench.desk(futures_wallet={"USDT": D(60_000), "BTC": D(1)})
    size = D(-100) * draw.randint(200, 800)
    report = await desk.traded(size, symbol=INVERSE)
    assert report.price_average is not None
    whole = (-size / report.price_average).quantize(D("1e-8"))
    desk.control.post("balance", wallet="futures", asset="BTC", quantity=str(whole))
    assert abs(await net_delta(desk)) < D("3e-8")  # answers have eight places
    price = report.price_average
    for _ in range(30):
        price = max(D(1_000), price * D(draw.randint(60, 160)) / 100).quantize(D("0.1"))
        desk.control.post("price", symbol="BTCUSD_PERP", price=str(price))
        assert abs(await net_delta(desk)) < D("3e-8"), price
        shown = await margin(desk)
        assert shown.equity != shown.wallet  # which would be wrong by the profit
    assert (await desk.position(INVERSE)).size == size  # and nothing was liquidated


@pytest.mark.parametrize("hedge_mode", [False, True], ids=["one-way", "hedge"])
async def test_a_size_comes_back_on_every_recorded_perpetual(
    stand: Stand, *, hedge_mode: bool
) -> None:
    """Intent, contracts on the wire, engine, position: dollars in, the same dollars out."""
    draw = random.Random(7)
    everything = stand.market(FakeClock()).venue.engine.listings
    coins = [one for key, one in everything.items() if key.market is Market.INVERSE]
    assert len(coins) == 24
    names = tuple(Symbol(f"{one.base}/USD:{one.base}") for one in coins)
    bench = Bench(replace(stand, symbols=names))
    wallet = {one.base: D(10) ** 7 for one in coins}
    desk = await bench.desk(hedge_mode=hedge_mode, futures_wallet=wallet)
    engine = desk.exchange.venue.engine
    for one in coins:
        if not engine.prices.known(one):
            price = str(max(one.price_min * 2, one.price_step * 10_000))
            desk.control.post("price", symbol=one.key.symbol, market="inverse", price=price)
    await desk.gateway.open()  # what has a price trades now
    for number, (one, symbol) in enumerate(zip(coins, names, strict=True)):
        assert one.contract_size == (100 if one.base == "BTC" else 10)
        size = one.contract_size * draw.randint(1, 40) * draw.choice((1, -1))
        report = await desk.traded(size, f"cp{number}", symbol=symbol, asset=Asset(one.base))
        assert (report.status, report.filled_size) == (VenueStatus.FILLED, size), symbol
        held = [p.amount for p in engine.account.open_positions() if p.listing.key == one.key]
        assert [amount * one.contract_size for amount in held] == [size]
        position = await desk.position(symbol)
        assert position.size == size
        assert (position.sides is not None) is hedge_mode
    await bench.gateway.close()


async def test_in_hedge_mode_long_and_short_stand_side_by_side(bench: Bench) -> None:
    desk = await bench.desk(hedge_mode=True)
    await desk.traded(D(500), "cp1", symbol=INVERSE)
    await desk.traded(D(-800), "cp2", symbol=INVERSE)
    position = await desk.position(INVERSE)
    assert position.size == -300
    assert position.sides == Sides(long=D(500), short=D(800))
    await desk.traded(D(700), "cp3", symbol=INVERSE, reduce_only=True)
    assert (await desk.position(INVERSE)).sides == Sides(long=D(500), short=D(100))


async def test_a_mode_changed_on_the_way_is_refused_and_opens_nothing(bench: Bench) -> None:
    desk = await bench.desk()
    desk.control.post("account", hedge_mode=True)  # and nobody looked again
    for number, reduces in enumerate((False, True)):
        with pytest.raises(Rejected, match=r"-4061|-1106"):
            await desk.traded(D(-500), f"cp{number}", symbol=INVERSE, reduce_only=reduces)
    assert not desk.exchange.venue.engine.account.open_positions()


async def test_every_coin_of_the_wallet_is_shown_the_empty_ones_too(desk: Desk) -> None:
    desk.control.post("balance", wallet="futures", asset="ETH", quantity="3.5")
    shown = {one.asset: one for one in await desk.gateway.margins() if "inverse" in one.source}
    assert (shown[BTC].equity, shown[Asset("ETH")].equity) == (D("0.25"), D("3.5"))
    assert shown[Asset("XRP")].equity == 0
    assert {one.source for one in shown.values()} == {"main:inverse"}


async def test_coins_of_the_one_wallet_are_not_in_the_other(desk: Desk) -> None:
    by_source: dict[str, set[str]] = {}
    for one in await desk.gateway.margins():
        if one.equity:
            by_source.setdefault(one.source, set()).add(str(one.asset))
    assert by_source == {"main:linear": {"USDT"}, "main:inverse": {"BTC"}}


async def test_an_order_lost_on_its_way_back_is_found_by_our_name(desk: Desk) -> None:
    intent = await desk.intent(D(-300), symbol=INVERSE)
    desk.control.post("fault", kind="cut-body", method="POST", path=PLACE)
    with pytest.raises(OutcomeUnknown):
        await desk.gateway.place(intent)
    found = await desk.gateway.find(intent)
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.FILLED, D(-300))


@pytest.mark.parametrize("code", [-2019, -4112, -4113, -4178, -4089])
async def test_a_refusal_of_coin_m_is_one(desk: Desk, code: int) -> None:
    desk.control.post("fault", kind="reject", method="POST", path=PLACE, code=str(code))
    with pytest.raises(Rejected, match=str(code)):
        await desk.traded(D(-300), symbol=INVERSE)


@pytest.mark.parametrize("code", [-1008, -1007, -4116, -99999])
async def test_what_proves_nothing_is_looked_up(desk: Desk, code: int) -> None:
    desk.control.post("fault", kind="reject", method="POST", path=PLACE, code=str(code))
    with pytest.raises(OutcomeUnknown):
        await desk.traded(D(-300), symbol=INVERSE)


async def test_a_forced_close_is_told_from_a_trade_by_hand(desk: Desk) -> None:
    since_ms = desk.clock.wall_ms() - 1
    named = {"symbol": "BTCUSD_PERP", "market": "inverse"}
    desk.control.post("position", **named, quantity="-5")
    desk.control.post("force", **named, kind="deleveraging", quantity="2")
    desk.control.post("force", **named, kind="liquidation")
    fills = await desk.gateway.fills(INVERSE, since_ms)
    assert [fill.size for fill in fills] == [-500, 200, 300]
    ids = frozenset(fill.venue_order_id for fill in fills)
    origins = await desk.gateway.origins(INVERSE, ids, since_ms)
    assert [origins[fill.venue_order_id].cause for fill in fills] == [
        Cause.FOREIGN,
        Cause.DELEVERAGING,
        Cause.LIQUIDATION,
    ]


async def test_a_resting_order_of_somebody_else_counts_dollars(desk: Desk) -> None:
    named = {"symbol": "BTCUSD_PERP", "market": "inverse"}
    desk.control.post("order", **named, side="BUY", quantity="7", price="84000")
    (order,) = await desk.gateway.orders(INVERSE, 0)
    assert (order.resting, order.size, order.price) == (True, D(700), D(84_000))


async def test_what_does_not_trade_is_not_known_to_be_flat(desk: Desk) -> None:
    await desk.traded(D(-300), symbol=INVERSE)
    desk.control.post("listing", symbol="BTCUSD_PERP", market="inverse", trading=False)
    with pytest.raises(SnapshotError, match="BTCUSD_PERP is missing"):
        await desk.gateway.positions()


async def test_its_clock_is_asked_where_it_alone_is_traded(stand: Stand) -> None:
    bench = Bench(replace(stand, wallets=("inverse",), symbols=(INVERSE,)))
    desk = await bench.desk()
    desk.control.post("clock", skew_ms=300)
    assert abs(await desk.gateway.skew_ms() - 300) <= 1
    paths = {path for _, path in desk.gateway.door.traffic.requests}
    assert COINM.time.path in paths
    assert "/fapi/v1/exchangeInfo" not in paths
    await bench.gateway.close()


WALLETS: Mapping[str, tuple[str, ...]] = {
    "/fapi/v1/order": ("spot", "linear"),
    PLACE: ("spot", "inverse"),
}


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("path", WALLETS)
async def test_orders_pass_only_to_the_wallets_that_are_named(
    stand: Stand, path: str, mode: Mode
) -> None:
    host = {"/fapi/v1/order": "fapi.binance.com", PLACE: "dapi.binance.com"}[path]
    name = f"demo-{host}" if mode is Mode.TESTNET else host
    for other, wallets in WALLETS.items():
        config = stand.config(mode=mode, wallets=wallets, symbols=(), endpoint="")
        door = Door(rules_for(config, stand.profile), Swapped(), FakeClock())
        if other == path and mode is not Mode.DRY_RUN:
            with pytest.raises(AssertionError):  # the wire, which leads nowhere
                await door.send("POST", f"https://{name}{path}", {}, b"symbol=X")
        else:
            with pytest.raises(DoorRefused):
                await door.send("POST", f"https://{name}{path}", {}, b"symbol=X")


async def test_a_pool_of_collateral_counts_every_coin_once(stand: Stand) -> None:
    bench = Bench(replace(stand, wallets=("spot", "unified", "inverse")))
    desk = await bench.desk()
    desk.control.post("balance", wallet="collateral", asset="BTC", quantity="1.5")
    desk.control.post("account", multi_assets=True)
    assert desk.gateway.unified
    assert (await desk.gateway.account()).multi_asset_margin is True
    shown = await desk.gateway.margins()
    assert sorted((one.source, one.asset, one.equity) for one in shown if one.equity) == [
        (f"main:{Wallet.INVERSE}", "BTC", D("0.25")),
        (f"main:{Wallet.UNIFIED}", "BTC", D("1.5")),
        (f"main:{Wallet.UNIFIED}", "USDT", D(60_000)),
    ]
    assert (f"main:{Wallet.UNIFIED}", "ETH") in {(one.source, one.asset) for one in shown}
    key = InstrumentKey(f"{MAIN}:{LINEAR}")
    price = (await desk.gateway.marks())[key].mark_price
    prices = {BTC: price, Asset("USDT"): D(1)}
    backed = backing_equity(shown, prices)  # at less than it is worth, and each coin once
    assert 60_000 + D("1.5") * price * D("0.9") < backed < 60_000 + D("1.75") * price
    await desk.traded(D("-0.5"))
    assert (await desk.position()).size == D("-0.5")
    await bench.gateway.close()
