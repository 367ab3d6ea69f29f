"""The whole exchange as one JSON value, for `GET /_exchange/state`."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from counterpoise.core.units import ZERO, plain
from counterpoise.exchange.faults import Faults
from counterpoise.exchange.moment import SECOND_MS, Moment
from counterpoise.exchange.orders import IncomeType, VenueOrder
from counterpoise.exchange.venue import Venue

CLOSED_ORDERS_MAX = 200
PLACES = Decimal("0.00000001")


def state(venue: Venue, faults: Faults, now: Moment) -> dict[str, object]:
    """Return balances, positions, orders, prices, funding, time and armed faults."""
    orders = list(venue.engine.ledger.orders.values())
    closed = [order for order in orders if not order.status.open]
    return {
        "time": _time(venue, now),
        "prices": _prices(venue, now),
        "balances": {
            "spot": _amounts(venue.engine.account.spot),
            "futures": _amounts(venue.engine.account.futures),
            "collateral": _amounts(venue.engine.account.collateral),
        },
        "margin": _margins(venue, now),
        "positions": _positions(venue, now),
        "orders_open": [_order(order) for order in orders if order.status.open],
        "orders_closed": [_order(order) for order in closed[-CLOSED_ORDERS_MAX:]],
        "orders_total": len(orders),
        "trades_total": sum(map(len, venue.engine.ledger.trades.values())),
        "funding_paid": _funding_paid(venue),
        "account": {
            "id": str(venue.account_id),
            "unified": venue.engine.account.unified,  # `futures` then repeats `spot`
            "hedge_mode": venue.engine.account.hedge_mode,
            "multi_assets": venue.engine.account.multi_assets,
            "can_trade": venue.engine.account.can_trade,
            "can_withdraw": venue.engine.account.can_withdraw,
        },
        "faults": [fault.row() for fault in faults.armed],
    }


def _number(value: Decimal) -> str:
    return plain(value.quantize(PLACES))


def _amounts(amounts: dict[str, Decimal]) -> dict[str, str]:
    return {asset: _number(amount) for asset, amount in sorted(amounts.items())}


def _iso(at_ms: int) -> str:
    stamp = datetime.fromtimestamp(at_ms / SECOND_MS, tz=UTC)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(venue: Venue, now: Moment) -> dict[str, object]:
    return {
        "market": _iso(now.market_ms),
        "market_ms": now.market_ms,
        "venue_ms": now.venue_ms,
        "skew_ms": venue.clock.skew_ms,
        "speed": plain(venue.clock.speed),
        "data_ended": venue.engine.prices.ended(now.market_ms),
    }


def _prices(venue: Venue, now: Moment) -> dict[str, object]:
    rows: dict[str, object] = {}
    for key, listing in venue.engine.listings.items():
        price = venue.engine.prices.at(listing, now.market_ms)
        if price is not None:
            rows[str(key)] = {
                "last": _number(price.last),
                "mark": _number(price.mark),
                "index": _number(price.index),
            }
    return rows


def _margins(venue: Venue, now: Moment) -> dict[str, object]:
    rows: dict[str, object] = {}
    for asset in sorted(venue.engine.account.futures):
        margin = venue.engine.margin(asset, now)
        rows[asset] = {
            "wallet": _number(margin.wallet),
            "unrealised": _number(margin.unrealised),
            "balance": _number(margin.balance),
            "initial": _number(margin.initial),
            "maintenance": _number(margin.maintenance),
            "available": _number(margin.available),
        }
    return rows


def _positions(venue: Venue, now: Moment) -> list[dict[str, object]]:
    return [
        {
            "symbol": position.listing.key.symbol,
            "market": position.listing.key.market.value,
            "side": position.side.value,
            "quantity": _number(position.amount),
            "entry_price": _number(position.entry_price),
            "unrealised": _number(position.profit(venue.engine.price(position.listing, now).mark)),
        }
        for position in venue.engine.account.open_positions()
    ]


def _order(order: VenueOrder) -> dict[str, object]:
    request = order.request
    return {
        "id": str(order.id),
        "client_order_id": request.client_order_id,
        "market": request.listing.key.market.value,
        "symbol": request.listing.key.symbol,
        "side": request.side.value,
        "type": request.type.value,
        "time_in_force": request.time_in_force.value,
        "position_side": request.position_side.value,
        "reduce_only": request.reduce_only,
        "price": None if request.price is None else _number(request.price),
        "quantity": _number(order.quantity),
        "filled": _number(order.executed),
        "price_average": _number(order.price_average) if order.executed else None,
        "status": order.status.value,
        "origin": request.origin.value,
        "created_ms": order.created_ms,
    }


def _funding_paid(venue: Venue) -> dict[str, str]:
    """Return what each symbol's funding cost so far; negative was earned."""
    paid: dict[str, Decimal] = {}
    for row in venue.engine.ledger.incomes:
        if row.type is IncomeType.FUNDING_FEE:
            paid[row.symbol] = paid.get(row.symbol, ZERO) - row.amount
    return _amounts(paid)
