from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from counterpoise.core.orders import VenueStatus
from counterpoise.errors import (
    SnapshotError,
    Unavailable,
)
from counterpoise.venues.gateway import CcxtGateway
from tests.venues.fake import (
    ETH,
    ORDER,
    FakeVenue,
    answer,
    filled,
    refusal,
)
from tests.venues.orders import intent_of

D = Decimal


def told(**changed: object) -> Callable[[Mapping[str, str]], object]:
    return lambda params: filled(params, **changed)


async def test_an_order_is_found_by_our_own_id(gateway: CcxtGateway, venue: FakeVenue) -> None:
    intent = intent_of()
    report = await gateway.find(intent)
    assert report is not None
    assert (report.client_order_id, report.status) == (intent.client_order_id, VenueStatus.FILLED)
    (params,) = venue.seen("GET", ORDER)
    assert params["origClientOrderId"] == intent.client_order_id
    assert params["symbol"] == "ETHUSDT"


async def test_only_the_venues_own_word_means_not_found(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.fault("GET", ORDER, lambda _: refusal(-2013, "Order does not exist."))
    assert await gateway.find(intent_of()) is None
    assert len(venue.seen("GET", ORDER)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 404),
        ("<html>404</html>", 404),
        ({}, 200),
        ([], 200),
        ("", 200),
        ({"code": -2011, "msg": "Unknown order sent."}, 400),
        ({"code": -1000, "msg": "?"}, 400),
        ({"code": -1121, "msg": "Invalid symbol."}, 400),
        ("", 503),
        ({}, 302),
    ],
)
async def test_a_failed_look_up_is_not_a_not_found(
    body: object, status: int, gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.fault("GET", ORDER, *[lambda _: answer(body, status)] * 3)
    with pytest.raises((Unavailable, SnapshotError)):
        await gateway.find(intent_of())


async def test_a_look_up_that_tells_of_another_order_is_an_error(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.handlers["GET", ORDER] = told(clientOrderId="another")
    with pytest.raises(SnapshotError):
        await gateway.find(intent_of())


async def test_open_orders_are_asked_for_by_instrument(
    gateway: CcxtGateway, venue: FakeVenue
) -> None:
    venue.says("GET", "/fapi/v1/openOrders", [{"symbol": "ETHUSDT", "clientOrderId": "cp1"}])
    assert await gateway.open_order_ids(ETH) == {"cp1"}
    (params,) = venue.seen("GET", "/fapi/v1/openOrders")
    assert params["symbol"] == "ETHUSDT"
