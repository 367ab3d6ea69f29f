"""What a world is like at its start, as values, and the exchange and settings made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from counterpoise.config import Request, Settings, load
from counterpoise.exchange.local import PASSPHRASED, LocalExchange, LocalExchangeConfig, build
from counterpoise.ports import Clock

D = Decimal

API_KEY = "canaryKeyQ7w2e9r4t1y8u3i6o5p0"
API_SECRET = "canarySecret+/Zx8c3v6b1n4m9"
PASSPHRASE = "canaryPassphraseL5k8j2h7"
ENDPOINT = "http://127.0.0.1:9"  # nothing listens there: what went past the wire would fail


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One asset at the start: what is held, what it costs, and what share it should be."""

    held: Decimal
    price: Decimal
    weight: Decimal
    position: Decimal = D(0)


QUIET = {  # 60,000 of 100,000 in BTC and 40,000 in ETH, as asked for
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.6")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.4")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldConfig:
    """What a world is like."""

    holdings: Mapping[str, Holding] = field(default_factory=lambda: dict(QUIET))
    mode: str = "testnet"
    exposure: Decimal = D(1)
    drift: Decimal = D("0.03")
    interval_s: int = 10
    cooldown_s: int = 60
    seed: int = 0
    name: str = "scenario"
    folder: str = "world"  # below the test's own
    extra: str = ""  # more lines of settings, whole tables
    venue_lines: str = f'endpoint = "{ENDPOINT}"'
    trigger_lines: str = ""
    cycle_lines: str = ""
    speed: Decimal = D(0)  # recorded seconds in one; zero: prices move only by hand
    secret: str = API_SECRET
    venue: str = "binance"


def exchange_of(config: WorldConfig, clock: Clock) -> LocalExchange:
    """Return the exchange, its account filled."""
    held = {asset: one.held for asset, one in config.holdings.items()}
    return build(
        LocalExchangeConfig(
            venue=config.venue,
            seed=config.seed,
            speed=config.speed,
            api_key=API_KEY,
            api_secret=config.secret,
            api_passphrase=PASSPHRASE,
            balances={**held, "USDT": D(10_000)},
            futures_wallet={"USDT": D(100_000)},
        ),
        clock,
    )


def settings_of(folder: Path, config: WorldConfig) -> Settings:
    """Write the settings file, and return what it says."""
    file = folder / f"{config.name}.toml"
    assets = "\n".join(
        f'[assets.{asset}]\nweight = {one.weight}\nperpetual = "main:{asset}/USDT:USDT"'
        for asset, one in config.holdings.items()
    )
    file.write_text(f"""
mode = "{config.mode}"
[portfolio]
quote = "USDT"
exposure = {config.exposure}
{assets}
[trigger]
drift = {config.drift}
cooldown = "{config.cooldown_s}s"
{config.trigger_lines}
[cycle]
interval = "{config.interval_s}s"
{config.cycle_lines}
[venues.main]
exchange = "{config.venue}"
{config.venue_lines}
[journal]
url = "sqlite:///{folder}/journal.db"
[log]
format = "json"
{config.extra}
""")
    return load(file, Request(environ=environ_of(config)))


def environ_of(config: WorldConfig) -> Mapping[str, str]:
    """Return the environment, which has the secrets."""
    third = {"COUNTERPOISE_VENUES__MAIN__API_PASSPHRASE": PASSPHRASE}
    return {
        "COUNTERPOISE_VENUES__MAIN__API_KEY": API_KEY,
        "COUNTERPOISE_VENUES__MAIN__API_SECRET": config.secret,
        **(third if config.venue in PASSPHRASED else {}),
    }
