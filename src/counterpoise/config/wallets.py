"""Which wallets an asset is looked for in: all that can hold it, or those that are named."""

from __future__ import annotations

from collections.abc import Iterator

from counterpoise.config.problems import Problem, listed, nearest
from counterpoise.config.settings import Settings

HOLDING_WALLETS = frozenset({"spot", "margin", "funding", "inverse", "unified"})


def all_wallets(settings: Settings) -> tuple[str, ...]:
    """Return every wallet of every venue that can hold an asset, "main:spot"."""
    return tuple(
        f"{venue}:{wallet}"
        for venue, venue_settings in settings.venues.items()
        for wallet in venue_settings.wallets
        if wallet in HOLDING_WALLETS
    )


def wallets_of(settings: Settings, asset: str) -> tuple[str, ...]:
    """Return the wallets that must show an asset."""
    chosen = settings.assets[asset].wallets
    return all_wallets(settings) if chosen is None else chosen


def unknown_wallets(settings: Settings) -> Iterator[Problem]:
    """Find an asset that is looked for where nothing is, or nowhere at all."""
    known = all_wallets(settings)
    for name, asset in settings.assets.items():
        key = f"assets.{name}.wallets"
        if asset.wallets == () and asset.external is None:
            yield Problem(
                key=key,
                said="is empty",
                allowed="the wallets that hold it; none only where all of it is declared external",
                remedy="take the key out to look in every wallet",
            )
        for wallet in asset.wallets or ():
            if wallet not in known:
                close = nearest(wallet, known)
                yield Problem(
                    key=key,
                    said=f'names "{wallet}"',
                    allowed=f"wallets of this file that can hold an asset: {listed(known)}",
                    remedy=f'write "{close or (known or ("main:spot",))[0]}"',
                )
