"""Binance: spot balances, USD-M linear and COIN-M inverse perpetuals, as data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

from counterpoise.core.instrument import InstrumentKey, Kind
from counterpoise.core.orders import Fill, VenueOrder
from counterpoise.core.snapshot import Position
from counterpoise.ports import VenueLimits
from counterpoise.venues import binance_account, binance_coinm, spot_markets
from counterpoise.venues import binance_answers as answers
from counterpoise.venues import binance_reports as reports
from counterpoise.venues import binance_requests as requests
from counterpoise.venues.asking import asked, asked_of_markets, asked_of_one, looked_up
from counterpoise.venues.binance_calls import COINM, PROBES, SPOT_ACCOUNT, SPOT_TIME, USDM, Api
from counterpoise.venues.binance_codes import CODES, CODES_ELSEWHERE, HINTS, REMEDIES
from counterpoise.venues.binance_origins import origins
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
from counterpoise.venues.shapes import Record

DAY_MS = 86_400_000
CLOCKS = {Wallet.SPOT: SPOT_TIME, Wallet.INVERSE: COINM.time}


def _error_code(body: object) -> tuple[str, str]:
    """Return code and message of an error body; a batch of one error counts as that error."""
    answer = body[0] if isinstance(body, list) and len(body) == 1 else body
    if not isinstance(answer, dict):
        return "", ""
    found: Record = answer
    return str(found.get("code", "")), str(found.get("msg", ""))


async def _time_ms(reads: Reads, wallet: Wallet) -> int:
    return answers.time_ms(await reads.read(CLOCKS.get(wallet, USDM.time), {}))


def _trading(
    api: Api, positions: Callable[[Reads, Listing], Awaitable[Mapping[InstrumentKey, Position]]]
) -> Trading:
    """Return how one kind of perpetuals is traded: alike but for paths and lists of positions."""

    async def fills(reads: Reads, listed: Listed, since_ms: int, rows_max: int) -> tuple[Fill, ...]:
        raw = await reads.read(api.fills, requests.fills_params(listed, since_ms, rows_max))
        return reports.fills(raw, listed)

    async def orders(reads: Reads, listed: Listed) -> tuple[VenueOrder, ...]:
        """Return the newest orders and all that rest, however old."""
        newest = await reads.read(api.orders, requests.orders_params(listed))
        resting = await reads.read(api.open_orders, requests.one_symbol(listed))
        found = (*reports.orders(newest, listed), *reports.orders(resting, listed))
        return tuple({order.venue_order_id: order for order in found}.values())

    return Trading(
        positions=positions,
        marks=asked_of_markets(api.marks, answers.marks, requests.one_symbol),
        books=asked_of_markets(api.books, answers.books, requests.one_symbol),
        place=api.place,
        order_params=requests.order_params,
        placed=reports.report,
        find=looked_up(api.find, reports.report, requests.find_params),
        open_order_ids=asked_of_one(api.open_orders, reports.open_order_ids, requests.one_symbol),
        fills=fills,
        orders=orders,
        origins=origins,
    )


LINEAR = Product(
    kind=Kind.LINEAR,
    market_type="linear",
    unit=Unit.BASE,
    contract_size=Decimal(1),
    trading=_trading(USDM, asked(USDM.positions, answers.positions)),
    two_sided=True,
)
# a contract is 100 dollars of BTC, and 10 of any other coin, as each market states
INVERSE = Product(
    kind=Kind.INVERSE,
    market_type="inverse",
    unit=Unit.CONTRACTS,
    contract_size=None,
    trading=_trading(COINM, asked(COINM.positions, binance_coinm.positions)),
    two_sided=True,
)

PROFILE = Profile(
    exchange="binance",
    # `unified` is the USD-M wallet in multi-assets mode, where every coin in it is margin
    products={Wallet.LINEAR: (LINEAR,), Wallet.UNIFIED: (LINEAR,), Wallet.INVERSE: (INVERSE,)},
    balances={Wallet.SPOT: asked(SPOT_ACCOUNT, answers.balances)},
    margins={
        Wallet.LINEAR: asked(USDM.account, answers.margins),
        Wallet.UNIFIED: asked(USDM.account, answers.pooled),
        Wallet.INVERSE: asked(COINM.account, binance_coinm.margins),
    },
    settles={
        Wallet.LINEAR: frozenset({answers.USDT}),
        Wallet.UNIFIED: frozenset({answers.USDT}),
        Wallet.INVERSE: frozenset(),
    },
    leaves_out_zeros=frozenset({Wallet.UNIFIED, Wallet.INVERSE}),
    time_ms=_time_ms,
    account=binance_account.account,
    error_code=_error_code,
    spots=spot_markets.BINANCE,
    reads=(SPOT_TIME, *USDM.reads, *COINM.reads, *PROBES),
    production_hosts=frozenset({"api.binance.com", "fapi.binance.com", "dapi.binance.com"}),
    demo=Demo(
        method="enable_demo_trading",
        hosts=frozenset({"demo-api.binance.com", "demo-fapi.binance.com", "demo-dapi.binance.com"}),
    ),
    headers=frozenset({"x-mbx-apikey"}),
    weight_headers=("x-mbx-used-weight", "x-mbx-order-count", "x-sapi-used"),
    limits=VenueLimits(receive_window_ms=5_000, skew_max_ms=1_000, visibility_lag_ms=4_000),
    # 2,400 weight and 1,200 orders a minute on each kind of futures; a cycle weighs about 30 of it
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
