"""From a snapshot to holdings, net delta and portfolio value."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from counterpoise.core.instrument import Asset
from counterpoise.core.policy.policy import Holding, Policy, Target, ValueBasis
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.units import ONE, ZERO


def holdings_by_source(snapshot: Snapshot, target: Holding) -> Mapping[str, Decimal]:
    """
    Return what each configured source shows of the asset, in base units.

    Spot wallets show a balance. A coin-margined wallet shows its margin balance (unrealised
    profit included), which belongs with the mark price: a short of all of it has no delta at any
    price. A source that shows nothing is left out: absent is not zero.
    """
    shown = {
        balance.source: balance.quantity
        for balance in snapshot.balances
        if balance.asset == target.asset and balance.source in target.sources
    }
    for margin in snapshot.margins:
        if margin.asset == target.asset and margin.source in target.sources:
            shown[margin.source] = margin.equity
    return shown


def external_quantity(target: Holding) -> Decimal:
    """Return the declared external holding, in base units."""
    return target.external.quantity if target.external else ZERO


def held_quantity(snapshot: Snapshot, target: Holding) -> Decimal:
    """Return spot, collateral and declared external holdings of an asset, in base units."""
    shown = holdings_by_source(snapshot, target).values()
    return sum(shown, ZERO) + external_quantity(target)


def perpetual_delta(snapshot: Snapshot, target: Target) -> Decimal:
    """Return the delta of the asset's perpetual at its mark price, in base units."""
    instrument = snapshot.instruments[target.instrument]
    mark = snapshot.marks[target.instrument]
    return instrument.delta(snapshot.positions[target.instrument].size, mark.mark_price)


def price_of(snapshot: Snapshot, target: Target) -> Decimal:
    """Return quote currency per unit of the asset, by the mark price of its perpetual."""
    instrument = snapshot.instruments[target.instrument]
    return instrument.price_of_asset(snapshot.marks[target.instrument].mark_price)


def portfolio_value(
    snapshot: Snapshot, policy: Policy, holdings: Mapping[Asset, Decimal]
) -> Decimal:
    """
    Return what weights are shares of, in quote currency.

    `holdings` is spot plus external of each asset that counts, in base units; one without a
    perpetual of its own counts at its spot price. By equity, cash and the margin balance
    (unrealised profit included) come on top. A wallet that is both, as that of a unified account,
    counts once: by its margin balance.
    """
    worths = [
        holdings[target.asset] * price_of(snapshot, target)
        for target in policy.targets
        if target.asset in holdings
    ]
    worths += [
        holdings[proxied.asset] * snapshot.spots[proxied.spot].mid
        for proxied in policy.proxied
        if proxied.asset in holdings
    ]
    value = sum(worths, ZERO)
    if policy.value_basis is ValueBasis.HOLDINGS:
        return value
    cash = {b.source: b.quantity for b in snapshot.balances if b.asset == policy.quote}
    margin = {m.source: m.equity for m in snapshot.margins if m.asset == policy.quote}
    return value + sum({**cash, **margin}.values(), ZERO)


def cash_shown(snapshot: Snapshot, policy: Policy) -> bool:
    """Say whether every wallet that must show the quote currency does: absent is not zero."""
    if policy.value_basis is ValueBasis.HOLDINGS:
        return True
    shown = {b.source for b in snapshot.balances if b.asset == policy.quote}
    shown |= {m.source for m in snapshot.margins if m.asset == policy.quote}
    return shown.issuperset(policy.quote_sources)


def prices(snapshot: Snapshot, policy: Policy) -> Mapping[Asset, Decimal]:
    """
    Return quote currency per unit of each asset that margin may be held in.

    One without a perpetual of its own is left out: as margin it grants no leverage.
    """
    known = {
        target.asset: price_of(snapshot, target)
        for target in policy.targets
        if target.instrument in snapshot.marks and target.instrument in snapshot.instruments
    }
    return {**known, policy.quote: ONE}
