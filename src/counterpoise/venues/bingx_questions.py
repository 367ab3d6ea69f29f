"""What takes more than one request at BingX: margin, books, trades, and whose orders were."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.orders import Cause, ClientOrderId, Fill, Origin, VenueOrder
from counterpoise.core.snapshot import BookTop, Margin
from counterpoise.errors import SnapshotError
from counterpoise.venues import bingx_answers as answers
from counterpoise.venues import bingx_reports as reports
from counterpoise.venues.bingx_requests import ORDERS_LISTED, one_symbol
from counterpoise.venues.dialect import Call, Listed, Listing, Params, ReadMargins, Reads
from counterpoise.venues.shapes import Record, record, text

DAY_MS = 86_400_000
SPAN_MS = 7 * DAY_MS  # what one request for trades or orders reaches
FILLS_ROWS = 500
ORDERS_ROWS = 500
# coin-margined trades are told order by order; an order may have rested so long before it traded
ORDER_LIFE_MS = 7 * DAY_MS
ORDERS_WITH_FILLS_MAX = 60
LOOK_UPS_MAX = 10  # orders asked for one by one; of the rest it is not known whose they were
FORCED_ROWS = 100
FORCED: Mapping[str, Cause] = {"LIQUIDATION": Cause.LIQUIDATION, "ADL": Cause.DELEVERAGING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The reads of one of BingX's two markets of perpetuals."""

    balance: Call
    positions: Call
    books: Call
    find: Call
    resting: Call
    newest: Call  # orders in any state, or the ended ones
    fills: Call
    forced: Call

    @property
    def all(self) -> tuple[Call, ...]:
        """Return each of them."""
        return (self.balance, self.positions, self.books, self.find, self.resting, self.newest,
                self.fills, self.forced)  # fmt: skip


def _get(name: str, path: str) -> Call:
    return Call(name=name, method="GET", path=f"/openApi/{path}")


LINEAR = Calls(
    balance=_get("swapV3PrivateGetUserBalance", "swap/v3/user/balance"),
    positions=_get("swapV2PrivateGetUserPositions", "swap/v2/user/positions"),
    books=_get("swapV2PublicGetQuoteBookTicker", "swap/v2/quote/bookTicker"),
    find=_get("swapV2PrivateGetTradeOrder", "swap/v2/trade/order"),
    resting=_get("swapV2PrivateGetTradeOpenOrders", "swap/v2/trade/openOrders"),
    newest=_get("swapV1PrivateGetTradeFullOrder", "swap/v1/trade/fullOrder"),
    fills=_get("swapV2PrivateGetTradeAllFillOrders", "swap/v2/trade/allFillOrders"),
    forced=_get("swapV2PrivateGetTradeForceOrders", "swap/v2/trade/forceOrders"),
)
INVERSE = Calls(
    balance=_get("cswapV1PrivateGetUserBalance", "cswap/v1/user/balance"),
    positions=_get("cswapV1PrivateGetUserPositions", "cswap/v1/user/positions"),
    books=_get("cswapV1PublicGetMarketDepth", "cswap/v1/market/depth"),
    find=_get("cswapV1PrivateGetTradeOrderDetail", "cswap/v1/trade/orderDetail"),
    resting=_get("cswapV1PrivateGetTradeOpenOrders", "cswap/v1/trade/openOrders"),
    newest=_get("cswapV1PrivateGetTradeOrderHistory", "cswap/v1/trade/orderHistory"),
    fills=_get("cswapV1PrivateGetTradeAllFillOrders", "cswap/v1/trade/allFillOrders"),
    forced=_get("cswapV1PrivateGetTradeForceOrders", "cswap/v1/trade/forceOrders"),
)


def margins(calls: Calls, *, shows_zeros: bool) -> ReadMargins:
    """Return the question for the margin accounts of one market, each settle currency's own."""

    async def ask(reads: Reads, source: str, settles: frozenset[Asset]) -> tuple[Margin, ...]:
        assets = await reads.read(calls.balance, {})
        positions = await reads.read(calls.positions, {})
        needed = settles if shows_zeros else frozenset()
        return answers.margins(assets, positions, source, needed)

    return ask


def books(
    calls: Calls, reading: Callable[[object, Listed], BookTop]
) -> Callable[[Reads, Listing], Awaitable[Mapping[InstrumentKey, BookTop]]]:
    """Return the question for the best bid and ask, which is asked contract by contract."""

    async def ask(reads: Reads, listing: Listing) -> Mapping[InstrumentKey, BookTop]:
        return {
            listed.instrument.key: reading(
                await reads.read(calls.books, one_symbol(listed)), listed
            )
            for listed in listing.values()
        }

    return ask


def open_order_ids(
    calls: Calls,
) -> Callable[[Reads, Listed], Awaitable[frozenset[ClientOrderId]]]:
    """Return the question for the client order ids of resting orders."""

    async def ask(reads: Reads, listed: Listed) -> frozenset[ClientOrderId]:
        return reports.open_order_ids(await reads.read(calls.resting, one_symbol(listed)), listed)

    return ask


