"""What looks out for others on the account: their trades and their orders."""

from __future__ import annotations

from counterpoise.bootstrap.assembly import Portfolio
from counterpoise.core.mode import Mode
from counterpoise.inquiry import Inquiry
from counterpoise.naming import Naming
from counterpoise.operator import Operator
from counterpoise.patrol import Patrol


def watching(portfolio: Portfolio, operator: Operator) -> tuple[Inquiry, Patrol]:
    """Return who asks what moved a position, and who looks for orders of others."""
    dry = portfolio.settings.mode is Mode.DRY_RUN  # an order named as ours is then the real one's
    name = None if dry else portfolio.identity.portfolio
    naming = Naming(portfolio.journal, name, operator.halt)
    gateways, policy, clock = portfolio.gateways, portfolio.policy, portfolio.clock
    inquiry = Inquiry(gateways, policy, portfolio.journal, clock, naming)
    patrol = Patrol(gateways=gateways, policy=policy, naming=naming, clock=clock, log=portfolio.log)
    return inquiry, patrol
