"""The portfolio of the benchmark: three assets on the venue of the benchmark."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from answers import SPOT

WEIGHTS_HELD = {"BTC": 0.5, "ETH": 0.3, "XRP": 0.2}  # as the spot account is: nothing to do
WEIGHTS_ELSEWHERE = {"BTC": 0.3, "ETH": 0.45, "XRP": 0.25}  # every asset is off: three orders
SECRETS = {
    "COUNTERPOISE_VENUES__MAIN__API_KEY": "bench-key-0123456789",
    "COUNTERPOISE_VENUES__MAIN__API_SECRET": "bench-secret-0123456789",
}
FILE_MODE, DIRECTORY_MODE = 0o600, 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a run of the benchmark varies."""

    port: int
    directory: Path  # journal and settings
    weights: Mapping[str, float]
    interval: str = "1s"
    perpetuals_only: bool = False  # what is held is declared, and no spot wallet is read


def settings_file(setup: Setup) -> Path:
    """Write the settings and return where they are."""
    setup.directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    wallets = '["linear"]' if setup.perpetuals_only else '["spot", "linear"]'
    parts = [
        'mode = "testnet"',
        *(_asset(name, weight, setup) for name, weight in setup.weights.items()),
        "[trigger]\ndrift = 0.01",
        f'[cycle]\ninterval = "{setup.interval}"',
        f'[venues.main]\nexchange = "binance"\nwallets = {wallets}',
        f'endpoint = "http://127.0.0.1:{setup.port}"',
        f'[journal]\nurl = "sqlite:///{setup.directory}/bench.db"',
    ]
    path = setup.directory / "bench.toml"
    path.write_text("\n".join(parts))
    path.chmod(FILE_MODE)
    return path


def _asset(name: str, weight: float, setup: Setup) -> str:
    lines = [f"[assets.{name}]", f"weight = {weight}", f'perpetual = "main:{name}/USDT:USDT"']
    if setup.perpetuals_only:
        counted = datetime.now(UTC) - timedelta(days=1)
        lines += [f"external = {SPOT[name]}", f'external_as_of = "{counted:%Y-%m-%dT%H:%M:%SZ}"']
        lines += ['external_valid_for = "90d"']
    return "\n".join(lines)


def environment() -> dict[str, str]:
    """Return this process's environment with the venue's credentials, and no settings of ours."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERPOISE_")}
    return inherited | SECRETS
