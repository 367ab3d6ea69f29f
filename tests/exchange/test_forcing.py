"""What the exchange does of itself looks on the wire as it does on the real one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from counterpoise.exchange.local import LocalExchange
from tests.exchange.wires import Controller, FakeClock, signed_request

D = Decimal


@pytest.fixture
def hedged(control: Controller) -> Controller:
    control.post("position", symbol="ETHUSDT", quantity="-10")
    return control


def asked(exchange: LocalExchange, path: str, **params: str) -> Any:  # noqa: ANN401 - JSON
    clock = FakeClock(wall=exchange.clock.wall_ms())
    answer = exchange.answer(signed_request(clock, "GET", path, **params)).response
    assert answer is not None
    return json.loads(answer.body)


KINDS = {
    "liquidation": ("autoclose-", "LIQUIDATION"),
    "deleveraging": ("adl_autoclose", "ADL"),
    "settlement": ("settlement_autoclose-", None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_forced_order_closes_and_says_why(
    hedged: Controller, exchange: LocalExchange, kind: str
) -> None:
    name, auto_close = KINDS[kind]
    done = hedged.post("force", symbol="ETHUSDT", kind=kind, quantity="4")
    assert done["left"] == "-6"
    (trade,) = asked(exchange, "/fapi/v1/userTrades", symbol="ETHUSDT", limit="1")
    assert (trade["side"], trade["qty"]) == ("BUY", "4.000")
    order = asked(exchange, "/fapi/v1/order", symbol="ETHUSDT", orderId=str(trade["orderId"]))
    assert order["clientOrderId"].startswith(name)
    for asked_for in ("LIQUIDATION", "ADL"):
        rows = asked(exchange, "/fapi/v1/forceOrders", symbol="ETHUSDT", autoCloseType=asked_for)
        assert [row["orderId"] for row in rows] == (
            [order["orderId"]] if asked_for == auto_close else []
        )


def test_without_a_quantity_all_is_closed(hedged: Controller) -> None:
    assert hedged.post("force", symbol="ETHUSDT", kind="liquidation")["quantity"] == "10"


def test_forced_orders_are_told_by_symbol_time_and_number(
    hedged: Controller, exchange: LocalExchange
) -> None:
    for _ in range(3):
        hedged.post("force", symbol="ETHUSDT", kind="liquidation", quantity="1")
    every = asked(exchange, "/fapi/v1/forceOrders")
    assert len(every) == 3
    assert asked(exchange, "/fapi/v1/forceOrders", symbol="BTCUSDT") == []
    assert asked(exchange, "/fapi/v1/forceOrders", limit="1") == every[-1:]
    later = str(every[-1]["time"] + 1)
    assert asked(exchange, "/fapi/v1/forceOrders", startTime=later) == []


@pytest.mark.parametrize(
    "facts", [{"kind": "client"}, {"kind": "liquidation", "quantity": "11"}, {"kind": "nonsense"}]
)
def test_what_cannot_be_forced_is_refused(hedged: Controller, facts: dict[str, str]) -> None:
    assert "error" in hedged.refused("force", symbol="ETHUSDT", **facts)


def test_somebody_elses_order_rests(control: Controller, exchange: LocalExchange) -> None:
    control.post("order", symbol="ETHUSDT", side="BUY", quantity="1", price="2000")
    control.post(
        "order", symbol="ETHUSDT", side="SELL", quantity="2", price="9000", client_order_id="mine"
    )
    rows = asked(exchange, "/fapi/v1/openOrders", symbol="ETHUSDT")
    assert [row["side"] for row in rows] == ["BUY", "SELL"]
    assert rows[0]["clientOrderId"].startswith("web_")
    assert rows[1]["clientOrderId"] == "mine"


def test_an_order_that_the_rules_forbid_is_refused(control: Controller) -> None:
    facts = {"symbol": "ETHUSDT", "side": "BUY", "quantity": "1", "price": "0.5"}
    assert "below the minimum" in control.refused("order", **facts)["error"]
