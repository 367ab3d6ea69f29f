"""What every handler of Hyperliquid's has in hand, and how its answers are put."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from counterpoise.exchange.dialects.common import PLAIN_NUMBER, Row, trimmed
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.hyperliquid.errors import Unreadable
from counterpoise.exchange.dialects.hyperliquid.listings import SPOT_ID_FIRST
from counterpoise.exchange.listing import Listing, Market

Body = Mapping[str, Any]


def shown(value: Decimal) -> str:
    """Return a number as Hyperliquid writes it: with one place at least."""
    text = trimmed(value)
    return text if "." in text else f"{text}.0"


def text_of(body: Body, name: str) -> str:
    """Return a mandatory text."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(name)
    return value


def whole_of(body: Body, name: str) -> int:
    """Return a mandatory whole number of at least zero."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Unreadable(name)
    return value


def flag_of(body: Body, name: str) -> bool:
    """Return a mandatory flag."""
    value = body.get(name)
    if not isinstance(value, bool):
        raise Unreadable(name)
    return value


def number_of(body: Body, name: str) -> Decimal:
    """Return a mandatory number, which is written as text, plainly."""
    value = text_of(body, name)
    if not PLAIN_NUMBER.fullmatch(value):
        raise Unreadable(name)
    return Decimal(value)


def time_of(body: Body, name: str) -> int | None:
    """Return an optional time in milliseconds since 1970."""
    return None if body.get(name) is None else whole_of(body, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question or action, with the venue at hand."""

    desk: Desk
    call: Call
    body: Body

    @property
    def ours(self) -> bool:
        """Say whether it is about the account; of any other address nothing is known."""
        account = self.desk.venue.credentials.api_key
        return text_of(self.body, "user").lower() == account.lower()

    def listings(self, market: Market) -> list[Listing]:
        """Return a market's listings by their place in the list."""
        return [listing for listing, _ in self.desk.listed(market)]

    def everything(self) -> Iterator[Listing]:
        """Yield all listings."""
        for market in (Market.LINEAR, Market.SPOT):
            yield from self.listings(market)

    def by_id(self, asset_id: int) -> Listing:
        """Return the listing that an order's number names."""
        market = Market.SPOT if asset_id >= SPOT_ID_FIRST else Market.LINEAR
        found = self.listings(market)
        place = asset_id % SPOT_ID_FIRST
        if place >= len(found):
            raise Unreadable("a")
        return found[place]

    def by_coin(self, name: str) -> Listing:
        """Return the listing that a question names: perpetuals and pairs have names apart."""
        for market in (Market.LINEAR, Market.SPOT):
            listing = self.desk.listing(market, text_of(self.body, name))
            if listing is not None:
                return listing
        raise Unreadable(name)


Handler = Callable[[Asked], object]


def done(kind: str, data: Row | None = None) -> Row:
    """Return the answer to an action that was carried out."""
    inside: Row = {"type": kind} if data is None else {"type": kind, "data": data}
    return {"status": "ok", "response": inside}
