from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from counterpoise.config import Request, SettingsProblems, build, load, located
from counterpoise.core.mode import Mode
from counterpoise.core.schedule import Cron
from tests.config.files import GOOD, KEYS, LIVE, changed, loaded, refusal, written

D = Decimal


def test_the_defaults_are_the_safe_side(tmp_path: Path) -> None:
    settings = loaded(written(tmp_path, changed('mode = "testnet"\n', "")))
    assert settings.mode is Mode.DRY_RUN
    assert settings.trigger.on_start is False
    assert settings.trigger.cooldown.ms == 300_000
    assert settings.limits.price_collar == D("0.003")
    assert settings.limits.spread_max == D("0.002")
    assert settings.limits.order_notional_max is None
    assert settings.cycle.interval.ms == 10_000
    assert settings.venues["main"].wallets == ("spot", "linear")
    assert settings.portfolio.quote == "USDT"


def test_an_exchange_with_one_wallet_for_everything_is_read_there(tmp_path: Path) -> None:
    text = changed('exchange = "binance"', 'exchange = "bybit"')
    assert loaded(written(tmp_path, text)).venues["main"].wallets == ("unified",)
    named = text.replace('exchange = "bybit"', 'exchange = "bybit"\nwallets = ["funding"]')
    with pytest.raises(SettingsProblems, match="has no 'linear'"):
        loaded(written(tmp_path, named))


def test_a_number_is_exactly_what_is_written(tmp_path: Path) -> None:
    text = changed("weight = 0.3\n", "weight = 0.123456789012345678901234567\n")
    assert loaded(written(tmp_path, text)).assets["ETH"].weight == D(
        "0.123456789012345678901234567"
    )


def test_live_with_every_limit_and_the_account_is_accepted(tmp_path: Path) -> None:
    text = changed('mode = "testnet"', 'mode = "live"') + LIVE
    assert loaded(written(tmp_path, text)).mode is Mode.LIVE


def test_the_environment_has_the_last_word(tmp_path: Path) -> None:
    environ = {
        **KEYS,
        "COUNTERPOISE_MODE": "dry-run",
        "COUNTERPOISE_ASSETS__BTC__WEIGHT": "0.45",
        "COUNTERPOISE_TRIGGER__DRIFT": "0.02",
        "COUNTERPOISE_TRIGGER__ON_START": "true",
        "COUNTERPOISE_CYCLE__INTERVAL": "30s",
        "COUNTERPOISE_VENUES__MAIN__WALLETS": "spot, linear, funding",
        "COUNTERPOISE_VENUES__MAIN__OPTIONS": '{"recvWindow": 5000}',
        "COUNTERPOISE_LOG__LEVEL": "",  # empty is not set
    }
    settings = loaded(written(tmp_path), environ)
    assert settings.mode is Mode.DRY_RUN
    assert settings.assets["BTC"].weight == D("0.45")
    assert settings.assets["ETH"].weight == D("0.3")
    assert settings.trigger.drift == D("0.02")
    assert settings.trigger.on_start is True
    assert settings.cycle.interval.ms == 30_000
    assert settings.venues["main"].wallets == ("spot", "linear", "funding")
    assert settings.venues["main"].options == {"recvWindow": 5000}


def test_a_whole_portfolio_can_come_from_the_environment() -> None:
    environ = {
        **KEYS,
        "COUNTERPOISE_ASSETS__BTC__WEIGHT": "1",
        "COUNTERPOISE_ASSETS__BTC__PERPETUAL": "main:BTC/USDT:USDT",
        "COUNTERPOISE_VENUES__MAIN__EXCHANGE": "binance",
    }
    settings = build({}, "main", Request(environ=environ))
    assert settings.assets["BTC"].weight == 1


def test_what_is_the_demands_of_others_is_left_alone(tmp_path: Path) -> None:
    environ = {**KEYS, "COUNTERPOISE_CONFIG": "x", "COUNTERPOISE_STATUS": "y", "PATH": "z"}
    assert loaded(written(tmp_path), environ).portfolio_name == "main"


