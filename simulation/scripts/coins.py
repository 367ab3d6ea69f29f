"""Binance's coin-margined side: what a coin backs, which side is held, and whose the account is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import OrderReport
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Backing, Margin, Position
from counterpoise.errors import SettingsError, SnapshotError
from counterpoise.ports import AccountFacts
from counterpoise.venues import binance_answers, binance_coinm, binance_reports
from counterpoise.venues.binance_account import account
from counterpoise.venues.binance_requests import order_params
from counterpoise.venues.dialect import Call, Params, Terms
from counterpoise.venues.outcomes import NotServed
from simulation.scripts.claims import Claims, outcome, refusal, told, waited
from tests.venues.binance.rows import COIN, KEY, coin_asset, coin_listed, coin_position
from tests.venues.orders import LISTED, intent_of

D = Decimal
BTC, USDT = Asset("BTC"), Asset("USDT")
ONE = coin_listed()
LISTING = {ONE.market_id: ONE}


def _position(*rows: Mapping[str, object]) -> Position:
    return binance_coinm.positions([dict(row) for row in rows], LISTING)[KEY]


def _sides(long: str, short: str, both: str = "0") -> tuple[Mapping[str, object], ...]:
    shown = {"BOTH": both, "LONG": long, "SHORT": short}
    return tuple(coin_position(size, positionSide=side) for side, size in shown.items())


def positions(made: Claims) -> None:
    """See that contracts are dollars, a missing row is no flat one, and sides cannot lie."""
    made.claim("I-34", _position(coin_position("2")).size == D(200), "two contracts of 100")
    hedged = _position(*_sides("5", "-3"))
    made.claim("I-3", hedged.size == D(200), f"five long and three short are {hedged.size}")
    made.claim("I-3", hedged.sides == Sides(long=D(500), short=D(300)), f"sides {hedged.sides}")
    alone = _position(coin_position("-2"))
    made.claim("I-3", alone.sides is None, f"one-way mode has sides {alone.sides}")
    wrong: Mapping[str, tuple[Mapping[str, object], ...]] = {
        "a missing symbol": (coin_position(symbol="ETHUSD_PERP"),),
        "a negative long side": _sides("-5", "0"),
        "a positive short side": _sides("0", "3"),
        "one-way mode beside sides": _sides("5", "0", both="1"),
        "a row twice": (coin_position(), coin_position()),
        "another side": (coin_position(positionSide="UP"),),
        "a contract worth another amount": (coin_position("2", notionalValue="0.05"),),
    }
    for what, rows in wrong.items():
        error = refusal(lambda rows=rows: _position(*rows))  # type: ignore[misc]
        made.claim("I-9", isinstance(error, SnapshotError), f"{what}: {error!r}")


def margins(made: Claims) -> None:
    """See that each coin is held at its margin balance, once, and a pool backs as a whole."""
    rows = [coin_asset(), coin_asset("ETH", marginBalance="3", walletBalance="2.5")]
    found = binance_coinm.margins({"assets": rows}, "main:inverse", frozenset({BTC}))
    held = {one.asset: (one.equity, one.wallet, one.backing) for one in found}
    wanted = {BTC: (D("0.00251969"), D("0.00241969"), None), "ETH": (D(3), D("2.5"), None)}
    made.claim("I-11", held == wanted, f"coins {held}")
    for spoilt in ([], [rows[1]], [rows[0], rows[0]], [coin_asset(maintMargin="-1")]):
        error = refusal(
            lambda spoilt=spoilt: binance_coinm.margins(  # type: ignore[misc]
                {"assets": spoilt}, "main:inverse", frozenset({BTC})
            )
        )
        made.claim("I-9", isinstance(error, SnapshotError), f"{spoilt}: {error!r}")
    totals = {"totalMarginBalance": "126", "totalWalletBalance": "120", "totalMaintMargin": "1"}
    for maintenance, cash in (("-1", "USDT"), ("1", "USDC")):
        whole = {**totals, "totalMaintMargin": maintenance, "assets": [coin_asset(cash)]}
        error = refusal(lambda whole=whole: _pooled(whole))  # type: ignore[misc]
        made.claim("I-9", isinstance(error, SnapshotError), f"{maintenance} {cash}: {error!r}")
    shown = _pooled({**totals, "assets": [coin_asset("USDT"), coin_asset()]})
    backing = Backing(equity=D(126), maintenance=D(1))
    pool = {one.asset: (one.equity, one.backing) for one in shown}
    each = (D("0.00251969"), backing)
    made.claim("I-11", pool == {USDT: each, BTC: each}, f"a pool of {pool}")


def _pooled(body: object) -> tuple[Margin, ...]:
    return binance_answers.pooled(body, "main:unified", frozenset({USDT, BTC}))


def reports(made: Claims) -> None:
    """See that what was filled counts dollars, at dollars a coin."""
    report = _report(avgPrice="38000.0")
    found = (report.filled_size, report.price_average)
    made.claim("I-30", found == (D(-300), D(38_000)), f"filled {found}")
    for said in ({"avgPrice": "0"}, {"avgPrice": "", "cumQuote": "7.7"}):
        price = _report(**said).price_average
        near = price is not None and abs(price - 38_000) < 1
        made.claim("I-30", near, f"{said}: a price of {price}")


def _report(**said: object) -> OrderReport:
    intent = intent_of(size="-300", price="38000", symbol=COIN)
    row = {
        "orderId": 1,
        "symbol": ONE.market_id,
        "clientOrderId": str(intent.client_order_id),
        "side": "SELL",
        "status": "FILLED",
        "origQty": "3",
        "executedQty": "3",
        "cumQuote": "0",
        "cumBase": "0.00789474",
        "updateTime": 1,
    }
    return binance_reports.report(row | said, intent, ONE)


SIDES = {(1, False): "LONG", (-1, False): "SHORT", (-1, True): "LONG", (1, True): "SHORT"}


def sides(made: Claims) -> None:
    """See that in hedge mode an order names its side and no flag, else the flag and no side."""
    for (sign, reduces), side in SIDES.items():
        for one, size, symbol in ((ONE, 300, COIN), (LISTED, 2, LISTED.instrument.symbol)):
            intent = intent_of(
                size=str(sign * size), price="3410.2", symbol=symbol, reduce_only=reduces
            )
            hedged = order_params(intent, one, Terms(receive_window_ms=5_000, hedged=True))
            plain = order_params(intent, one, Terms(receive_window_ms=5_000, hedged=False))
            named = hedged.get("positionSide") == side and "reduceOnly" not in hedged
            made.claim("I-14", named, f"{sign * size} {reduces}: {hedged}")
            flagged = (plain.get("reduceOnly") == "true") is reduces and "positionSide" not in plain
            made.claim("I-14", flagged, f"{sign * size} {reduces}: {plain}")


USUAL: Mapping[str, object] = {
    "/api/v3/account": {"uid": 7},
    "/fapi/v1/accountConfig": {"canTrade": True},
    "/dapi/v1/account": {"canTrade": True, "assets": []},
    "/fapi/v1/positionSide/dual": {"dualSidePosition": False},
    "/dapi/v1/positionSide/dual": {"dualSidePosition": False},
    "/fapi/v1/multiAssetsMargin": {"multiAssetsMargin": False},
    "/fapi/v1/symbolConfig": [{"symbol": "ETHUSDT", "leverage": 5, "marginType": "CROSSED"}],
    "/dapi/v1/positionRisk": [coin_position()],
    "/sapi/v1/account/apiRestrictions": {"enableFutures": True, "enableWithdrawals": False},
    "/sapi/v1/account/info": {"isPortfolioMarginRetailEnabled": False},
}


class Answering:
    """Answers by path; what it was not told is not served."""

    def __init__(self, **changed: object) -> None:
        """Change some of the usual answers; None takes one away."""
        self.said = {**USUAL, **changed}

    async def read(self, call: Call, _params: Params) -> object:
        """Answer."""
        body = self.said.get(call.path)
        if body is None:
            raise NotServed(call.path)
        return body

    async def read_or_none(self, call: Call, params: Params) -> object | None:
        """Answer; nothing is looked up."""
        return await self.read(call, params)


async def accounts(made: Claims) -> None:
    """See that both kinds must agree on a mode, and portfolio margin is no account of ours."""
    facts = await _facts({})
    made.claim("I-24", facts.hedge_mode is False, f"position mode {facts.hedge_mode}")
    made.claim("I-11", facts.leverage.get(COIN) == D(2), f"leverage {dict(facts.leverage)}")
    made.claim("I-24", facts.margin_mode.get(COIN) == "isolated", f"{dict(facts.margin_mode)}")
    hedged = {
        f"/{api}/v1/positionSide/dual": {"dualSidePosition": True} for api in ("fapi", "dapi")
    }
    made.claim("I-24", (await _facts(hedged)).hedge_mode is True, "both kinds are in hedge mode")
    silent = await _facts({"/dapi/v1/positionSide/dual": None})
    made.claim("I-24", silent.hedge_mode is None, f"one kind is silent: {silent.hedge_mode}")
    nothing = await account(Answering(), ())
    made.claim("I-24", nothing.hedge_mode is False, "without a perpetual, USD-M's mode is told")
    closed = await _facts({"/dapi/v1/account": {"canTrade": False, "assets": []}})
    made.claim("I-24", closed.can_trade_perpetuals is False, "COIN-M may not be traded")
    refused: tuple[Mapping[str, object], ...] = (
        {"/dapi/v1/positionSide/dual": {"dualSidePosition": True}},
        {"/sapi/v1/account/info": {"isPortfolioMarginRetailEnabled": True}},
        {"/sapi/v1/account/apiRestrictions": {"enablePortfolioMarginTrading": True}},
    )
    for said in refused:
        found = await outcome(_facts(said))
        made.claim("I-24", isinstance(found, SettingsError), f"{said}: {found!r}")


async def _facts(said: Mapping[str, object]) -> AccountFacts:
    return await account(Answering(**said), (LISTED, ONE))


SCRIPTS = {
    "positions": told(positions, "I-9"),
    "margins": told(margins, "I-9"),
    "reports": told(reports, "I-30"),
    "sides": told(sides, "I-14"),
    "accounts": waited(accounts, "I-24"),
}
