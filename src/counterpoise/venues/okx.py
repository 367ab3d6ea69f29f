"""OKX: one account for spot, linear and inverse perpetuals, as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from counterpoise.core.instrument import InstrumentKey, Kind
from counterpoise.core.orders import ClientOrderId, Fill, Origin, VenueOrder
from counterpoise.core.snapshot import Mark
from counterpoise.ports import VenueLimits
from counterpoise.venues import okx_answers as answers
from counterpoise.venues import okx_reports as reports
from counterpoise.venues import okx_requests as requests
from counterpoise.venues import spot_markets
from counterpoise.venues.asking import asked, asked_of_markets, looked_up
from counterpoise.venues.dialect import (
    KEY_AND_SECRET,
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
from counterpoise.venues.okx_codes import CODES, CODES_ELSEWHERE, HINTS, REMEDIES
from counterpoise.venues.okx_requests import SWAP
from counterpoise.venues.shapes import Record

DAY_MS = 86_400_000
EVER_MS = 36_500 * DAY_MS
RECENT_MS = 3 * DAY_MS - 3_600_000  # of trades; older ones are asked for elsewhere, and slower
LOOK_UPS_MAX = 10  # orders asked for one by one; of the rest it is not known whose they were
EVERY_SWAP = "ANY"
BLOCKED_S = 120.0  # that an address is left alone which OKX's wall turned away
BATCHES = frozenset({"1", "2"})  # heads of answers whose reason is in their row

TIME = Call(name="publicGetPublicTime", method="GET", path="/api/v5/public/time")
LISTING = Call(name="publicGetPublicInstruments", method="GET", path="/api/v5/public/instruments")
MARKS = Call(name="publicGetPublicMarkPrice", method="GET", path="/api/v5/public/mark-price")
FUNDING_RATES = Call(
    name="publicGetPublicFundingRate", method="GET", path="/api/v5/public/funding-rate"
)
INDEXES = Call(
    name="publicGetMarketIndexTickers", method="GET", path="/api/v5/market/index-tickers"
)
TICKERS = Call(name="publicGetMarketTickers", method="GET", path="/api/v5/market/tickers")
WALLET = Call(name="privateGetAccountBalance", method="GET", path="/api/v5/account/balance")
FUNDING = Call(name="privateGetAssetBalances", method="GET", path="/api/v5/asset/balances")
POSITIONS = Call(name="privateGetAccountPositions", method="GET", path="/api/v5/account/positions")
PLACE = Call(name="privatePostTradeOrder", method="POST", path="/api/v5/trade/order")
FIND = Call(name="privateGetTradeOrder", method="GET", path="/api/v5/trade/order")
RESTING = Call(
    name="privateGetTradeOrdersPending", method="GET", path="/api/v5/trade/orders-pending"
)
ENDED = Call(name="privateGetTradeOrdersHistory", method="GET", path="/api/v5/trade/orders-history")
FILLS = Call(name="privateGetTradeFills", method="GET", path="/api/v5/trade/fills")
OLD_FILLS = Call(
    name="privateGetTradeFillsHistory", method="GET", path="/api/v5/trade/fills-history"
)


def _error_code(body: object) -> tuple[str, str]:
    """Return code and message of an error body: an order's own, where its head says only `no`."""
    if not isinstance(body, dict):
        return "", ""
    found: Record = body
    code, inside = str(found.get("code", "")), found.get("data")
    if code in BATCHES and isinstance(inside, list) and len(inside) == 1:
        row = inside[0]
        if isinstance(row, dict) and str(row.get("sCode") or "0") != "0":
            return str(row["sCode"]), str(row.get("sMsg", ""))
    return code, str(found.get("msg", ""))


async def _time_ms(reads: Reads, _wallet: Wallet) -> int:
    return answers.time_ms(await reads.read(TIME, {}))


async def _marks(reads: Reads, listing: Listing) -> Mapping[InstrumentKey, Mark]:
    """Return mark prices with funding and index, which are three questions at OKX."""
    one = next(iter(listing)) if len(listing) == 1 else None
    raw = await reads.read(MARKS, {"instType": SWAP, **({"instId": one} if one else {})})
    marks = answers.chosen(answers.data(raw, "mark prices"), listing, "mark prices")
    raw = await reads.read(FUNDING_RATES, {"instId": one or EVERY_SWAP})
    pick = partial(answers.chosen, all_needed=False)
    rates = pick(answers.data(raw, "funding rates"), listing, "funding rates")
    names = {market_id: answers.index_name(listed) for market_id, listed in listing.items()}
    found: dict[str, Record] = {}
    for quote in sorted({name.rpartition("-")[2] for name in names.values()}):
        raw = await reads.read(INDEXES, {"quoteCcy": quote})
        found |= pick(answers.data(raw, "index prices"), names.values(), "index prices")
    return {
        listed.instrument.key: answers.mark(
            marks[name], rates.get(name), found.get(names[name]), listed
        )
        for name, listed in listing.items()
    }


