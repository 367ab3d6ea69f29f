"""A book of several levels around a price, and taking from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from counterpoise.core.units import BPS, ONE, ZERO, down_to, up_to
from counterpoise.exchange.listing import Listing, ListingKey
from counterpoise.exchange.moment import SECOND_MS, Moment
from counterpoise.exchange.orders import Side
from counterpoise.exchange.prices import Price

LEVELS = 20  # a side
LEVEL_SPACING = BPS / 2  # of price, growing with each level: the last is about one percent away
LEVEL_SHARE = Decimal("0.0002")  # of an hour's trading, waiting at the best price
SPREAD = BPS / 2  # of price, at least one tick
RECOVERY_MS = 10 * SECOND_MS  # until what was taken is back


@dataclass(frozen=True, slots=True)
class Level:
    """What waits at one price."""

    price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BookShape:
    """A book set by hand; None leaves a part as it comes from the recording."""

    spread: Decimal | None = None  # of price
    levels: int = LEVELS  # a side; zero is an empty book
    level_quantity: Decimal | None = None  # at every level


@dataclass(slots=True)
class Taken:
    """What orders took from one side of a book, filling up again."""

    quantity: Decimal
    at: Moment

    def left(self, now: Moment) -> Decimal:
        """Return what is still missing: it comes back evenly, by market or by real time."""
        market_ms = now.market_ms - self.at.market_ms
        elapsed_ms = max(market_ms, now.wall_ms - self.at.wall_ms, 0)
        if elapsed_ms >= RECOVERY_MS:
            return ZERO
        return self.quantity * (RECOVERY_MS - elapsed_ms) / RECOVERY_MS


@dataclass(frozen=True, slots=True)
class Top:
    """The best level of one side of a book from which nothing is missing."""

    price: Price
    shape: BookShape
    level: Level | None


@dataclass(slots=True)
class Books:
    """The books of all listings."""

    _shapes: dict[ListingKey, BookShape] = field(default_factory=dict)
    _taken: dict[tuple[ListingKey, Side], Taken] = field(default_factory=dict)
    _tops: dict[tuple[ListingKey, Side], Top] = field(default_factory=dict)

    def shape(self, listing: Listing, shape: BookShape | None) -> None:
        """Set a book by hand, or with None let it come from the recording again."""
        if shape is None:
            self._shapes.pop(listing.key, None)
        else:
            self._shapes[listing.key] = shape

    def levels(self, listing: Listing, side: Side, price: Price, now: Moment) -> Iterator[Level]:
        """Yield what an order of `side` can take, best price first."""
        shape = self._shapes.get(listing.key, DEFAULT_SHAPE)
        taken = self._taken.get((listing.key, side))
        missing = taken.left(now) if taken else ZERO
        for level in _full_levels(listing, side, price, shape):
            gone = min(missing, level.quantity)
            missing -= gone
            quantity = down_to(level.quantity - gone, listing.quantity_step)
            if quantity > ZERO:
                yield Level(level.price, quantity)

    def best(self, listing: Listing, side: Side, price: Price, now: Moment) -> Level | None:
        """Return the first of `levels`, worked out anew only once the market has moved."""
        key = (listing.key, side)
        taken = self._taken.get(key)
        if taken is not None and taken.left(now):
            return next(self.levels(listing, side, price, now), None)
        shape = self._shapes.get(listing.key, DEFAULT_SHAPE)
        top = self._tops.get(key)
        if top is None or top.shape is not shape or top.price != price:
            level = next(self.levels(listing, side, price, now), None)
            top = self._tops[key] = Top(price, shape, level)
        return top.level

    def take(self, listing: Listing, side: Side, quantity: Decimal, now: Moment) -> None:
        """Note that an order of `side` took `quantity`."""
        taken = self._taken.get((listing.key, side))
        missing = taken.left(now) if taken else ZERO
        self._taken[listing.key, side] = Taken(missing + quantity, now)


DEFAULT_SHAPE = BookShape()


def _full_levels(listing: Listing, side: Side, price: Price, shape: BookShape) -> Iterator[Level]:
    """Yield the untouched levels: further apart and deeper the further they are from the middle."""
    tick = listing.price_step
    half_spread = max(tick, price.last * (SPREAD if shape.spread is None else shape.spread)) / 2
    per_level = shape.level_quantity
    if per_level is None:
        worth = price.liquidity * LEVEL_SHARE
        per_level = max(listing.quantity_step, listing.quantity_of(worth, price.last))
    last_price = ZERO
    for number in range(shape.levels):
        away = half_spread + price.last * LEVEL_SPACING * number * (number + 1) / 2
        raw = price.last + away * side.sign
        level_price = up_to(raw, tick) if side is Side.BUY else down_to(raw, tick)
        if level_price == last_price or level_price <= ZERO:
            continue
        last_price = level_price
        growth = ONE if shape.level_quantity is not None else ONE + Decimal(number) / 2
        yield Level(level_price, per_level * growth)


@dataclass(frozen=True, slots=True)
class Take:
    """One fill to be."""

    price: Decimal
    quantity: Decimal


def takes(
    levels: Iterable[Level], side: Side, quantity: Decimal, limit: Decimal | None
) -> list[Take]:
    """Return the fills of an order, level by level, no worse than `limit`."""
    found: list[Take] = []
    for level in levels:
        worse = limit is not None and (level.price - limit) * side.sign > ZERO
        if worse or quantity <= ZERO:
            break
        part = min(quantity, level.quantity)
        found.append(Take(level.price, part))
        quantity -= part
    return found
