"""Numbers, times and durations as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from counterpoise.core.units import BPS

UNKNOWN = "-"
HUNDRED = Decimal(100)
QUANTITY_PLACES = 5
QUANTITY_PLACES_SMALL = 8
QUANTITY_SMALL = Decimal("0.001")
PRICE_PLACES = 2
PRICE_DIGITS = 5
PLACES_MAX = 12
SECOND_MS = 1000
SPANS_MS = (  # of which a duration is told in at most two
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", SECOND_MS),
)


def amount(value: Decimal | None, places: int = 2) -> str:
    """Return money with thousands apart: `181,550.00`."""
    return UNKNOWN if value is None else f"{value:,.{places}f}"


def whole(value: Decimal | None) -> str:
    """Return money without its cents, as it stands in a comparison: `5,396`."""
    return amount(value, 0)


def short(value: Decimal) -> str:
    """Return a number in two places where it is small, without cents where it is large."""
    return amount(value, 2 if abs(value) < HUNDRED else 0)


def quantity(value: Decimal | None) -> str:
    """Return base units, in enough places that two of a kind line up: `15.50000`."""
    if value is None:
        return UNKNOWN
    tiny = 0 < abs(value) < QUANTITY_SMALL
    return f"{value:,.{QUANTITY_PLACES_SMALL if tiny else QUANTITY_PLACES}f}"


def exact_quantity(value: Decimal) -> str:
    """Return base units as they are sent: `1.587`."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(value: Decimal | None, step: Decimal | None = None) -> str:
    """Return a price in the places of its step, else in five digits; two places at least."""
    if value is None:
        return UNKNOWN
    if step is not None:
        return f"{value:,.{max(PRICE_PLACES, places_of(step))}f}"
    wanted = PRICE_DIGITS - 1 - value.adjusted() if value else PRICE_PLACES
    return f"{value:,.{min(PLACES_MAX, max(PRICE_PLACES, wanted))}f}"


def places_of(step: Decimal) -> int:
    """Return how many decimal places the multiples of `step` have."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def points(weight: Decimal | None) -> str:
    """Return a weight in percent: `29.03`."""
    return UNKNOWN if weight is None else f"{weight * HUNDRED:.2f}"


def signed_points(weight: Decimal | None) -> str:
    """Return a drift in points, with its sign: `-5.97`."""
    return UNKNOWN if weight is None else f"{weight * HUNDRED:+.2f}"


def bps(share: Decimal) -> str:
    """Return a share in hundredths of a percent: `1.1 bps`."""
    return f"{share / BPS:.1f} bps"


def span(milliseconds: float | None) -> str:
    """Return a duration in its two largest units at most: `12 d 4 h`, `41 ms`."""
    if milliseconds is None:
        return UNKNOWN
    if abs(milliseconds) < SECOND_MS:
        return f"{milliseconds:.0f} ms"
    rest = int(milliseconds)
    parts: list[tuple[int, str]] = []
    for unit, size in SPANS_MS:
        count, rest = divmod(rest, size)
        if count or parts:
            parts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count)


def days(milliseconds: int) -> str:
    """Return a long duration in days, a shorter one as `span` does."""
    size = SPANS_MS[0][1]
    return f"{milliseconds // size} d" if milliseconds >= size else span(milliseconds)


def clock_time(at_ms: int | None) -> str:
    """Return the time of day, UTC: `03:12:04Z`."""
    return UNKNOWN if at_ms is None else f"{_moment(at_ms):%H:%M:%S}Z"


def clock_ms(at_ms: int) -> str:
    """Return the time of day in milliseconds, UTC: `03:12:04.101`."""
    return f"{_moment(at_ms):%H:%M:%S}.{at_ms % SECOND_MS:03d}"


def date_time(at_ms: int | None) -> str:
    """Return date and time, UTC: `2025-06-30 03:12:04Z`."""
    return UNKNOWN if at_ms is None else f"{_moment(at_ms):%Y-%m-%d %H:%M:%S}Z"


def since(at_ms: int | None, now_ms: int) -> str:
    """Return when something began: the time of day, or how many days ago."""
    if at_ms is None:
        return UNKNOWN
    age_ms = now_ms - at_ms
    return f"{days(age_ms)} ago" if age_ms >= SPANS_MS[0][1] else clock_time(at_ms)


def count(number: int, noun: str) -> str:
    """Return a number of things: `1 order`, `3 orders`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // SECOND_MS, UTC)
