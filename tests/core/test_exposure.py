"""Holdings, net delta and value, as a snapshot shows them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from counterpoise.core.exposure import (
    external_quantity,
    holdings_by_source,
    perpetual_delta,
    prices,
)
from counterpoise.core.instrument import Asset, Kind
from counterpoise.core.policy.policy import ValueBasis
from counterpoise.core.snapshot import Balance
from counterpoise.core.target import target_delta, weight
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import amounts, shares
from tests.worlds import Row, World, decision_of

D = Decimal
ROW = Row(
    asset="BTC",
    spot=D("0.8"),
    collateral=D("0.3"),
    external=D("0.25"),
    size=D(-20_000),
    price=D(50_000),
    weight=D("0.5"),
    kind=Kind.INVERSE,
    size_step=ONE,
)
WORLD = World(rows=(ROW,), cash=D(10_000), equity=D(5_000))


def test_every_source_counts_spot_margin_balance_and_what_is_declared() -> None:
    shown = holdings_by_source(WORLD.snapshot, ROW.target)
    assert shown == {"main:spot": D("0.8"), "main:inverse": D("0.3")}
    assert external_quantity(ROW.target) == D("0.25")
    assert perpetual_delta(WORLD.snapshot, ROW.target) == D("-0.4")


def test_net_delta_is_spot_plus_perpetual() -> None:
    view = decision_of(WORLD.plan(), "BTC").view
    assert view is not None
    assert (view.spot, view.external) == (D("1.1"), D("0.25"))
    assert (view.perpetual, view.position, view.net) == (D("-0.4"), D(-20_000), D("0.95"))


def test_a_wallet_that_is_not_configured_does_not_count() -> None:
    snapshot = WORLD.snapshot
    stray = Balance(source="main:funding", asset=Asset("BTC"), quantity=D(9))
    shown = holdings_by_source(replace(snapshot, balances=(*snapshot.balances, stray)), ROW.target)
    assert "main:funding" not in shown


def test_value_is_what_is_held_and_by_equity_cash_and_margin_besides() -> None:
    held = D("1.35") * 50_000
    assert WORLD.plan().value == held
    assert replace(WORLD, value_basis=ValueBasis.EQUITY).plan().value == held + 15_000


def test_perpetuals_are_no_part_of_the_value_of_holdings() -> None:
    assert WORLD.changed(replace(ROW, size=D(90_000))).plan().value == WORLD.plan().value


def test_margin_in_coin_is_worth_its_mark_price() -> None:
    assert prices(WORLD.snapshot, WORLD.policy) == {"BTC": 50_000, "USDT": 1}


@given(shares(), shares(), amounts("1", "1000000"), amounts("0.01", "90000"))
def test_a_target_delta_is_worth_its_share_of_value(
    exposure: Decimal, share: Decimal, value: Decimal, price: Decimal
) -> None:
    delta = target_delta(exposure, share, value, price)
    assert abs(weight(delta, price, value) - exposure * share) < D("1E-25")
    assert target_delta(ZERO, share, value, price) == 0
