"""What reports of orders have in common, whatever the venue. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from counterpoise.core.orders import ClientOrderId, Intent, OrderReport, VenueOrder, VenueStatus
from counterpoise.core.units import ZERO
from counterpoise.errors import SnapshotError


def same(came: object, sent: object, what: str) -> None:
    """Raise SnapshotError where an answer is of something else than was sent."""
    if came != sent:
        raise SnapshotError(f"{what}: sent {sent}, the answer says {came}")


def acknowledged(intent: Intent, venue_order_id: str, at_ms: int | None = None) -> OrderReport:
    """Return that a venue has an order, where it says no more: nothing counts as filled."""
    return OrderReport(
        client_order_id=intent.client_order_id,
        venue_order_id=venue_order_id,
        status=VenueStatus.OPEN,
        filled_size=ZERO,
        price_average=None,
        at_ms=at_ms,
    )


def names_resting(orders: Iterable[VenueOrder]) -> frozenset[ClientOrderId]:
    """Return the client order ids of resting orders; one without any is none of ours."""
    return frozenset(
        ClientOrderId(order.client_order_id)
        for order in orders
        if order.resting and order.client_order_id
    )
