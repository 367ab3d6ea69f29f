"""MEXC: spot balances, and linear and inverse perpetuals over one futures wallet, as data."""

from __future__ import annotations

from counterpoise.core.instrument import Kind
from counterpoise.ports import VenueLimits
from counterpoise.venues import mexc_account as account
from counterpoise.venues import mexc_answers as answers
from counterpoise.venues import mexc_questions as questions
from counterpoise.venues import mexc_reports as reports
from counterpoise.venues import mexc_requests as requests
from counterpoise.venues import spot_markets
from counterpoise.venues.asking import asked, asked_of_markets, looked_up
from counterpoise.venues.dialect import (
    Call,
    FillsWindow,
    Lanes,
    Product,
    Profile,
    Reads,
    Trading,
    Unit,
    Wallet,
)
from counterpoise.venues.mexc_codes import CODES, CODES_ELSEWHERE, HINTS, REMEDIES
from counterpoise.venues.shapes import Record

LISTING = Call(name="contractPublicGetDetail", method="GET", path="/api/v1/contract/detail")
TIME = Call(name="contractPublicGetPing", method="GET", path="/api/v1/contract/ping")
SPOT_TIME = Call(name="spotPublicGetTime", method="GET", path="/api/v3/time")
SPOT_ACCOUNT = Call(name="spotPrivateGetAccount", method="GET", path="/api/v3/account")
MARKS = Call(name="contractPublicGetTicker", method="GET", path="/api/v1/contract/ticker")
PLACE = Call(
    name="contractPrivatePostOrderCreate", method="POST", path="/api/v1/private/order/create"
)
FIND = Call(
    name="contractPrivateGetOrderExternalSymbolExternalOid",
    method="GET",
    path="/api/v1/private/order/external/{}/{}",
)


def _error_code(body: object) -> tuple[str, str]:
    """Return code and message of an error body: futures say `message`, spot `msg`."""
    if not isinstance(body, dict):
        return "", ""
    found: Record = body
    return str(found.get("code", "")), str(found.get("message") or found.get("msg") or "")


async def _time_ms(reads: Reads, wallet: Wallet) -> int:
    if wallet is Wallet.SPOT:
        return answers.spot_time_ms(await reads.read(SPOT_TIME, {}))
    return answers.time_ms(await reads.read(TIME, {}))


TRADING = Trading(
    positions=asked(questions.POSITIONS, answers.positions),
    marks=asked_of_markets(MARKS, answers.marks, requests.one_symbol),
    books=questions.books,
    place=PLACE,
    order_params=requests.order_params,
    placed=reports.placed,
    find=looked_up(FIND, reports.report, requests.find_params),
    open_order_ids=questions.open_order_ids,
    fills=questions.fills,
    orders=questions.orders,
    origins=questions.origins,
)
# a contract is so much of the base (linear), or so many dollars (inverse), as each market states
LINEAR, INVERSE = (
    Product(
        kind=kind,
        market_type="swap",
        unit=Unit.CONTRACTS,
        contract_size=None,
        trading=TRADING,
        two_sided=True,
        must_be_true="apiAllowed",
    )
    for kind in (Kind.LINEAR, Kind.INVERSE)
)

PROFILE = Profile(
    exchange="mexc",
    # one wallet holds both, each currency by itself: two names for it, and no currency in both
    products={Wallet.LINEAR: (LINEAR,), Wallet.INVERSE: (INVERSE,)},
    balances={Wallet.SPOT: asked(SPOT_ACCOUNT, answers.balances)},
    margins={wallet: questions.margins(wallet) for wallet in (Wallet.LINEAR, Wallet.INVERSE)},
    settles={Wallet.LINEAR: frozenset(), Wallet.INVERSE: frozenset()},
    leaves_out_zeros=frozenset({Wallet.SPOT, Wallet.INVERSE}),
    time_ms=_time_ms,
    account=account.account,
    error_code=_error_code,
    spots=spot_markets.MEXC,
    reads=(
        LISTING,
        TIME,
        SPOT_TIME,
        SPOT_ACCOUNT,
        MARKS,
        FIND,
        *questions.CALLS,
        *account.CALLS,
    ),
    production_hosts=frozenset({"api.mexc.com"}),
    demo=None,
    headers=frozenset(
        {"apikey", "recv-window", "request-time", "signature", "source", "x-mexc-apikey"}
    ),
    weight_headers=("x-mexc-used-weight",),
    # Futures take a request for ten seconds where they are told nothing; they are told five, and
    # ten are reckoned with. What is older cannot be accepted any more either way.
    sent_headers={"Recv-Window": "5"},
    limits=VenueLimits(receive_window_ms=10_000, skew_max_ms=1_000, visibility_lag_ms=4_000),
    # 20 requests in 2 s to each futures endpoint, 500 weight in 10 s on spot
    lanes=Lanes(reads=20, orders=8, period_s=1.0),
    fills_window=FillsWindow(
        rows_max=questions.PAGE_ROWS * questions.PAGES_MAX, span_ms=questions.SPAN_MS
    ),
    market_loader="fetch_swap_markets",  # `fetch_markets` reads all of spot too, always
    options={"recvWindow": 5_000, "adjustForTimeDifference": False, "maxRetriesOnFailure": 0},
    codes=CODES,
    codes_elsewhere=CODES_ELSEWHERE,
    hints=HINTS,
    order_body=requests.is_order,
    pauses={403: 30.0},  # the page of the firewall in front, for too many requests
    remedies=REMEDIES,
)
