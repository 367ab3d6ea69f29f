"""What a world is like at its start, as values, and the exchange and settings made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from counterpoise.config import Request, Settings, load
from counterpoise.exchange.local import (
    DOLLARS,
    PASSPHRASED,
    WALLETS,
    LocalExchange,
    LocalExchangeConfig,
    build,
)
from counterpoise.ports import Clock

D = Decimal

API_KEY = "canaryKeyQ7w2e9r4t1y8u3i6o5p0"
API_SECRET = "canarySecret+/Zx8c3v6b1n4m9"
PASSPHRASE = "canaryPassphraseL5k8j2h7"
WALLET = "0x7be1a9c3d5e7f9012b4c6d8e0f1a3b5c7d9e1f20"
AGENT_KEY = "0xc4a7e19b5d2f8036a1b7c9e4d5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718"
ENDPOINT = "http://127.0.0.1:9"  # nothing listens there: what went past the wire would fail


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One asset at the start: what is held, what it costs, and what share it should be."""

    held: Decimal
    price: Decimal
    weight: Decimal
    position: Decimal = D(0)
    short: Decimal = D(0)  # beside it, in hedge mode, where the position is the long side
    coin_margin: Decimal | None = None  # held as margin of its perpetual, which is inverse then

    def perpetual(self, asset: str, dollar: str = "USDT") -> str:
        """Return what hedges it."""
        linear = self.coin_margin is None
        return f"{asset}/{dollar}:{dollar}" if linear else f"{asset}/USD:{asset}"


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
    hedge_mode: bool = False

    @property
    def dollar(self) -> str:
        """Return what the venue counts in."""
        return DOLLARS.get(self.venue, "USDT")

    @property
    def keys(self) -> tuple[str, str]:
        """Return what the venue knows us by, and what we sign with."""
        return (WALLET, AGENT_KEY) if self.venue in WALLETS else (API_KEY, self.secret)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what nobody may see; a wallet's address may be."""
        return self.keys[1:] if self.venue in WALLETS else self.keys


def exchange_of(config: WorldConfig, clock: Clock) -> LocalExchange:
    """Return the exchange, its account filled."""
    held = {asset: one.held for asset, one in config.holdings.items()}
    return build(
        LocalExchangeConfig(
            venue=config.venue,
            seed=config.seed,
            hedge_mode=config.hedge_mode,
            speed=config.speed,
            api_key=config.keys[0],
            api_secret=config.keys[1],
            api_passphrase=PASSPHRASE,
            balances={**held, config.dollar: D(10_000)},
            futures_wallet={config.dollar: D(100_000), **_coins(config)},
        ),
        clock,
    )


def _coins(config: WorldConfig) -> Mapping[str, Decimal]:
    found = {asset: one.coin_margin for asset, one in config.holdings.items()}
    return {asset: margin for asset, margin in found.items() if margin is not None}


def settings_of(folder: Path, config: WorldConfig) -> Settings:
    """Write the settings file, and return what it says."""
    file = folder / f"{config.name}.toml"
    named = {asset: one.perpetual(asset, config.dollar) for asset, one in config.holdings.items()}
    assets = "\n".join(
        f'[assets.{asset}]\nweight = {one.weight}\nperpetual = "main:{named[asset]}"'
        for asset, one in config.holdings.items()
    )
    file.write_text(f"""
mode = "{config.mode}"
[portfolio]
quote = "{config.dollar}"
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
    key, secret = config.keys
    if config.venue in WALLETS:
        return {
            "COUNTERPOISE_VENUES__MAIN__WALLET_ADDRESS": key,
            "COUNTERPOISE_VENUES__MAIN__AGENT_KEY": secret,
        }
    third = {"COUNTERPOISE_VENUES__MAIN__API_PASSPHRASE": PASSPHRASE}
    return {
        "COUNTERPOISE_VENUES__MAIN__API_KEY": key,
        "COUNTERPOISE_VENUES__MAIN__API_SECRET": secret,
        **(third if config.venue in PASSPHRASED else {}),
    }
