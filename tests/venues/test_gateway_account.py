from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from counterpoise.core.instrument import Kind, Symbol
from counterpoise.core.mode import Mode
from counterpoise.errors import (
    SettingsError,
    SnapshotError,
    Unavailable,
)
from counterpoise.ports import HttpResponse
from counterpoise.venues.build import build_gateway
from counterpoise.venues.gateway import CcxtGateway
from tests.venues.fake import (
    BTC,
    ETH,
    NOW_MS,
    FakeVenue,
    StillClock,
    answer,
    config,
    market,
)

D = Decimal
BROKEN: dict[str, Callable[[HttpResponse], HttpResponse]] = {
    "html": lambda _: answer("<html>busy</html>"),
    "empty": lambda _: answer(""),
    "cut": lambda whole: HttpResponse(
        status=200, headers=whole.headers, body=whole.body[: len(whole.body) // 2 - 1] or b"["
    ),
    "null": lambda _: answer("null"),
    "text": lambda _: answer('"ok"'),
    "html as an error": lambda _: answer("<html>503</html>", 503),
    "gone": lambda _: answer("", 404),
}


async def test_instruments_are_as_the_venue_lists_them(venue: FakeVenue, clock: StillClock) -> None:
    symbols = (BTC, Symbol("SOL/USDT:USDT"))
    built = build_gateway(config(symbols=symbols), clock, venue)
    bitcoin, solana = await built.open()
    await built.close()
    assert (bitcoin.key, bitcoin.base, bitcoin.quote, bitcoin.settle) == (
        f"main:{BTC}",
        "BTC",
        "USDT",
        "USDT",
    )
    assert (bitcoin.kind, bitcoin.trading, solana.trading) == (Kind.LINEAR, True, False)
    assert (bitcoin.size_step, bitcoin.size_min, bitcoin.size_max) == (
        D("0.001"),
        D("0.001"),
        D(1000),
    )
    assert (bitcoin.price_step, bitcoin.notional_min) == (D("0.1"), D(20))
    assert bitcoin.taker_fee == D("0.0005")
    assert solana.size_step == 1


@pytest.mark.parametrize("broken", sorted(BROKEN))
async def test_a_broken_list_of_markets_is_never_taken_for_an_unlisted_symbol(
    broken: str, venue: FakeVenue, clock: StillClock
) -> None:
    built = build_gateway(config(), clock, venue)
    venue.fault("GET", "/fapi/v1/exchangeInfo", *[BROKEN[broken]] * 3)
    with pytest.raises((SnapshotError, Unavailable)):
        await built.open()
    await built.close()


@pytest.mark.parametrize("body", [{}, {"symbols": []}, {"symbols": None}, {"symbols": [None]}])
async def test_an_empty_list_of_markets_is_never_taken_for_an_unlisted_symbol(
    body: object, venue: FakeVenue, clock: StillClock
) -> None:
    built = build_gateway(config(), clock, venue)
    venue.says("GET", "/fapi/v1/exchangeInfo", body)
    with pytest.raises((SnapshotError, Unavailable)):
        await built.open()
    await built.close()


async def test_a_contract_of_another_size_stops_the_start(
    venue: FakeVenue, clock: StillClock
) -> None:
    odd = market("ETHUSDT", "ETH", "0.001", "0.01", contractSize="0.01")
    venue.says("GET", "/fapi/v1/exchangeInfo", {"symbols": [odd]})
    built = build_gateway(config(symbols=(ETH,)), clock, venue)
    with pytest.raises(SettingsError, match="contract size"):
        await built.open()
    await built.close()


@pytest.mark.parametrize("filters", [[], [{"filterType": "LOT_SIZE", "stepSize": "0"}]])
async def test_a_market_without_steps_is_an_error(
    filters: list[object], venue: FakeVenue, clock: StillClock
) -> None:
    bare = market("ETHUSDT", "ETH", "0.001", "0.01", filters=filters)
    del bare["pricePrecision"], bare["quantityPrecision"]
    venue.says("GET", "/fapi/v1/exchangeInfo", {"symbols": [bare]})
    built = build_gateway(config(symbols=(ETH,)), clock, venue)
    with pytest.raises(SnapshotError):
        await built.open()
    await built.close()


async def test_account_facts_are_what_the_venue_says(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    facts = await gateway.account()
    assert facts.account_id == "354937868"
    assert facts.can_trade_perpetuals is True
    assert (facts.hedge_mode, facts.multi_asset_margin) == (False, False)
    assert facts.leverage == {ETH: D(21)}
    assert facts.margin_mode == {ETH: "cross"}
    # the rights of a key cannot be asked in the test environment
    assert (facts.can_withdraw, facts.ip_restricted) == (None, None)
    assert venue.seen("GET", "/sapi/v1/account/apiRestrictions") == []


async def test_in_live_mode_the_rights_of_the_key_are_asked(
    venue: FakeVenue, clock: StillClock
) -> None:
    built = build_gateway(config(mode=Mode.LIVE), clock, venue)
    await built.open()
    facts = await built.account()
    await built.close()
    assert (facts.can_withdraw, facts.ip_restricted) == (False, True)


async def test_what_the_venue_will_not_say_is_none(venue: FakeVenue, clock: StillClock) -> None:
    for path in ("positionSide/dual", "multiAssetsMargin", "accountConfig", "symbolConfig"):
        del venue.handlers["GET", f"/fapi/v1/{path}"]
    venue.says("GET", "/api/v3/account", {"balances": []})
    built = build_gateway(config(), clock, venue)
    await built.open()
    facts = await built.account()
    await built.close()
    assert (facts.account_id, facts.hedge_mode, facts.can_trade_perpetuals) == (None, None, None)
    assert (facts.leverage, facts.margin_mode) == ({}, {})
    assert clock.slept == []


async def test_leverage_is_found_in_the_older_answer_too(
    venue: FakeVenue, clock: StillClock
) -> None:
    del venue.handlers["GET", "/fapi/v1/symbolConfig"]
    row = {"symbol": "ETHUSDT", "leverage": "5", "marginType": "isolated"}
    venue.says("GET", "/fapi/v2/positionRisk", [row, {"symbol": "XRPUSDT"}])
    built = build_gateway(config(), clock, venue)
    await built.open()
    facts = await built.account()
    await built.close()
    assert (facts.leverage, facts.margin_mode) == ({ETH: D(5)}, {ETH: "isolated"})


def trade(number: int, at_ms: int) -> dict[str, object]:
    facts = {"id": number, "orderId": 1, "symbol": "ETHUSDT", "side": "BUY", "qty": "1"}
    return {**facts, "price": "1", "commission": "0", "commissionAsset": "USDT", "time": at_ms}


async def test_fills_are_fetched_page_by_page_and_counted_once(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    since_ms = NOW_MS - 5_000
    trades = [trade(number, since_ms + number) for number in range(2_500)]

    def page(params: dict[str, str]) -> list[dict[str, object]]:
        start_ms, limit = int(params["startTime"]), int(params["limit"])
        return [row for row in trades if int(str(row["time"])) >= start_ms][:limit]

    venue.handlers["GET", "/fapi/v1/userTrades"] = page  # type: ignore[assignment]
    found = await gateway.fills(ETH, since_ms)
    assert [fill.trade_id for fill in found] == [str(number) for number in range(2_500)]
    assert len(venue.seen("GET", "/fapi/v1/userTrades")) == 3


async def test_fills_of_months_are_fetched_week_by_week(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    week_ms = 7 * 86_400_000
    since_ms = NOW_MS - 3 * week_ms
    trades = [trade(number, since_ms + number * week_ms) for number in range(4)]

    def page(params: dict[str, str]) -> list[dict[str, object]]:
        start_ms = int(params["startTime"])
        return [row for row in trades if start_ms <= int(str(row["time"])) < start_ms + week_ms]

    venue.handlers["GET", "/fapi/v1/userTrades"] = page  # type: ignore[assignment]
    assert len(await gateway.fills(ETH, since_ms)) == 4