@pytest.mark.parametrize("written_as", ["2025-06-30", '"2025-06-30"', '"2025-06-30T00:00:00Z"'])
def test_an_external_holding_is_dated_as_one_likes(tmp_path: Path, written_as: str) -> None:
    external = (
        f"weight = 0.5\nexternal = 0.25\nexternal_as_of = {written_as}\n"
        'external_valid_for = "90d"\n'
    )
    asset = loaded(written(tmp_path, changed("weight = 0.5\n", external))).assets["BTC"]
    assert asset.external == D("0.25")
    assert asset.external_as_of == datetime(2025, 6, 30, tzinfo=UTC)
    assert asset.external_valid_for is not None
    assert asset.external_valid_for.ms == 90 * 86_400_000


def test_the_calendar_is_a_duration_or_a_cron_line(tmp_path: Path) -> None:
    text = changed("drift = 0.05", 'drift = 0.05\nevery = "0 8 1 * *"')
    assert isinstance(loaded(written(tmp_path, text)).trigger.every, Cron)


def test_each_setting_says_where_it_came_from(tmp_path: Path) -> None:
    path = written(tmp_path)
    told = loaded(path, {**KEYS, "COUNTERPOISE_TRIGGER__DRIFT": "0.02"}).told()
    assert told["mode"] == ("testnet", f"{path}:1")
    assert told["assets.ETH.weight"] == ("0.3", f"{path}:11")
    assert told["trigger.drift"] == ("0.02", "env COUNTERPOISE_TRIGGER__DRIFT")
    assert told["trigger.cooldown"] == ("5m", "default")
    origin = "env COUNTERPOISE_VENUES__MAIN__API_KEY"
    assert told["venues.main.api_key"] == ("********", origin)


def test_the_digest_names_the_settings_and_not_the_secrets(tmp_path: Path) -> None:
    path = written(tmp_path)
    other_keys = {name: f"{value}-other" for name, value in KEYS.items()}
    assert loaded(path).digest == loaded(path, other_keys).digest
    assert len(loaded(path).digest) == 8
    assert loaded(path).digest != loaded(path, {**KEYS, "COUNTERPOISE_MODE": "dry-run"}).digest


def test_the_portfolio_is_named_after_its_file(tmp_path: Path) -> None:
    settings = loaded(written(tmp_path, name="cold-2.toml"))
    assert settings.portfolio_name == "cold-2"
    assert settings.status_path == Path("var/cold-2.status.json")
    assert settings.halt_path == Path("var/cold-2.halt")


def test_a_name_that_no_journal_would_take_is_refused(tmp_path: Path) -> None:
    assert "rename the file" in str(refusal(written(tmp_path, name="my portfolio.toml")))


def test_a_file_that_changes_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path)
    settings = loaded(path)
    assert not settings.file_changed()
    os.utime(path, (0, 0))
    assert not settings.file_changed()
    path.write_text(changed("0.3", "0.4"))
    assert settings.file_changed()


def test_a_change_of_the_same_size_and_time_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path)
    settings = loaded(path)
    assert not settings.file_changed()
    found = path.stat()
    path.write_text(changed("0.3", "0.4"))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert path.stat().st_size == found.st_size
    assert settings.file_changed()


def test_a_file_that_is_put_back_has_not_changed(tmp_path: Path) -> None:
    path = written(tmp_path)
    settings, before = loaded(path), path.read_bytes()
    path.unlink()
    assert settings.file_changed()
    path.write_bytes(before)
    assert not settings.file_changed()


def test_a_file_that_is_gone_has_changed(tmp_path: Path) -> None:
    path = written(tmp_path)
    settings = loaded(path)
    path.unlink()
    assert settings.file_changed()


def test_the_named_file_comes_first_then_the_environment_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, name="counterpoise.toml")
    environ = {"COUNTERPOISE_CONFIG": "/from/environment.toml"}
    assert located(Path("named.toml"), environ) == Path("named.toml")
    assert located(None, environ) == Path("/from/environment.toml")
    assert located(None, {}) == Path("counterpoise.toml")


def test_commands_that_sign_in_nowhere_read_no_secret(tmp_path: Path) -> None:
    text = GOOD + 'api_key_file = "/nowhere/key"\napi_secret_file = "/nowhere/secret"\n'
    settings = loaded(written(tmp_path, text), {}, secrets=False)
    assert settings.venues["main"].api_key is None
    with pytest.raises(SettingsProblems):
        load(written(tmp_path, text), Request(environ={}))
