"""Rows of COIN-M as Binance's own documents and ccxt's samples have them, and what they are of."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, Kind, Symbol, VenueName
from counterpoise.venues.dialect import Listed

D = Decimal
COIN = Symbol("BTC/USD:BTC")
KEY = InstrumentKey(f"main:{COIN}")


def coin_listed(market_id: str = "BTCUSD_PERP", contract: str = "100") -> Listed:
    """Return a coin-margined perpetual."""
    base = market_id.removesuffix("USD_PERP")
    return Listed(
        instrument=Instrument(
            venue=VenueName("main"),
            symbol=Symbol(f"{base}/USD:{base}"),
            base=Asset(base),
            quote=Asset("USD"),
            settle=Asset(base),
            kind=Kind.INVERSE,
            size_step=D(contract),
            size_min=D(contract),
            size_max=None,
            notional_min=D(0),
            price_step=D("0.1"),
            taker_fee=D("0.0005"),
        ),
        market_id=market_id,
        size_per_amount=D(contract),
    )


def coin_position(amount: str = "2", **changed: object) -> dict[str, object]:
    """Return the sample in ccxt's parse_position_risk, whole or changed."""
    facts: dict[str, object] = {
        "symbol": "BTCUSD_PERP",
        "positionAmt": amount,
        "entryPrice": "37643.10000021",
        "markPrice": "38103.05510455",
        "unRealizedProfit": "0.00006413",
        "liquidationPrice": "25119.97445760",
        "leverage": "2",
        "maxQty": "1500",
        "marginType": "isolated",
        "isolatedMargin": "0.00274471",
        "isAutoAddMargin": "false",
        "positionSide": "BOTH",
        "notionalValue": str(D(amount) * 100 / D("38103.05510455"))[:11],
        "isolatedWallet": "0.00268058",
    }
    return facts | changed


def coin_asset(asset: str = "BTC", **changed: object) -> dict[str, object]:
    """Return a coin's row of the account."""
    facts: dict[str, object] = {
        "asset": asset,
        "walletBalance": "0.00241969",
        "unrealizedProfit": "0.00010000",
        "marginBalance": "0.00251969",
        "maintMargin": "0.00001000",
        "initialMargin": "0.00000000",
        "availableBalance": "0.00241969",
        "updateTime": 1625474304765,
    }
    return facts | changed
