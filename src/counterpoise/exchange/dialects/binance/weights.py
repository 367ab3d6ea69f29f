"""How much of its request limit a client has used, as Binance's headers tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from counterpoise.exchange.dialects.dialect import Call

MINUTE_MS = 60_000
ORDERS_SPAN_MS = 10_000
WEIGHT_DEFAULT = 1

# Of Binance's published weights, those that are not one; the second table is
# for calls that name no symbol.
WEIGHTS: Mapping[str, int] = {
    "/api/v3/exchangeInfo": 20,
    "/api/v3/account": 20,
    "/api/v3/order": 4,
    "/api/v3/openOrders": 6,
    "/api/v3/allOrders": 20,
    "/api/v3/myTrades": 20,
    "/api/v3/ticker/bookTicker": 2,
    "/api/v3/klines": 2,
    "/fapi/v2/account": 5,
    "/fapi/v3/account": 5,
    "/fapi/v2/balance": 5,
    "/fapi/v3/balance": 5,
    "/fapi/v2/positionRisk": 5,
    "/fapi/v3/positionRisk": 5,
    "/fapi/v1/allOrders": 5,
    "/fapi/v1/userTrades": 5,
    "/fapi/v1/forceOrders": 20,
    "/fapi/v1/symbolConfig": 5,
    "/fapi/v1/accountConfig": 5,
    "/fapi/v1/income": 30,
    "/fapi/v1/positionSide/dual": 30,
    "/fapi/v1/multiAssetsMargin": 30,
    "/dapi/v1/account": 5,
    "/dapi/v1/premiumIndex": 10,
    "/dapi/v1/ticker/bookTicker": 2,
    "/dapi/v1/allOrders": 20,
    "/dapi/v1/userTrades": 20,
    "/dapi/v1/forceOrders": 20,
    "/dapi/v1/income": 20,
    "/dapi/v1/commissionRate": 20,
    "/dapi/v1/positionSide/dual": 30,
}
WEIGHTS_ALL: Mapping[str, int] = {
    "/api/v3/openOrders": 80,
    "/api/v3/ticker/24hr": 80,
    "/api/v3/ticker/price": 4,
    "/api/v3/ticker/bookTicker": 4,
    "/fapi/v1/premiumIndex": 10,
    "/fapi/v1/openOrders": 40,
    "/fapi/v1/forceOrders": 50,
    "/fapi/v1/ticker/24hr": 40,
    "/fapi/v1/ticker/bookTicker": 5,
    "/fapi/v1/ticker/price": 2,
    "/dapi/v1/openOrders": 40,
    "/dapi/v1/forceOrders": 50,
    "/dapi/v1/ticker/24hr": 40,
    "/dapi/v1/ticker/bookTicker": 5,
    "/dapi/v1/ticker/price": 2,
}


@dataclass(slots=True)
class Window:
    """A count that starts anew with every span of time."""

    span_ms: int
    number: int = -1
    used: int = 0

    def add(self, weight: int, at_ms: int) -> int:
        """Add to the count and return it."""
        number = at_ms // self.span_ms
        if number != self.number:
            self.number, self.used = number, 0
        self.used += weight
        return self.used


@dataclass(slots=True)
class Usage:
    """Counts per host; nothing is refused for them, a fault does that where it is wanted."""

    _weight: dict[str, Window] = field(default_factory=dict)
    _orders: dict[str, Window] = field(default_factory=dict)

    def headers(self, call: Call) -> dict[str, str]:
        """Count a call and return the headers that tell of it."""
        market = call.path.partition("/v")[0]
        weight = self._weight.setdefault(market, Window(MINUTE_MS))
        told = {"X-MBX-USED-WEIGHT-1M": str(weight.add(weight_of(call), call.now.wall_ms))}
        if call.method == "POST" and call.path.endswith("/order"):
            orders = self._orders.setdefault(market, Window(ORDERS_SPAN_MS))
            told["X-MBX-ORDER-COUNT-10S"] = str(orders.add(1, call.now.wall_ms))
        return told


def weight_of(call: Call) -> int:
    """Return what a call weighs; orders are counted apart."""
    if call.method == "POST" and call.path.endswith("/order"):
        return 0 if call.path.startswith(("/fapi/", "/dapi/")) else 1
    if "symbol" not in call.params and call.path in WEIGHTS_ALL:
        return WEIGHTS_ALL[call.path]
    return WEIGHTS.get(call.path, WEIGHT_DEFAULT)
