"""What every handler of OKX's has in hand, and how its answers are wrapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from counterpoise.exchange.dialects.common import Row, Sent
from counterpoise.exchange.dialects.desk import Desk
from counterpoise.exchange.dialects.dialect import Call
from counterpoise.exchange.dialects.okx.errors import NO_INSTRUMENT, error, wrong
from counterpoise.exchange.listing import Listing, ListingKey, Market
from counterpoise.exchange.orders import PositionSide

SPOT, SWAP = "SPOT", "SWAP"
KINDS: Mapping[str, tuple[Market, ...]] = {
    SPOT: (Market.SPOT,),
    SWAP: (Market.LINEAR, Market.INVERSE),
    "MARGIN": (),  # the rest is known and not listed here
    "FUTURES": (),
    "OPTION": (),
}
POSITION_SIDES: Mapping[str, PositionSide] = {
    "net": PositionSide.BOTH,
    "long": PositionSide.LONG,
    "short": PositionSide.SHORT,
}
SIDE_NAMES: Mapping[PositionSide, str] = {side: name for name, side in POSITION_SIDES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call, with its parameters read and the venue at hand."""

    desk: Desk
    call: Call
    sent: Sent

    def markets(self) -> tuple[Market, ...]:
        """Return the markets that the instrument type names; all of them where none is named."""
        if not self.sent.has("instType"):
            return tuple(Market)
        return self.sent.chosen("instType", KINDS)

    def listing(self) -> Listing:
        """Return the listing that the mandatory instrument names."""
        return self.named(self.sent.text("instId"))

    def named(self, instrument: str) -> Listing:
        """Return a listing by its name; names are unique over all markets."""
        listings = self.desk.venue.engine.listings
        for market in Market:
            found = listings.get(ListingKey(market, instrument))
            if found is not None:
                return found
        raise error(NO_INSTRUMENT)

    def scope(self) -> Iterator[Listing]:
        """Yield the listings that a call asks about: of a type, of a family, or by name."""
        wanted = self.sent.maybe("instId")
        names = None if wanted is None else wanted.split(",")
        family = self.sent.maybe("instFamily") or self.sent.maybe("uly")
        for market in self.markets():
            for listing, facts in self.desk.listed(market):
                if names is not None and listing.key.symbol not in names:
                    continue
                if family in {None, facts["instFamily"], facts["uly"]}:
                    yield listing


Handler = Callable[[Asked], Sequence[Row]]
Table = Callable[[Asked], Sequence[object]]  # of rows that may be lists


def kind_of(listing: Listing) -> str:
    """Return the type of an instrument."""
    return SWAP if listing.perpetual else SPOT


def enveloped(data: Sequence[object], code: int = 0, message: str = "") -> Row:
    """Return an answer as OKX wraps every one."""
    return {"code": str(code), "data": list(data), "msg": message}


def sent_of(values: Mapping[str, str]) -> Sent:
    """Return what a client sent, to be read with OKX's errors."""
    return Sent(values, wrong)


def window(rows: Sequence[Row], asked: Asked, key: str, most: int = 100) -> Sequence[Row]:
    """
    Return the rows that `after`, `before` and `limit` leave, newest first.

    `after` asks for rows older than an id or time, `before` for newer ones.
    """
    after, before = asked.sent.whole("after"), asked.sent.whole("before")
    chosen = [
        row
        for row in rows
        if (after is None or int(str(row[key])) < after)
        and (before is None or int(str(row[key])) > before)
    ]
    return chosen[: asked.sent.rows_max("limit", most, most)]
