"""Binance: spot balances and USD-M linear perpetuals, as data."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.ports import VenueLimits
from counterpoise.venues import binance_answers as answers
from counterpoise.venues import binance_reports as reports
from counterpoise.venues import binance_requests as requests
from counterpoise.venues.binance_codes import CODES, CODES_ELSEWHERE, HINTS
from counterpoise.venues.dialect import (
    Call,
    Calls,
    DemoSwitch,
    Dialect,
    FillsWindow,
    Lanes,
    Profile,
    Wallet,
)
from counterpoise.venues.shapes import Record

DAY_MS = 86_400_000


def _code(body: object) -> tuple[str, str]:
    """Return code and message of an error body; a batch of one error counts as that error."""
    answer = body[0] if isinstance(body, list) and len(body) == 1 else body
    if not isinstance(answer, dict):
        return "", ""
    found: Record = answer
    return str(found.get("code", "")), str(found.get("msg", ""))


CALLS = Calls(
    listing={
        Wallet.LINEAR: Call(
            name="fapiPublicGetExchangeInfo", method="GET", path="/fapi/v1/exchangeInfo"
        )
    },
    time={
        Wallet.LINEAR: Call(name="fapiPublicGetTime", method="GET", path="/fapi/v1/time"),
        Wallet.SPOT: Call(name="publicGetTime", method="GET", path="/api/v3/time"),
    },
    balances={Wallet.SPOT: requests.SPOT_ACCOUNT},
    margins=Call(name="fapiPrivateV3GetAccount", method="GET", path="/fapi/v3/account"),
    positions=Call(name="fapiPrivateV3GetPositionRisk", method="GET", path="/fapi/v3/positionRisk"),
    marks=Call(name="fapiPublicGetPremiumIndex", method="GET", path="/fapi/v1/premiumIndex"),
    books=Call(
        name="fapiPublicGetTickerBookTicker", method="GET", path="/fapi/v1/ticker/bookTicker"
    ),
    place=Call(name="fapiPrivatePostOrder", method="POST", path="/fapi/v1/order"),
    find=Call(name="fapiPrivateGetOrder", method="GET", path="/fapi/v1/order"),
    open_orders=Call(name="fapiPrivateGetOpenOrders", method="GET", path="/fapi/v1/openOrders"),
    fills=Call(name="fapiPrivateGetUserTrades", method="GET", path="/fapi/v1/userTrades"),
    probes=requests.PROBES,
)

DIALECT = Dialect(
    time_ms=answers.time_ms,
    balances=answers.balances,
    margins=answers.margins,
    positions=answers.positions,
    marks=answers.marks,
    books=answers.books,
    one_symbol=requests.one_symbol,
    order_params=requests.order_params,
    find_params=requests.find_params,
    report=reports.report,
    open_order_ids=reports.open_order_ids,
    fills_params=requests.fills_params,
    fills=reports.fills,
    account=requests.account,
    code=_code,
)

PROFILE = Profile(
    exchange="binance",
    wallets=frozenset({Wallet.SPOT, Wallet.LINEAR}),
    production_hosts=frozenset({"api.binance.com", "fapi.binance.com"}),
    test=DemoSwitch(
        method="enable_demo_trading",
        hosts=frozenset({"demo-api.binance.com", "demo-fapi.binance.com"}),
        hosts_unused=frozenset({"demo-dapi.binance.com"}),
    ),
    headers=frozenset({"x-mbx-apikey"}),
    weight_headers=("x-mbx-used-weight", "x-mbx-order-count", "x-sapi-used"),
    calls=CALLS,
    dialect=DIALECT,
    limits=VenueLimits(receive_window_ms=5_000, skew_max_ms=1_000, visibility_lag_ms=4_000),
    # 2,400 weight and 1,200 orders a minute on futures; a cycle of five reads weighs about 30
    lanes=Lanes(reads=40, orders=10, period_s=1.0),
    fills_window=FillsWindow(rows_max=1_000, span_ms=7 * DAY_MS),
    base_per_amount={Wallet.LINEAR: Decimal(1)},
    contract_size={Wallet.LINEAR: Decimal(1)},
    options={
        "recvWindow": 5_000,
        "adjustForTimeDifference": False,
        "fetchCurrencies": False,
        "fetchMargins": False,
        "maxRetriesOnFailure": 0,
    },
    settles=frozenset({answers.USDT}),
    market_types={Wallet.LINEAR: "linear"},
    codes=CODES,
    codes_elsewhere=CODES_ELSEWHERE,
    duplicate_texts=("Duplicate order",),
    hints=HINTS,
)
