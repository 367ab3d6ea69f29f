"""Binance: spot balances and USD-M linear perpetuals, as data."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.instrument import Kind
from counterpoise.core.orders import Fill, VenueOrder
from counterpoise.ports import VenueLimits
from counterpoise.venues import binance_answers as answers
from counterpoise.venues import binance_reports as reports
from counterpoise.venues import binance_requests as requests
from counterpoise.venues.asking import asked, asked_of_markets, asked_of_one, looked_up
from counterpoise.venues.binance_codes import CODES, CODES_ELSEWHERE, HINTS, REMEDIES
from counterpoise.venues.binance_origins import FIND, FORCED, origins
from counterpoise.venues.dialect import (
    Call,
    Demo,
    FillsWindow,
    Lanes,
    Listed,
    Product,
    Profile,
    Reads,
    Trading,
    Unit,
    Wallet,
)
from counterpoise.venues.shapes import Record

DAY_MS = 86_400_000

SPOT_TIME = Call(name="publicGetTime", method="GET", path="/api/v3/time")
LISTING = Call(name="fapiPublicGetExchangeInfo", method="GET", path="/fapi/v1/exchangeInfo")
TIME = Call(name="fapiPublicGetTime", method="GET", path="/fapi/v1/time")
ACCOUNT = Call(name="fapiPrivateV3GetAccount", method="GET", path="/fapi/v3/account")
POSITIONS = Call(name="fapiPrivateV3GetPositionRisk", method="GET", path="/fapi/v3/positionRisk")
MARKS = Call(name="fapiPublicGetPremiumIndex", method="GET", path="/fapi/v1/premiumIndex")
BOOKS = Call(name="fapiPublicGetTickerBookTicker", method="GET", path="/fapi/v1/ticker/bookTicker")
PLACE = Call(name="fapiPrivatePostOrder", method="POST", path="/fapi/v1/order")
OPEN_ORDERS = Call(name="fapiPrivateGetOpenOrders", method="GET", path="/fapi/v1/openOrders")
FILLS = Call(name="fapiPrivateGetUserTrades", method="GET", path="/fapi/v1/userTrades")
ORDERS = Call(name="fapiPrivateGetAllOrders", method="GET", path="/fapi/v1/allOrders")


def _error_code(body: object) -> tuple[str, str]:
    """Return code and message of an error body; a batch of one error counts as that error."""
    answer = body[0] if isinstance(body, list) and len(body) == 1 else body
    if not isinstance(answer, dict):
        return "", ""
    found: Record = answer
    return str(found.get("code", "")), str(found.get("msg", ""))


async def _time_ms(reads: Reads, wallet: Wallet) -> int:
    call = SPOT_TIME if wallet is Wallet.SPOT else TIME
    return answers.time_ms(await reads.read(call, {}))


async def _fills(reads: Reads, listed: Listed, since_ms: int, rows_max: int) -> tuple[Fill, ...]:
    raw = await reads.read(FILLS, requests.fills_params(listed, since_ms, rows_max))
    return reports.fills(raw, listed)


async def _orders(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the newest orders and all that rest, however old."""
    newest = await reads.read(ORDERS, requests.orders_params(listed))
    resting = await reads.read(OPEN_ORDERS, requests.one_symbol(listed))
    found = (*reports.orders(newest, listed), *reports.orders(resting, listed))
    return tuple({order.venue_order_id: order for order in found}.values())


LINEAR = Product(
    kind=Kind.LINEAR,
    market_type="linear",
    unit=Unit.BASE,
    contract_size=Decimal(1),
    trading=Trading(
        positions=asked(POSITIONS, answers.positions),
        marks=asked_of_markets(MARKS, answers.marks, requests.one_symbol),
        books=asked_of_markets(BOOKS, answers.books, requests.one_symbol),
        place=PLACE,
        order_params=requests.order_params,
        placed=reports.report,
        find=looked_up(FIND, reports.report, requests.find_params),
        open_order_ids=asked_of_one(OPEN_ORDERS, reports.open_order_ids, requests.one_symbol),
        fills=_fills,
        orders=_orders,
        origins=origins,
    ),
)

PROFILE = Profile(
    exchange="binance",
    products={Wallet.LINEAR: (LINEAR,)},
    balances={Wallet.SPOT: asked(requests.SPOT_ACCOUNT, answers.balances)},
    margins={Wallet.LINEAR: asked(ACCOUNT, answers.margins)},
    settles={Wallet.LINEAR: frozenset({answers.USDT})},
    time_ms=_time_ms,
    account=requests.account,
    error_code=_error_code,
    reads=(
        LISTING,
        TIME,
        SPOT_TIME,
        ACCOUNT,
        POSITIONS,
        MARKS,
        BOOKS,
        FIND,
        OPEN_ORDERS,
        FILLS,
        ORDERS,
        FORCED,
        *requests.PROBES,
    ),
    production_hosts=frozenset({"api.binance.com", "fapi.binance.com"}),
    demo=Demo(
        method="enable_demo_trading",
        hosts=frozenset({"demo-api.binance.com", "demo-fapi.binance.com"}),
        hosts_unused=frozenset({"demo-dapi.binance.com"}),
    ),
    headers=frozenset({"x-mbx-apikey"}),
    weight_headers=("x-mbx-used-weight", "x-mbx-order-count", "x-sapi-used"),
    limits=VenueLimits(receive_window_ms=5_000, skew_max_ms=1_000, visibility_lag_ms=4_000),
    # 2,400 weight and 1,200 orders a minute on futures; a cycle of five reads weighs about 30
    lanes=Lanes(reads=40, orders=10, period_s=1.0),
    fills_window=FillsWindow(rows_max=1_000, span_ms=7 * DAY_MS),
    options={
        "recvWindow": 5_000,
        "adjustForTimeDifference": False,
        "fetchCurrencies": False,
        "fetchMargins": False,
        "maxRetriesOnFailure": 0,
    },
    codes=CODES,
    codes_elsewhere=CODES_ELSEWHERE,
    duplicate_texts=("Duplicate order",),
    hints=HINTS,
    remedies=REMEDIES,
)
