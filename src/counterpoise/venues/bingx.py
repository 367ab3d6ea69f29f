"""BingX: spot balances, and linear and inverse perpetuals in wallets of their own, as data."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from counterpoise.core.instrument import Asset, Kind
from counterpoise.ports import VenueLimits
from counterpoise.venues import bingx_account as account
from counterpoise.venues import bingx_answers as answers
from counterpoise.venues import bingx_questions as questions
from counterpoise.venues import bingx_reports as reports
from counterpoise.venues import bingx_requests as requests
from counterpoise.venues import spot_markets
from counterpoise.venues.asking import asked, asked_of_markets, looked_up
from counterpoise.venues.bingx_codes import CODES, HINTS, REMEDIES, blocked_s, error_code
from counterpoise.venues.dialect import (
    Call,
    Demo,
    FillsWindow,
    Lanes,
    Product,
    Profile,
    Reads,
    Trading,
    Unit,
    Wallet,
)

USDT = Asset("USDT")


def _get(name: str, path: str) -> Call:
    return Call(name=name, method="GET", path=f"/openApi/{path}")


SPOT_TIME = _get("spotV1PublicGetServerTime", "spot/v1/server/time")
SPOT_LISTING = _get("spotV1PublicGetCommonSymbols", "spot/v1/common/symbols")
SPOT_BALANCE = _get("spotV1PrivateGetAccountBalance", "spot/v1/account/balance")
TIME = _get("swapV2PublicGetServerTime", "swap/v2/server/time")
LISTING = _get("swapV2PublicGetQuoteContracts", "swap/v2/quote/contracts")
INVERSE_LISTING = _get("cswapV1PublicGetMarketContracts", "cswap/v1/market/contracts")
MARKS = _get("swapV2PublicGetQuotePremiumIndex", "swap/v2/quote/premiumIndex")
INVERSE_MARKS = _get("cswapV1PublicGetMarketPremiumIndex", "cswap/v1/market/premiumIndex")
PLACE = Call(name="swapV2PrivatePostTradeOrder", method="POST", path="/openApi/swap/v2/trade/order")
INVERSE_PLACE = Call(
    name="cswapV1PrivatePostTradeOrder", method="POST", path="/openApi/cswap/v1/trade/order"
)


async def _time_ms(reads: Reads, wallet: Wallet) -> int:
    call = SPOT_TIME if wallet is Wallet.SPOT else TIME
    return answers.time_ms(await reads.read(call, {}))


TRADING = Trading(
    positions=asked(questions.LINEAR.positions, answers.positions),
    marks=asked_of_markets(MARKS, answers.marks, requests.one_symbol),
    books=questions.books(questions.LINEAR, answers.top),
    place=PLACE,
    order_params=requests.order_params,
    placed=reports.placed,
    find=looked_up(questions.LINEAR.find, reports.report, requests.find_params),
    open_order_ids=questions.open_order_ids(questions.LINEAR),
    fills=questions.linear_fills,
    orders=questions.orders(questions.LINEAR),
    origins=questions.origins(questions.LINEAR),
)
INVERSE_TRADING = replace(
    TRADING,
    positions=asked(questions.INVERSE.positions, answers.positions),
    marks=asked_of_markets(INVERSE_MARKS, answers.marks, requests.one_symbol),
    books=questions.books(questions.INVERSE, answers.depth),
    place=INVERSE_PLACE,
    find=looked_up(questions.INVERSE.find, reports.report, requests.find_params),
    open_order_ids=questions.open_order_ids(questions.INVERSE),
    fills=questions.inverse_fills,
    orders=questions.orders(questions.INVERSE),
    origins=questions.origins(questions.INVERSE),
)

LINEAR = Product(
    kind=Kind.LINEAR,
    market_type="linear",
    unit=Unit.BASE,
    contract_size=Decimal(1),
    trading=TRADING,
    two_sided=True,
)
# a contract is 100 or 10 dollars, as each market states; ccxt finds no step of its amounts
INVERSE = Product(
    kind=Kind.INVERSE,
    market_type="inverse",
    unit=Unit.CONTRACTS,
    contract_size=None,
    trading=INVERSE_TRADING,
    two_sided=True,
    amount_step=Decimal(1),
)

PROFILE = Profile(
    exchange="bingx",
    products={Wallet.LINEAR: (LINEAR,), Wallet.INVERSE: (INVERSE,)},
    balances={Wallet.SPOT: asked(SPOT_BALANCE, answers.balances)},
    margins={
        Wallet.LINEAR: questions.margins(questions.LINEAR, shows_zeros=True),
        Wallet.INVERSE: questions.margins(questions.INVERSE, shows_zeros=False),
    },
    settles={Wallet.LINEAR: frozenset({USDT}), Wallet.INVERSE: frozenset()},
    leaves_out_zeros=frozenset({Wallet.SPOT, Wallet.INVERSE}),
    time_ms=_time_ms,
    account=account.account,
    error_code=error_code,
    blocked_s=blocked_s,
    spots=spot_markets.BINGX,
    reads=(
        SPOT_TIME,
        SPOT_LISTING,
        SPOT_BALANCE,
        TIME,
        LISTING,
        INVERSE_LISTING,
        MARKS,
        INVERSE_MARKS,
        *questions.LINEAR.all,
        *questions.INVERSE.all,
        *account.CALLS,
    ),
    production_hosts=frozenset({"open-api.bingx.com"}),
    demo=Demo(
        method="set_sandbox_mode",
        hosts=frozenset({"open-api-vst.bingx.com"}),
        wallets=frozenset({Wallet.LINEAR}),
        play_money={answers.PLAY_MONEY: USDT},
    ),
    headers=frozenset({"x-bx-apikey", "x-source-key"}),
    weight_headers=("x-ratelimit-",),
    # ccxt sends no receive window: each order states it. How long a new order may stay unseen is
    # not documented; doubt lasts twice as long as elsewhere
    limits=VenueLimits(receive_window_ms=5_000, skew_max_ms=1_000, visibility_lag_ms=8_000),
    # 5 requests a second to each endpoint of an account, 10 for orders, 50 to public data
    lanes=Lanes(reads=20, orders=5, period_s=1.0),
    fills_window=FillsWindow(rows_max=questions.FILLS_ROWS, span_ms=questions.SPAN_MS),
    options={"adjustForTimeDifference": False, "maxRetriesOnFailure": 0},
    codes=CODES,
    hints=HINTS,
    remedies=REMEDIES,
    order_body=requests.is_order,
)
