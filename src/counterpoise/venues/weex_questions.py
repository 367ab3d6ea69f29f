"""
What takes more than one request at WEEX: margin, look-ups, lists of orders and trades.

No order on a perpetual can be asked for by our own id: those that rest and those that ended are
listed and looked through. The simulated account lists the ended ones alone; our orders never rest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import ClientOrderId, Fill, Intent, OrderReport, Origin, VenueOrder
from counterpoise.core.snapshot import Margin
from counterpoise.errors import SnapshotError
from counterpoise.venues import weex_answers as answers
from counterpoise.venues import weex_reports as reports
from counterpoise.venues.dialect import Call, Listed, Params, Reads
from counterpoise.venues.reporting import names_resting
from counterpoise.venues.shapes import Record, not_negative, record, rows, text, whole
from counterpoise.venues.weex_requests import one_symbol, simulated_id

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
SPAN_MS = 7 * DAY_MS  # of one question for trades or ended orders; WEEX allows 90 days
LOOK_UP_MS = HOUR_MS  # on either side of when an order was sent: its own clock may be off
ENDED_ROWS = 1_000  # the most that a page of ended orders has
RESTING_ROWS = 100
TRADE_ROWS = 100
PAGES_MAX = 20
PARTS_MAX = 64  # requests into which one span of trades may fall
NEWEST_ROWS = 50
LOOK_UPS_MAX = 10  # orders asked for one by one; of the rest it is not known whose they were


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where the real and the simulated account are asked."""

    balance: Call
    positions: Call
    ended: Call

    @property
    def all(self) -> tuple[Call, ...]:
        """Return each of them."""
        return self.balance, self.positions, self.ended


def _get(name: str, path: str) -> Call:
    return Call(name=f"contractPrivateGetCapiV3{name}", method="GET", path=f"/capi/v3/{path}")


REAL = Account(
    balance=_get("AccountBalance", "account/balance"),
    positions=_get("AccountPositionAllPosition", "account/position/allPosition"),
    ended=_get("OrderHistory", "order/history"),
)
SIMULATED = Account(
    balance=_get("SimBalance", "sim/balance"),
    positions=_get("SimPositionAllPosition", "sim/position/allPosition"),
    ended=_get("SimOrderHistory", "sim/order/history"),
)
RESTING = _get("OpenOrders", "openOrders")
BY_ID = _get("Order", "order")
TRADES = _get("UserTrades", "userTrades")
BILLS = Call(
    name="contractPrivatePostCapiV3AccountIncome",
    method="POST",
    path="/capi/v3/account/income",
    body=True,
)
LIQUIDATIONS = ("start_liquidate", "finish_liquidate")  # kinds of bills
BILL_ROWS = 100


def margins(
    account: Account,
) -> Callable[[Reads, str, frozenset[Asset]], Awaitable[tuple[Margin, ...]]]:
    """Return the question for the margin, of which positions say how much is tied."""

    async def ask(reads: Reads, source: str, settles: frozenset[Asset]) -> tuple[Margin, ...]:
        shown = await reads.read(account.balance, {})
        held = await reads.read(account.positions, {})
        return answers.margins(shown, held, source, settles)

    return ask


async def _pages(reads: Reads, call: Call, params: Params, size: int) -> list[Record]:
    """
    Return the rows of every page.

    Raises SnapshotError where that many pages are not enough: part of a list is not the list.
    """
    found: list[Record] = []
    for number in range(PAGES_MAX):
        raw = await reads.read(call, {**params, "page": number, "limit": size})
        page = rows(raw, call.path, empty_allowed=True)
        found += page
        if len(page) < size:
            return found
    raise SnapshotError(f"{call.path}: more than {PAGES_MAX} pages")


async def _resting(reads: Reads, listed: Listed) -> Sequence[Record]:
    found = await _pages(reads, RESTING, one_symbol(listed), RESTING_ROWS)
    return _named(found, listed.market_id)


async def _ended(reads: Reads, listed: Listed, since_ms: int, until_ms: int) -> Sequence[Record]:
    params: Params = {**one_symbol(listed), "startTime": since_ms, "endTime": until_ms}
    return _named(await _pages(reads, REAL.ended, params, ENDED_ROWS), listed.market_id)


async def _simulated(
    reads: Reads, listed: Listed, since_ms: int, until_ms: int
) -> Sequence[Record]:
    """Return the ended simulated orders; a symbol in the question may be refused there."""
    params: Params = {"startTime": since_ms, "endTime": until_ms}
    found = await _pages(reads, SIMULATED.ended, params, ENDED_ROWS)
    return _named(found, simulated_id(listed))


def _named(found: Sequence[Record], name: str) -> Sequence[Record]:
    return [row for row in found if text(row, "symbol", "orders") == name]


async def find(reads: Reads, intent: Intent, listed: Listed) -> OrderReport | None:
    """Return what became of an order: first among those that rest, then among the ended ones."""
    since_ms, until_ms = _around(intent)
    resting = await _resting(reads, listed)
    ended = await _ended(reads, listed, since_ms, until_ms)
    return reports.report((*resting, *ended), intent, listed.market_id)


