"""How each venue wants to be spoken to through ccxt, behind one set of questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import ccxt.async_support as ccxt

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig
from counterpoise.ports import Transport
from tests.exchange.wires import Session

Json = dict[str, Any]
LINEAR = "BTC/USDT:USDT"
SPOT = "BTC/USDT"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An order as everybody understands it; the quantity is in base units."""

    side: str
    quantity: Decimal
    own_id: str
    symbol: str = LINEAR
    price: Decimal | None = None  # None: at any price
    ioc: bool = False
    post_only: bool = False
    reduce_only: bool = False
    hedge: str | None = None  # "long" or "short": the side of a hedged pair

    @property
    def kind(self) -> str:
        return "market" if self.price is None else "limit"


QUANTITY = Decimal("0.02")
SHORT = Wish(side="sell", quantity=QUANTITY, own_id="short1")
RESTING = Wish(side="buy", quantity=QUANTITY, own_id="rest1", price=Decimal(80_000))


@dataclass(frozen=True, kw_only=True)
class Found:
    """What became of an order; quantities in base units."""

    open: bool
    quantity: Decimal
    filled: Decimal
    average: Decimal | None


class Speaker(Protocol):
    """One venue."""

    @property
    def venue(self) -> str: ...

    @property
    def inverse(self) -> str | None:
        """The symbol of its coin-margined bitcoin perpetual."""
        ...

    def client(
        self, wire: Transport, exchange: LocalExchange, **credentials: str
    ) -> ccxt.Exchange: ...

    def amount(self, client: ccxt.Exchange, wish: Wish) -> str:
        """Return the quantity in the venue's unit."""
        ...

    def params(self, wish: Wish) -> Json: ...

    async def find(self, client: ccxt.Exchange, wish: Wish) -> Found | None:
        """Look an order up by its client order id alone."""
        ...

    async def cancel(self, client: ccxt.Exchange, wish: Wish) -> None:
        """Cancel an order by its client order id alone."""
        ...

    def position(self, client: ccxt.Exchange, row: Json) -> Decimal:
        """Return a position in base units (inverse: contracts), long positive."""
        ...

    def received(self, row: Json) -> Decimal:
        """Return what a funding payment brought in; negative was paid."""
        ...

    async def mark(self, client: ccxt.Exchange) -> Decimal:
        """Return the mark price of the linear perpetual."""
        ...

    async def hedged(self, client: ccxt.Exchange) -> bool:
        """Read the position mode."""
        ...

    async def set_leverage(self, client: ccxt.Exchange, leverage: int) -> None: ...


def connected(
    kind: type[ccxt.Exchange],
    wire: Transport,
    exchange: LocalExchange,
    credentials: Mapping[str, str],
    options: Mapping[str, object],
) -> ccxt.Exchange:
    """Return ccxt's own class, its clock the exchange's, its session the wire."""
    defaults = LocalExchangeConfig()
    made = kind(
        {
            "apiKey": defaults.api_key,
            "secret": defaults.api_secret,
            "session": Session(wire),
            "enableRateLimit": False,
            "options": dict(options),
            **credentials,
        }
    )
    made.number = str
    made.has["fetchCurrencies"] = False
    made.milliseconds = exchange.clock.wall_ms
    made.timeout_on_exit = 0  # nothing of ours waits for a socket
    return made


DOLLARS = {"hyperliquid": "USDC"}  # what a venue counts in, where it is not USDT
PRICED = frozenset({"hyperliquid"})  # whose market orders ccxt makes of a price
ONE_WAY = frozenset({"hyperliquid"})  # that know one position mode


SPOT_NAMES = {"hyperliquid": {"XRP": "FXRP"}}  # tokens that ccxt does not know for what they are


def dollar(speaker: Speaker) -> str:
    return DOLLARS.get(speaker.venue, "USDT")


def spot_name(speaker: Speaker, asset: str) -> str:
    return SPOT_NAMES.get(speaker.venue, {}).get(asset, asset)


def listed_name(client: ccxt.Exchange, symbol: str) -> str:
    """Return the venue's own name of a market, which is its id except where that is a number."""
    market = client.market(symbol)
    return str(market["baseName"] if market["id"].isdecimal() else market["id"])


def bitcoin(speaker: Speaker) -> str:
    """Return the pair by which the exchange's controls know bitcoin."""
    return f"BTC{dollar(speaker)}"


def orders_path(speaker: Speaker) -> str:
    """Return what every path of an order begins with, where reads are POSTs as well."""
    return "/exchange" if speaker.venue in PRICED else "/"


def read_method(speaker: Speaker) -> str:
    return "POST" if speaker.venue in PRICED else "GET"


async def _price(client: ccxt.Exchange, wish: Wish) -> str | None:
    if wish.price is None and client.id in PRICED:
        return str((await best(client, wish.symbol))[wish.side == "buy"])
    return None if wish.price is None else str(wish.price)


async def place(speaker: Speaker, client: ccxt.Exchange, wish: Wish) -> Json:
    """Send an order the venue's way."""
    price = await _price(client, wish)
    amount = speaker.amount(client, wish)
    order: Json = await client.create_order(
        wish.symbol, wish.kind, wish.side, amount, price, speaker.params(wish)
    )
    return order


def found(order: Json, unit: Decimal = Decimal(1)) -> Found:
    """Return what ccxt's unified order says; `unit` is base units per amount."""
    average = order["average"]
    return Found(
        open=order["status"] == "open",
        quantity=Decimal(order["amount"]) * unit,
        filled=Decimal(order["filled"] or 0) * unit,
        average=Decimal(average) if average is not None else None,
    )


# where ccxt goes by no symbol when it chooses between two kinds of perpetuals
KINDS: Mapping[str, Json] = {"binance": {"subType": "inverse"}}


async def positions(speaker: Speaker, client: ccxt.Exchange, symbol: str = LINEAR) -> list[Decimal]:
    kind = KINDS.get(speaker.venue, {}) if client.market(symbol)["inverse"] else {}
    rows: list[Json] = await client.fetch_positions([symbol], kind)
    return sorted(filter(None, (speaker.position(client, row) for row in rows)))


async def best(client: ccxt.Exchange, symbol: str = LINEAR) -> tuple[Decimal, Decimal]:
    book = await client.fetch_order_book(symbol, 20)
    return Decimal(str(book["bids"][0][0])), Decimal(str(book["asks"][0][0]))
