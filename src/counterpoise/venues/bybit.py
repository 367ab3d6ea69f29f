"""Bybit: one unified wallet behind spot, linear and inverse perpetuals, as data."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from counterpoise.core.instrument import InstrumentKey, Kind
from counterpoise.core.orders import ClientOrderId, Fill, Origin, VenueOrder
from counterpoise.core.snapshot import BookTop, Mark, Position
from counterpoise.errors import SnapshotError
from counterpoise.ports import VenueLimits
from counterpoise.venues import bybit_answers as answers
from counterpoise.venues import bybit_reports as reports
from counterpoise.venues import bybit_requests as requests
from counterpoise.venues import spot_markets
from counterpoise.venues.bybit_codes import CODES, CODES_ELSEWHERE, HINTS, REMEDIES
from counterpoise.venues.dialect import (
    Call,
    Demo,
    FillsWindow,
    Lanes,
    Listed,
    Listing,
    Params,
    Product,
    Profile,
    Reads,
    Trading,
    Unit,
    Wallet,
)
from counterpoise.venues.shapes import Record

WEEK_MS = 7 * 86_400_000
BAN_S = 600.0  # "access too frequent, please try again in 10 minutes"

TIME = Call(name="publicGetV5MarketTime", method="GET", path="/v5/market/time")
LISTING = Call(
    name="publicGetV5MarketInstrumentsInfo", method="GET", path="/v5/market/instruments-info"
)
TICKERS = Call(name="publicGetV5MarketTickers", method="GET", path="/v5/market/tickers")
PLACE = Call(name="privatePostV5OrderCreate", method="POST", path="/v5/order/create")
ORDER: Mapping[str, Collection[str]] = {
    "category": ("linear", "inverse"),
    "orderType": ("Limit",),
    "timeInForce": ("IOC",),
}
TRADES = Call(name="privateGetV5ExecutionList", method="GET", path="/v5/execution/list")


def _error_code(body: object) -> tuple[str, str]:
    """Return code and message of an error body."""
    if not isinstance(body, dict):
        return "", ""
    found: Record = body
    return str(found.get("retCode", "")), str(found.get("retMsg", ""))


def _is_order(body: bytes) -> bool:
    """Say whether a body is what is ever sent: spot, and all else, would go to the same path."""
    try:
        order = json.loads(body)
    except ValueError:
        return False
    return isinstance(order, dict) and all(order.get(key) in said for key, said in ORDER.items())


async def _time_ms(reads: Reads, _wallet: Wallet) -> int:
    return answers.time_ms(await reads.read(TIME, {}))


def _scope(listing: Listing) -> Params:
    """Return what narrows a read to the only configured market, or to its product."""
    any_of = next(iter(listing.values()))
    if len(listing) == 1:
        return requests.one_symbol(any_of)
    return {"category": requests.category(any_of)}


async def _positions(reads: Reads, listing: Listing) -> Mapping[InstrumentKey, Position]:
    """Return all positions of a product: linear ones are listed by what they are settled in."""
    scope = {**_scope(listing), "limit": requests.POSITION_ROWS}
    if "symbol" in scope:
        found = await requests.pages(reads, requests.POSITIONS, scope)
        if not found:
            raise SnapshotError(f"positions: {scope['symbol']} is missing")
        return answers.positions(found, listing)
    settles: list[Params] = [{}]
    if scope["category"] == "linear":
        coins = sorted({one.instrument.settle for one in listing.values()})
        settles = [{"settleCoin": str(coin)} for coin in coins]
    rows: list[Record] = []
    for settle in settles:
        rows += await requests.pages(reads, requests.POSITIONS, {**scope, **settle})
    return answers.positions(rows, listing)


async def _marks(reads: Reads, listing: Listing) -> Mapping[InstrumentKey, Mark]:
    scope = _scope(listing)
    return answers.marks(await reads.read(TICKERS, scope), listing, str(scope["category"]))


async def _books(reads: Reads, listing: Listing) -> Mapping[InstrumentKey, BookTop]:
    scope = _scope(listing)
    return answers.books(await reads.read(TICKERS, scope), listing, str(scope["category"]))


async def _resting(reads: Reads, listed: Listed) -> tuple[Record, ...]:
    params = {**requests.one_symbol(listed), "openOnly": 0, "limit": requests.ORDER_ROWS}
    return tuple(await requests.pages(reads, requests.LATEST, params))


async def _open_order_ids(reads: Reads, listed: Listed) -> frozenset[ClientOrderId]:
    return reports.open_order_ids(await _resting(reads, listed), listed)


async def _orders(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the newest ended orders and all that rest, however old."""
    params = {**requests.one_symbol(listed), "limit": requests.ORDER_ROWS}
    raw = await reads.read(requests.HISTORY, params)
    ended = answers.listed_rows(raw, "orders", requests.category(listed))
    found = reports.orders((*ended, *await _resting(reads, listed)), listed)
    return tuple({order.venue_order_id: order for order in found}.values())


