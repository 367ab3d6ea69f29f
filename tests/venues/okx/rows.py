"""Answers of OKX as its documents and ccxt's comments show them, and a listing they are of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Asset, Instrument, Kind, Symbol, VenueName
from counterpoise.venues.dialect import Listed

D = Decimal
Row = dict[str, object]
NOW_MS = 1_900_000_000_000


def listed(facts: Mapping[str, object] | None = None, *, inverse: bool = False) -> Listed:
    quote = Asset("USD" if inverse else "USDT")
    name = f"BTC-{quote}"
    unit = D(100) if inverse else D("0.01")
    instrument = Instrument(
        venue=VenueName("main"),
        symbol=Symbol("BTC/USD:BTC" if inverse else "BTC/USDT:USDT"),
        base=Asset("BTC"),
        quote=quote,
        settle=Asset("BTC") if inverse else quote,
        kind=Kind.INVERSE if inverse else Kind.LINEAR,
        size_step=unit if inverse else unit / 10,
        size_min=unit if inverse else unit / 10,
        size_max=None,
        notional_min=D(0),
        price_step=D("0.1"),
        taker_fee=D("0.0005"),
    )
    own: Row = {
        "instFamily": name,
        "uly": name,
        "ctVal": "100" if inverse else "0.01",
        "ctMult": "1",
        "ctValCcy": "USD" if inverse else "BTC",
    }
    return Listed(
        instrument=instrument,
        market_id=f"{name}-SWAP",
        size_per_amount=unit,
        facts={**own, **(facts or {})},
    )


LINEAR, INVERSE = listed(), listed(inverse=True)


def answer(*found: Mapping[str, object], code: str = "0") -> Row:
    return {"code": code, "data": [dict(row) for row in found], "msg": ""}


def coin(asset: str, eq: str, worth: str, **changed: object) -> Row:
    facts: Row = {"ccy": asset, "eq": eq, "cashBal": eq, "eqUsd": worth, "mmr": ""}
    return {**facts, **changed}


def wallet(*coins: Row, **changed: object) -> Row:
    total = sum((D(str(row["eqUsd"])) for row in coins), D(0))
    facts: Row = {"adjEq": "90000", "mmr": "120.5", "totalEq": str(total), "details": list(coins)}
    return {**facts, **changed}


def position(pos: str, **changed: object) -> Row:
    """Return a row as in the net mode; its value in dollars is that of the linear contract."""
    facts: Row = {
        "instId": "BTC-USDT-SWAP",
        "posSide": "net",
        "mgnMode": "cross",
        "pos": pos,
        "avgPx": "88000",
        "liqPx": "120000.5",
        "markPx": "90000",
        "notionalUsd": str(abs(D(pos)) * 900),
        "upl": "-12.5",
    }
    return {**facts, **changed}


def order(**changed: object) -> Row:
    facts: Row = {
        "instId": "BTC-USDT-SWAP",
        "ordId": "312269865356374016",
        "clOrdId": "cp0000000000000000000000001a",
        "side": "buy",
        "sz": "150",
        "accFillSz": "150",
        "avgPx": "90010.5",
        "px": "90100",
        "state": "filled",
        "category": "normal",
        "cTime": str(NOW_MS),
        "uTime": str(NOW_MS + 40),
    }
    return {**facts, **changed}


def fill(number: int, **changed: object) -> Row:
    facts: Row = {
        "instId": "BTC-USDT-SWAP",
        "tradeId": "77",
        "billId": str(number),
        "ordId": "312269865356374016",
        "side": "buy",
        "fillSz": "10",
        "fillPx": "90000",
        "fee": "-4.5",
        "feeCcy": "USDT",
        "ts": str(NOW_MS + number),
    }
    return {**facts, **changed}
