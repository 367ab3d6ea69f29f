"""The holds that no snapshot shows: a person's word, an account unfit, and a clock astray."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.orders import Hold, HoldReason
from counterpoise.core.policy.policy import Holding, Policy
from counterpoise.core.scene import venue_of
from counterpoise.core.state import AccountState, Control
from counterpoise.ports import VenueLimits

NOTHING_UNFIT: Mapping[VenueName, str] = MappingProxyType({})


def held_back(
    control: Control,
    policy: Policy,
    skews_ms: Mapping[VenueName, int],
    limits: Mapping[VenueName, VenueLimits],
    unfit: Mapping[VenueName, str] = NOTHING_UNFIT,
) -> dict[Asset, Hold]:
    """
    Return what holds each asset besides what was read.

    `skews_ms` is each venue's clock minus ours; `unfit` says why an account must not be traded on.
    """
    if control.state is not AccountState.RUN and not control.flattening:
        detail = f"{control.state}: {control.reason}"
        return {one.asset: _hold(one, HoldReason.OPERATOR, detail) for one in policy.every}
    astray = {
        venue: skew_ms
        for venue, skew_ms in skews_ms.items()
        if abs(skew_ms) > limits[venue].skew_max_ms
    }
    found = {
        target.asset: _hold(target, HoldReason.CLOCK_SKEW, _apart(venue, astray, limits))
        for target in policy.targets
        if (venue := venue_of(target)) in astray
    }
    return found | {
        target.asset: _hold(target, HoldReason.ACCOUNT_UNFIT, unfit[venue])
        for target in policy.targets
        if (venue := venue_of(target)) in unfit
    }


def _hold(target: Holding, reason: HoldReason, detail: str) -> Hold:
    return Hold(asset=target.asset, reason=reason, detail=detail)


def _apart(
    venue: VenueName, astray: Mapping[VenueName, int], limits: Mapping[VenueName, VenueLimits]
) -> str:
    allowed_ms = limits[venue].skew_max_ms
    return f"{venue}'s clock is {astray[venue]} ms from ours, at most {allowed_ms} allowed"
