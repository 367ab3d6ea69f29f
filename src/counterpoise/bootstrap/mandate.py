"""From the owner's settings to the policy that decisions are made by."""

from __future__ import annotations

from datetime import datetime

from counterpoise.config import AssetSettings, Settings
from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.policy.policy import External, Limits, Policy, Target, Trigger

HOLDING_WALLETS = frozenset({"spot", "margin", "funding", "inverse", "unified"})


def policy_of(settings: Settings) -> Policy:
    """Return the policy that the settings spell."""
    trigger, limits = settings.trigger, settings.limits
    return Policy(
        quote=Asset(settings.portfolio.quote),
        exposure=settings.portfolio.exposure,
        value_basis=settings.portfolio.value,
        targets=tuple(
            target_of(settings, Asset(name), asset) for name, asset in settings.assets.items()
        ),
        trigger=Trigger(
            sustain_ms=trigger.sustain.ms,
            cooldown_ms=trigger.cooldown.ms,
            on_start=trigger.on_start,
            return_to=trigger.return_to,
        ),
        limits=Limits(
            price_collar=limits.price_collar,
            spread_max=limits.spread_max,
            order_notional_max=limits.order_notional_max,
            position_notional_max=limits.position_notional_max,
            turnover_day_max=limits.turnover_day_max,
            orders_per_minute_max=limits.orders_per_minute_max,
            leverage_max=limits.leverage_max,
            margin_use_max=limits.margin_use_max,
            liquidation_distance_min=limits.liquidation_distance_min,
        ),
        snapshot_age_max_ms=settings.cycle.snapshot_age_max.ms,
        quote_sources=tuple(
            f"{venue}:{wallet}"
            for venue, venue_settings in settings.venues.items()
            for wallet in venue_settings.wallets
        ),
    )


def target_of(settings: Settings, name: Asset, asset: AssetSettings) -> Target:
    """Return the target of one asset; every wallet that can hold it must show it."""
    sources = (
        f"{venue}:{wallet}"
        for venue, venue_settings in settings.venues.items()
        for wallet in venue_settings.wallets
        if wallet in HOLDING_WALLETS
    )
    return Target(
        asset=name,
        weight=asset.weight,
        instrument=InstrumentKey(asset.perpetual),
        sources=tuple(sources),
        drift=settings.trigger.drift if asset.drift is None else asset.drift,
        external=_external(asset),
    )


def _external(asset: AssetSettings) -> External | None:
    if asset.external is None:
        return None
    as_of_ms = None if asset.external_as_of is None else _ms(asset.external_as_of)
    until_ms = None
    if as_of_ms is not None and asset.external_valid_for is not None:
        until_ms = as_of_ms + asset.external_valid_for.ms
    return External(quantity=asset.external, as_of_ms=as_of_ms, valid_until_ms=until_ms)


def _ms(moment: datetime) -> int:
    """Return whole milliseconds since 1970, without a float in between."""
    return int(moment.timestamp()) * 1000
