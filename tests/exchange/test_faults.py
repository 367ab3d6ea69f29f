"""Each fault does what it says, and no more than it says."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import ccxt.async_support as ccxt
import pytest
from aiohttp import ClientConnectorError

from counterpoise.errors import OutcomeUnknown, Unsent
from counterpoise.exchange.local import (
    LocalExchange,
    LocalExchangeConfig,
    MemoryTransport,
    build,
    serve,
)
from counterpoise.ports import HttpResponse, Transport
from tests.exchange.wires import Controller, FakeClock, HttpWire, signed_request

BTC = "BTC/USDT:USDT"
ORDER = "/fapi/v1/order"
TIMEOUT_S = 5.0
Json = dict[str, Any]


async def buy(trader: ccxt.binance, client_order_id: str = "order1") -> Json:
    terms = {"clientOrderId": client_order_id}
    order: Json = await trader.create_order(BTC, "market", "buy", "0.01", None, terms)
    return order


async def position(trader: ccxt.binance) -> Decimal:
    found = await trader.fetch_positions()
    return Decimal(found[0]["info"]["positionAmt"]) if found else Decimal(0)


def body_of(answer: HttpResponse) -> Json:
    body: Json = json.loads(answer.body)
    return body


async def test_a_status_is_answered_and_nothing_done(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="status", status=503)
    with pytest.raises(ccxt.ExchangeNotAvailable, match="503"):
        await buy(trader)
    assert await position(trader) == 0


async def test_a_status_may_hide_an_executed_order(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post(
        "fault", path=ORDER, method="POST", kind="status", status=503, code=-1007, executed=True
    )
    with pytest.raises(ccxt.RequestTimeout, match="-1007"):
        await buy(trader)
    assert await position(trader) == Decimal("0.01")


async def test_an_answer_of_ones_own_comes_as_json(
    trader: ccxt.binance, control: Controller
) -> None:
    wrong = '{"orderId":1,"symbol":"ETHUSDT","clientOrderId":"not-ours","status":"FILLED"}'
    control.post(
        "fault", path=ORDER, method="POST", kind="status", status=200, body=wrong, executed=True
    )
    assert (await buy(trader))["clientOrderId"] == "not-ours"
    assert await position(trader) == Decimal("0.01")


async def test_a_timeout_before_leaves_nothing_done(
    memory_trader: ccxt.binance, control: Controller, clock: FakeClock
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="timeout-before")
    started = clock.monotonic
    with pytest.raises(OutcomeUnknown, match="within 5 s"):
        await buy(memory_trader)
    assert clock.monotonic - started == TIMEOUT_S
    assert await position(memory_trader) == 0
    with pytest.raises(ccxt.OrderNotFound):
        await memory_trader.fetch_order("", BTC, {"clientOrderId": "order1"})


async def test_a_timeout_after_leaves_the_order_executed(
    memory_trader: ccxt.binance, control: Controller
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="timeout-after")
    with pytest.raises(OutcomeUnknown):
        await buy(memory_trader)
    found = await memory_trader.fetch_order("", BTC, {"clientOrderId": "order1"})
    assert found["status"] == "closed"
    assert await position(memory_trader) == Decimal("0.01")


@pytest.mark.parametrize(("kind", "executed"), [("timeout-before", False), ("timeout-after", True)])
async def test_a_held_connection_is_hung_up_in_the_end(
    trader: ccxt.binance, control: Controller, kind: str, *, executed: bool
) -> None:
    control.post("fault", path=ORDER, method="POST", kind=kind, hold_s=0)
    with pytest.raises((ccxt.ExchangeNotAvailable, OutcomeUnknown)):
        await buy(trader)
    assert (await position(trader) != 0) is executed


async def test_a_cut_body_is_no_answer_though_the_order_is_done(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="cut-body")
    with pytest.raises((ccxt.BaseError, OutcomeUnknown)):
        await buy(trader)
    assert await position(trader) == Decimal("0.01")


@pytest.mark.parametrize("kind", ["html", "empty"])
async def test_a_page_or_nothing_comes_as_a_success(
    trader: ccxt.binance, control: Controller, kind: str
) -> None:
    control.post("fault", path="/fapi/v3/positionRisk", kind=kind)
    await buy(trader)
    assert await trader.fetch_positions() == []  # the trap: ccxt takes it for "no position"
    assert await position(trader) == Decimal("0.01")


async def test_an_empty_answer_may_have_a_body(exchange: LocalExchange, clock: FakeClock) -> None:
    wire = MemoryTransport(exchange)
    Controller(exchange).post("fault", path="/fapi", kind="empty", body="[]")
    answer = await wire.send(signed_request(clock, "GET", "/fapi/v3/account"), TIMEOUT_S)
    assert (answer.status, answer.body) == (200, b"[]")


async def test_an_html_answer_to_an_order_may_leave_it_undone(
    memory_trader: ccxt.binance, control: Controller
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="html", executed=False)
    await buy(memory_trader)
    assert await position(memory_trader) == 0


async def test_a_stale_answer_is_an_earlier_one(trader: ccxt.binance, control: Controller) -> None:
    assert await position(trader) == 0
    await buy(trader)
    control.post("fault", path="/fapi/v3/positionRisk", kind="stale", times=2)
    assert await position(trader) == 0
    assert await position(trader) == 0
    assert await position(trader) == Decimal("0.01")


async def test_a_stale_answer_is_to_the_same_question(
    exchange: LocalExchange, clock: FakeClock, control: Controller
) -> None:
    wire = MemoryTransport(exchange)
    for symbol in ("BTCUSDT", "ETHUSDT"):
        path = "/fapi/v1/premiumIndex"
        await wire.send(signed_request(clock, "GET", path, symbol=symbol), TIMEOUT_S)
    control.post("price", symbol="ETHUSDT", price="5000")
    control.post("fault", path="/fapi/v1/premiumIndex", kind="stale")
    request = signed_request(clock, "GET", "/fapi/v1/premiumIndex", symbol="ETHUSDT")
    stale = body_of(await wire.send(request, TIMEOUT_S))
    assert stale["symbol"] == "ETHUSDT"
    assert Decimal(stale["markPrice"]) < 4000


async def test_a_reject_carries_the_venues_code_and_message(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="reject", code=-2019)
    with pytest.raises(ccxt.InsufficientFunds, match="Margin is insufficient"):
        await buy(trader)
    assert await position(trader) == 0


@pytest.mark.parametrize(("kind", "status"), [("rate-limit", 429), ("ban", 418)])
async def test_too_many_requests_say_when_to_come_back(
    wire: Transport, exchange: LocalExchange, clock: FakeClock, kind: str, status: int
) -> None:
    Controller(exchange).post("fault", path="/fapi", kind=kind, retry_after_s=7)
    answer = await wire.send(signed_request(clock, "GET", "/fapi/v3/account"), TIMEOUT_S)
    assert (answer.status, answer.headers["Retry-After"]) == (status, "7")
    assert body_of(answer)["code"] == -1003


async def test_a_slow_answer_takes_its_time(
    memory_trader: ccxt.binance, control: Controller, clock: FakeClock
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="slow", delay_s="1.5")
    started = clock.monotonic
    order = await buy(memory_trader)
    assert order["status"] == "closed"
    assert clock.monotonic - started == 1.5


async def test_a_late_order_executes_though_its_sender_gave_up(
    memory_trader: ccxt.binance, control: Controller, clock: FakeClock
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="slow", delay_s=8, late=True)
    with pytest.raises(OutcomeUnknown):
        await buy(memory_trader)
    assert await position(memory_trader) == 0
    await clock.sleep(3.5)
    assert await position(memory_trader) == Decimal("0.01")


async def test_a_late_order_is_refused_once_its_receive_window_is_over(
    exchange: LocalExchange, control: Controller, clock: FakeClock
) -> None:
    wire = MemoryTransport(exchange)
    control.post("fault", path=ORDER, method="POST", kind="slow", delay_s=8, late=True)
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    request = signed_request(clock, "POST", ORDER, **order, recvWindow=5000)
    answer = await wire.send(request, 10.0)
    assert body_of(answer)["code"] == -1021
    assert exchange.venue.engine.account.open_positions() == []


async def test_a_partial_fill_fills_its_share(trader: ccxt.binance, control: Controller) -> None:
    control.post("fault", path=ORDER, method="POST", kind="partial-fill", share="0.3")
    order = await buy(trader)
    assert (order["status"], order["filled"]) == ("expired", "0.003")
    assert (await buy(trader, "order2"))["filled"] == "0.010"


async def test_a_fault_of_orders_waits_for_one(trader: ccxt.binance, control: Controller) -> None:
    control.post("fault", path="/fapi", kind="partial-fill", share="0.3")
    assert await position(trader) == 0
    assert (await buy(trader))["filled"] == "0.003"


async def test_a_delayed_order_is_invisible_to_every_read_until_its_time(
    memory_trader: ccxt.binance, control: Controller, clock: FakeClock
) -> None:
    await buy(memory_trader, "seen")
    wallet = (await memory_trader.fapiPrivateV3GetAccount())["totalWalletBalance"]
    control.post("fault", path=ORDER, method="POST", kind="delay-visible", delay_s=4)
    assert (await buy(memory_trader, "unseen"))["status"] == "closed"
    with pytest.raises(ccxt.OrderNotFound):
        await memory_trader.fetch_order("", BTC, {"clientOrderId": "unseen"})
    assert await position(memory_trader) == Decimal("0.01")
    assert len(await memory_trader.fetch_my_trades(BTC)) == 1
    assert (await memory_trader.fapiPrivateV3GetAccount())["totalWalletBalance"] == wallet
    await clock.sleep(4)
    await memory_trader.fetch_order("", BTC, {"clientOrderId": "unseen"})
    assert await position(memory_trader) == Decimal("0.02")
    assert len(await memory_trader.fetch_my_trades(BTC)) == 2


async def test_a_fault_lets_requests_by_first_and_then_ends(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="reject", code=-2019, after=1, times=2)
    outcomes = []
    for number in range(4):
        try:
            outcomes.append((await buy(trader, f"o{number}"))["status"])
        except ccxt.InsufficientFunds:
            outcomes.append("refused")
    assert outcomes == ["closed", "refused", "refused", "closed"]


async def test_a_fault_leaves_other_paths_and_methods_alone(
    trader: ccxt.binance, control: Controller
) -> None:
    control.post("fault", path=ORDER, method="DELETE", kind="status", times=1000)
    order = await buy(trader)
    assert (await trader.fetch_order(order["id"], BTC))["status"] == "closed"
    assert control.get("requests")["requests"][-1]["fault"] == ""


async def test_the_log_says_which_fault_struck(
    memory_trader: ccxt.binance, control: Controller
) -> None:
    control.post("fault", path=ORDER, method="POST", kind="timeout-after")
    with pytest.raises(OutcomeUnknown):
        await buy(memory_trader)
    last = control.get("requests")["requests"][-1]
    assert (last["fault"], last["status"]) == ("timeout-after", None)


async def test_a_closed_wire_sends_nothing(exchange: LocalExchange, clock: FakeClock) -> None:
    wire = MemoryTransport(exchange)
    await wire.close()
    with pytest.raises(Unsent):
        await wire.send(signed_request(clock, "GET", "/fapi/v3/account"), TIMEOUT_S)
    assert exchange.front.log.total == 0


class HeldClock(FakeClock):
    """A clock whose sleepers never wake, and which tells when there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asleep.set()
        await asyncio.Event().wait()


async def test_a_server_closes_at_once_with_connections_held() -> None:
    clock = HeldClock()
    exchange = build(LocalExchangeConfig(speed=Decimal(0)), clock)
    Controller(exchange).post("fault", path="/fapi", kind="timeout-before")
    server = await serve(exchange, "127.0.0.1", 0)
    wire = HttpWire(server.port)
    request = signed_request(clock, "GET", "/fapi/v3/account")
    held = asyncio.create_task(wire.send(request, TIMEOUT_S))
    await asyncio.wait_for(clock.asleep.wait(), TIMEOUT_S)
    await asyncio.wait_for(server.close(), 3)
    held.cancel()
    await asyncio.gather(held, return_exceptions=True)
    with pytest.raises(ClientConnectorError):  # it listens no more
        await wire.send(request, TIMEOUT_S)
    await wire.close()
