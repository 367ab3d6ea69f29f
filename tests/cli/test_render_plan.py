"""What `plan` prints, from values alone: the worked examples, number by number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from counterpoise.bootstrap.basis import Basis
from counterpoise.cli import render_explain, render_plan
from counterpoise.cli.render_explain import Explanation
from counterpoise.core.basis import BasisRisk
from counterpoise.core.instrument import Asset, Kind
from counterpoise.core.orders import ClientOrderId, Hold, HoldReason
from counterpoise.core.policy.policy import Limits
from counterpoise.core.snapshot import Missing
from counterpoise.core.units import ZERO
from counterpoise.ports import CycleRecord
from tests.cli import portfolio
from tests.cli.printing import plan_view, printed
from tests.worlds import Other, Row, World, intent_of, sided

D = Decimal
ID = ClientOrderId("cpmain000412x7k2")
TWO = World(
    rows=(
        Row(asset="BTC", spot=D(1), price=D(50_000), weight=D("0.5"), size_step=D("0.00001")),
        Row(asset="ETH", spot=D("33.333"), price=D(1_000), weight=D("0.5")),
    )
)


def record_of(world: World) -> CycleRecord:
    return CycleRecord(
        number=1,
        at_ms=world.situation.now_ms,
        settings_digest="",
        snapshot=world.snapshot,
        situation=world.situation,
        policy=world.policy,
        plan=world.plan(),
    )


def told_of(world: World) -> str:
    record = record_of(world)
    return printed(render_plan.rendered(plan_view(record), 160), 160)


def test_at_exposure_one_plan_prints_8333_50_either_way() -> None:
    told = told_of(TWO)
    assert "value 83,333.00 USDT" in told
    assert " 60.00  50.00 +10.00  SELL 0.16667 BTC/USDT:USDT" in told
    assert " 40.00  50.00 -10.00  BUY 8.3335 ETH/USDT:USDT" in told
    assert "BTC:  drift 10.00 > 5.00; return_to 0 -> 0.00; 8,333.50 USDT / 50,000.00" in told
    assert "ETH:  drift 10.00 > 5.00; return_to 0 -> 0.00; 8,333.50 USDT / 1,000.00" in told
    assert told.count("weight 50.00, drift +0.00") == 2


def test_at_exposure_zero_plan_sells_all_of_it_short() -> None:
    told = told_of(replace(TWO, exposure=ZERO))
    assert "50,000.00 USDT / 50,000.00 = 1.00000, step 0.00001 -> 1\n" in told
    assert "33,333.00 USDT / 1,000.00 = 33.33300, step 0.00001 -> 33.333\n" in told


def test_back_to_exposure_one_plan_buys_back_41666_50_and_closes_before_it_opens() -> None:
    neutral = replace(TWO, exposure=ZERO)
    hedged = replace(neutral.settled(neutral.plan(), elapsed_ms=600_000), exposure=D(1))
    told = told_of(hedged)
    assert told.count("41,666.50 USDT") == 2
    assert "-> 33.333 (closes first, opens next cycle)" in told
    assert "reduce-only" in told


def test_the_two_asset_example_is_2000_short_and_2000_long() -> None:
    rows = (
        Row(asset="BTC", spot=D(100), weight=D("0.4")),
        Row(asset="ETH", spot=D(100), weight=D("0.6")),
    )
    told = told_of(World(rows=rows))
    assert "SELL 20 BTC/USDT:USDT" in told
    assert "BUY 20 ETH/USDT:USDT" in told
    assert told.count("2,000.00 USDT / 100.00 = 20.00000") == 2


def test_an_inverse_perpetual_is_counted_in_quote_currency() -> None:
    row = Row(
        asset="BTC",
        collateral=D(2),
        price=D(50_000),
        weight=D(1),
        kind=Kind.INVERSE,
        size_step=D(100),
    )
    told = told_of(World(rows=(row,), exposure=ZERO))
    assert "100,000.00 USD, step 100 -> 100,000" in told
    assert "(at most 300.00, at the limit)" in told  # three thousandths of it, in dollars


def test_an_order_that_a_limit_cuts_says_so() -> None:
    limits = Limits(price_collar=D("0.003"), spread_max=D("0.002"), order_notional_max=D(5_000))
    told = told_of(replace(TWO, limits=limits))
    assert "-> 0.1 (the rest in later cycles)" in told
    assert "order 5,000 / 5,000" in told


def test_plan_prints_the_worked_example() -> None:
    told = printed(render_plan.rendered(plan_view(), 120))
    assert told == (
        "DRY LOOK, nothing is sent.   main   live settings   value 181,550.00 USDT"
        "   snapshot 217 ms old (9 reads, all complete)\n"
        "asset   spot+external     perp       net     price weight target drift  decision\n"
        "BTC   0.80000+0.25000 -0.05000   1.00000 95,000.00  52.33  50.00 +2.33  hold"
        "   inside the band (5.00)\n"
        "ETH          14.00000 +1.50000  15.50000  3,400.00  29.03  35.00 -5.97  BUY 1.587"
        " ETH/USDT:USDT, limit 3,410.20, IOC\n"
        "SOL         180.00000  0.00000 180.00000    190.00  18.84  15.00 +3.84  hold"
        "   inside the band (5.00)\n"
        "ETH:  drift 5.97 > 5.00; return_to 0.6 -> -3.00;"
        " 5,396.00 USDT / 3,400.00 = 1.58706, step 0.001 -> 1.587\n"
        "      cost about 2.70 fee + 0.16 slippage (at most 16.19, at the limit)"
        "   after: weight 32.00, drift -3.00\n"
        "      limits: order 5,396 / 25,000   position 10,496 / 250,000   day 5,396 / 500,000"
        "   leverage 0.76 / 3.0\n"
        "      per minute 1 / 20   spread 0.6 / 20 bps   price 0.3 / 30 bps   ok\n"
        "External BTC 0.25 was declared 41 d ago, valid 49 d more."
    )


def test_both_sides_of_a_position_are_told_and_the_opposite_one_is_closed_first() -> None:
    world = replace(TWO, exposure=ZERO)
    told = told_of(world.changed(sided(TWO["BTC"], "0.3", "0.3")))
    assert "BTC is 0.3 long and 0.3 short at once (hedge mode)." in told
    assert "closes first, opens next cycle" in told


def test_work_remains_while_there_is_an_order_and_not_afterwards() -> None:
    assert render_plan.work_remains(portfolio.record())
    assert not render_plan.work_remains(portfolio.quiet_record())


def test_what_is_missing_is_said_with_who_waits_for_it() -> None:
    missing = Missing(what="main:positions", assets=frozenset({portfolio.USDT}), reason="HTTP 503")
    seen = replace(portfolio.snapshot(), missing=(missing,), positions={})
    record = replace(portfolio.record(), snapshot=seen)
    told = printed(render_plan.rendered(plan_view(record), 120))
    assert "1 MISSING" in told
    assert "Missing main:positions: HTTP 503. USDT hold." in told


def test_a_hold_that_needs_a_person_names_the_command() -> None:
    record = portfolio.record()
    hold = Hold(asset=record.plan.decisions[0].asset, reason=HoldReason.ZERO_UNEXPLAINED)
    decisions = (replace(record.plan.decisions[0], verdict=hold), *record.plan.decisions[1:])
    record = replace(record, plan=replace(record.plan, decisions=decisions))
    told = printed(render_plan.rendered(plan_view(record), 120))
    assert "a balance fell to zero and nothing explains it" in told
    assert "counterpoise resume --asset BTC" in told


def test_a_replay_says_of_which_order_and_when() -> None:
    told = printed(render_plan.rendered(replace(plan_view(), replayed=ID), 120))
    assert told.startswith(f"REPLAY of {ID}, nothing is sent.")
    assert "2025-06-30 03:12:04Z" in told


PEPE = Row(
    asset="PEPE",
    spot=D(40_000_000),
    price=D("0.01"),
    price_step=D("0.00001"),
    weight=D("0.3"),
    size_step=D(1),
    multiplier=D(1_000),
    spot_price=D("0.00001"),
)
ALT = Other(asset="ALT", held=D(10_000), price=D("0.02"), weight=D("0.1"), beta=D("1.2"))


def test_a_multiple_is_shown_by_its_asset_and_ordered_by_itself() -> None:
    told = told_of(World(rows=(PEPE, replace(TWO["BTC"], spot=D("0.012")))))
    assert " 40,000,000.00000 0.00001000  40.00  30.00 +10.00  SELL 10,000 1000PEPE/" in told
    assert "100.00 USDT / 0.01000 = 10000.00000, step 1 -> 10,000" in told
    assert "after: weight 30.00, drift +0.00" in told


def test_what_is_carried_is_told_of_both() -> None:
    row = replace(TWO["BTC"], spot=D("0.016"), weight=D("0.2"))
    world = World(rows=(row,), others=(ALT,), exposure=ZERO)
    told = told_of(world)
    assert "of it +80.00 its own, +24.00 carried of others;" in told
    assert "SELL 0.0208 BTC/USDT:USDT" in told
    assert "ALT:  hedged with another's perpetual: carried by BTC, beta 1.2, drift 0.2" in told
    assert " 0.020000 " in told


def test_the_basis_risk_of_a_proxy_is_told_and_is_no_work() -> None:
    risk = BasisRisk(
        returns=179,
        span_ms=14_400_000,
        correlation=D("0.8312"),
        beta=D("1.3149"),
        residual_day=D("0.02149"),
    )
    found = Basis(
        asset=Asset("ALT"), carrier=Asset("BTC"), beta=D("1.2"), market=ALT.spot_key, risk=risk
    )
    world = World(rows=(replace(TWO["BTC"], spot=D("0.016"), weight=D("0.8")),), others=(ALT,))
    world = replace(world, others=(replace(ALT, weight=D("0.2")),))
    record = record_of(world)
    view = replace(plan_view(record), bases=(found,))
    told = printed(render_plan.rendered(view, 160), 160)
    assert "correlation 0.83 with BTC over 29 days; beta 1.2 declared, 1.31 fits best;" in told
    assert "what it leaves moves 2.15 % a day" in told
    assert not found.low
    assert not render_plan.work_remains(record)
    assert render_plan.facts(view)["basis"] == [found]


def test_a_proxy_that_follows_little_is_one_to_think_about() -> None:
    none = BasisRisk(returns=30, span_ms=1, correlation=None, beta=None, residual_day=D("0.1"))
    facts = {"asset": Asset("ALT"), "carrier": Asset("BTC"), "beta": D(1), "market": ALT.spot_key}
    for risk in (None, none, replace(none, correlation=D("0.49"))):
        assert Basis(**facts, risk=risk, reason="no answer").low  # type: ignore[arg-type]
    assert not Basis(**facts, risk=replace(none, correlation=D("-0.9"))).low  # type: ignore[arg-type]
    assert "correlation none" in " ".join(Basis(**facts, risk=none).said)  # type: ignore[arg-type]


def explained(world: World, asset: str) -> str:
    decided = world.plan()
    record = record_of(world)
    order = next(order for order in decided.orders if order.asset == asset)
    told = Explanation(intent=intent_of(order), record=record, transitions=(), after=None)
    return printed(render_explain.rendered(told, 160), 160)


def test_an_explained_order_tells_what_its_asset_carries() -> None:
    row = replace(TWO["BTC"], spot=D("0.016"), weight=D("0.2"))
    told = explained(World(rows=(row,), others=(ALT,), exposure=ZERO), "BTC")
    assert "of it +80.00 its own, +24.00 carried of others;" in told
    assert "drift +104.00 pt beyond 11.00" in told


def test_an_explained_order_of_multiples_was_decided_on_the_price_of_one() -> None:
    told = explained(World(rows=(PEPE, replace(TWO["BTC"], spot=D("0.012")))), "PEPE")
    assert "PEPE spot 40,000,000, perp 0, price 0.00001000 (bid 0.01000 ask 0.01000" in told
