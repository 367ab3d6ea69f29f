"""Building a local exchange: what it takes, and what it refuses."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.errors import SettingsError
from counterpoise.exchange.local import LocalExchangeConfig, build
from tests.exchange.wires import Controller, FakeClock


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (LocalExchangeConfig(venue="bitmex"), "bitmex"),
        (LocalExchangeConfig(start="yesterday"), "not a date"),
        (LocalExchangeConfig(start="2019-01-01"), "nothing was recorded"),
        (LocalExchangeConfig(start="2025-02-01"), "nothing was recorded"),
        (LocalExchangeConfig(speed=Decimal(-1)), "speed"),
        (LocalExchangeConfig(positions={"DOGEUSDT": Decimal(1)}), "DOGEUSDT"),
    ],
)
def test_what_it_cannot_be_is_a_settings_error(config: LocalExchangeConfig, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        build(config, FakeClock())


@pytest.mark.parametrize("start", ["2024-12-01", "2024-12-01T00:00:00Z", "2024-12-01T02:00+02:00"])
def test_a_start_is_a_date_or_a_time(start: str) -> None:
    exchange = build(LocalExchangeConfig(start=start, speed=Decimal(0)), FakeClock())
    assert Controller(exchange).get("state")["time"]["market"] == "2024-12-01T00:00:00.000Z"


def test_an_account_is_what_the_settings_say() -> None:
    config = LocalExchangeConfig(
        speed=Decimal(0),
        balances={"BTC": Decimal(1)},
        futures_wallet={"USDT": Decimal(5_000)},
        positions={"BTCUSDT": Decimal("-0.25")},
        hedge_mode=True,
    )
    state = Controller(build(config, FakeClock())).get("state")
    assert state["balances"]["spot"] == {"BTC": "1"}
    assert [(row["side"], row["quantity"]) for row in state["positions"]] == [("SHORT", "-0.25")]
    assert state["account"]["hedge_mode"] is True


def test_two_exchanges_with_one_seed_agree_and_others_do_not() -> None:
    def prices(seed: int) -> object:
        exchange = build(LocalExchangeConfig(seed=seed, speed=Decimal(0)), FakeClock())
        control = Controller(exchange)
        control.post("clock", advance_s=1_234)
        return control.get("state")["prices"]

    assert prices(1) == prices(1)
    assert prices(1) != prices(2)


def test_no_secret_is_in_a_repr() -> None:
    config = LocalExchangeConfig(api_secret="verysecret", control_token="alsosecret")
    exchange = build(config, FakeClock())
    shown = repr(config) + repr(exchange.venue.credentials)
    assert "verysecret" not in shown
    assert "alsosecret" not in shown