async def simulated_find(reads: Reads, intent: Intent, listed: Listed) -> OrderReport | None:
    """Return what became of a simulated order, from the list of the ended ones."""
    found = await _simulated(reads, listed, *_around(intent))
    return reports.report(found, intent, simulated_id(listed))


def _around(intent: Intent) -> tuple[int, int]:
    return intent.sent_at_ms - LOOK_UP_MS, intent.expires_at_ms + LOOK_UP_MS


async def open_order_ids(reads: Reads, listed: Listed) -> frozenset[ClientOrderId]:
    """Return the client order ids of the resting orders of one perpetual."""
    return names_resting(reports.orders(await _resting(reads, listed), listed))


async def no_open_order_ids(_reads: Reads, _listed: Listed) -> frozenset[ClientOrderId]:
    """Return that nothing of ours rests: the simulated account has no such list to ask for."""
    return frozenset()


async def orders(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the newest ended orders of one perpetual and all that rest, however old."""
    resting = await _resting(reads, listed)
    params: Params = {**one_symbol(listed), "limit": NEWEST_ROWS}
    newest = rows(await reads.read(REAL.ended, params), REAL.ended.path, empty_allowed=True)
    return reports.orders((*resting, *_named(newest, listed.market_id)), listed)


async def fills(reads: Reads, listed: Listed, since_ms: int, _rows_max: int) -> tuple[Fill, ...]:
    """
    Return every trade of one span from `since_ms` on, oldest first.

    WEEX gives a hundred and no second page: a part with as many as that is asked for again in
    halves. Raises SnapshotError where that does not end.
    """
    parts, found = [(since_ms, since_ms + SPAN_MS - 1)], dict[str, Fill]()
    for _ in range(PARTS_MAX):
        if not parts:
            return tuple(sorted(found.values(), key=lambda one: (one.at_ms, one.trade_id)))
        start_ms, end_ms = parts.pop()
        params: Params = {
            **one_symbol(listed),
            "startTime": start_ms,
            "endTime": end_ms,
            "limit": TRADE_ROWS,
        }
        page = rows(await reads.read(TRADES, params), TRADES.path, empty_allowed=True)
        if len(page) < TRADE_ROWS:
            trades = (reports.fill(row, listed) for row in _named(page, listed.market_id))
            found.update((one.trade_id, one) for one in trades)
        elif start_ms == end_ms:
            break
        else:
            middle_ms = (start_ms + end_ms) // 2
            parts += [(middle_ms + 1, end_ms), (start_ms, middle_ms)]
    raise SnapshotError(f"trades of {listed.instrument.key}: more than can be asked for")


async def simulated_fills(
    reads: Reads, listed: Listed, since_ms: int, _rows_max: int
) -> tuple[Fill, ...]:
    """Return the simulated orders of one span that traded, oldest first."""
    found = await _simulated(reads, listed, since_ms, since_ms + SPAN_MS - 1)
    what = f"orders of {listed.instrument.key}"
    traded = [
        reports.simulated_fill(row, listed)
        for row in found
        if not_negative(row, "executedQty", what)
    ]
    return tuple(sorted(traded, key=lambda one: (one.at_ms, one.trade_id)))


async def origins(
    reads: Reads, listed: Listed, order_ids: frozenset[str], since_ms: int
) -> Mapping[str, Origin]:
    """
    Return whose these orders were: from the list of ended ones, the others one by one.

    An order of WEEX's own is not marked: it is known by a bill of a liquidation at its time.
    """
    times = await _liquidated_at(reads, listed, since_ms)
    ended = await _ended(reads, listed, since_ms, since_ms + SPAN_MS - 1)
    found = {text(row, "orderId", "orders"): reports.origin(row, times) for row in ended}
    for order_id in sorted(order_ids - found.keys())[-LOOK_UPS_MAX:]:
        raw = await reads.read_or_none(BY_ID, {"orderId": order_id})
        if raw is not None:
            found[order_id] = reports.origin(record(raw, f"order {order_id}"), times)
    return {order_id: found[order_id] for order_id in order_ids & found.keys()}


async def _liquidated_at(reads: Reads, listed: Listed, since_ms: int) -> tuple[int, ...]:
    """Return when a perpetual was liquidated in one span; WEEX has one page of such bills."""
    found: list[int] = []
    for kind in LIQUIDATIONS:
        params: Params = {
            **one_symbol(listed),
            "incomeType": kind,
            "startTime": since_ms,
            "endTime": since_ms + SPAN_MS - 1,
            "limit": BILL_ROWS,
        }
        page = record(await reads.read(BILLS, params), BILLS.path)
        bills = rows(page.get("items"), BILLS.path, empty_allowed=True)
        found += [whole(row, "time", BILLS.path) for row in bills]
    return tuple(found)


CALLS = (*REAL.all, RESTING, BY_ID, TRADES, BILLS)
