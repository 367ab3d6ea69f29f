"""What the owner wants: weights, bands, triggers and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from counterpoise.core.instrument import Asset, InstrumentKey, SpotKey
from counterpoise.core.units import ONE, ZERO


class ValueBasis(StrEnum):
    """What weights are shares of."""

    HOLDINGS = "holdings"  # spot of the configured assets
    EQUITY = "equity"  # plus cash and unrealised perpetual profit


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """A holding that no exchange shows, as its owner declared it."""

    quantity: Decimal  # base units
    as_of_ms: int | None
    valid_until_ms: int | None

    def __post_init__(self) -> None:
        """Refuse a negative holding."""
        if self.quantity < 0:
            raise ValueError(f"external holding was {self.quantity}")


class Holding(Protocol):
    """An asset that counts in portfolio value: what is read of it, and where."""

    @property
    def asset(self) -> Asset:
        """Return which."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the wallets that must show it, "main:spot"."""
        ...

    @property
    def external(self) -> External | None:
        """Return what of it no exchange shows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one asset should be, and with which perpetual it is made so."""

    asset: Asset
    weight: Decimal  # share of portfolio value, before `exposure` scales it
    instrument: InstrumentKey
    sources: tuple[str, ...]  # the wallets that must show this asset, "main:spot"
    drift: Decimal  # in weight: a correction starts beyond it
    external: External | None = None
    spot: SpotKey | None = None  # what the price of one that counts in multiples must agree with

    def __post_init__(self) -> None:
        """Refuse weights outside 0 to 1 and a band that is always breached."""
        _check_shares(self.asset, self.weight, self.drift)


def _check_shares(asset: Asset, weight: Decimal, drift: Decimal) -> None:
    if not ZERO <= weight <= ONE:
        raise ValueError(f"{asset}: weight was {weight}")
    if not drift > ZERO:
        raise ValueError(f"{asset}: drift was {drift}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxied:
    """An asset without a perpetual of its own, hedged with that of another: its carrier."""

    asset: Asset
    weight: Decimal  # share of portfolio value, before `exposure` scales it
    sources: tuple[str, ...]  # the wallets that must show this asset, "main:spot"
    drift: Decimal  # in weight: widens the carrier's band by beta times this
    carrier: Asset
    beta: Decimal  # value of the carrier that moves as one of this asset's value does
    spot: SpotKey  # where its price is read
    external: External | None = None

    def __post_init__(self) -> None:
        """Refuse weights outside 0 to 1, a band always breached, and what hedges nothing."""
        _check_shares(self.asset, self.weight, self.drift)
        if not self.beta.is_finite() or self.beta == ZERO:
            raise ValueError(f"{self.asset}: beta was {self.beta}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """When to act."""

    sustain_ms: int = 0  # how long the drift must last
    cooldown_ms: int = 300_000  # after a correction
    on_start: bool = False
    return_to: Decimal = ZERO  # 0: to the target; 1: to the edge of the band

    def __post_init__(self) -> None:
        """Refuse a stop outside the band."""
        if not ZERO <= self.return_to <= ONE:
            raise ValueError(f"return_to was {self.return_to}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that no plan passes. Notional and turnover in quote currency; None is unlimited."""

    price_collar: Decimal  # share of a fresh price
    spread_max: Decimal  # share of the mid price
    order_notional_max: Decimal | None = None
    position_notional_max: Decimal | None = None
    turnover_day_max: Decimal | None = None  # of the last 24 hours
    orders_per_minute_max: int | None = None
    leverage_max: Decimal | None = None  # perpetual notional over margin balance
    margin_use_max: Decimal | None = None  # maintenance margin over margin balance
    liquidation_distance_min: Decimal | None = None  # share of the mark price


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The whole mandate of one portfolio."""

    quote: Asset
    exposure: Decimal  # 0: delta-neutral; 1: to the weights
    value_basis: ValueBasis
    targets: tuple[Target, ...]
    trigger: Trigger
    limits: Limits
    snapshot_age_max_ms: int
    quote_sources: tuple[str, ...] = ()  # by equity: the wallets that must show quote currency
    proxied: tuple[Proxied, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        if not ZERO <= self.exposure <= ONE:
            raise ValueError(f"exposure was {self.exposure}")
        if sum((one.weight for one in self.every), ZERO) > ONE:
            raise ValueError("weights sum to more than 1")
        if len(self.assets) < len(self.every):
            raise ValueError("an asset is configured twice")
        if not {p.carrier for p in self.proxied} <= {t.asset for t in self.targets}:
            raise ValueError("an asset is to be carried by one that has no perpetual")
        if len({t.instrument for t in self.targets}) < len(self.targets):
            raise ValueError("two assets share one perpetual")

    @property
    def every(self) -> tuple[Target | Proxied, ...]:
        """Return each configured asset, those without a perpetual of their own last."""
        return (*self.targets, *self.proxied)

    @property
    def assets(self) -> frozenset[Asset]:
        """Return every configured asset."""
        return frozenset(one.asset for one in self.every)

    @property
    def spots(self) -> Mapping[SpotKey, frozenset[Asset]]:
        """Return the spot markets whose price is needed, and the assets that need each."""
        found: dict[SpotKey, frozenset[Asset]] = {}
        for one in self.every:
            if one.spot is not None:
                found[one.spot] = found.get(one.spot, frozenset()) | {one.asset}
        return found
