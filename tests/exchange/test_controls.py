"""Steering by hand: each control does its one thing, and wrong ones say what is right."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.exchange.orders import IncomeType
from counterpoise.ports import HttpRequest
from tests.exchange.wires import Controller, FakeClock, signed_request

STATE = "http://x/_exchange/state"


def test_a_price_moves_spot_and_perpetual_together(control: Controller) -> None:
    control.post("price", symbol="BTCUSDT", price="70000")
    prices = control.get("state")["prices"]
    for market in ("spot:BTCUSDT", "linear:BTCUSDT"):
        assert prices[market] == {"last": "70000", "mark": "70000", "index": "70000"}


def test_one_price_can_move_alone(control: Controller) -> None:
    before = control.get("state")["prices"]["linear:BTCUSDT"]
    control.post("price", symbol="BTCUSDT", market="linear", kind="mark", price="70000")
    after = control.get("state")["prices"]["linear:BTCUSDT"]
    assert after == before | {"mark": "70000"}


def test_a_listing_without_a_recording_trades_once_it_has_a_price(
    control: Controller, exchange: LocalExchange
) -> None:
    assert "linear:BNBUSDT" not in control.get("state")["prices"]
    control.post("price", symbol="BNBUSDT", price="650")
    assert control.get("state")["prices"]["linear:BNBUSDT"]["mark"] == "650"
    request = HttpRequest(method="GET", url="https://x/fapi/v1/exchangeInfo")
    answer = exchange.answer(request).response
    assert answer is not None
    status = {row["symbol"]: row["status"] for row in json.loads(answer.body)["symbols"]}
    assert (status["BNBUSDT"], status["ADAUSDT"]) == ("TRADING", "PENDING_TRADING")


def test_a_closed_listing_says_so_and_takes_no_order(
    control: Controller, exchange: LocalExchange, clock: FakeClock
) -> None:
    def listed() -> str:
        request = HttpRequest(method="GET", url="https://x/fapi/v1/exchangeInfo")
        answer = exchange.answer(request).response
        assert answer is not None
        symbols = json.loads(answer.body)["symbols"]
        return str(next(row["status"] for row in symbols if row["symbol"] == "ETHUSDT"))

    def ordered() -> int:
        order = {"side": "BUY", "type": "MARKET", "quantity": "0.1"}
        request = signed_request(clock, "POST", "/fapi/v1/order", symbol="ETHUSDT", **order)
        answer = exchange.answer(request).response
        assert answer is not None
        return int(json.loads(answer.body).get("code", 0))

    control.post("listing", symbol="ETHUSDT", trading=False)
    assert (listed(), ordered()) == ("PENDING_TRADING", -4140)
    control.post("listing", symbol="ETHUSDT", trading=True)
    assert (listed(), ordered()) == ("TRADING", 0)


def test_a_balance_is_set_as_a_deposit(control: Controller, exchange: LocalExchange) -> None:
    control.post("balance", asset="BTC", quantity="2.5")
    control.post("balance", asset="XRP", quantity="0")
    control.post("balance", wallet="futures", asset="USDT", quantity="1000")
    balances = control.get("state")["balances"]
    assert (balances["spot"]["BTC"], balances["spot"]["XRP"]) == ("2.5", "0")
    assert balances["futures"]["USDT"] == "1000"
    last = exchange.venue.engine.ledger.incomes[-1]
    assert (last.type, last.amount) == (IncomeType.TRANSFER, Decimal(-59_000))


def test_a_position_is_set_by_a_trade_that_history_shows(control: Controller) -> None:
    control.post("position", symbol="BTCUSDT", quantity="-0.3")
    control.post("position", symbol="BTCUSDT", quantity="0.1")
    state = control.get("state")
    assert state["positions"][0]["quantity"] == "0.1"
    sides = [(order["side"], order["quantity"]) for order in state["orders_closed"]]
    assert sides == [("SELL", "0.3"), ("BUY", "0.4")]
    assert all(order["client_order_id"].startswith("web_") for order in state["orders_closed"])
    assert {order["origin"] for order in state["orders_closed"]} == {"manual"}


def test_a_hedged_position_has_a_side(control: Controller) -> None:
    control.post("account", hedge_mode=True)
    control.post("position", symbol="BTCUSDT", side="LONG", quantity="0.3")
    control.post("position", symbol="BTCUSDT", quantity="-0.2")
    found = {row["side"]: row["quantity"] for row in control.get("state")["positions"]}
    assert found == {"LONG": "0.3", "SHORT": "-0.2"}
    assert control.refused("position", symbol="BTCUSDT", side="BOTH", quantity="1")["allowed"] == [
        "LONG",
        "SHORT",
    ]


def test_a_book_can_be_made_thin_and_whole_again(
    control: Controller, exchange: LocalExchange
) -> None:
    def depth() -> dict[str, list[list[str]]]:
        request = HttpRequest(method="GET", url="https://x/fapi/v1/depth?symbol=BTCUSDT")
        answer = exchange.answer(request).response
        assert answer is not None
        body: dict[str, list[list[str]]] = json.loads(answer.body)
        return body

    control.post("book", symbol="BTCUSDT", levels=2, level_quantity="0.25", spread="0.01")
    thin = depth()
    assert [quantity for _, quantity in thin["bids"]] == ["0.25", "0.25"]
    spread = Decimal(thin["asks"][0][0]) / Decimal(thin["bids"][0][0]) - 1
    assert spread == pytest.approx(Decimal("0.01"), rel=Decimal("0.01"))
    control.post("book", symbol="BTCUSDT", levels=0)
    assert depth()["bids"] == []
    control.post("book", symbol="BTCUSDT", reset=True)
    assert len(depth()["bids"]) == 20


def test_the_clock_is_skewed_and_recorded_time_advanced(control: Controller) -> None:
    before = control.get("state")["time"]
    control.post("clock", skew_ms=-250, advance_s="90.5")
    after = control.get("state")["time"]
    assert after["venue_ms"] - before["venue_ms"] == -250
    assert after["market_ms"] - before["market_ms"] == 90_500


def test_armed_faults_are_shown_and_can_be_disarmed(
    control: Controller, exchange: LocalExchange
) -> None:
    control.post("fault", path="/fapi/v1/order", method="post", kind="status", times=3, after=1)
    assert control.get("state")["faults"] == [
        {"path": "/fapi/v1/order", "method": "POST", "kind": "status", "times": 3, "after": 1}
    ]
    cleared = exchange.answer(HttpRequest(method="DELETE", url="http://x/_exchange/fault"))
    assert cleared.response is not None
    assert cleared.response.status == 200
    assert control.get("state")["faults"] == []


def test_controls_are_not_in_the_request_log(control: Controller) -> None:
    control.post("price", symbol="BTCUSDT", price="70000")
    assert control.get("requests") == {"total": 0, "requests": []}


@pytest.mark.parametrize(
    ("name", "fields", "says"),
    [
        ("price", {"symbol": "BTCUSDT"}, "price is missing"),
        ("price", {"symbol": "BTCUSDT", "price": "0"}, "must be positive"),
        ("price", {"symbol": "BTCUSDT", "price": "NaN"}, "must be a number"),
        ("price", {"symbol": "BTCUSDT", "price": True}, "must be a number"),
        ("price", {"symbol": "NOPE", "price": "1"}, "not listed"),
        ("price", {"symbol": "BTCUSDT", "price": "1", "market": "moon"}, "market was 'moon'"),
        ("price", {"symbol": "BTCUSDT", "price": "1", "pirce": "2"}, "unknown: pirce"),
        ("balance", {"asset": "BTC", "quantity": "-1"}, "at least 0"),
        ("balance", {"asset": "BTC", "quantity": "1", "wallet": "sock"}, "wallet was 'sock'"),
        ("position", {"symbol": "BTCUSDT", "quantity": "much"}, "must be a number"),
        ("book", {"symbol": "BTCUSDT", "levels": "1.5"}, "whole number"),
        ("book", {"symbol": "BTCUSDT", "level_quantity": "0"}, "at least 0.001"),
        ("fault", {"kind": "flood"}, "kind was 'flood'"),
        ("fault", {"kind": "reject"}, "needs a code"),
        ("fault", {"kind": "slow", "times": 0}, "from 1 on"),
        ("fault", {"kind": "partial-fill", "share": "1.5"}, "at most 1"),
        ("fault", {"kind": "html", "executed": "yes"}, "true or false"),
        ("clock", {"advance_s": "-1"}, "at least 0"),
        ("clock", {"skew": 5}, "unknown: skew"),
        ("clock", {"skew_ms": 5, "advance_s": 9, "fast": True}, "unknown: fast"),
        ("account", {"can_withdraw": True, "rich": True}, "unknown: rich"),
        ("listing", {"symbol": "BTCUSDT"}, "trading is missing"),
        ("fault", {"kind": "status", "status": 99}, "from 200 on"),
        ("fault", {"kind": "status", "status": 700}, "at most 599"),
        ("account", {"can_withdraw": "yes"}, "true or false"),
    ],
)
def test_a_wrong_control_says_what_is_wrong(
    control: Controller, name: str, fields: dict[str, Any], says: str
) -> None:
    before = control.get("state")
    assert says in control.refused(name, **fields)["error"]
    assert control.get("state") == before


def test_a_wrong_kind_is_told_the_right_ones(control: Controller) -> None:
    allowed = control.refused("fault", kind="flood")["allowed"]
    assert set(allowed) == {
        *("status", "timeout-before", "timeout-after", "cut-body", "html", "empty", "stale"),
        *("reject", "rate-limit", "ban", "slow", "partial-fill", "delay-visible"),
    }


@pytest.mark.parametrize("body", [b"{", b"[]", b"7"])
def test_a_body_that_is_no_object_is_refused(exchange: LocalExchange, body: bytes) -> None:
    request = HttpRequest(method="POST", url="http://x/_exchange/price", body=body)
    answer = exchange.answer(request).response
    assert answer is not None
    assert answer.status == 400


def test_an_unknown_control_lists_the_known_ones(exchange: LocalExchange) -> None:
    answer = exchange.answer(HttpRequest(method="GET", url="http://x/_exchange/nope")).response
    assert answer is not None
    assert answer.status == 404
    assert "POST /_exchange/fault" in json.loads(answer.body)["allowed"]


@pytest.mark.parametrize(
    ("remote", "status"),
    [("", 200), ("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 403), ("unknown", 403)],
)
def test_controls_are_for_this_machine(exchange: LocalExchange, remote: str, status: int) -> None:
    answer = exchange.answer(HttpRequest(method="GET", url=STATE), remote=remote).response
    assert answer is not None
    assert answer.status == status


@pytest.mark.parametrize(
    ("header", "status"), [("Bearer letmein", 200), ("Bearer wrong", 401), ("", 401)]
)
def test_with_a_token_controls_are_for_whoever_has_it(header: str, status: int) -> None:
    config = LocalExchangeConfig(control_token="letmein")
    exchange = build(config, FakeClock())
    request = HttpRequest(method="GET", url=STATE, headers={"Authorization": header})
    answer = exchange.answer(request, remote="10.0.0.7").response
    assert answer is not None
    assert answer.status == status
