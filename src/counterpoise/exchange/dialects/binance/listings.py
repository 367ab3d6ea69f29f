"""The recorded exchangeInfo: as listings for the engine, and as bodies for clients."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from counterpoise.core.units import ONE, ZERO
from counterpoise.exchange.listing import Listing, ListingKey, Market

FILES = {Market.SPOT: "spot", Market.LINEAR: "usdm", Market.INVERSE: "coinm"}
NO_LIMIT = Decimal("1e18")
CLOSED = {  # how each market says that a listed symbol does not trade
    Market.SPOT: ("status", "BREAK"),
    Market.LINEAR: ("status", "PENDING_TRADING"),
    Market.INVERSE: ("contractStatus", "PENDING_TRADING"),
}

Symbol = Mapping[str, Any]  # one entry of exchangeInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeInfo:
    """What a market lists."""

    market: Market
    head: Mapping[str, Any]  # all but the symbols
    symbols: Mapping[str, Symbol]
    precisions: Mapping[str, tuple[int, int]]  # places of price and quantity

    def body(
        self, server_ms: int, chosen: Iterable[str], trading: Callable[[str], bool]
    ) -> dict[str, object]:
        """Return the body for `chosen` symbols; what has no price does not trade."""
        field, closed = CLOSED[self.market]
        symbols = [
            self.symbols[name] if trading(name) else {**self.symbols[name], field: closed}
            for name in chosen
        ]
        return {**self.head, "serverTime": server_ms, "symbols": symbols}


@cache
def recorded(market: Market) -> ExchangeInfo:
    """Return what was recorded of a market."""
    folder = resources.files("counterpoise.exchange") / "data"
    body = json.loads((folder / f"binance_{FILES[market]}.json").read_text(encoding="utf-8"))
    symbols = {symbol["symbol"]: symbol for symbol in body.pop("symbols")}
    return ExchangeInfo(
        market=market,
        head=body,
        symbols=symbols,
        precisions={name: _places(symbol) for name, symbol in symbols.items()},
    )


def listing_of(market: Market, symbol: Symbol) -> Listing:
    """Return an entry of exchangeInfo as a listing."""
    filters = {entry["filterType"]: entry for entry in symbol["filters"]}
    price, lot = filters["PRICE_FILTER"], filters["LOT_SIZE"]
    market_lot = Decimal(filters.get("MARKET_LOT_SIZE", lot)["maxQty"])
    highest, lowest = _price_shares(filters)
    return Listing(
        key=ListingKey(market, symbol["symbol"]),
        base=symbol["baseAsset"],
        quote=symbol["quoteAsset"],
        settle=symbol.get("marginAsset", symbol["quoteAsset"]),
        contract_size=Decimal(symbol["contractSize"]) if "contractSize" in symbol else ONE,
        price_step=Decimal(price["tickSize"]),
        price_min=Decimal(price["minPrice"]),
        price_max=Decimal(price["maxPrice"]) or NO_LIMIT,
        quantity_step=Decimal(lot["stepSize"]),
        quantity_min=Decimal(lot["minQty"]),
        quantity_max=Decimal(lot["maxQty"]),
        market_quantity_max=market_lot or Decimal(lot["maxQty"]),
        notional_min=_notional_min(filters),
        price_share_max=highest,
        price_share_min=lowest,
    )


def _price_shares(filters: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    """Return the highest buy and the lowest sell price, over the mark price."""
    by_side = filters.get("PERCENT_PRICE_BY_SIDE")
    if by_side:
        return Decimal(by_side["bidMultiplierUp"]), Decimal(by_side["askMultiplierDown"])
    both = filters.get("PERCENT_PRICE")
    if both:
        return Decimal(both["multiplierUp"]), Decimal(both["multiplierDown"])
    return None, None


def _notional_min(filters: Mapping[str, Any]) -> Decimal:
    spot = filters.get("NOTIONAL")
    if spot:
        return Decimal(spot["minNotional"])
    futures = filters.get("MIN_NOTIONAL")
    return Decimal(futures["notional"]) if futures else ZERO


def _places(symbol: Symbol) -> tuple[int, int]:
    if "pricePrecision" in symbol:
        return symbol["pricePrecision"], symbol["quantityPrecision"]
    return symbol["quoteAssetPrecision"], symbol["baseAssetPrecision"]
