"""Hyperliquid: spot tokens and perpetuals settled in USDC, as data."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from counterpoise.core.instrument import InstrumentKey, Kind
from counterpoise.core.orders import (
    ClientOrderId,
    Fill,
    Intent,
    OrderReport,
    Origin,
    VenueOrder,
)
from counterpoise.core.snapshot import BookTop
from counterpoise.core.units import ONE
from counterpoise.errors import SnapshotError
from counterpoise.ports import VenueLimits
from counterpoise.venues import hyperliquid_answers as answers
from counterpoise.venues import hyperliquid_reports as reports
from counterpoise.venues import hyperliquid_requests as requests
from counterpoise.venues.asking import asked
from counterpoise.venues.dialect import (
    Demo,
    FillsWindow,
    Lanes,
    Listed,
    Listing,
    Product,
    Profile,
    Reads,
    Trading,
    Unit,
    Wallet,
)
from counterpoise.venues.hyperliquid_account import APART, TOGETHER, account
from counterpoise.venues.hyperliquid_codes import CODES, HINTS, REMEDIES, error_code
from counterpoise.venues.hyperliquid_requests import INFO, PLACE, about, coin
from counterpoise.venues.hyperliquid_signing import ACCOUNT, Signing
from counterpoise.venues.hyperliquid_spots import HYPERLIQUID
from counterpoise.venues.shapes import Record, rows, whole

FILLS_MAX = 2_000  # of one answer
PAGES_MAX = 10  # Hyperliquid keeps the newest 10,000 trades
EVER_MS = 36_500 * 86_400_000
BLOCKED_S = 30.0  # that an address is left alone which the wall before Hyperliquid turned away


async def _time_ms(reads: Reads, _wallet: Wallet) -> int:
    return answers.time_ms(await reads.read(INFO, {"type": "exchangeStatus"}))


async def _books(reads: Reads, listing: Listing) -> Mapping[InstrumentKey, BookTop]:
    """Return the best prices, each of them a question."""

    async def book(listed: Listed) -> BookTop:
        raw = await reads.read(INFO, {"type": "l2Book", "coin": coin(listed)})
        return answers.book(raw, listed)

    found = await asyncio.gather(*(book(listed) for listed in listing.values()))
    return {one.instrument: one for one in found}


async def _find(reads: Reads, intent: Intent, listed: Listed) -> OrderReport | None:
    """Return what became of an order: its trades say at which price, the order itself does not."""
    raw = await reads.read_or_none(INFO, requests.find_params(intent, listed))
    if raw is None:
        return None
    what = f"order {intent.client_order_id}"
    _, row = reports.found_order(raw, what)
    trades = await _trades(reads, whole(row, "timestamp", what))
    return reports.report(raw, trades, intent, listed)


async def _trades(reads: Reads, since_ms: int) -> Sequence[Record]:
    """Return all trades of all perpetuals and pairs since a time, oldest first, each once."""
    found: dict[object, Record] = {}
    start_ms = since_ms
    for _ in range(PAGES_MAX):
        raw = await reads.read(INFO, about("userFillsByTime", startTime=start_ms))
        page = rows(raw, "trades", empty_allowed=True)
        found.update((whole(row, "tid", "trades"), row) for row in page)
        if len(page) < FILLS_MAX:
            return list(found.values())
        newest_ms = max(whole(row, "time", "trades") for row in page)
        start_ms = newest_ms if newest_ms > start_ms else start_ms + 1
    raise SnapshotError(f"trades: more than {PAGES_MAX} pages")


async def _fills(reads: Reads, listed: Listed, since_ms: int, _rows: int) -> tuple[Fill, ...]:
    """Return all trades in one perpetual; a page has those of every other one as well."""
    return reports.fills(await _trades(reads, since_ms), listed)


async def _origins(
    reads: Reads, _listed: Listed, order_ids: frozenset[str], since_ms: int
) -> Mapping[str, Origin]:
    """Return whose these orders were: their trades say it."""
    found = {str(row.get("oid")): reports.origin(row) for row in await _trades(reads, since_ms)}
    return {order_id: found[order_id] for order_id in order_ids & found.keys()}


async def _open(reads: Reads) -> Sequence[Record]:
    raw = await reads.read(INFO, about("frontendOpenOrders"))
    return rows(raw, "open orders", empty_allowed=True)


async def _open_order_ids(reads: Reads, listed: Listed) -> frozenset[ClientOrderId]:
    return reports.open_order_ids(await _open(reads), listed)


async def _orders(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
    """Return the newest ended orders and all that rest, however old."""
    raw = await reads.read(INFO, about("historicalOrders"))
    over = reports.ended(rows(raw, "orders", empty_allowed=True), listed)
    found = (*over, *reports.resting(await _open(reads), listed))
    return tuple({order.venue_order_id: order for order in found}.values())


def _is_failure(body: object) -> bool:
    """Say whether a body of status 200 is a refusal that ccxt would let by."""
    return isinstance(body, dict) and body.get("status") == "err"


LINEAR = Product(
    kind=Kind.LINEAR,
    market_type="swap",
    unit=Unit.BASE,
    contract_size=ONE,
    trading=Trading(
        positions=asked(INFO, answers.positions, type="clearinghouseState", user=ACCOUNT),
        marks=asked(INFO, answers.marks, type="metaAndAssetCtxs"),
        books=_books,
        place=PLACE,
        order_params=requests.order_params,
        placed=reports.placed,
        find=_find,
        open_order_ids=_open_order_ids,
        fills=_fills,
        orders=_orders,
        origins=_origins,
    ),
)

PROFILE = Profile(
    exchange="hyperliquid",
    products={Wallet.LINEAR: (LINEAR,)},
    balances={
        Wallet.SPOT: asked(INFO, answers.balances, type="spotClearinghouseState", user=ACCOUNT)
    },
    margins={Wallet.LINEAR: asked(INFO, answers.margins, type="clearinghouseState", user=ACCOUNT)},
    settles={Wallet.LINEAR: frozenset({answers.CASH})},
    leaves_out_zeros=frozenset({Wallet.SPOT}),
    time_ms=_time_ms,
    account=account,
    error_code=error_code,
    is_failure=_is_failure,
    bare_answers=APART | TOGETHER,
    mixin=Signing,
    spots=HYPERLIQUID,
    reads=(INFO,),
    read_body=requests.is_question,
    order_body=requests.is_order,
    production_hosts=frozenset({"api.hyperliquid.xyz"}),
    # another host, and another source in what is signed
    demo=Demo(method="set_sandbox_mode", hosts=frozenset({"api.hyperliquid-testnet.xyz"})),
    headers=frozenset(),
    weight_headers=(),
    # an order names the time when it ends; without one it would be good for two days
    limits=VenueLimits(receive_window_ms=5_000, skew_max_ms=1_000, visibility_lag_ms=4_000),
    # 1,200 a minute, of which most questions count 2 and those about many things 20
    lanes=Lanes(reads=10, orders=5, period_s=1.0),
    # every page is asked for at once, up to now
    fills_window=FillsWindow(rows_max=FILLS_MAX * PAGES_MAX + 1, span_ms=EVER_MS),
    options={
        "fetchCurrencies": False,
        "maxRetriesOnFailure": 0,
        "approvedBuilderFee": False,  # nobody is paid for our orders
        "builderFee": False,
        "refSet": True,  # nor named as who sent us
    },
    codes=CODES,
    credentials={"walletAddress": "wallet_address", "privateKey": "agent_key"},
    hints=HINTS,
    remedies=REMEDIES,
    pauses={403: BLOCKED_S},
)