def orders(calls: Calls) -> Callable[[Reads, Listed], Awaitable[tuple[VenueOrder, ...]]]:
    """Return the question for the newest orders, and all that rest, however old."""

    async def ask(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
        newest: Params = {**one_symbol(listed), "limit": ORDERS_LISTED}
        found = [
            *reports.order_rows(await reads.read(calls.newest, newest), listed),
            *reports.order_rows(await reads.read(calls.resting, one_symbol(listed)), listed),
        ]
        listed_orders = [reports.venue_order(row, listed) for row in found]
        return tuple({order.venue_order_id: order for order in listed_orders}.values())

    return ask


async def linear_fills(
    reads: Reads, listed: Listed, since_ms: int, _rows_max: int
) -> tuple[Fill, ...]:
    """Return the linear trades of one span, from the beginning of a second on."""
    start_ms = since_ms - since_ms % reports.SECOND_MS
    end_ms = since_ms + SPAN_MS
    params: Params = {
        **one_symbol(listed),
        "tradingUnit": "COIN",  # base units; `CONT` would count contracts
        "startTs": start_ms,
        "endTs": end_ms,
    }
    raw = await reads.read(LINEAR.fills, params)
    return reports.linear_fills(raw, listed, range(start_ms, end_ms + 1))


async def inverse_fills(
    reads: Reads, listed: Listed, since_ms: int, _rows_max: int
) -> tuple[Fill, ...]:
    """Return the coin-margined trades of one span, which are told order by order."""
    end_ms = since_ms + SPAN_MS
    history: Params = {
        **one_symbol(listed),
        "startTime": since_ms - ORDER_LIFE_MS,
        "endTime": end_ms,
        "limit": ORDERS_ROWS,
    }
    ended = reports.order_rows(await reads.read(INVERSE.newest, history), listed)
    if len(ended) >= ORDERS_ROWS:
        raise SnapshotError(f"orders of {listed.instrument.key}: too many to look through")
    resting = await reads.read(INVERSE.resting, one_symbol(listed))
    chosen = {
        text(row, "orderId", "orders"): row
        for row in (*ended, *reports.order_rows(resting, listed))
        if reports.was_filled(row, listed) and _may_have_traded(row, since_ms)
    }
    if len(chosen) > ORDERS_WITH_FILLS_MAX:
        raise SnapshotError(f"trades of {listed.instrument.key}: too many orders to look into")
    found: list[Fill] = []
    for order_id in chosen:
        raw = await reads.read(INVERSE.fills, {"orderId": order_id})
        found += reports.inverse_fills(raw, listed)
    found = [fill for fill in found if since_ms <= fill.at_ms <= end_ms]
    return tuple(sorted(found, key=lambda fill: (fill.at_ms, fill.trade_id)))


def _may_have_traded(row: Record, since_ms: int) -> bool:
    """Say whether an order may have traded since; one that does not say when it changed may."""
    changed = str(row.get("updateTime", ""))
    return not changed.isdigit() or int(changed) >= since_ms


def origins(
    calls: Calls,
) -> Callable[[Reads, Listed, frozenset[str], int], Awaitable[Mapping[str, Origin]]]:
    """Return the question whose orders were: the forced ones by their list, others one by one."""

    async def ask(
        reads: Reads, listed: Listed, order_ids: frozenset[str], since_ms: int
    ) -> Mapping[str, Origin]:
        found = await _forced(reads, calls, listed, since_ms)
        for order_id in sorted(order_ids - found.keys())[-LOOK_UPS_MAX:]:
            raw = await reads.read_or_none(calls.find, {**one_symbol(listed), "orderId": order_id})
            if raw is not None:
                what = f"order {order_id}"
                row = record(record(answers.data(raw, what), what).get("order"), what)
                own_id = reports.client_order_id(row)
                found[order_id] = Origin(cause=Cause.FOREIGN, client_order_id=own_id)
        return {order_id: found[order_id] for order_id in order_ids & found.keys()}

    return ask


async def _forced(reads: Reads, calls: Calls, listed: Listed, since_ms: int) -> dict[str, Origin]:
    """Return the orders by which BingX closed positions since a time, by their cause."""
    found: dict[str, Origin] = {}
    for kind, cause in FORCED.items():
        params: Params = {
            **one_symbol(listed),
            "autoCloseType": kind,
            "startTime": since_ms,
            "endTime": since_ms + SPAN_MS,
            "limit": FORCED_ROWS,
        }
        for row in reports.order_rows(await reads.read(calls.forced, params), listed):
            own_id = reports.client_order_id(row)
            found[text(row, "orderId", "forced orders")] = Origin(
                cause=cause, client_order_id=own_id
            )
    return found
