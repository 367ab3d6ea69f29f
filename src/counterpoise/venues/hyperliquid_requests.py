"""What Hyperliquid is asked: questions, orders, and who the account is."""

from __future__ import annotations

import json
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from counterpoise.core.orders import Intent, Order, Side
from counterpoise.core.units import ONE, plain
from counterpoise.errors import Unsent
from counterpoise.venues.dialect import Call, Listed, Params, Terms
from counterpoise.venues.hyperliquid_ids import cloid_of
from counterpoise.venues.hyperliquid_signing import ACCOUNT, LIFETIME
from counterpoise.venues.mapping import order_amount, order_price
from counterpoise.venues.shapes import Record, text, whole

INFO = Call(name="publicPostInfo", method="POST", path="/info", body=True)
PLACE = Call(name="privatePostExchange", method="POST", path="/exchange")

# everything that is ever asked: of anybody, of the account, and of who an address is
PUBLIC = frozenset({"exchangeStatus", "metaAndAssetCtxs", "l2Book", "spotMeta", "candleSnapshot"})
PRIVATE = frozenset(
    {
        *("clearinghouseState", "spotClearinghouseState", "activeAssetData", "userAbstraction"),
        *("orderStatus", "frontendOpenOrders", "historicalOrders", "userFillsByTime"),
        "userRole",
    }
)
QUESTION_FIELDS = frozenset({"type", "user", "coin", "oid", "startTime", "req"})
ORDER, IOC = "order", "Ioc"
REQUEST_FIELDS = {"action", "nonce", "signature", "expiresAfter"}
ACTION_FIELDS = {"type", "orders", "grouping"}
ORDER_FIELDS = {"a", "b", "p", "s", "r", "t", "c"}
PERPETUAL_IDS = range(10_000)  # spot pairs begin there, other people's perpetuals at 100,000
FIGURES = 5  # of a price that is not whole
PLACES = 6  # of a price, less those of the size
ISOLATED_ONLY = frozenset({"strictIsolated", "noCross"})


def about(kind: str, **more: object) -> Params:
    """Return a question about the account."""
    return {"type": kind, "user": ACCOUNT, **more}


def coin(listed: Listed) -> str:
    """Return what a perpetual is called there; its id is its place in a list."""
    return text(listed.facts, "name", str(listed.instrument.key))


def find_params(intent: Intent, _listed: Listed) -> Params:
    """Return the look-up of an order by our own id."""
    return about("orderStatus", oid=cloid_of(intent.client_order_id))


def order_params(intent: Intent, listed: Listed, terms: Terms) -> Params:
    """
    Return an immediate-or-cancel limit order, its fields in the order in which they are signed.

    Raises Unsent for a size off its step, and for a perpetual that has no cross margin.
    """
    order = intent.order
    _check_cross(listed)
    sent = {
        "a": int(listed.market_id),
        "b": order.side is Side.BUY,
        "p": plain(_price(order, listed)),
        "s": plain(order_amount(order, listed)),
        "r": order.reduce_only,
        "t": {"limit": {"tif": IOC}},
        "c": cloid_of(intent.client_order_id),
    }
    action = {"type": ORDER, "orders": [sent], "grouping": "na"}
    return {"action": action, LIFETIME: terms.receive_window_ms}


def _check_cross(listed: Listed) -> None:
    facts = listed.facts
    if facts.get("onlyIsolated") is True or facts.get("marginMode") in ISOLATED_ONLY:
        raise Unsent(f"{listed.instrument.key}: Hyperliquid trades it in isolated margin only")


def _price(order: Order, listed: Listed) -> Decimal:
    """
    Return the limit price with five figures at most, never beyond the bound.

    The step of prices follows the price: one that gained a figure since the start has one too many.
    """
    price = order_price(order, listed)
    places = PLACES - whole(listed.facts, "szDecimals", str(listed.instrument.key))
    step = ONE.scaleb(min(0, max(-places, price.adjusted() - FIGURES + 1)))
    towards = ROUND_FLOOR if order.side is Side.BUY else ROUND_CEILING
    rounded = (price / step).to_integral_value(rounding=towards) * step
    if rounded <= 0:
        raise Unsent(f"{order.symbol}: no price of five figures is within the bound")
    return rounded


def is_question(body: bytes) -> bool:
    """Say whether a body is a question of those that are asked, and no more."""
    found = _object(body)
    kind = found.get("type")
    return found.keys() <= QUESTION_FIELDS and (
        kind in PUBLIC or (kind in PRIVATE and str(found.get("user")).startswith("0x"))
    )


def is_order(body: bytes) -> bool:
    """Say whether a body is one immediate-or-cancel order of a perpetual, and no more."""
    found = _object(body)
    action = found.get("action")
    if found.keys() != REQUEST_FIELDS or not isinstance(action, dict):
        return False
    orders = action.get("orders")
    one = orders[0] if isinstance(orders, list) and len(orders) == 1 else None
    return (
        action.keys() == ACTION_FIELDS
        and (action["type"], action["grouping"]) == (ORDER, "na")
        and isinstance(one, dict)
        and one.keys() == ORDER_FIELDS
        and one["a"] in PERPETUAL_IDS
        and one["t"] == {"limit": {"tif": IOC}}
        and isinstance(found["expiresAfter"], int)
    )


def _object(body: bytes) -> Record:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
