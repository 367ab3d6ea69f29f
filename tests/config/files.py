"""Settings files for tests: one that is right, and what to change in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from counterpoise.config import Request, Settings, SettingsProblems, load

KEYS = {
    "COUNTERPOISE_VENUES__MAIN__API_KEY": "key-value-1",
    "COUNTERPOISE_VENUES__MAIN__API_SECRET": "secret-value-1",
}
GOOD = """\
mode = "testnet"

[portfolio]
exposure = 1.0

[assets.BTC]
weight = 0.5
perpetual = "main:BTC/USDT:USDT"

[assets.ETH]
weight = 0.3
perpetual = "main:ETH/USDT:USDT"

[trigger]
drift = 0.05

[venues.main]
exchange = "binance"
"""
LIVE = """
[limits]
order_notional_max = 25000
position_notional_max = 250000
turnover_day_max = 500000
orders_per_minute_max = 20
leverage_max = 3.0
price_collar = 0.003
spread_max = 0.002

[live]
confirm = "4200001"
"""


def written(folder: Path, text: str = GOOD, name: str = "main.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def changed(old: str, new: str, text: str = GOOD) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def loaded(path: Path, environ: Mapping[str, str] = KEYS, *, secrets: bool = True) -> Settings:
    return load(path, Request(environ=environ, secrets=secrets))


def refusal(path: Path, environ: Mapping[str, str] = KEYS) -> SettingsProblems:
    try:
        settings = loaded(path, environ)
    except SettingsProblems as error:
        return error
    raise AssertionError(f"accepted: {settings}")
