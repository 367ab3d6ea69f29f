"""What `demo` says before and after: what is about to be seen, and what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.text import Text

from counterpoise.cli import words
from counterpoise.cli.layout import listing
from counterpoise.cli.render_orders import slippage_cost
from counterpoise.config import Settings
from counterpoise.core.orders import Intent
from counterpoise.core.units import ZERO
from counterpoise.exchange.local import LocalExchangeConfig
from counterpoise.ports import CycleRecord
from counterpoise.status import StatusDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a demo did."""

    intents: Sequence[Intent]
    records: Sequence[CycleRecord]  # of the cycles that ordered, oldest first
    document: StatusDocument | None  # how it ended
    quote: str = "USDT"


def introduction(settings: Settings, config: LocalExchangeConfig) -> RenderableType:
    """Return what is about to be seen."""
    weights = ", ".join(
        f"{name} {words.points(asset.weight)} %" for name, asset in settings.assets.items()
    )
    band = words.points(settings.trigger.drift)
    share = words.exact_quantity(settings.trigger.return_to)
    return Text(
        f"A local exchange speaks {config.venue}'s protocol at {settings.venues['main'].endpoint};"
        f" recorded prices from {config.start},"
        f" {words.exact_quantity(round(config.speed / 3600, 3))} h in a second.\n"
        f"The daemon keeps {weights}: it trades perpetuals once a weight is {band} points off,"
        f" back to {share} of that. Spot is never sold. Ctrl-C ends it."
    )


def summary(told: Summary) -> RenderableType:
    """Return what came of it."""
    filled = [intent for intent in told.intents if intent.filled_size]
    drifts = [
        abs(decision.view.drift_weight)
        for record in told.records
        for decision in record.plan.decisions
        if decision.view is not None
    ]
    turnover = sum((abs(i.filled_size) * (i.price_average or ZERO) for i in filled), ZERO)
    cost = sum((_cost(intent) for intent in filled), ZERO)
    head = (
        f"{words.count(len(told.records), 'rebalance')}, "
        f"{words.count(len(told.intents), 'order')}, {len(filled)} filled; "
        f"turnover {words.whole(turnover)} {told.quote}, cost {words.amount(cost)} {told.quote}"
    )
    widest = f"; widest drift {words.points(max(drifts))} points" if drifts else ""
    parts: list[RenderableType] = [Text(f"{head}{widest}", style="bold")]
    if told.document is not None:
        parts.append(_weights(told.document))
    return Group(*parts)


def _cost(intent: Intent) -> Decimal:
    return (intent.fee or ZERO) + (slippage_cost(intent) or ZERO)


def _weights(document: StatusDocument) -> RenderableType:
    """Return the weights at the end: with the perpetuals, and as they would be without."""
    headers = ("asset", "spot only", "with perpetuals", "target", "drift", "band", " ")
    table = listing(headers, left=("asset", ""))
    for asset in document.assets:
        inside = (
            asset.drift is not None and asset.band is not None and abs(asset.drift) <= asset.band
        )
        table.add_row(
            asset.asset,
            words.points(_spot_weight(asset.spot, asset.price, document.value)),
            words.points(asset.weight),
            words.points(asset.target),
            words.signed_points(asset.drift),
            words.points(asset.band),
            Text("in band", style="green") if inside else Text("OUT OF BAND", style="yellow"),
        )
    return table


def _spot_weight(
    spot: Decimal | None, price: Decimal | None, value: Decimal | None
) -> Decimal | None:
    return None if spot is None or price is None or not value else spot * price / value
