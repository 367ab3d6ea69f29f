"""Whose an order was: Binance's own names say it, and what it does not know stays unknown."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from counterpoise.core.orders import Cause, Origin
from counterpoise.errors import SnapshotError, Unavailable
from counterpoise.venues.binance_calls import USDM
from counterpoise.venues.binance_origins import LOOK_UPS_MAX, cause_of
from counterpoise.venues.gateway import CcxtGateway
from tests.venues.fake import ETH, NOW_MS, FakeVenue, answer, refusal

SINCE_MS = NOW_MS - 60_000


def row(order_id: int, name: str, **facts: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "orderId": order_id,
        "symbol": "ETHUSDT",
        "status": "FILLED",
        "clientOrderId": name,
        "price": "3000.00",
        "origQty": "2.000",
        "executedQty": "0.500",
        "side": "SELL",
        "time": NOW_MS,
    }
    return usual | facts


@pytest.fixture
async def asked(gateway: CcxtGateway, venue: FakeVenue) -> FakeVenue:
    await gateway.open()
    venue.says("GET", USDM.forced.path, [])

    def known(params: Mapping[str, str]) -> object:
        return row(int(params["orderId"]), f"web_{params['orderId']}")

    venue.handlers["GET", USDM.find.path] = known
    return venue


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("autoclose-1596107620040000020", Cause.LIQUIDATION),
        ("adl_autoclose", Cause.DELEVERAGING),
        ("settlement_autoclose-1", Cause.SETTLEMENT),
        ("delivery_autoclose-1", Cause.SETTLEMENT),
        ("web_autoclose-1", None),
        ("cpmain000001abcdef", None),
        ("", None),
    ],
)
def test_the_exchange_names_what_it_does_of_itself(name: str, cause: Cause | None) -> None:
    assert cause_of(name) is cause


async def test_forced_orders_are_told_in_one_question(
    gateway: CcxtGateway, asked: FakeVenue
) -> None:
    forced = [row(1, "autoclose-9"), row(2, "adl_autoclose"), row(3, "something_new-1")]
    asked.says("GET", USDM.forced.path, forced)
    found = await gateway.origins(ETH, frozenset({"1", "2", "3"}), SINCE_MS)
    assert {key: origin.cause for key, origin in found.items()} == {
        "1": Cause.LIQUIDATION,
        "2": Cause.DELEVERAGING,
        "3": Cause.LIQUIDATION,
    }
    (params,) = asked.seen("GET", USDM.forced.path)
    assert (params["symbol"], params["startTime"]) == ("ETHUSDT", str(SINCE_MS))
    assert asked.seen("GET", USDM.find.path) == []


@pytest.mark.usefixtures("asked")
async def test_any_other_order_is_looked_up_by_its_id(gateway: CcxtGateway) -> None:
    found = await gateway.origins(ETH, frozenset({"7"}), SINCE_MS)
    assert found == {"7": Origin(cause=Cause.FOREIGN, client_order_id="web_7")}


async def test_a_look_up_tells_a_liquidation_that_the_list_does_not_have_yet(
    gateway: CcxtGateway, asked: FakeVenue
) -> None:
    asked.says("GET", USDM.find.path, row(7, "autoclose-7"))
    found = await gateway.origins(ETH, frozenset({"7"}), SINCE_MS)
    assert found["7"].cause is Cause.LIQUIDATION


async def test_an_order_that_is_not_found_is_left_out(
    gateway: CcxtGateway, asked: FakeVenue
) -> None:
    asked.fault("GET", USDM.find.path, lambda _: refusal(-2013, "Order does not exist."))
    assert await gateway.origins(ETH, frozenset({"7"}), SINCE_MS) == {}


async def test_no_more_orders_are_looked_up_than_is_bearable(
    gateway: CcxtGateway, asked: FakeVenue
) -> None:
    ids = frozenset(map(str, range(100, 200)))
    assert len(await gateway.origins(ETH, ids, SINCE_MS)) == LOOK_UPS_MAX
    assert len(asked.seen("GET", USDM.find.path)) == LOOK_UPS_MAX


@pytest.mark.parametrize("path", [USDM.forced.path, USDM.find.path])
async def test_a_failed_question_is_not_an_answer(
    gateway: CcxtGateway, asked: FakeVenue, path: str
) -> None:
    asked.fault("GET", path, *[lambda _: answer("<html>busy</html>", 503)] * 3)
    with pytest.raises((Unavailable, SnapshotError)):
        await gateway.origins(ETH, frozenset({"7"}), SINCE_MS)


async def test_resting_and_newest_orders_are_listed_once_each(
    gateway: CcxtGateway, asked: FakeVenue
) -> None:
    resting = row(1, "web_1", status="NEW", time=SINCE_MS - 1, side="BUY")
    asked.says(
        "GET",
        "/fapi/v1/allOrders",
        [row(2, "cpmain000001abcdef"), row(3, "old", time=SINCE_MS - 1), resting],
    )
    asked.says("GET", "/fapi/v1/openOrders", [resting, row(4, "at market", price="0")])
    found = {order.client_order_id: order for order in await gateway.orders(ETH, SINCE_MS)}
    assert found.keys() == {"web_1", "cpmain000001abcdef", "at market"}
    assert found["web_1"].resting
    assert str(found["web_1"].size) == "1.500"
    assert str(found["cpmain000001abcdef"].size) == "-1.500"
    assert not found["cpmain000001abcdef"].resting
    assert found["at market"].price is None
