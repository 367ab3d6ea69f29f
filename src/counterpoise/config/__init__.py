"""Settings: read, checked and explained, before anything is opened."""

import os

# Plugins of pydantic see every value, secrets too, and finding them reads all that is installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from counterpoise.config.exchange_checks import Exchanges
from counterpoise.config.hedges import spot_market
from counterpoise.config.load import EXCHANGES, Request, build, load, located
from counterpoise.config.model import (
    AssetSettings,
    LogFormat,
    LogLevel,
    VenueSettings,
)
from counterpoise.config.problems import Problem, SettingsProblems
from counterpoise.config.settings import Settings
from counterpoise.config.wallets import wallets_of
from counterpoise.core.mode import Mode

__all__ = [
    "EXCHANGES",
    "AssetSettings",
    "Exchanges",
    "LogFormat",
    "LogLevel",
    "Mode",
    "Problem",
    "Request",
    "Settings",
    "SettingsProblems",
    "VenueSettings",
    "build",
    "load",
    "located",
    "spot_market",
    "wallets_of",
]
