"""WEEX: spot balances and linear perpetuals, and a simulated account of its own, as data."""

from __future__ import annotations

from dataclasses import replace

from counterpoise.core.instrument import Asset, Kind
from counterpoise.ports import VenueLimits
from counterpoise.venues import spot_markets
from counterpoise.venues import weex_account as account
from counterpoise.venues import weex_answers as answers
from counterpoise.venues import weex_questions as questions
from counterpoise.venues import weex_reports as reports
from counterpoise.venues import weex_requests as requests
from counterpoise.venues.asking import asked, asked_of_markets
from counterpoise.venues.dialect import (
    KEY_AND_SECRET,
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
from counterpoise.venues.weex_codes import (
    CODES,
    DUPLICATE_TEXTS,
    HINTS,
    REMEDIES,
    error_code,
    is_failure,
)

USDT = Asset("USDT")

SPOT_TIME = Call(name="publicGetApiV3Time", method="GET", path="/api/v3/time")
SPOT_LISTING = Call(name="publicGetApiV3ExchangeInfo", method="GET", path="/api/v3/exchangeInfo")


def _public(name: str, path: str) -> Call:
    return Call(name=f"contractGetCapiV3Market{name}", method="GET", path=f"/capi/v3/market/{path}")


TIME = _public("Time", "time")
LISTING = _public("ExchangeInfo", "exchangeInfo")
MARKS = _public("PremiumIndex", "premiumIndex")
BOOKS = _public("TickerBookTicker", "ticker/bookTicker")
PUBLIC = (SPOT_LISTING, TIME, LISTING, MARKS, BOOKS)
PLACE = Call(name="contractPrivatePostCapiV3Order", method="POST", path="/capi/v3/order")
SIMULATED_PLACE = Call(
    name="contractPrivatePostCapiV3SimOrder", method="POST", path="/capi/v3/sim/order"
)
ENTIRE = questions.TRADE_ROWS * questions.PARTS_MAX + 1  # more than one span's trades ever are


async def _time_ms(reads: Reads, wallet: Wallet) -> int:
    call = SPOT_TIME if wallet is Wallet.SPOT else TIME
    return answers.time_ms(await reads.read(call, {}))


TRADING = Trading(
    positions=asked(questions.REAL.positions, answers.positions(requests.market_id)),
    marks=asked_of_markets(MARKS, answers.marks, requests.one_symbol),
    books=asked_of_markets(BOOKS, answers.books, requests.one_symbol),
    place=PLACE,
    order_params=requests.order_params(requests.market_id),
    placed=reports.placed,
    find=questions.find,
    open_order_ids=questions.open_order_ids,
    fills=questions.fills,
    orders=questions.orders,
    origins=questions.origins,
)
# an amount is base units: `contractSize` is the step of an amount, and means nothing
LINEAR = Product(
    kind=Kind.LINEAR,
    market_type="swap",
    unit=Unit.BASE,
    contract_size=None,
    trading=TRADING,
    two_sided=True,
)
# four paths, and prices of production: no order is cancelled or listed while it rests, no trade
# is listed by itself, and the account says nothing of its modes
SIMULATED = replace(
    LINEAR,
    trading=replace(
        TRADING,
        positions=asked(questions.SIMULATED.positions, answers.positions(requests.simulated_id)),
        place=SIMULATED_PLACE,
        order_params=requests.order_params(requests.simulated_id),
        find=questions.simulated_find,
        open_order_ids=questions.no_open_order_ids,
        fills=questions.simulated_fills,
        orders=None,
        origins=None,
    ),
)


def simulated(profile: Profile) -> Profile:
    """Return the venue as its test environment has it: none of production's private paths."""
    return replace(
        profile,
        products={Wallet.LINEAR: (SIMULATED,)},
        balances={},
        margins={Wallet.LINEAR: questions.margins(questions.SIMULATED)},
        leaves_out_zeros=frozenset(),
        account=account.simulated_account,
        reads=(*PUBLIC, *questions.SIMULATED.all),
    )


PROFILE = Profile(
    exchange="weex",
    products={Wallet.LINEAR: (LINEAR,)},
    balances={Wallet.SPOT: asked(account.SPOT_ACCOUNT, answers.balances)},
    margins={Wallet.LINEAR: questions.margins(questions.REAL)},
    settles={Wallet.LINEAR: frozenset({USDT})},
    leaves_out_zeros=frozenset({Wallet.SPOT}),
    time_ms=_time_ms,
    account=account.account,
    error_code=error_code,
    is_failure=is_failure,
    reads=(SPOT_TIME, *PUBLIC, *questions.CALLS, *account.CALLS),
    production_hosts=frozenset({"api-contract.weex.com", "api-spot.weex.com"}),
    # the hosts of production: a key goes to the simulated paths, and nowhere else
    demo=Demo(
        method="set_sandbox_mode",
        hosts=frozenset({"api-contract.weex.com", "api-spot.weex.com"}),
        signed_path="/capi/v3/sim/",
        wallets=frozenset({Wallet.LINEAR}),
        play_money={answers.PLAY_MONEY: USDT},
        spoken=simulated,
    ),
    headers=frozenset({"access-key", "access-passphrase", "access-sign", "access-timestamp"}),
    weight_headers=(),
    # WEEX takes what was signed 30 s ago, and no request can ask for less
    limits=VenueLimits(receive_window_ms=30_000, skew_max_ms=1_000, visibility_lag_ms=4_000),
    # 50 orders a minute; of reads ccxt paces itself to 50 weight a second, and a snapshot is 55
    lanes=Lanes(reads=20, orders=2, period_s=2.0),
    fills_window=FillsWindow(rows_max=ENTIRE, span_ms=questions.SPAN_MS),
    options={"adjustForTimeDifference": False, "maxRetriesOnFailure": 0},
    codes=CODES,
    hints=HINTS,
    remedies=REMEDIES,
    duplicate_texts=DUPLICATE_TEXTS,
    credentials={**KEY_AND_SECRET, "password": "api_passphrase"},
    order_body=requests.is_order,
    spots=spot_markets.WEEX,
)