async def _trades(reads: Reads, listed: Listed, since_ms: int, rows: int) -> tuple[Record, ...]:
    """
    Return a week of executions. Bybit lists the newest first: without every page the old are lost.

    Executions of all kinds are asked for: those called trades leave out what a liquidation closed.
    """
    span = {"startTime": since_ms, "endTime": since_ms + WEEK_MS, "limit": rows}
    return tuple(await requests.pages(reads, TRADES, {**requests.one_symbol(listed), **span}))


async def _fills(reads: Reads, listed: Listed, since_ms: int, rows_max: int) -> tuple[Fill, ...]:
    return reports.fills(await _trades(reads, listed, since_ms, rows_max), listed)


async def _origins(
    reads: Reads, listed: Listed, order_ids: frozenset[str], since_ms: int
) -> Mapping[str, Origin]:
    rows = await _trades(reads, listed, since_ms, FILLS.rows_max)
    return reports.origins(rows, order_ids)


FILLS = FillsWindow(rows_max=100, span_ms=WEEK_MS)
TRADING = Trading(
    positions=_positions,
    marks=_marks,
    books=_books,
    place=PLACE,
    order_params=requests.order_params,
    placed=reports.placed,
    find=requests.find,
    open_order_ids=_open_order_ids,
    fills=_fills,
    orders=_orders,
    origins=_origins,
)
LINEAR = Product(
    kind=Kind.LINEAR,
    market_type="linear",
    unit=Unit.BASE,
    contract_size=None,
    trading=TRADING,
    two_sided=True,
)
# one-way in either mode; a contract is a dollar: ccxt takes its size from the smallest order
INVERSE = Product(
    kind=Kind.INVERSE, market_type="inverse", unit=Unit.QUOTE, contract_size=None, trading=TRADING
)

PROFILE = Profile(
    exchange="bybit",
    products={Wallet.UNIFIED: (LINEAR, INVERSE)},
    balances={},  # the one wallet is margin too, and is read as that: nothing of it counts twice
    margins={Wallet.UNIFIED: requests.margins},
    settles={Wallet.UNIFIED: frozenset()},
    time_ms=_time_ms,
    account=requests.account,
    error_code=_error_code,
    spots=spot_markets.BYBIT,
    reads=(
        TIME,
        LISTING,
        TICKERS,
        TRADES,
        requests.WALLET,
        requests.SETTINGS,
        requests.KEY,
        requests.POSITIONS,
        requests.LATEST,
        requests.HISTORY,
    ),
    production_hosts=frozenset({"api.bybit.com"}),
    demo=Demo(method="set_sandbox_mode", hosts=frozenset({"api-testnet.bybit.com"})),
    other_demos={
        "demo": Demo(method="enable_demo_trading", hosts=frozenset({"api-demo.bybit.com"})),
    },
    headers=frozenset(
        {
            "x-bapi-api-key",
            "x-bapi-timestamp",
            "x-bapi-recv-window",
            "x-bapi-sign",
            "referer",
        }
    ),
    weight_headers=("x-bapi-limit",),
    pauses={403: BAN_S},
    # the window is checked on receipt: server - 5 s <= timestamp < server + 1 s
    limits=VenueLimits(receive_window_ms=5_000, skew_max_ms=1_000, visibility_lag_ms=4_000),
    # an address may ask 600 times in 5 s; an account may order 10 times a second
    lanes=Lanes(reads=40, orders=10, period_s=1.0),
    fills_window=FILLS,
    options={
        "recvWindow": 5_000,
        "adjustForTimeDifference": False,
        "fetchCurrencies": False,
        "maxRetriesOnFailure": 0,
        # or ccxt would ask the account first, with rights that a key need not have
        "enableUnifiedAccount": True,
        "enableUnifiedMargin": False,
        "unifiedMarginStatus": 6,
    },
    order_body=_is_order,
    codes=CODES,
    codes_elsewhere=CODES_ELSEWHERE,
    duplicate_texts=("OrderLinkedID is duplicate", "Duplicate clientOrderId"),
    hints=HINTS,
    remedies=REMEDIES,
)
