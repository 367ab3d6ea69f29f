"""The fine print of what Binance is asked and says: each field that decides a figure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import OrderReport, VenueStatus
from counterpoise.core.snapshot import Margin
from counterpoise.errors import SnapshotError
from counterpoise.venues import shapes
from counterpoise.venues.binance_answers import balances, margins, pooled
from counterpoise.venues.dialect import FillsWindow
from counterpoise.venues.fills import fills_since
from simulation.scripts.answers import BOOKS, MARKS, TRADE, TRADES, failed
from simulation.scripts.bench import Bench, sprung
from simulation.scripts.claims import Claims, outcome, refusal, told, waited
from simulation.scripts.explaining import sold
from tests.venues.fake import (
    ETH,
    NOW_MS,
    ORDER,
    POSITIONS,
    answer,
    book,
    filled,
    mark,
    position,
)
from tests.venues.fake import (
    refusal as refused,
)
from tests.venues.orders import intent_of

D = Decimal
USDT, USDC = Asset("USDT"), Asset("USDC")
EMPTY = "0.00000000"
OPEN, ALL = "/fapi/v1/openOrders", "/fapi/v1/allOrders"
SETTINGS, OLDER = "/fapi/v1/symbolConfig", "/fapi/v2/positionRisk"


def wallets(made: Claims) -> None:
    """See that nothing free is not nothing held, and each currency has its own margin."""
    for free, locked, held in ((EMPTY, "5", "5"), ("5", EMPTY, "5"), (EMPTY, EMPTY, "0")):
        said = {"balances": [{"asset": "ETH", "free": free, "locked": locked}]}
        found = [one.quantity for one in balances(said, "main:spot")]
        made.claim("I-10", found == [D(held)], f"free {free}, locked {locked}: {found}")
    dated = balances({"balances": [{"asset": "X", "free": "1", "locked": "0"}]}, "main:spot")
    made.claim("I-10", dated[0].changed_at_ms is None, "a date that nobody gave")
    totals = {"totalMarginBalance": "9", "totalWalletBalance": "8", "totalMaintMargin": "1"}
    own = {"asset": "USDC", "marginBalance": "5", "walletBalance": "4", "maintMargin": "2"}
    account = {**totals, "assets": [{**own, "asset": "BNB", "marginBalance": "70"}, own]}
    shown = {m.asset: (m.equity, m.wallet, m.maintenance) for m in _margins(account)}
    wanted = {USDT: (D(9), D(8), D(1)), USDC: (D(5), D(4), D(2))}
    made.claim("I-11", shown == wanted, f"margins {shown}")
    lacking: tuple[list[object], ...] = (
        [],
        [{**own, "asset": "BNB"}],
        [{**own, "maintMargin": "-1"}],
        [{**own, "marginBalance": None}],
    )
    for rows in lacking:
        error = refusal(lambda rows=rows: _margins({**totals, "assets": rows}))  # type: ignore[misc]
        made.claim("I-9", isinstance(error, SnapshotError), f"{rows}: {error!r}")


def pools(made: Claims) -> None:
    """See that a wallet that is margin as a whole is read as a whole, each asset once."""
    totals = {"totalMarginBalance": "9", "totalWalletBalance": "8", "totalMaintMargin": "1"}
    own = {"asset": "USDT", "marginBalance": "5", "walletBalance": "4", "maintMargin": "2"}
    fine = {**totals, "assets": [own, {**own, "asset": "BTC"}]}
    found = pooled(fine, "main:unified", frozenset({USDT}))
    backed = [(one.asset, one.equity, one.backing and one.backing.equity) for one in found]
    made.claim("I-11", backed == [("USDT", D(5), D(9)), ("BTC", D(5), D(9))], f"backed {backed}")
    wrong: tuple[dict[str, object], ...] = (
        {"totalMaintMargin": "-1"},
        {"totalMarginBalance": None},
        {"assets": [own, own]},
        {"assets": [{**own, "asset": "BTC"}]},
        {"assets": []},
    )
    for changed in wrong:
        error = refusal(
            lambda c=changed: pooled({**fine, **c}, "main:unified", frozenset({USDT}))  # type: ignore[misc]
        )
        made.claim("I-9", isinstance(error, SnapshotError), f"{changed}: {error!r}")


def _margins(account: object) -> tuple[Margin, ...]:
    return margins(account, "main:linear", frozenset({USDT, USDC}))


async def rows(made: Bench) -> None:
    """See that a market comes once, and that what is left out of a position is only left out."""
    for path, row in ((MARKS, mark("ETHUSDT", "3400")), (BOOKS, book("ETHUSDT", "1", "2"))):
        both = [row, mark("BTCUSDT", "1") if path == MARKS else book("BTCUSDT", "1", "2")]
        for said, may in ((both, True), ([*both, row], False)):
            made.fresh().says("GET", path, said)
            ask = made.gateway.marks if path == MARKS else made.gateway.books
            found = await made.outcome(ask())
            fits = not failed(found) if may else failed(found)
            made.claim("I-9", fits, f"{path}, {len(said)} rows: {found!r:.200}")
    plain: tuple[tuple[dict[str, object], str], ...] = (
        ({"notional": None}, "1.5"),
        ({"markPrice": None}, "1.5"),
        ({"unRealizedProfit": "0"}, "1.5"),
        ({"unRealizedProfit": None}, "1.5"),
        ({"positionAmt": "0", "notional": "0"}, "0"),
    )
    for changed, size in plain:
        made.fresh().says("GET", POSITIONS, [position("ETHUSDT", "1.5", **changed)])
        shown = await outcome(made.gateway.positions())
        sizes = [one.size for one in shown.values()] if isinstance(shown, dict) else shown
        made.claim("I-17", sizes == [D(size), D(0)], f"{changed}: {sizes!r:.200}")


async def two_sides(made: Bench) -> None:
    """See that no position is read from sides that cannot be."""
    for shown in (
        (("LONG", "-1.5"),),
        (("SHORT", "1.5"),),
        (("BOTH", "1.5"), ("LONG", "1.5")),
        (("LONG", "1.5"), ("LONG", "1.5")),
    ):
        rows = [position("ETHUSDT", size, positionSide=side) for side, size in shown]
        made.fresh().says("GET", POSITIONS, rows)
        found = await made.outcome(made.gateway.positions())
        made.claim("I-9", failed(found), f"{shown}: {found!r:.200}")


async def prices(made: Bench) -> None:
    """See that an order that filled nothing has no price, and one that did has the mean."""
    for changed, status, price in (
        ({"status": "EXPIRED", "executedQty": "0", "avgPrice": "0.00"}, VenueStatus.ENDED, None),
        ({"avgPrice": "3400", "cumQuote": "1"}, VenueStatus.FILLED, D(3_400)),
        ({"avgPrice": None, "cumQuote": "5100"}, VenueStatus.FILLED, D(3_400)),
    ):
        made.fresh().handlers["POST", ORDER] = lambda p, c=changed: filled(p, **c)  # type: ignore[misc]
        found = await made.outcome(made.gateway.place(intent_of()))
        got = isinstance(found, OrderReport) and (found.status, found.price_average)
        made.claim("I-30", got == (status, price), f"{changed}: {found!r:.200}")


ROW = {
    "clientOrderId": "a",
    "orderId": 1,
    "symbol": "ETHUSDT",
    "side": "SELL",
    "status": "NEW",
    "origQty": "3",
    "executedQty": "1",
    "price": "3400",
    "time": NOW_MS,
}


async def orders(made: Bench) -> None:
    """See whose orders rest, which way, how much of them, and none of another market."""
    other = {**ROW, "symbol": "BTCUSDT", "clientOrderId": "b"}
    made.fresh().says("GET", OPEN, [ROW, other])
    ids = await made.gateway.open_order_ids(ETH)
    made.claim("A2", ids == {"a"}, f"rest {sorted(ids)}")
    bought = {**ROW, "side": "BUY", "clientOrderId": "c", "orderId": 2, "price": "0"}
    bought["status"] = "CANCELED"
    made.fresh().says("GET", ALL, [ROW, other, bought])
    found = {
        one.client_order_id: (one.size, one.price, one.resting)
        for one in await made.gateway.orders(ETH, 0)
    }
    wanted = {"a": (D(-2), D(3_400), True), "c": (D(2), None, False)}
    made.claim("A2", found == wanted, f"orders {found}")
    later = {**TRADE, "id": 10, "time": NOW_MS - 5}
    made.fresh().says("GET", TRADES, [later, {**TRADE, "id": 9, "time": NOW_MS - 5}, dict(TRADE)])
    trades = [one.trade_id for one in await made.gateway.fills(ETH, NOW_MS - 1_000)]
    made.claim("S11", trades == ["5", "9", "10"], f"trades in the order {trades}")
    made.fresh().says("GET", TRADES, [{**TRADE, "id": 4, "time": NOW_MS - 9_000}, dict(TRADE)])
    trades = [one.trade_id for one in await made.gateway.fills(ETH, NOW_MS - 1_000)]
    made.claim("S11", trades == ["5"], f"trades since a time: {trades}")


async def questions(made: Bench) -> None:
    """See that each question names its market, and how much of it is wanted."""
    venue = made.fresh()
    venue.says("GET", ALL, [])
    await made.outcome(made.gateway.find(intent_of()))
    await made.gateway.open_order_ids(ETH)
    await made.gateway.orders(ETH, 0)
    await made.gateway.fills(ETH, NOW_MS - 1_000)
    await made.outcome(made.gateway.place(intent_of()))
    facts: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("GET", ORDER, {"symbol": "ETHUSDT"}),
        ("GET", OPEN, {"symbol": "ETHUSDT"}),
        ("GET", ALL, {"symbol": "ETHUSDT", "limit": "50"}),
        ("GET", TRADES, {"symbol": "ETHUSDT", "limit": "1000"}),
        ("POST", ORDER, {"symbol": "ETHUSDT", "newOrderRespType": "RESULT"}),
    )
    for method, path, wanted in facts:
        sent = venue.seen(method, path)
        told_ = {key: sent[0].get(key) for key in wanted} if sent else {}
        made.claim("I-28", told_ == wanted, f"{method} {path} asked {told_}")


async def modes(made: Bench) -> None:
    """See that leverage and margin mode are read from whichever answer has them."""
    row = {"symbol": "ETHUSDT", "marginType": "ISOLATED", "leverage": 7}
    other = {"symbol": "XRPUSDT", "marginType": "CROSS", "leverage": 9}
    for word, mode in (("ISOLATED", "isolated"), ("CROSSED", "cross"), ("cross", "cross")):
        made.fresh().says("GET", SETTINGS, [other, {**row, "marginType": word}])
        facts = await made.gateway.account()
        got = dict(facts.margin_mode), dict(facts.leverage)
        made.claim("E6", got == ({ETH: mode}, {ETH: D(7)}), f"{word}: {got}")
    for said in (answer({}, 404), refused(-9999), answer("<html>", 200), answer("[]", 200)):
        made.fresh().says("GET", SETTINGS, said)
        made.venue.says("GET", OLDER, [row])
        found = await made.outcome(made.gateway.account())
        mode_ = getattr(found, "margin_mode", {}).get(ETH)
        made.claim("E6", mode_ == "isolated", f"{said.status} {said.body!r:.20}: {found!r:.200}")


async def pages(made: Claims) -> None:
    """See that trades of before are none of since, whatever a venue answers."""

    async def page(_: int) -> tuple[object, ...]:
        return (sold("1", 1, 5), sold("1", 2, 15))

    window = FillsWindow(rows_max=9, span_ms=100)
    found = await fills_since(page, window, since_ms=10, now_ms=20)  # type: ignore[arg-type]
    numbers = [one.trade_id for one in found]
    made.claim("S11", numbers == ["2"], f"trades since a time: {numbers}")


Shape = tuple[Callable[[object], object], tuple[object, ...], tuple[object, ...]]
SHAPES: tuple[Shape, ...] = (
    (lambda v: shapes.record(v, "x"), (None, [], "x", {}, 1), ({"a": 1},)),
    (lambda v: shapes.rows(v, "x", empty_allowed=True), (None, {}, "x", [1]), ([], [{}])),
    (lambda v: shapes.rows(v, "x", empty_allowed=False), ([], [None]), ([{}],)),
    (lambda v: shapes.text({"a": v}, "a", "x"), (None, "", True, 1.5, []), ("b", 7)),
    (lambda v: shapes.number({"a": v}, "a", "x"), (None, "", True, [], "NaN", "x"), ("1", -2)),
    (lambda v: shapes.not_negative({"a": v}, "a", "x"), ("-1", -1, None), ("0", 1)),
    (lambda v: shapes.positive({"a": v}, "a", "x"), ("0", -1, None), ("0.1", 1)),
    (lambda v: shapes.optional({"a": v}, "a", "x"), ("x", True, "inf"), (None, "", "0", "1")),
    (lambda v: shapes.whole({"a": v}, "a", "x"), ("1.5", -1, None, "x"), (0, "7")),
    (lambda v: shapes.flag({"a": v}, "a", "x"), (None, 1, "yes", ""), (True, False, "true")),
)


def shape(made: Claims) -> None:
    """See that what is missing or of another kind is an error, and never a zero."""
    for number, (read, wrong, right) in enumerate(SHAPES):
        for value in wrong:
            error = refusal(lambda read=read, value=value: read(value))  # type: ignore[misc]
            made.claim("I-9", isinstance(error, SnapshotError), f"{number} {value!r}: {error!r}")
        for value in right:
            error = refusal(lambda read=read, value=value: read(value))  # type: ignore[misc]
            made.claim("I-17", error is None, f"{number} {value!r}: {error!r}")
    flags = [shapes.flag({"a": value}, "a", "x") for value in (True, "true", False, "false")]
    made.claim("I-24", flags == [True, True, False, False], f"read as {flags}")


SCRIPTS = {
    "wallets": told(wallets, "I-10"),
    "pools": told(pools, "I-11"),
    **{trap.__name__: sprung(trap) for trap in (rows, two_sides, prices, orders, questions, modes)},
    "pages": waited(pages, "S11"),
    "shape": told(shape, "I-9"),
}
