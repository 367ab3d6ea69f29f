"""Answers of Hyperliquid as ccxt's comments show them, and a listing they are of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Kind, Symbol, VenueName
from counterpoise.core.orders import ClientOrderId, Intent, IntentState, Order, Rule
from counterpoise.venues.dialect import Listed
from counterpoise.venues.hyperliquid_ids import cloid_of

D = Decimal
Row = dict[str, object]
NOW_MS = 1_704_346_468_838
NAME = ClientOrderId("cpmain000412x7k2q9")
KEY = InstrumentKey("main:ETH/USDC:USDC")


def listed(**facts: object) -> Listed:
    instrument = Instrument(
        venue=VenueName("main"),
        symbol=Symbol("ETH/USDC:USDC"),
        base=Asset("ETH"),
        quote=Asset("USDC"),
        settle=Asset("USDC"),
        kind=Kind.LINEAR,
        size_step=D("0.0001"),
        size_min=D(0),
        size_max=None,
        notional_min=D(10),
        price_step=D("0.01"),
        taker_fee=D("0.00045"),
    )
    known: Row = {"name": "ETH", "szDecimals": 4, "maxLeverage": 50, "onlyIsolated": False}
    return Listed(
        instrument=instrument, market_id="1", size_per_amount=D(1), facts={**known, **facts}
    )


ETH = listed()
LISTING = {"1": ETH}


def intent(size: str = "0.1", price: str = "2000", **changed: object) -> Intent:
    facts: Row = {
        "asset": Asset("ETH"),
        "instrument": KEY,
        "symbol": Symbol("ETH/USDC:USDC"),
        "size": D(size),
        "limit_price": D(price),
        "mark_price": D(2000),
        "notional": abs(D(size)) * 2000,
        "reduce_only": False,
        "rule": Rule.DRIFT,
        "position_before": D(0),
        "completes": True,
    }
    return Intent(
        client_order_id=NAME,
        sequence=1,
        cycle=1,
        order=Order(**{**facts, **changed}),  # type: ignore[arg-type]
        state=IntentState.SENT,
        sent_at_ms=NOW_MS,
        expires_at_ms=NOW_MS + 5_000,
    )


def order(**changed: object) -> Row:
    facts: Row = {
        "children": [],
        "cloid": cloid_of(NAME),
        "coin": "ETH",
        "isPositionTpsl": False,
        "isTrigger": False,
        "limitPx": "2000.0",
        "oid": 3991946565,
        "orderType": "Limit",
        "origSz": "0.1",
        "reduceOnly": False,
        "side": "B",
        "sz": "0.0",
        "tif": "Ioc",
        "timestamp": NOW_MS,
        "triggerCondition": "N/A",
        "triggerPx": "0.0",
    }
    return {**facts, **changed}


def state(row: Row | None = None, status: str = "filled") -> Row:
    """Return an order with what became of it, as look-ups and the history have it."""
    return {"order": row or order(), "status": status, "statusTimestamp": NOW_MS + 40}


def looked_up(row: Row | None = None, status: str = "filled") -> Row:
    return {"order": state(row, status), "status": "order"}


def fill(number: int = 1, /, **changed: object) -> Row:
    facts: Row = {
        "closedPnl": "0.0",
        "coin": "ETH",
        "cloid": cloid_of(NAME),
        "crossed": True,
        "dir": "Open Long",
        "fee": "0.09",
        "feeToken": "USDC",
        "hash": "0x09d77c96791e98b5775a04092584ab010d009445119c71e4005c0d634ea322bc",
        "oid": 3991946565,
        "px": "2000.5",
        "side": "B",
        "startPosition": "0.0",
        "sz": "0.1",
        "tid": number,
        "time": NOW_MS + number,
    }
    return {**facts, **changed}


def position(szi: str = "0.2259", **changed: object) -> Row:
    facts: Row = {
        "coin": "ETH",
        "cumFunding": {"allTime": "0.0", "sinceChange": "0.0", "sinceOpen": "0.0"},
        "entryPx": "2213.9",
        "leverage": {"type": "cross", "value": 20},
        "liquidationPx": "2125.00856238",
        "marginUsed": "24.88097",
        "maxLeverage": 50,
        "positionValue": "500.12001",
        "returnOnEquity": "0.0",
        "szi": szi,
        "unrealizedPnl": "12.5",
    }
    return {"position": {**facts, **changed}, "type": "oneWay"}


def margin(*positions: Mapping[str, object], **changed: object) -> Row:
    summary = {
        "accountValue": "1000.5",
        "totalMarginUsed": "24.88097",
        "totalNtlPos": "500.12001",
        "totalRawUsd": "500.37999",
    }
    facts: Row = {
        "assetPositions": list(positions),
        "crossMaintenanceMarginUsed": "5.0",
        "crossMarginSummary": summary,
        "marginSummary": summary,
        "time": NOW_MS,
        "withdrawable": "975.0",
    }
    return {**facts, **changed}


def perpetuals(*names: str) -> list[object]:
    context = {
        "dayNtlVlm": "9450588.2273",
        "funding": "0.0000198",
        "impactPxs": ["2000.0", "2000.2"],
        "markPx": "2000.1",
        "midPx": "2000.05",
        "openInterest": "10764.48",
        "oraclePx": "1999.9",
        "premium": "0.00055561",
        "prevDayPx": "1990.0",
    }
    universe = [
        {"maxLeverage": 50, "name": name, "onlyIsolated": False, "szDecimals": 4} for name in names
    ]
    return [{"universe": universe}, [dict(context) for _ in names]]


def book(coin: str = "ETH", **changed: object) -> Row:
    bids = [{"n": 2, "px": "2216.2", "sz": "74.0637"}, {"n": 1, "px": "2216.1", "sz": "1.0"}]
    asks = [{"n": 2, "px": "2216.5", "sz": "70.5893"}]
    facts: Row = {"coin": coin, "levels": [bids, asks], "time": NOW_MS}
    return {**facts, **changed}
