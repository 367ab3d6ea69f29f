"""What the venue answers to reads: missing, absurd, doubled, hostile; none may become a figure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from decimal import Decimal

from counterpoise.core.instrument import InstrumentKey
from counterpoise.errors import (
    OutcomeUnknown,
    SnapshotError,
    Unauthorized,
    Unavailable,
)
from counterpoise.ports import HttpResponse
from simulation.scripts.bench import Bench, sprung
from tests.venues.fake import (
    ETH,
    NOW_MS,
    POSITIONS,
    answer,
    position,
    refusal,
    settled_account,
)

D = Decimal
KEY = InstrumentKey(f"main:{ETH}")
SPOT, MARGIN = "/api/v3/account", "/fapi/v3/account"
MARKS, BOOKS = "/fapi/v1/premiumIndex", "/fapi/v1/ticker/bookTicker"
TRADES, TIME = "/fapi/v1/userTrades", "/fapi/v1/time"
LISTING = "/fapi/v1/exchangeInfo"
MISSING = object()
ABSURD: tuple[object, ...] = (MISSING, None, "", "NaN", "inf", "-inf", "x", True, [], {})
NEGATIVE: tuple[object, ...] = ("-1", -1)
NONE: tuple[object, ...] = ("0", 0)

Way = tuple[object, ...]  # keys and indexes into an answer
Read = Callable[[Bench], Awaitable[object]]
READS: Mapping[str, Read] = {
    SPOT: lambda b: b.gateway.balances(),
    MARGIN: lambda b: b.gateway.margins(),
    POSITIONS: lambda b: b.gateway.positions(),
    MARKS: lambda b: b.gateway.marks(),
    BOOKS: lambda b: b.gateway.books(),
    TIME: lambda b: b.gateway.skew_ms(),
    TRADES: lambda b: b.gateway.fills(ETH, NOW_MS - 1_000),
}
SPOILT: tuple[tuple[str, Way, tuple[object, ...]], ...] = (
    (SPOT, ("balances", 0, "asset"), (MISSING, None, "", True, [])),
    (SPOT, ("balances", 0, "free"), (*ABSURD, *NEGATIVE)),
    (SPOT, ("balances", 0, "locked"), (*ABSURD, *NEGATIVE)),
    (SPOT, ("balances",), (MISSING, None, [], {}, "x", ["x"])),
    (SPOT, ("balances", 1, "asset"), ("ETH",)),
    (MARGIN, ("totalMarginBalance",), ABSURD),
    (MARGIN, ("totalWalletBalance",), ABSURD),
    (MARGIN, ("totalMaintMargin",), (*ABSURD, *NEGATIVE)),
    (POSITIONS, (0, "symbol"), (MISSING, None, "")),
    (POSITIONS, (0, "positionAmt"), ABSURD),
    (POSITIONS, (0, "positionSide"), ("SIDEWAYS",)),
    (POSITIONS, (0, "notional"), ("51000", "510", "NaN")),
    (POSITIONS, (0, "entryPrice"), ("NaN",)),
    (MARKS, (0, "symbol"), (MISSING, None, "", "BTCUSDT", "XRPUSDT")),
    (MARKS, (0, "markPrice"), (*ABSURD, *NEGATIVE, *NONE)),
    (MARKS, (0, "indexPrice"), ("NaN", "x")),
    (MARKS, (0, "time"), ("soon", "NaN")),
    (BOOKS, (0, "symbol"), (MISSING, None, "", "BTCUSDT")),
    (BOOKS, (0, "bidPrice"), (*ABSURD, *NEGATIVE, *NONE, "3500")),
    (BOOKS, (0, "askPrice"), (*ABSURD, *NEGATIVE, *NONE, "3300")),
    (BOOKS, (0, "bidQty"), (*ABSURD, *NEGATIVE)),
    (BOOKS, (0, "askQty"), (*ABSURD, *NEGATIVE)),
    (TIME, ("serverTime",), (*ABSURD, *NEGATIVE, "1.5")),
    (TRADES, (0, "qty"), (*ABSURD, *NEGATIVE, *NONE)),
    (TRADES, (0, "price"), (*ABSURD, *NEGATIVE, *NONE)),
    (TRADES, (0, "side"), (MISSING, None, "LONG")),
    (TRADES, (0, "id"), (MISSING, None, "x", "1.5", "-1")),
    (TRADES, (0, "orderId"), (MISSING, None, "")),
    (TRADES, (0, "time"), (*ABSURD, *NEGATIVE)),
    (TRADES, (0, "commission"), ABSURD),
    (TRADES, (0, "commissionAsset"), (MISSING, None, "")),
)
TRADE = {
    "id": 5,
    "orderId": 7,
    "symbol": "ETHUSDT",
    "side": "SELL",
    "qty": "1.5",
    "price": "3400",
    "commission": "0.1",
    "commissionAsset": "USDT",
    "time": NOW_MS - 10,
}


def _usual(path: str) -> object:
    if path == TRADES:
        return [dict(TRADE)]
    return deepcopy(settled_account()["GET", path]({}))


def _spoilt(path: str, way: Way, value: object) -> object:
    said = _usual(path)
    at = said
    for step in way[:-1]:
        at = at[step]  # type: ignore[index]
    if value is MISSING:
        del at[way[-1]]  # type: ignore[attr-defined]
    else:
        at[way[-1]] = value  # type: ignore[index]
    return said


def failed(found: object) -> bool:
    """Say whether a read failed, in words of ours."""
    return isinstance(found, SnapshotError | Unavailable)


async def fields(made: Bench) -> None:
    """Every field that counts: left out, empty, no number, not finite, of another kind."""
    for path, way, values in SPOILT:
        for value in values:
            made.fresh().says("GET", path, _spoilt(path, way, value))
            found = await made.outcome(READS[path](made))
            named = "left out" if value is MISSING else repr(value)
            made.claim("I-9", failed(found), f"{path} {way} {named}: {found!r:.200}")


async def failures(made: Bench) -> None:
    """Every read that fails, fails: none is empty, none is the last one again."""
    bad: tuple[HttpResponse, ...] = (
        answer("", 200),
        answer("<html>", 200),
        answer('{"balances": [', 200),
        answer("null", 200),
        answer("{}", 200),
        answer({}, 500),
        answer([], 503),
        answer({}, 404),
        refusal(-1000),
        refusal(-9999),
        refusal(-1121, status=200),
        refusal(-1003, status=429),
        answer({}, 302, Location="https://evil.example"),
    )
    for path, read in READS.items():
        for said in bad:
            made.fresh().says("GET", path, said)
            found = await made.outcome(read(made))
            held = said.body == b"{}" and said.status == 200 and path in (POSITIONS, TRADES)
            made.claim(
                "I-9",
                failed(found) or held,
                f"{path} {said.status} {said.body!r:.40}: {found!r:.200}",
            )
        for error in (OutcomeUnknown("cut"), RuntimeError("x"), TypeError("x"), KeyError("x")):
            made.fresh().fault("GET", path, *[error] * 3)
            found = await whatever(read(made))
            made.claim("I-9", is_error(found), f"{path} {error!r}: {found!r:.200}")
    for code in (-2015, -1022, -2014):
        made.fresh().says("GET", SPOT, refusal(code))
        found = await made.outcome(READS[SPOT](made))
        made.claim("A6", isinstance(found, Unauthorized), f"{code}: {found!r}")
        asked = len(made.venue.requests)
        made.claim("A6", asked == 1, f"refused credentials are tried {asked} times")


async def whatever(made: Awaitable[object]) -> object:
    """Return what came of a call, a surprise included."""
    try:
        return await made
    except Exception as error:  # noqa: BLE001 - what a library may raise
        return error


def is_error(found: object) -> bool:
    """Say whether anything was raised."""
    return isinstance(found, Exception)


async def figures(made: Bench) -> None:
    """See that what is read is what is said, to the last digit."""
    made.fresh()
    balances = {b.asset: b.quantity for b in await made.gateway.balances()}
    made.claim("I-9", balances == {"ETH": D(14), "BTC": D(0)}, f"free and locked: {balances}")
    (margin,) = await made.gateway.margins()
    told = (margin.equity, margin.wallet, margin.maintenance)
    made.claim("I-9", told == (D("5012.5"), D("5000.0"), D("20.4")), f"margin: {told}")
    marks = await made.gateway.marks()
    mark = marks[KEY]
    prices = (mark.mark_price, mark.index_price, mark.funding_rate, mark.at_ms)
    made.claim("I-9", prices == (D(3400), D("3399.5"), D("-0.0001"), NOW_MS), f"prices: {prices}")
    book = (await made.gateway.books())[KEY]
    top = (book.bid, book.ask, book.bid_size, book.ask_size)
    made.claim("I-9", top == (D("3399.9"), D("3400.1"), D("1.5"), D(2)), f"book: {top}")
    made.claim("C1", await made.gateway.skew_ms() == 250, "the venue's clock is 250 ms ahead")
    await _positions(made)
    made.fresh().says("GET", TRADES, [dict(TRADE), {**TRADE, "symbol": "BTCUSDT", "id": 6}])
    fills = await made.gateway.fills(ETH, NOW_MS - 1_000)
    sizes = [(fill.size, fill.price, fill.fee, fill.at_ms) for fill in fills]
    made.claim("S11", sizes == [(D("-1.5"), D(3400), D("0.1"), NOW_MS - 10)], f"trades: {sizes}")


async def _positions(made: Bench) -> None:
    shown: tuple[tuple[list[dict[str, object]], str], ...] = (
        ([position("ETHUSDT", "1.5")], "1.5"),
        ([position("ETHUSDT", "-1.5")], "-1.5"),
        ([], "0"),
        ([position("XRPUSDT", "7")], "0"),
        ([position("ETHUSDT", "1.5", positionSide=None)], "1.5"),
    )
    for said, size in shown:
        made.fresh().says("GET", POSITIONS, said)
        found = await made.outcome(made.gateway.positions())
        got = found[KEY].size if isinstance(found, Mapping) else found
        made.claim("I-9", got == D(size), f"{len(said)} rows, {size}: {got!r}")
    made.fresh().says("GET", POSITIONS, [position("ETHUSDT", "1"), position("ETHUSDT", "1")])
    found = await made.outcome(made.gateway.positions())
    made.claim("I-9", failed(found), f"one position twice: {found!r}")


SCRIPTS = {trap.__name__: sprung(trap) for trap in (fields, failures, figures)}
