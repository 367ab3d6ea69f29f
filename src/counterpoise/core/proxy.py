"""Assets without a perpetual: what their carriers carry of them, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from counterpoise.core.decision import AssetView, Decision, Situation
from counterpoise.core.doubt import believed
from counterpoise.core.exposure import external_quantity, held_quantity
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Hold, HoldReason
from counterpoise.core.policy.policy import Policy, Proxied
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.target import weight
from counterpoise.core.units import ZERO, plain

PLACES = 4  # of a share, in words


def excess(snapshot: Snapshot, policy: Policy, proxied: Proxied, value: Decimal) -> Decimal:
    """
    Return how much more of an asset is held than its owner wants exposed, in quote currency.

    Signed: negative where less is held. `value` is portfolio value.
    """
    worth = held_quantity(snapshot, proxied) * snapshot.spots[proxied.spot].mid
    return worth - policy.exposure * proxied.weight * value


def carried(
    snapshot: Snapshot, policy: Policy, value: Decimal | None, doubts: Mapping[Asset, Hold]
) -> Mapping[Asset, Decimal]:
    """
    Return what each carrier carries of others, in quote currency of its own asset.

    One of beta 1.2 moves 1.2 per cent where its carrier moves one: a hundred of it too many are a
    hundred and twenty of the carrier too many. One in doubt counts nothing: its carrier holds.
    """
    found: dict[Asset, Decimal] = {}
    for proxied in policy.proxied if value is not None else ():
        if proxied.asset not in doubts:
            assert value is not None
            moved = proxied.beta * excess(snapshot, policy, proxied, value)
            found[proxied.carrier] = found.get(proxied.carrier, ZERO) + moved
    return found


def carried_band(policy: Policy, carrier: Asset) -> Decimal:
    """Return by how much of portfolio value a carrier's band is wider for what it carries."""
    bands = (abs(p.beta) * p.drift for p in policy.proxied if p.carrier == carrier)
    return sum(bands, ZERO)


def carriers_doubts(policy: Policy, doubts: Mapping[Asset, Hold]) -> Mapping[Asset, Hold]:
    """Return the doubts of carriers that follow from doubts of what they carry."""
    return {
        proxied.carrier: Hold(
            asset=proxied.carrier,
            reason=doubts[proxied.asset].reason,
            detail=f"it carries {proxied.asset}: {doubts[proxied.asset].detail}",
        )
        for proxied in reversed(policy.proxied)  # the first one is the one that is told
        if proxied.asset in doubts
    }


def decisions(
    snapshot: Snapshot,
    situation: Situation,
    policy: Policy,
    value: Decimal | None,
    doubts: Mapping[Asset, Hold],
) -> Iterable[tuple[Decision, AssetMemory]]:
    """Say of each asset without a perpetual who carries it, and what is to be remembered."""
    for proxied in policy.proxied:
        memory = situation.memories.get(proxied.asset) or AssetMemory()
        doubt = doubts.get(proxied.asset)
        view = (
            None if value is None or doubt is not None else _view(snapshot, policy, proxied, value)
        )
        verdict = situation.held.get(proxied.asset) or doubt or _carried_by(proxied, view)
        if doubt is None:
            memory = believed(memory, snapshot, proxied)
        yield Decision(asset=proxied.asset, verdict=verdict, view=view), memory


def _carried_by(proxied: Proxied, view: AssetView | None) -> Hold:
    detail = f"carried by {proxied.carrier}, beta {plain(proxied.beta)}"
    if view is not None:
        detail += f", drift {plain(round(view.drift_weight, PLACES))}"
    return Hold(asset=proxied.asset, reason=HoldReason.CARRIED, detail=detail)


def _view(snapshot: Snapshot, policy: Policy, proxied: Proxied, value: Decimal) -> AssetView:
    held, price = held_quantity(snapshot, proxied), snapshot.spots[proxied.spot].mid
    external = external_quantity(proxied)
    share, wanted = weight(held, price, value), policy.exposure * proxied.weight
    return AssetView(
        asset=proxied.asset,
        instrument=next(t.instrument for t in policy.targets if t.asset == proxied.carrier),
        spot=held - external,
        external=external,
        perpetual=ZERO,
        position=ZERO,
        net=held,
        price=price,
        weight=share,
        weight_target=wanted,
        drift_weight=share - wanted,
        band_outer_weight=proxied.drift,
        band_inner_weight=proxied.drift * policy.trigger.return_to,
        carrier=proxied.carrier,
    )
