"""
What Hyperliquid refuses with, and what each text proves of an order.

It has no codes. The names are those of its page of error responses; the texts are from there and
from ccxt 4.5.90's `exceptions`. A text that begins otherwise has no name, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.shapes import Record

FOUND_NOTHING = "IocCancel"

# how a text begins -> what it is called; the first that fits
NAMES: Mapping[str, str] = {
    "Price must be divisible by tick size.": "Tick",
    "Order must have minimum value of": "MinTradeNtl",
    "Insufficient margin to place order.": "PerpMargin",
    "Reduce only order would increase position.": "ReduceOnly",
    "Post only order would have immediately matched,": "BadAloPx",
    "Order could not immediately match against any resting orders.": FOUND_NOTHING,
    "Invalid TP/SL price.": "BadTriggerPx",
    "No liquidity available for market order.": "MarketOrderNoLiquidity",
    "Order would increase open interest while open interest is capped": "OpenInterestCap",
    "Order rejected due to price more aggressive than oracle": "TooAggressiveAtOpenInterestCap",
    "Order would increase open interest too quickly": "OpenInterestIncrease",
    "Insufficient spot balance asset": "InsufficientSpotBalance",
    "Order price cannot be more than 80% away from the reference price": "Oracle",
    "Order price too far from oracle": "Oracle",
    "Order would cause position to exceed margin tier limit": "PerpMaxPosition",
    "Order has invalid size": "Size",
    "Order has zero size.": "ZeroSize",
    "Order was never placed, already canceled, or filled.": "MissingOrder",
    "User or API Wallet ": "UnknownWallet",
    "Too many cumulative requests sent": "AddressLimit",
    "Insufficient balance for withdrawal": "Withdrawal",
    "Insufficient balance for token transfer": "Transfer",
    "TWAP order value too small.": "Twap",
    "TWAP was never placed, already canceled, or filled.": "Twap",
    "unknownOid": "unknownOid",
}

CODES: Mapping[str, Outcome] = {
    **dict.fromkeys(
        (
            *("Tick", "MinTradeNtl", "PerpMargin", "ReduceOnly", "BadAloPx", "BadTriggerPx"),
            *("MarketOrderNoLiquidity", "InsufficientSpotBalance", "Oracle", "PerpMaxPosition"),
            *("OpenInterestCap", "TooAggressiveAtOpenInterestCap", "OpenInterestIncrease"),
            *("Size", "ZeroSize"),
        ),
        Outcome.REFUSED,
    ),
    "UnknownWallet": Outcome.UNAUTHORIZED,
    "AddressLimit": Outcome.LIMITED,
    "unknownOid": Outcome.NOT_FOUND,
    FOUND_NOTHING: Outcome.UNKNOWN,  # is no error: the order ended, see `placed`
    # of what is never sent
    **dict.fromkeys(("MissingOrder", "Withdrawal", "Transfer", "Twap"), Outcome.UNKNOWN),
}


def error_code(body: object) -> tuple[str, str]:
    """Return the name and the text of a refusal, of a whole request or of its one order."""
    if not isinstance(body, dict):
        return "", ""
    found: Record = body
    words = _words(found)
    name = next((name for start, name in NAMES.items() if words.startswith(start)), "")
    return name, words


def _words(body: Record) -> str:
    if body.get("status") == "unknownOid":
        return "unknownOid"
    inside = body.get("response")
    if body.get("status") == "err":
        return str(inside)
    data = inside.get("data") if isinstance(inside, dict) else None
    statuses = data.get("statuses") if isinstance(data, dict) else None
    one = statuses[0] if isinstance(statuses, list) and len(statuses) == 1 else None
    return str(one["error"]) if isinstance(one, dict) and "error" in one else ""


MORE = "on app.hyperliquid.xyz: More > API"
HINTS: Mapping[str, str] = {
    "AddressLimit": "Hyperliquid allows an address 10,000 actions and one more for each USDC it "
    "traded: wider bands, a longer cycle.interval, or buy more there",
    "MinTradeNtl": "orders must be worth 10 USDC there: the next cycle sees the drift afresh",
    "PerpMargin": "transfer USDC from spot to perps there, or lower the weights",
    "PerpMaxPosition": "lower the weights, or the leverage of this perpetual on Hyperliquid",
    "ReduceOnly": "the position shrank in between; the next cycle sees it afresh",
    "Tick": "the price gained a figure since the start; counterpoise rounds for that: report it",
    "UnknownWallet": f"the API wallet is not approved, or ended: {MORE} > authorise a new one; a "
    "key of the other environment is told the same",
}
REMEDIES: Mapping[str, str] = {
    "may trade perpetuals": "More > API: generate an API wallet, authorise it, and put its private "
    "key into agent_key",
    "may withdraw": "More > API: use the private key of an API wallet, never that of the account",
    "bound to an address": "",  # keys are never
    "hedge mode": "",  # there is one mode
    "multi-asset margin": "Portfolio > Account mode > Standard: spot and perps apart",
}
