"""What hedging by proxy leaves open, from recent prices: for a person's look, never for a cycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from counterpoise.bootstrap.assembly import Portfolio
from counterpoise.core.basis import BasisRisk, basis_risk
from counterpoise.core.instrument import Asset, SpotKey, Symbol, VenueName
from counterpoise.core.policy.policy import Proxied
from counterpoise.core.units import plain
from counterpoise.errors import CounterpoiseError, Unauthorized

HOUR_MS = 3_600_000
HOURS_DAY = 24
CORRELATION_LOW = Decimal("0.5")  # below it more than half of the moves are the asset's own
PERCENT = Decimal(100)
PLACES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """How well an asset without a perpetual follows its carrier."""

    asset: Asset
    carrier: Asset
    beta: Decimal  # as declared
    market: SpotKey
    risk: BasisRisk | None
    reason: str = ""  # why the risk is not known

    @property
    def low(self) -> bool:
        """Say whether a person should think again: it is not known, or little of it is hedged."""
        together = None if self.risk is None else self.risk.correlation
        return together is None or abs(together) < CORRELATION_LOW

    @property
    def said(self) -> Iterator[str]:
        """Yield it in words."""
        risk = self.risk
        if risk is None:
            yield f"basis risk not known: {self.reason}"
            return
        together = "none" if risk.correlation is None else plain(round(risk.correlation, PLACES))
        fitted = "none" if risk.beta is None else plain(round(risk.beta, PLACES))
        days = risk.returns * risk.span_ms // HOUR_MS // HOURS_DAY
        yield f"correlation {together} with {self.carrier} over {days} days;"
        yield f"beta {plain(self.beta)} declared, {fitted} fits best;"
        yield f"what it leaves moves {plain(round(risk.residual_day * PERCENT, PLACES))} % a day"


async def bases(portfolio: Portfolio) -> tuple[Basis, ...]:
    """Return the basis risk of every asset that is hedged with another's perpetual."""
    return tuple([await _basis(portfolio, proxied) for proxied in portfolio.policy.proxied])


async def _basis(portfolio: Portfolio, proxied: Proxied) -> Basis:
    venue, _, pair = proxied.spot.partition(":")
    account = portfolio.accounts[VenueName(venue)]
    quote = pair.partition("/")[2]
    risk, reason = None, "the past of one of the two is too short"
    try:
        own = await account.closes(Symbol(pair))
        others = await account.closes(Symbol(f"{proxied.carrier}/{quote}"))
        risk = basis_risk(own, others, proxied.beta)
    except Unauthorized:
        raise
    except CounterpoiseError as error:
        reason = str(error)
    return Basis(
        asset=proxied.asset,
        carrier=proxied.carrier,
        beta=proxied.beta,
        market=proxied.spot,
        risk=risk,
        reason="" if risk is not None else reason,
    )
