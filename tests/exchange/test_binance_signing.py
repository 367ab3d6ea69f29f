"""Who may ask, and when: Binance's own codes for every other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from counterpoise.exchange.local import LocalExchange
from counterpoise.ports import HttpRequest
from tests.exchange.wires import Controller, FakeClock, signed_request

ACCOUNT = "/fapi/v3/account"


def answered(exchange: LocalExchange, request: HttpRequest) -> tuple[int, Any]:
    answer = exchange.answer(request).response
    assert answer is not None
    return answer.status, json.loads(answer.body)


def refused(exchange: LocalExchange, request: HttpRequest) -> tuple[int, int]:
    status, body = answered(exchange, request)
    return status, body["code"]


def test_a_right_signature_is_let_in(exchange: LocalExchange, clock: FakeClock) -> None:
    status, body = answered(exchange, signed_request(clock, "GET", ACCOUNT))
    assert status == 200
    assert body["totalWalletBalance"] == "60000.00000000"


def test_a_wrong_secret_is_refused(exchange: LocalExchange, clock: FakeClock) -> None:
    request = signed_request(clock, "GET", ACCOUNT, signed_with="other")
    assert refused(exchange, request) == (400, -1022)


def test_an_unknown_key_is_refused(exchange: LocalExchange, clock: FakeClock) -> None:
    assert refused(exchange, signed_request(clock, "GET", ACCOUNT, key="other")) == (401, -2015)


def test_a_missing_key_is_refused(exchange: LocalExchange, clock: FakeClock) -> None:
    request = signed_request(clock, "GET", ACCOUNT)
    bare = HttpRequest(method="GET", url=request.url)
    assert refused(exchange, bare) == (401, -2014)


def test_a_missing_signature_is_refused(exchange: LocalExchange, clock: FakeClock) -> None:
    request = signed_request(clock, "GET", ACCOUNT)
    url = request.url.partition("&signature=")[0]
    bare = HttpRequest(method="GET", url=url, headers=request.headers)
    assert refused(exchange, bare) == (400, -1102)


def test_a_changed_parameter_is_refused(exchange: LocalExchange, clock: FakeClock) -> None:
    request = signed_request(clock, "GET", "/fapi/v1/openOrders", symbol="BTCUSDT")
    changed = HttpRequest(
        method="GET", url=request.url.replace("BTC", "ETH"), headers=request.headers
    )
    assert refused(exchange, changed) == (400, -1022)


@pytest.mark.parametrize("late_ms", [5_001, 60_000])
def test_an_old_timestamp_is_refused(
    exchange: LocalExchange, clock: FakeClock, late_ms: int
) -> None:
    request = signed_request(clock, "GET", ACCOUNT)
    clock.wall += late_ms
    status, body = answered(exchange, request)
    assert (status, body["code"]) == (400, -1021)
    assert "outside of the recvWindow" in body["msg"]


def test_a_timestamp_within_its_window_is_let_in(exchange: LocalExchange, clock: FakeClock) -> None:
    request = signed_request(clock, "GET", ACCOUNT, recvWindow=20_000)
    clock.wall += 20_000
    assert answered(exchange, request)[0] == 200


def test_a_timestamp_far_ahead_is_refused(exchange: LocalExchange, clock: FakeClock) -> None:
    clock.wall += 1_000
    request = signed_request(clock, "GET", ACCOUNT)
    clock.wall -= 1_000
    status, body = answered(exchange, request)
    assert (status, body["code"]) == (400, -1021)
    assert "1000ms ahead" in body["msg"]


def test_a_little_ahead_is_let_in(exchange: LocalExchange, clock: FakeClock) -> None:
    clock.wall += 999
    request = signed_request(clock, "GET", ACCOUNT)
    clock.wall -= 999
    assert answered(exchange, request)[0] == 200


def test_a_window_of_more_than_a_minute_is_refused(
    exchange: LocalExchange, clock: FakeClock
) -> None:
    request = signed_request(clock, "GET", ACCOUNT, recvWindow=60_001)
    assert refused(exchange, request) == (400, -1131)


@pytest.mark.parametrize("stamp", ["", "soon", "1.5"])
def test_an_unreadable_timestamp_is_refused(
    exchange: LocalExchange, clock: FakeClock, stamp: str
) -> None:
    request = signed_request(clock, "GET", ACCOUNT, timestamp=stamp)
    assert refused(exchange, request) == (400, -1102)


def test_a_skewed_venue_clock_refuses_ours(
    exchange: LocalExchange, clock: FakeClock, control: Controller
) -> None:
    control.post("clock", skew_ms=-3_000)
    assert refused(exchange, signed_request(clock, "GET", ACCOUNT)) == (400, -1021)
    _, body = answered(exchange, HttpRequest(method="GET", url="https://x/fapi/v1/time"))
    assert body["serverTime"] == clock.wall - 3_000


def test_public_paths_need_no_key(exchange: LocalExchange) -> None:
    for path in ("/fapi/v1/premiumIndex", "/api/v3/exchangeInfo", "/dapi/v1/exchangeInfo"):
        assert answered(exchange, HttpRequest(method="GET", url=f"https://x{path}"))[0] == 200


def test_an_unknown_futures_path_says_so_in_json(exchange: LocalExchange) -> None:
    status, body = answered(exchange, HttpRequest(method="PUT", url="https://x/fapi/v1/order"))
    assert (status, body["code"]) == (404, -5000)


def test_an_unknown_spot_path_is_a_page(exchange: LocalExchange) -> None:
    answer = exchange.answer(HttpRequest(method="GET", url="https://x/api/v3/nothing")).response
    assert answer is not None
    assert answer.status == 404
    assert b"<html>" in answer.body


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("/fapi/v1/userTrades", {}, -1102),
        ("/fapi/v1/userTrades", {"symbol": "NOPE"}, -1121),
        ("/fapi/v1/order", {"symbol": "BTCUSDT"}, -1102),
        ("/fapi/v1/order", {"symbol": "BTCUSDT", "orderId": "x"}, -1102),
        ("/fapi/v1/order", {"symbol": "BTCUSDT", "orderId": "1"}, -2013),
        ("/fapi/v1/income", {"incomeType": "GIFT"}, -1102),
        ("/api/v3/order", {"symbol": "BTCUSDT", "orderId": "1"}, -2013),
        ("/api/v3/myTrades", {"symbol": "NOPE"}, -1121),
    ],
)
def test_reads_with_wrong_parameters_get_binances_code(
    exchange: LocalExchange, clock: FakeClock, path: str, params: dict[str, str], code: int
) -> None:
    assert refused(exchange, signed_request(clock, "GET", path, **params)) == (400, code)


ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
PRICED = {**ORDER, "quantity": "0.01", "price": "87000"}


@pytest.mark.parametrize(
    ("path", "change", "code"),
    [
        ("/fapi/v1/order", {"side": "HOLD"}, -1117),
        ("/fapi/v1/order", {"type": "STOP"}, -1116),
        ("/fapi/v1/order", {"timeInForce": "DAY"}, -1115),
        ("/fapi/v1/order", {"timeInForce": ""}, -1102),
        ("/fapi/v1/order", {"quantity": "1e-2"}, -1100),
        ("/fapi/v1/order", {"quantity": "-1"}, -1100),
        ("/fapi/v1/order", {"price": ""}, -1102),
        ("/fapi/v1/order", {"price": "0"}, -4001),
        ("/fapi/v1/order", {"price": "1"}, -4013),
        ("/fapi/v1/order", {"type": "MARKET"}, -1106),
        ("/fapi/v1/order", {"reduceOnly": "maybe"}, -1102),
        ("/fapi/v1/order", {"positionSide": "UP"}, -1137),
        ("/fapi/v1/order", {"newClientOrderId": "a b"}, -4015),
        ("/fapi/v1/order", {"newClientOrderId": "x" * 37}, -4015),
        ("/fapi/v1/order", {"symbol": "BNBUSDT", "price": "600"}, -4140),
        ("/api/v3/order", {"newClientOrderId": "x" * 37}, -1100),
        ("/api/v3/order", {"timeInForce": "GTX"}, -1115),
        ("/api/v3/order", {"quantity": "0.000001"}, -1013),
        ("/api/v3/order", {"quantity": "0.0000000001"}, -1111),
        ("/api/v3/order", {"quantity": "0.00002"}, -1013),
        ("/api/v3/order", {"price": "87000.001"}, -1013),
        ("/api/v3/order", {"price": "900000"}, -1013),
        ("/api/v3/order", {"symbol": "BNBBTC"}, -1013),
    ],
)
def test_orders_with_wrong_parameters_get_binances_code(
    exchange: LocalExchange, clock: FakeClock, path: str, change: dict[str, str], code: int
) -> None:
    request = signed_request(clock, "POST", path, **{**PRICED, **change})
    assert refused(exchange, request) == (400, code)
    assert exchange.venue.engine.ledger.orders == {}


def test_a_rehearsed_order_is_checked_and_not_taken(
    exchange: LocalExchange, clock: FakeClock
) -> None:
    for path in ("/fapi/v1/order/test", "/api/v3/order/test"):
        assert answered(exchange, signed_request(clock, "POST", path, **PRICED)) == (200, {})
    assert exchange.venue.engine.ledger.orders == {}


def test_the_keys_rights_can_be_read(
    exchange: LocalExchange, clock: FakeClock, control: Controller
) -> None:
    path = "/sapi/v1/account/apiRestrictions"
    _, rights = answered(exchange, signed_request(clock, "GET", path))
    assert (rights["enableWithdrawals"], rights["enableFutures"]) == (False, True)
    control.post("account", can_withdraw=True, can_trade=False)
    _, rights = answered(exchange, signed_request(clock, "GET", path))
    assert (rights["enableWithdrawals"], rights["enableFutures"]) == (True, False)


def test_an_account_that_may_not_trade_is_refused(
    exchange: LocalExchange, clock: FakeClock, control: Controller
) -> None:
    control.post("account", can_trade=False)
    request = signed_request(clock, "POST", "/fapi/v1/order", **PRICED)
    assert refused(exchange, request) == (400, -4088)


def test_an_acknowledgement_says_nothing_of_fills(
    exchange: LocalExchange, clock: FakeClock
) -> None:
    market = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    _, taken = answered(exchange, signed_request(clock, "POST", "/fapi/v1/order", **market))
    assert (taken["status"], taken["executedQty"]) == ("NEW", "0")
    again = {**market, "newOrderRespType": "RESULT"}
    _, filled = answered(exchange, signed_request(clock, "POST", "/fapi/v1/order", **again))
    assert (filled["status"], filled["executedQty"]) == ("FILLED", "0.010")
