"""The venues that counterpoise speaks with."""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.core.mode import Mode
from counterpoise.errors import SettingsError
from counterpoise.venues.binance import PROFILE as BINANCE
from counterpoise.venues.bingx import PROFILE as BINGX
from counterpoise.venues.bybit import PROFILE as BYBIT
from counterpoise.venues.dialect import Profile
from counterpoise.venues.hyperliquid import PROFILE as HYPERLIQUID
from counterpoise.venues.mapping import nearest
from counterpoise.venues.mexc import PROFILE as MEXC
from counterpoise.venues.okx import PROFILE as OKX
from counterpoise.venues.weex import PROFILE as WEEX

PROFILES: Mapping[str, Profile] = {
    profile.exchange: profile for profile in (BINANCE, BINGX, BYBIT, HYPERLIQUID, MEXC, OKX, WEEX)
}

# known to have no test environment: ccxt would raise there and stay on the production hosts
WITHOUT_TEST_ENVIRONMENT = frozenset({"htx", "kraken", "kucoin", "mexc"})


def profile_of(exchange: str, mode: Mode, endpoint: str) -> Profile:
    """
    Return the profile of a ccxt exchange id.

    Raises SettingsError for one that is unknown, or that has no test environment where one was
    asked for: before any client of it exists.
    """
    profile = PROFILES.get(exchange)
    lacks_test = exchange in WITHOUT_TEST_ENVIRONMENT or (
        profile is not None and profile.demo is None
    )
    if mode is Mode.TESTNET and lacks_test and not endpoint:
        raise SettingsError(
            f"{exchange} has no test environment",
            hint='set mode = "dry-run", or `endpoint` to an exchange of your own',
        )
    if profile is None:
        raise SettingsError(
            f"exchange {exchange!r} is not supported; supported: {', '.join(sorted(PROFILES))}",
            hint=f"did you mean {nearest(exchange, PROFILES)[0]!r}?",
        )
    return profile
