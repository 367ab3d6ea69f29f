"""What the venue of the benchmark answers: a whole market, made of the recorded symbols."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

DATA = Path(__file__).parents[1] / "src" / "counterpoise" / "exchange" / "data"
PRICES = {"BTC": "60000.0", "ETH": "3000.00", "XRP": "0.5000"}
SPOT = {"BTC": "1", "ETH": "12", "XRP": "48000", "USDT": "10000"}  # 50, 30 and 20 % of 120,000
ASSETS_LISTED = 600  # Binance names every asset that it knows in a spot account, held or not
MARGIN_BALANCE = "100000"
NEXT_FUNDING_MS = 4_102_444_800_000
ORDER_PATH = "/fapi/v1/order"

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many markets are listed."""

    spot: int
    linear: int


def exchange_info(recorded: str, listed: int) -> Record:
    """Return a recorded list of symbols, cloned under made-up names until it is `listed` long."""
    info: Record = json.loads((DATA / recorded).read_text())
    symbols = [s for s in info["symbols"] if s["symbol"] in {f"{b}USDT" for b in PRICES}]
    clones = (_clone(one, number) for one, number in zip(cycle(symbols), count(), strict=False))
    info["symbols"] = [*symbols, *islice(clones, listed - len(symbols))]
    return info


def _clone(symbol: Record, number: int) -> Record:
    base = f"{symbol['baseAsset']}{number}"
    name = f"{base}{symbol['quoteAsset']}"
    named = {"symbol": name, "baseAsset": base} | ({"pair": name} if "pair" in symbol else {})
    return symbol | named


def bodies(size: Size) -> dict[str, bytes]:
    """Return the answer to every read, by path; those about all markets name all of them."""
    linear = exchange_info("binance_usdm.json", size.linear)
    names = [str(symbol["symbol"]) for symbol in linear["symbols"]]
    answers: dict[str, object] = {
        "/fapi/v1/exchangeInfo": linear,
        "/api/v3/exchangeInfo": exchange_info("binance_spot.json", size.spot),
        "/api/v3/account": _spot_account(),
        "/fapi/v3/account": _margin_account(),
        "/fapi/v3/positionRisk": [],
        "/fapi/v2/positionRisk": [],
        "/fapi/v1/premiumIndex": [_mark(name) for name in names],
        "/fapi/v1/ticker/bookTicker": [_book(name) for name in names],
        "/fapi/v1/positionSide/dual": {"dualSidePosition": False},
        "/fapi/v1/multiAssetsMargin": {"multiAssetsMargin": False},
        "/fapi/v1/accountConfig": {"canTrade": True},
        "/fapi/v1/symbolConfig": [_settings(name) for name in names[: len(PRICES)]],
        "/sapi/v1/account/apiRestrictions": {"enableFutures": True, "enableWithdrawals": False},
        "/fapi/v1/userTrades": [],
        "/fapi/v1/openOrders": [],
    }
    return {
        path: json.dumps(answer, separators=(",", ":")).encode() for path, answer in answers.items()
    }


def _spot_account() -> Record:
    held = SPOT | {f"COIN{n}": "0.00000000" for n in range(ASSETS_LISTED - len(SPOT))}
    rows = [{"asset": a, "free": q, "locked": "0.00000000"} for a, q in held.items()]
    return {"uid": 1, "canTrade": True, "balances": rows}


def _margin_account() -> Record:
    totals = ("totalMarginBalance", "totalWalletBalance")
    return dict.fromkeys(totals, MARGIN_BALANCE) | {"totalMaintMargin": "0", "assets": []}


def _price(name: str) -> str:
    return next((p for base, p in PRICES.items() if name.startswith(base)), "1.0")


def _mark(name: str) -> Record:
    price = _price(name)
    return {
        "symbol": name,
        "markPrice": price,
        "indexPrice": price,
        "estimatedSettlePrice": price,
        "lastFundingRate": "0.00010000",
        "interestRate": "0.00010000",
        "nextFundingTime": NEXT_FUNDING_MS,
    }


def _book(name: str) -> Record:
    price = _price(name)
    sizes = {"bidQty": "1000000", "askQty": "1000000"}
    return {
        "symbol": name,
        "bidPrice": price,
        "askPrice": price,
        "time": 1,
        "lastUpdateId": 1,
    } | sizes


def _settings(name: str) -> Record:
    return {"symbol": name, "marginType": "CROSSED", "leverage": 5}


def filled(body: bytes) -> tuple[str, bytes]:
    """Return the client order id of an order, and the answer that it filled whole."""
    order = dict(parse_qsl(body.decode()))
    answer = {
        "orderId": 1,
        "symbol": order["symbol"],
        "status": "FILLED",
        "clientOrderId": order["newClientOrderId"],
        "price": order["price"],
        "avgPrice": order["price"],
        "origQty": order["quantity"],
        "executedQty": order["quantity"],
        "side": order["side"],
        "type": "LIMIT",
        "timeInForce": "IOC",
        "reduceOnly": False,
        "positionSide": "BOTH",
    }
    return order["newClientOrderId"], json.dumps(answer).encode()
