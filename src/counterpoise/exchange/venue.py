"""Everything behind the wire: what a dialect's handlers work on."""

from __future__ import annotations

from dataclasses import dataclass

from counterpoise.exchange.engine import Engine
from counterpoise.exchange.moment import MarketClock
from counterpoise.exchange.settling import Settling
from counterpoise.exchange.visibility import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The one key that the exchange accepts."""

    api_key: str
    api_secret: str
    passphrase: str = ""  # where a venue's keys have one

    def __repr__(self) -> str:
        """Show nothing of them."""
        return "Credentials(...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """One exchange with one account."""

    engine: Engine
    settling: Settling
    clock: MarketClock
    visibility: Visibility
    credentials: Credentials
    account_id: int
    ip_restricted: bool = True
