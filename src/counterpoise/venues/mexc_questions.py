"""The questions to MEXC's futures that take more than one request: pages, books, two answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.orders import ClientOrderId, Fill, Origin, VenueOrder
from counterpoise.core.snapshot import BookTop, Margin
from counterpoise.errors import SnapshotError
from counterpoise.venues import mexc_answers as answers
from counterpoise.venues import mexc_reports as reports
from counterpoise.venues.dialect import Call, Listed, Listing, Params, Reads, Wallet
from counterpoise.venues.mexc_requests import one_symbol
from counterpoise.venues.shapes import Record, record, text

ASSETS = Call(
    name="contractPrivateGetAccountAssets", method="GET", path="/api/v1/private/account/assets"
)
POSITIONS = Call(
    name="contractPrivateGetPositionOpenPositions",
    method="GET",
    path="/api/v1/private/position/open_positions",
)
BOOK = Call(name="contractPublicGetDepthSymbol", method="GET", path="/api/v1/contract/depth/{}")
OPEN_ORDERS = Call(
    name="contractPrivateGetOrderListOpenOrdersSymbol",
    method="GET",
    path="/api/v1/private/order/list/open_orders/{}",
)
HISTORY = Call(
    name="contractPrivateGetOrderListHistoryOrders",
    method="GET",
    path="/api/v1/private/order/list/history_orders",
)
FILLS = Call(
    name="contractPrivateGetOrderListOrderDeals",
    method="GET",
    path="/api/v1/private/order/list/order_deals",
)
BY_ID = Call(
    name="contractPrivateGetOrderGetOrderId",
    method="GET",
    path="/api/v1/private/order/get/{}",
)
CALLS = (ASSETS, POSITIONS, BOOK, OPEN_ORDERS, HISTORY, FILLS, BY_ID)

LEVELS = 5
PAGE_ROWS = 100  # the most that MEXC gives
PAGES_MAX = 50
NEWEST_ROWS = 50
LOOK_UPS_MAX = 10  # orders asked for one by one; of the rest it is not known whose they were
DAY_MS = 86_400_000
SPAN_MS = 7 * DAY_MS  # of one request for trades or old orders; MEXC allows 90 days


async def _pages(reads: Reads, call: Call, params: Params) -> list[Record]:
    """
    Return the rows of every page, newest first as they come.

    Raises SnapshotError where that many pages are not enough: part of a list is not the list.
    """
    found: list[Record] = []
    for number in range(1, PAGES_MAX + 1):
        page: Params = {**params, "page_num": number, "page_size": PAGE_ROWS}
        rows = list(answers.data_rows(await reads.read(call, page), call.path))
        found += rows
        if len(rows) < PAGE_ROWS:
            return found
    raise SnapshotError(f"{call.path}: more than {PAGES_MAX} pages")


async def books(reads: Reads, listing: Listing) -> Mapping[InstrumentKey, BookTop]:
    """Return best bid and ask of every instrument: MEXC's bulk ticker states no sizes."""

    async def book(listed: Listed) -> BookTop:
        params: Params = {**one_symbol(listed), "limit": LEVELS}
        return answers.book(await reads.read(BOOK, params), listed)

    found = await asyncio.gather(*(book(listed) for listed in listing.values()))
    return {top.instrument: top for top in found}


def margins(
    wallet: Wallet,
) -> Callable[[Reads, str, frozenset[Asset]], Awaitable[tuple[Margin, ...]]]:
    """Return the question for the margin in one side of the futures wallet, which has both."""

    async def ask(reads: Reads, source: str, settles: frozenset[Asset]) -> tuple[Margin, ...]:
        assets, held = await reads.read(ASSETS, {}), await reads.read(POSITIONS, {})
        return answers.margins(assets, held, source, settles, coins=wallet is Wallet.INVERSE)

    return ask


async def open_order_ids(reads: Reads, listed: Listed) -> frozenset[ClientOrderId]:
    """Return our ids of the resting orders of one contract."""
    return reports.open_order_ids(await _pages(reads, OPEN_ORDERS, one_symbol(listed)), listed)


async def orders(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the newest orders of one contract and all that rest, however old."""
    params: Params = {**one_symbol(listed), "page_num": 1, "page_size": NEWEST_ROWS}
    newest = answers.data_rows(await reads.read(HISTORY, params), HISTORY.path)
    resting = await _pages(reads, OPEN_ORDERS, one_symbol(listed))
    found = (*reports.orders(newest, listed), *reports.orders(resting, listed))
    return tuple({order.venue_order_id: order for order in found}.values())


async def fills(reads: Reads, listed: Listed, since_ms: int, _rows_max: int) -> tuple[Fill, ...]:
    """Return every trade from `since_ms` on for as long as one request reaches, all pages of it."""
    window: Params = {"start_time": since_ms, "end_time": since_ms + SPAN_MS - 1}
    return reports.fills(await _pages(reads, FILLS, {**one_symbol(listed), **window}), listed)


async def origins(
    reads: Reads, listed: Listed, order_ids: frozenset[str], since_ms: int
) -> Mapping[str, Origin]:
    """Return whose these orders were: from the list of old ones, the others one by one."""
    what = f"orders of {listed.instrument.key}"
    window: Params = {"start_time": since_ms, "end_time": since_ms + SPAN_MS - 1}
    rows = await _pages(reads, HISTORY, {**one_symbol(listed), **window})
    found = {text(row, "orderId", what): reports.origin(row, what) for row in rows}
    for order_id in sorted(order_ids - found.keys())[-LOOK_UPS_MAX:]:
        raw = await reads.read_or_none(BY_ID, {"order_id": order_id})
        if raw is not None:
            found[order_id] = reports.origin(record(answers.data(raw, what), what), what)
    return {order_id: found[order_id] for order_id in order_ids & found.keys()}
