"""The settings files that are shipped as examples."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from counterpoise.config.load import Request, load
from counterpoise.config.settings import Settings
from counterpoise.config.wallets import wallets_of
from counterpoise.core.mode import Mode

CONFIG = Path(__file__).parent.parent / "config"
KEYS = {
    "COUNTERPOISE_VENUES__MAIN__API_KEY": "made-up",
    "COUNTERPOISE_VENUES__MAIN__API_SECRET": "made-up",
}


def loaded(name: str, environ: dict[str, str], *, secrets: bool = True) -> Settings:
    return load(CONFIG / name, Request(environ=environ, secrets=secrets))


@pytest.mark.parametrize("name", ["testnet.toml", "compose.toml"])
def test_a_shipped_file_needs_nothing_but_keys(name: str) -> None:
    assert loaded(name, KEYS).mode is Mode.TESTNET


def test_the_sample_of_several_venues_looks_for_each_asset_where_it_lies() -> None:
    keys = {
        f"COUNTERPOISE_VENUES__{venue}__{key}": "made-up"
        for venue in ("VAULT", "DESK", "NORTH", "SOUTH")
        for key in ("API_KEY", "API_SECRET")
    }
    settings = loaded("several-venues.toml", keys)
    assert wallets_of(settings, "BTC") == ("vault:spot", "desk:spot")
    assert wallets_of(settings, "ETH") == ("vault:spot",)


def test_the_example_is_dry_run_and_valid() -> None:
    assert loaded("counterpoise.example.toml", {}, secrets=False).mode is Mode.DRY_RUN


def dotted(tree: dict[str, Any], above: tuple[str, ...] = ()) -> set[str]:
    names: set[str] = set()
    for key, value in tree.items():
        names |= (
            dotted(value, (*above, key)) if isinstance(value, dict) else {".".join((*above, key))}
        )
    return names


# what is named once, at the asset or the venue where it is of use
OF_ONE_KIND = ("assets.ETH", "venues.main.options", "assets.BTC.proxy", "assets.BTC.price")


def test_the_example_names_every_setting() -> None:
    text = (CONFIG / "counterpoise.example.toml").read_text()
    tables = re.sub(r"(?m)^# (?=\[)", "", text)
    uncommented = re.sub(r"(?m)^# (?=\w+ = )", "", tables)
    named = dotted(tomllib.loads(uncommented))
    known = dotted(loaded("counterpoise.example.toml", KEYS, secrets=False).model_dump())
    known -= {name for name in known if name.startswith(OF_ONE_KIND)}
    secrets = {"venues.main.api_key", "venues.main.api_secret", "venues.main.api_passphrase"}
    secrets |= {"venues.main.agent_key", "alerts.heartbeat.url"}
    assert known - secrets <= named
    assert {f"{name}_file" for name in secrets} <= named
