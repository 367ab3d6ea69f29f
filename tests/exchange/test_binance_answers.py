"""Answers beyond the trading path, and that no question is too odd for one."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoise.exchange.dialects.binance.routes import ROUTES
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.ports import HttpResponse
from tests.exchange.wires import Controller, FakeClock, signed_request

DAY_MS = 86_400_000
WORDS = st.sampled_from(
    [
        *("", "0", "-1", "1", "2.5", "1e9", "NaN", "87000", "0.01", "9" * 20, "true", "BTCUSDT"),
        *("BNBUSDT", "NOPE", "BUY", "SELL", "LIMIT", "MARKET", "IOC", "GTC", "GTX", "FOK", "LONG"),
        *("BTCUSD_PERP", "LINKUSD_PERP", "BTCUSD", "BTC"),
        *("BOTH", "[", '["BTCUSDT"]', "é", "a&b", "FUNDING_FEE", "CROSSED", "ISOLATED", "RESULT"),
    ]
)
NAMES = st.sampled_from(
    [
        *("symbol", "symbols", "side", "type", "timeInForce", "quantity", "price", "quoteOrderQty"),
        *("newClientOrderId", "origClientOrderId", "orderId", "fromId", "startTime", "endTime"),
        *("limit", "leverage", "marginType", "dualSidePosition", "positionSide", "reduceOnly"),
        *("incomeType", "newOrderRespType", "omitZeroBalances", "pair", "marginAsset"),
    ]
)


def answered(exchange: LocalExchange, method: str, path: str, **params: str | int) -> HttpResponse:
    clock = exchange.clock
    assert isinstance(clock, FakeClock)
    answer = exchange.answer(signed_request(clock, method, path, **params)).response
    assert answer is not None
    return answer


def body(exchange: LocalExchange, path: str, **params: str | int) -> Any:  # noqa: ANN401
    answer = answered(exchange, "GET", path, **params)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


@given(route=st.sampled_from(sorted(ROUTES)), params=st.dictionaries(NAMES, WORDS, max_size=8))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_question_has_an_answer(route: tuple[str, str], params: dict[str, str]) -> None:
    method, path = route
    answer = answered(EXCHANGE, method, path, **params)
    parsed = json.loads(answer.body)
    assert answer.status in {200, 400}
    if answer.status == 400:
        assert set(parsed) == {"code", "msg"}
        assert parsed["code"] < 0
        assert "{}" not in parsed["msg"]


EXCHANGE = build(LocalExchangeConfig(speed=Decimal(0)), FakeClock())


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_every_route_answers_a_plain_question(method: str) -> None:
    exchange = build(LocalExchangeConfig(speed=Decimal(0)), FakeClock())
    order = {"side": "BUY", "type": "MARKET", "quantity": "0.01", "leverage": "5"}
    for known, path in ROUTES:
        if known == method:
            answer = answered(exchange, method, path, symbol="BTCUSDT", orderId="1", **order)
            assert answer.status in {200, 400}, path


def test_spot_shows_every_listed_asset_also_at_zero(exchange: LocalExchange) -> None:
    balances = body(exchange, "/api/v3/account")["balances"]
    assert {row["asset"] for row in balances} >= {"BTC", "ETH", "XRP", "USDT", "BNB", "LTC"}
    held = body(exchange, "/api/v3/account", omitZeroBalances="true")["balances"]
    assert {row["asset"] for row in held} == {"BTC", "ETH", "XRP", "USDT"}


def test_version_three_shows_positions_only_where_there_is_something(
    exchange: LocalExchange, control: Controller
) -> None:
    assert body(exchange, "/fapi/v3/positionRisk") == []
    assert len(body(exchange, "/fapi/v2/positionRisk")) == 3
    order = {"side": "BUY", "type": "LIMIT", "quantity": "0.01", "price": "85000"}
    answered(exchange, "POST", "/fapi/v1/order", symbol="BTCUSDT", timeInForce="GTC", **order)
    (row,) = body(exchange, "/fapi/v3/positionRisk")
    assert (row["symbol"], row["positionAmt"]) == ("BTCUSDT", "0.000")
    control.post("position", symbol="ETHUSDT", quantity="-2")
    shown = body(exchange, "/fapi/v3/account")["positions"]
    assert {row["symbol"]: row["positionAmt"] for row in shown} == {"BTCUSDT": "0", "ETHUSDT": "-2"}
    assert len(body(exchange, "/fapi/v2/account")["positions"]) == 3


def test_trades_come_a_week_at_a_time(exchange: LocalExchange, control: Controller) -> None:
    clock = exchange.clock
    assert isinstance(clock, FakeClock)
    started = clock.wall
    for day in range(10):
        clock.wall = started + day * DAY_MS
        control.post("position", symbol="BTCUSDT", quantity=str(Decimal("0.01") * (day + 1)))
    path = "/fapi/v1/userTrades"
    assert len(body(exchange, path, symbol="BTCUSDT")) == 10
    assert len(body(exchange, path, symbol="BTCUSDT", startTime=started)) == 8
    assert len(body(exchange, path, symbol="BTCUSDT", startTime=started + 5 * DAY_MS)) == 5
    first = body(exchange, path, symbol="BTCUSDT")[3]["id"]
    found = body(exchange, path, symbol="BTCUSDT", fromId=first, limit=2)
    assert [row["id"] for row in found] == [first, first + 1]
    long = {"startTime": started, "endTime": started + 8 * DAY_MS}
    answer = answered(exchange, "GET", path, symbol="BTCUSDT", **long)
    assert json.loads(answer.body)["code"] == -4165


def test_income_can_be_asked_by_kind(exchange: LocalExchange, control: Controller) -> None:
    control.post("position", symbol="BTCUSDT", quantity="-0.5")
    control.post("clock", advance_s=24 * 3600)
    control.post("position", symbol="BTCUSDT", quantity="0")
    fees = body(exchange, "/fapi/v1/income", incomeType="FUNDING_FEE", symbol="BTCUSDT")
    assert len(fees) == 3
    assert all(Decimal(row["income"]) > 0 for row in fees)
    kinds = {row["incomeType"] for row in body(exchange, "/fapi/v1/income")}
    assert kinds == {"COMMISSION", "FUNDING_FEE", "REALIZED_PNL"}


def test_past_funding_rates_have_the_venues_times(exchange: LocalExchange) -> None:
    rows = body(exchange, "/fapi/v1/fundingRate", symbol="BTCUSDT", limit=5)
    now = exchange.venue.clock.now()
    assert len(rows) == 5
    times = [row["fundingTime"] for row in rows]
    assert {later - time for time, later in pairwise(times)} == {8 * 3_600_000}
    assert rows[-1]["fundingTime"] <= now.venue_ms
    since = rows[3]["fundingTime"]
    later = body(exchange, "/fapi/v1/fundingRate", symbol="BTCUSDT", startTime=since)
    assert [row["fundingTime"] for row in later] == [row["fundingTime"] for row in rows[3:]]


def test_used_weight_is_told_per_market_and_starts_anew_each_minute(
    exchange: LocalExchange,
) -> None:
    clock = exchange.clock
    assert isinstance(clock, FakeClock)
    header = "X-MBX-USED-WEIGHT-1M"
    used = [answered(exchange, "GET", "/fapi/v3/account").headers[header] for _ in range(3)]
    assert used == ["5", "10", "15"]
    assert answered(exchange, "GET", "/api/v3/account").headers[header] == "20"
    clock.wall += 60_000
    assert answered(exchange, "GET", "/fapi/v3/account").headers[header] == "5"
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    placed = answered(exchange, "POST", "/fapi/v1/order", **order)
    assert placed.headers["X-MBX-ORDER-COUNT-10S"] == "1"


def test_spot_listings_can_be_asked_by_name(exchange: LocalExchange) -> None:
    path = "/api/v3/exchangeInfo"
    chosen = body(exchange, path, symbols='["XRPUSDT","BTCUSDT"]')
    assert [row["symbol"] for row in chosen["symbols"]] == ["XRPUSDT", "BTCUSDT"]
    answer = answered(exchange, "GET", path, symbol="NOPE")
    assert json.loads(answer.body)["code"] == -1121


def test_an_empty_book_is_zeros_and_takes_nothing(
    exchange: LocalExchange, control: Controller
) -> None:
    control.post("book", symbol="BTCUSDT", levels=0)
    top = body(exchange, "/fapi/v1/ticker/bookTicker", symbol="BTCUSDT")
    assert (top["bidPrice"], top["askPrice"]) == ("0", "0")
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    placed = answered(exchange, "POST", "/fapi/v1/order", **order, newOrderRespType="RESULT")
    filled = json.loads(placed.body)
    assert (filled["status"], filled["executedQty"]) == ("EXPIRED", "0.000")
