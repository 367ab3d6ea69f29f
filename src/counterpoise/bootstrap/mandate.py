"""From the owner's settings to the policy that decisions are made by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from counterpoise.config import AssetSettings, Settings, spot_market, wallets_of
from counterpoise.core.instrument import Asset, InstrumentKey, SpotKey
from counterpoise.core.policy.policy import (
    External,
    Limits,
    Policy,
    Proxied,
    Target,
    Trigger,
)


def policy_of(settings: Settings) -> Policy:
    """Return the policy that the settings spell."""
    trigger, limits = settings.trigger, settings.limits
    return Policy(
        quote=Asset(settings.portfolio.quote),
        exposure=settings.portfolio.exposure,
        value_basis=settings.portfolio.value,
        targets=tuple(targets_of(settings)),
        proxied=tuple(proxied_of(settings)),
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


def targets_of(settings: Settings) -> Iterator[Target]:
    """Yield the target of each asset that has a perpetual."""
    for name, asset in settings.assets.items():
        if asset.perpetual is not None:
            spot = spot_market(settings, name)
            yield Target(
                asset=Asset(name),
                weight=asset.weight,
                instrument=InstrumentKey(asset.perpetual),
                sources=wallets_of(settings, name),
                drift=_drift(settings, asset),
                external=_external(asset),
                spot=None if spot is None else SpotKey(spot),
            )


def proxied_of(settings: Settings) -> Iterator[Proxied]:
    """Yield what is wanted of each asset that is hedged with another's perpetual."""
    for name, asset in settings.assets.items():
        spot = spot_market(settings, name)
        if asset.proxy is not None and spot is not None:
            yield Proxied(
                asset=Asset(name),
                weight=asset.weight,
                sources=wallets_of(settings, name),
                drift=_drift(settings, asset),
                carrier=Asset(asset.proxy.asset),
                beta=asset.proxy.beta,
                spot=SpotKey(spot),
                external=_external(asset),
            )


def _drift(settings: Settings, asset: AssetSettings) -> Decimal:
    return settings.trigger.drift if asset.drift is None else asset.drift


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
