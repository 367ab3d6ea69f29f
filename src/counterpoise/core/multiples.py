"""
How many units of an asset a market's base counts, read from its name by a table.

A name alone proves nothing: 1000SATS is a coin of its own on one venue and a thousand SATS on the
next. So a name has readings, the asset that its owner named chooses one of them, and the spot price
of that asset confirms it or holds every order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.core.instrument import Asset
from counterpoise.core.units import ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way in which names say a multiple: group `asset`, and group `count` or `count` itself."""

    pattern: re.Pattern[str]
    count: Decimal | None = None


# A thousand or more, a power of ten, beside letters: 1INCH, 10SET, C98 and IQ50 are just names.
FORMS = (
    Form(pattern=re.compile(r"(?P<count>1000+)(?P<asset>[A-Z][A-Z0-9]*)")),  # 1000PEPE, 10000SATS
    Form(pattern=re.compile(r"(?P<asset>[A-Z][A-Z0-9]*?[A-Z])(?P<count>1000+)")),  # SHIB1000
    Form(pattern=re.compile(r"1M(?P<asset>[A-Z][A-Z0-9]+)"), count=Decimal(1_000_000)),
    Form(pattern=re.compile(r"k(?P<asset>[A-Z][A-Z0-9]+)"), count=Decimal(1_000)),  # kSHIB
)


def readings(base: str, own_name: str = "") -> Mapping[Asset, Decimal]:
    """
    Return each asset that a market's base may count, with how many units of it that is.

    `base` is in capitals, as everywhere but at the venue; `own_name` is how the venue spells it,
    where it says: a k for a thousand is a small one, and KAVA is no thousand AVA.
    """
    found = {Asset(base): ONE}
    for name in (base, own_name):
        for form in FORMS:
            match = form.pattern.fullmatch(name)
            if match is not None:
                count = Decimal(match["count"]) if form.count is None else form.count
                found.setdefault(Asset(match["asset"]), count)
    return found


def multiplier(base: str, asset: Asset, own_name: str = "") -> Decimal | None:
    """Return how many units of `asset` one of a market's base is; None where it is not of it."""
    return readings(base, own_name).get(asset)


def may_count(base: str, asset: Asset) -> bool:
    """
    Say whether a base of the settings may count an asset, as far as its letters tell.

    The settings have capitals only, and the venue may spell it with a small letter.
    """
    return asset in readings(base, f"k{base[1:]}" if base.startswith("K") else "")


def wants_proof(base: str, asset: Asset) -> bool:
    """Say whether only a price tells how many of an asset one of a base is."""
    return base != asset or len(readings(base)) > 1