async def _resting(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
    found = await requests.pages(reads, RESTING, requests.one_symbol(listed), "ordId")
    return reports.orders(found, listed)


async def _open_order_ids(reads: Reads, listed: Listed) -> frozenset[ClientOrderId]:
    found = await requests.pages(reads, RESTING, requests.one_symbol(listed), "ordId")
    return reports.open_order_ids(found, listed)


async def _orders(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the newest ended orders and all that rest, however old."""
    raw = await reads.read(ENDED, requests.one_symbol(listed))
    ended = reports.orders(answers.data(raw, "orders"), listed)
    found = (*ended, *await _resting(reads, listed))
    return tuple({order.venue_order_id: order for order in found}.values())


async def _fills(reads: Reads, listed: Listed, since_ms: int, _rows: int) -> tuple[Fill, ...]:
    """Return all trades since a time: OKX lists the newest first, so every page is needed."""
    now_ms = await _time_ms(reads, Wallet.UNIFIED)
    call = FILLS if now_ms - since_ms < RECENT_MS else OLD_FILLS
    params = {**requests.one_symbol(listed), "begin": since_ms}
    return reports.fills(await requests.pages(reads, call, params, "billId"), listed)


async def _origins(
    reads: Reads, listed: Listed, order_ids: frozenset[str], since_ms: int
) -> Mapping[str, Origin]:
    """Return whose these orders were: the ended ones from their list, the others one by one."""
    params = {**requests.one_symbol(listed), "begin": since_ms}
    ended = await requests.pages(reads, ENDED, params, "ordId")
    found = {str(row.get("ordId")): reports.origin(row) for row in ended}
    for order_id in sorted(order_ids - found.keys())[-LOOK_UPS_MAX:]:
        asked_for: Params = {"instId": listed.market_id, "ordId": order_id}
        raw = await reads.read_or_none(FIND, asked_for)
        if raw is not None:
            found[order_id] = reports.origin(answers.only(raw, f"order {order_id}"))
    return {order_id: found[order_id] for order_id in order_ids & found.keys()}


TRADING = Trading(
    positions=asked(POSITIONS, answers.positions, instType=SWAP),
    marks=_marks,
    books=asked_of_markets(TICKERS, answers.books, requests.one_family, instType=SWAP),
    place=PLACE,
    order_params=requests.order_params,
    placed=reports.placed,
    find=looked_up(FIND, reports.report, requests.find_params),
    open_order_ids=_open_order_ids,
    fills=_fills,
    orders=_orders,
    origins=_origins,
)
# a contract is `ctVal` of the base, and of the dollar where it is settled in coin
LINEAR = Product(
    kind=Kind.LINEAR,
    market_type="swap",
    unit=Unit.CONTRACTS,
    contract_size=None,
    trading=TRADING,
    two_sided=True,
)
INVERSE = Product(
    kind=Kind.INVERSE,
    market_type="swap",
    unit=Unit.CONTRACTS,
    contract_size=None,
    trading=TRADING,
    two_sided=True,
)

PROFILE = Profile(
    exchange="okx",
    products={Wallet.UNIFIED: (LINEAR, INVERSE)},
    # the one wallet is margin too, and is read as that: nothing of it counts twice
    balances={Wallet.FUNDING: asked(FUNDING, answers.funding)},
    margins={Wallet.UNIFIED: asked(WALLET, answers.margins)},
    settles={Wallet.UNIFIED: frozenset()},
    leaves_out_zeros=frozenset({Wallet.UNIFIED, Wallet.FUNDING}),
    time_ms=_time_ms,
    account=requests.account,
    error_code=_error_code,
    spots=spot_markets.OKX,
    reads=(
        TIME,
        LISTING,
        MARKS,
        FUNDING_RATES,
        INDEXES,
        TICKERS,
        WALLET,
        FUNDING,
        POSITIONS,
        FIND,
        RESTING,
        ENDED,
        FILLS,
        OLD_FILLS,
        requests.SETTINGS,
        requests.LEVERAGE,
    ),
    production_hosts=frozenset({"www.okx.com"}),
    # the same host: nothing but the header keeps an order of the test environment out of the real
    demo=Demo(
        method="set_sandbox_mode",
        hosts=frozenset({"www.okx.com"}),
        marked=("x-simulated-trading", "1"),
    ),
    headers=frozenset(
        {
            "ok-access-key",
            "ok-access-passphrase",
            "ok-access-sign",
            "ok-access-timestamp",
            "x-simulated-trading",
        }
    ),
    weight_headers=(),
    # OKX refuses what was signed 30 s ago; ccxt can send no `expTime`, which would ask for less
    limits=VenueLimits(receive_window_ms=30_000, skew_max_ms=1_000, visibility_lag_ms=4_000),
    # 10 in 2 s of each question about the account, 60 in 2 s of orders of one instrument
    lanes=Lanes(reads=20, orders=10, period_s=1.0),
    # every page is asked for at once, up to now; OKX has three months
    fills_window=FillsWindow(rows_max=requests.ROWS_MAX * requests.PAGES_MAX + 1, span_ms=EVER_MS),
    options={"adjustForTimeDifference": False, "fetchCurrencies": False, "maxRetriesOnFailure": 0},
    codes=CODES,
    codes_elsewhere=CODES_ELSEWHERE,
    credentials={**KEY_AND_SECRET, "password": "api_passphrase"},
    order_body=requests.is_order,
    hints=HINTS,
    remedies=REMEDIES,
    pauses={403: BLOCKED_S},
)
