"""What a gateway reads means the same on every venue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterpoise.core.instrument import Asset, InstrumentKey, Kind
from counterpoise.core.orders import Cause
from counterpoise.core.units import is_multiple
from counterpoise.errors import SnapshotError, Unauthorized, Unavailable
from counterpoise.exchange.local import serve
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import FillsWindow
from counterpoise.venues.transport import HttpTransport
from tests.venues.contract.stands import INVERSE, MAIN, Bench, D, Desk

SIZE = D("0.02")
READS = ("balances", "margins", "positions", "marks", "books")


async def test_the_instruments_are_those_that_were_asked_for(desk: Desk) -> None:
    found = {one.symbol: one for one in await desk.gateway.open()}
    assert set(found) == set(desk.stand.symbols)
    for symbol, one in found.items():
        linear = symbol == desk.stand.linear
        assert one.kind is (Kind.LINEAR if linear else Kind.INVERSE)
        assert (one.base, one.settle) == ("BTC", desk.stand.dollar if linear else "BTC")
        assert one.trading
        assert one.price_step > 0
        assert is_multiple(desk.stand.step, one.size_step) or not linear


async def test_what_is_held_is_shown_once_wherever_it_is(desk: Desk) -> None:
    shown = [(one.source, one.asset, one.quantity) for one in await desk.gateway.balances()]
    margins = [(one.source, one.asset, one.equity) for one in await desk.gateway.margins()]
    places = {(source, asset) for source, asset, _ in (*shown, *margins)}
    assert len(places) == len(shown) + len(margins)
    holding = [one for one in (*shown, *margins) if not one[0].endswith(":linear")]
    for asset, quantity in desk.stand.held.items():
        assert sum(held for source, name, held in holding if name == asset) == quantity, asset


async def test_flat_is_stated_as_zero(desk: Desk) -> None:
    positions = await desk.gateway.positions()
    assert {key: one.size for key, one in positions.items()} == {
        InstrumentKey(f"{MAIN}:{symbol}"): 0 for symbol in desk.stand.symbols
    }


async def test_a_position_says_where_it_was_entered(desk: Desk) -> None:
    report = await desk.traded(-SIZE)
    found = await desk.position()
    assert (found.size, found.entry_price) == (-SIZE, report.price_average)


async def test_prices_are_of_one_perpetual_and_of_now(desk: Desk) -> None:
    desk.control.post("price", symbol=desk.stand.pair, market="linear", price="91000")
    mark, book = (
        (await desk.gateway.marks())[desk.stand.key],
        (await desk.gateway.books())[desk.stand.key],
    )
    assert mark.mark_price == 91_000
    assert book.bid < book.ask
    assert abs(book.mid / 91_000 - 1) < D("0.01")
    assert mark.index_price is not None
    assert mark.at_ms is None or abs(mark.at_ms - desk.clock.wall_ms()) < 1_000
    assert book.bid_size > 0
    assert book.ask_size > 0


async def test_profit_is_in_the_margin_balance_and_not_in_the_wallet(desk: Desk) -> None:
    await desk.traded(-SIZE)
    desk.control.post("price", symbol=desk.stand.pair, market="linear", price="80000")
    margins = {
        one.source: one for one in await desk.gateway.margins() if one.asset == desk.stand.dollar
    }
    margin = max(margins.values(), key=lambda one: one.equity)  # a coin wallet shows zero
    profit = (await desk.position()).unrealised_profit
    assert profit is not None
    assert profit > 100
    assert abs(margin.equity - margin.wallet - profit) < D("0.01")
    pool = margin.backing or margin
    assert 0 < pool.maintenance < pool.equity


async def test_the_clock_is_measured(desk: Desk) -> None:
    desk.control.post("clock", skew_ms=700)
    assert abs(await desk.gateway.skew_ms() - 700) <= 1


async def test_a_clock_outside_the_window_is_no_position(desk: Desk) -> None:
    if not desk.stand.signed_reads:
        pytest.skip("what anybody may ask has no window")
    desk.control.post("clock", skew_ms=60_000)
    with pytest.raises(Unavailable):
        await desk.gateway.positions()


async def test_a_wrong_secret_is_told_apart(desk: Desk) -> None:
    config = replace(desk.stand.config(), api_secret="wrong", agent_key="wrong")
    other = build_gateway(config, desk.clock, desk.gateway.door._transport)
    await other.open()
    with pytest.raises(Unauthorized):
        await (other.positions() if desk.stand.signed_reads else other.account())
    await other.close()


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("kind", ["html", "empty", "cut-body", "status"])
async def test_no_answer_is_never_an_empty_one(desk: Desk, read: str, kind: str) -> None:
    desk.control.post("fault", kind=kind, **desk.stand.questions, times=50)
    if read == "balances" and not desk.stand.balance_wallets:
        assert await desk.gateway.balances() == ()  # nothing is asked: the one wallet is margin
        return
    with pytest.raises((SnapshotError, Unavailable)):
        await getattr(desk.gateway, read)()


@pytest.mark.parametrize("read", READS)
async def test_an_empty_object_is_no_answer(desk: Desk, read: str) -> None:
    desk.control.post("fault", kind="empty", **desk.stand.questions, times=50, body="{}")
    if read == "balances" and not desk.stand.balance_wallets:
        return
    with pytest.raises((SnapshotError, Unavailable)):
        await getattr(desk.gateway, read)()


async def test_who_is_banned_stops_asking(desk: Desk) -> None:
    desk.control.post("fault", kind="ban", **desk.stand.questions, times=1)
    with pytest.raises(Unavailable):
        await desk.gateway.positions()
    before = desk.gateway.door.traffic.sent
    for _ in range(3):
        with pytest.raises(Unavailable, match="pause"):
            await desk.gateway.positions()
    assert desk.gateway.door.traffic.sent == before


async def test_who_asks_too_often_is_told_for_how_long(desk: Desk) -> None:
    desk.control.post("fault", kind="rate-limit", **desk.stand.questions, times=1)
    with pytest.raises(Unavailable) as raised:
        await desk.gateway.positions()
    assert raised.value.retry_after_s > 0


async def test_trades_by_hand_are_among_the_fills_and_are_somebody_elses(desk: Desk) -> None:
    since_ms = desk.clock.wall_ms() - 1
    report = await desk.traded(SIZE)
    wanted = desk.contracts(D("0.05"))
    desk.control.post("position", symbol=desk.stand.pair, market="linear", quantity=wanted)
    fills = await desk.gateway.fills(desk.stand.linear, since_ms)
    assert [fill.size for fill in fills] == [SIZE, D("0.03")]
    assert fills[0].venue_order_id == report.venue_order_id
    assert fills[0].fee > 0
    assert fills[0].fee_asset == desk.stand.dollar
    ids = frozenset(fill.venue_order_id for fill in fills)
    origins = await desk.gateway.origins(desk.stand.linear, ids, since_ms)
    assert {one.cause for one in origins.values()} <= {Cause.FOREIGN}
    if origins:
        assert origins[report.venue_order_id].client_order_id == "cp1"


async def test_every_trade_is_found_behind_pages(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    since_ms = desk.clock.wall_ms() - 1
    for number in range(7):
        desk.clock.wall += 5
        await desk.traded(SIZE if number % 2 else -SIZE, f"cp{number}")
    window = desk.stand.profile.fills_window
    small = FillsWindow(rows_max=3, span_ms=window.span_ms)
    profile = replace(desk.stand.profile, fills_window=small)
    monkeypatch.setattr(desk.gateway, "_profile", profile)
    fills = await desk.gateway.fills(desk.stand.linear, since_ms)
    assert [fill.size for fill in fills] == [SIZE if n % 2 else -SIZE for n in range(7)]
    assert [fill.at_ms for fill in fills] == sorted(fill.at_ms for fill in fills)


async def test_a_resting_order_by_hand_is_listed_and_none_of_ours(desk: Desk) -> None:
    size = desk.contracts(SIZE)
    desk.control.post("order", symbol=desk.stand.pair, side="BUY", quantity=size, price="80000")
    found = await desk.gateway.orders(desk.stand.linear, 0)
    if desk.stand.profile.all_products[0].trading.orders is not None:
        assert [(one.resting, one.size, one.price) for one in found] == [(True, SIZE, D(80_000))]
    assert "cp1" not in await desk.gateway.open_order_ids(desk.stand.linear)


async def test_the_account_says_what_it_is(desk: Desk) -> None:
    facts = await desk.gateway.account()
    assert facts.hedge_mode is False
    assert facts.can_withdraw in {False, None}
    assert facts.can_trade_perpetuals in {True, None}
    assert set(facts.leverage) <= set(desk.stand.symbols)


async def test_hedge_mode_is_seen_and_honoured(bench: Bench) -> None:
    if not bench.stand.modes:
        pytest.skip("it has one position mode")
    desk = await bench.desk(hedge_mode=True)
    assert (await desk.gateway.account()).hedge_mode is True
    if not desk.stand.hedges:
        pytest.skip("this version trades there in one-way mode alone")
    assert (await desk.traded(SIZE, "cp1")).filled_size == SIZE
    assert (await desk.traded(-SIZE * 3, "cp2")).filled_size == -SIZE * 3
    assert (await desk.position()).size == -SIZE * 2  # long and short stand side by side
    assert (await desk.traded(SIZE, "cp3", reduce_only=True)).filled_size == SIZE
    assert (await desk.traded(-SIZE, "cp4", reduce_only=True)).filled_size == -SIZE
    assert (await desk.position()).size == -SIZE * 2


async def test_inverse_sizes_count_dollars(desk: Desk) -> None:
    if INVERSE not in desk.stand.symbols:
        pytest.skip("no coin-margined perpetuals there in this version")
    report = await desk.traded(D(-500), symbol=INVERSE)
    assert report.filled_size == -500
    assert (await desk.position(INVERSE)).size == -500
    (fill,) = await desk.gateway.fills(INVERSE, desk.clock.wall_ms() - 1)
    assert (fill.size, fill.fee_asset) == (D(-500), Asset("BTC"))


async def test_over_http_it_is_the_same(desk: Desk) -> None:
    server = await serve(desk.exchange)
    config = desk.stand.config(endpoint=f"http://127.0.0.1:{server.port}")
    gateway = build_gateway(config, desk.clock, HttpTransport())
    try:
        await gateway.open()
        await gateway.account()
        there = Desk(desk.stand, desk.exchange, gateway, desk.clock)
        assert (await there.traded(SIZE)).filled_size == SIZE
        assert (await there.position()).size == SIZE
        assert await gateway.margins() == await desk.gateway.margins()
    finally:
        await gateway.close()
        await server.close()
