"""Multi-assets mode: coins beside the cash back linear perpetuals, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from tests.exchange.test_binance_answers import answered, body
from tests.exchange.wires import Controller, FakeClock

D = Decimal
WALLETS = {"USDT": D(1_000), "BTC": D(3)}
SELL = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "1"}
Rows = dict[str, dict[str, str]]


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    exchange = build(LocalExchangeConfig(speed=D(0), futures_wallet=WALLETS), clock)
    control = Controller(exchange)
    control.post("balance", wallet="collateral", asset="BTC", quantity="1")
    return exchange


@pytest.fixture
def pooled(exchange: LocalExchange, control: Controller) -> LocalExchange:
    control.post("account", multi_assets=True)
    return exchange


def assets(exchange: LocalExchange, path: str = "/fapi/v3/account") -> Rows:
    return {row["asset"]: row for row in body(exchange, path)["assets"]}


def test_in_single_asset_mode_a_coin_lies_there_and_backs_nothing(exchange: LocalExchange) -> None:
    assert D(assets(exchange)["BTC"]["marginBalance"]) == 1
    assert D(body(exchange, "/fapi/v3/account")["totalMarginBalance"]) == 1_000
    assert answered(exchange, "POST", "/fapi/v1/order", **SELL).status == 400


def test_in_multi_assets_mode_it_backs_at_a_share_of_its_worth(
    pooled: LocalExchange, control: Controller
) -> None:
    spot = D(control.get("state")["prices"]["spot:BTCUSDT"]["last"])
    total = D(body(pooled, "/fapi/v3/account")["totalMarginBalance"])
    assert abs(total - (1_000 + spot * D("0.95"))) < D("0.001")
    assert answered(pooled, "POST", "/fapi/v1/order", **SELL).status == 200
    assert D(assets(pooled)["USDT"]["walletBalance"]) < 1_000  # the fee
    assert D(assets(pooled)["BTC"]["walletBalance"]) == 1


def test_the_coin_margined_wallet_is_another(pooled: LocalExchange) -> None:
    assert D(assets(pooled, "/dapi/v1/account")["BTC"]["marginBalance"]) == 3


def test_a_pool_that_is_used_up_is_liquidated(pooled: LocalExchange, control: Controller) -> None:
    answered(pooled, "POST", "/fapi/v1/order", **SELL)
    control.post("price", symbol="BTCUSDT", market="linear", price="150000")
    assert len(body(pooled, "/fapi/v3/positionRisk")) == 1
    control.post("price", symbol="BTCUSDT", market="linear", price="180000")
    assert body(pooled, "/fapi/v3/positionRisk") == []
