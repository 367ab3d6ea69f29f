"""The answer of `status`, from the document that the daemon writes."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from counterpoise.cli import words
from counterpoise.cli.layout import flowed, listing
from counterpoise.cli.reasons import WORDS
from counterpoise.core.orders import HoldReason
from counterpoise.core.units import ZERO
from counterpoise.status import STOPPED, AssetStatus, StatusDocument, VenueStatus, plain_facts

WIDE = 96
STATE_STYLES = {"run": "bold green", "pause": "bold yellow", "halt": "bold red"}
ASSET_STYLES = {"ok": "green", "hold": "yellow", "reduce-only": "yellow", "halt": "red"}
RUNNING = "run"
FAR = 1  # a liquidation price further away than the whole price is told so


def rendered(document: StatusDocument, now_ms: int, width: int) -> RenderableType:
    """Return the whole answer for a window of `width` columns."""
    return Group(
        _head(document, now_ms, width),
        Text("\n".join(flowed(_account(document), width))),
        _table(document, now_ms, wide=width >= WIDE),
        Text("\n".join(flowed(_counts(document), width))),
        *(_alert(alert) for alert in document.alerts),
        *(_alert(said) for said in _untold(document, now_ms)),
    )


def _head(document: StatusDocument, now_ms: int, width: int) -> Text:
    state = f"{document.state.upper()}, {_situation(document, now_ms)}"
    age = words.span(now_ms - document.written_at_ms)
    took = f", {words.span(document.cycle_duration_ms)}" if document.cycle_duration_ms else ""
    pieces = [
        document.portfolio,
        document.mode,
        state,
        f"cycle {age} ago{took}",
        f"up {words.span(now_ms - document.started_at_ms)}",
        f"v{document.version}",
        f"settings {document.settings_digest}",
    ]
    head = Text("\n".join(flowed(pieces, width)))
    head.highlight_words((document.portfolio,), "bold")
    style = "bold red" if document.stale(now_ms) else STATE_STYLES.get(document.state, "bold")
    head.highlight_words((state,), style)
    if document.reason and document.state != RUNNING:
        head.append(f"\n{document.reason}{f' ({document.by})' if document.by else ''}", style=style)
    return head


def _situation(document: StatusDocument, now_ms: int) -> str:
    if document.state == STOPPED:
        return "no daemon runs; below is what it saw last"
    if document.stale(now_ms):
        return "NO CYCLES: the daemon has stopped or hangs"
    if document.state != RUNNING:
        return "no order until resumed"
    if not document.healthy:
        return "unhealthy"
    drifts = [a for a in document.assets if a.drift is not None and a.band is not None]
    own = [a for a in drifts if a.reason != HoldReason.CARRIED]  # others are in their carrier's
    outside = [a.asset for a in own if abs(a.drift or ZERO) > (a.band or ZERO)]
    if outside:
        return f"{', '.join(outside)} out of band"
    return "in band" if len(drifts) == len(document.assets) else "not all assets seen"


def _account(document: StatusDocument) -> Iterator[str]:
    yield f"value {words.amount(document.value)} {document.quote}"
    if document.net_exposure is not None:
        yield f"net {words.points(document.net_exposure)} %"
    if document.leverage is not None:
        most = document.leverage_max
        yield f"leverage {document.leverage:.2f}x" + (f" of {most:.1f}x" if most else "")
    if document.liquidation_distance is not None:
        far = document.liquidation_distance >= FAR
        distance = "> 100" if far else words.points(document.liquidation_distance)
        yield f"liquidation {distance} % away"
    if document.today.funding_7d is not None:
        yield f"funding 7d {document.today.funding_7d:+,.2f}"


def _table(document: StatusDocument, now_ms: int, *, wide: bool) -> Table:
    extra = ("since", "") if wide else ("since",)
    headers = ("asset", "net", "weight", "target", "drift", "band", "state", *extra)
    table = listing(headers, left=("asset", "state", "since", ""))
    seen = [a for a in document.assets if a.drift is not None]
    known = [a for a in seen if a.reason != HoldReason.CARRIED]
    widest = max(known, key=lambda a: abs(a.drift or ZERO), default=None)
    for asset in document.assets:
        table.add_row(*_row(asset, now_ms), *((_remark(asset, widest),) if wide else ()))
    return table


def _row(asset: AssetStatus, now_ms: int) -> list[str | Text]:
    return [
        asset.asset,
        words.quantity(asset.net),
        f"{words.points(asset.weight)} %",
        f"{words.points(asset.target)} %",
        words.signed_points(asset.drift),
        words.points(asset.band),
        Text(asset.state, style=ASSET_STYLES.get(asset.state, "")),
        words.since(asset.since_ms, now_ms),
    ]


def _remark(asset: AssetStatus, widest: AssetStatus | None) -> str:
    """Return why it holds, else which order corrected it last, else that it drifts most."""
    if asset.reason and asset.reason != HoldReason.IN_BAND:
        return f"{_said(asset.reason)}{f': {asset.detail}' if asset.detail else ''}"
    if asset.long and asset.short:
        return f"{words.quantity(asset.long)} long, {words.quantity(asset.short)} short"
    if asset.correction:
        return f"corrected, {asset.correction}"
    return "widest" if asset is widest else ""


def _said(reason: str) -> str:
    known = next((words_.said for key, words_ in WORDS.items() if key == reason), None)
    return known or reason.replace("_", " ")


def _counts(document: StatusDocument) -> Iterator[str]:
    today, unsettled = document.today, document.unsettled
    which = f" ({', '.join(unsettled)})" if unsettled else ""
    yield f"orders unsettled {len(unsettled)}{which}"
    yield f"alerts {len(document.alerts)}{_told(document)}"
    turned = f"{words.whole(today.turnover)} {document.quote}"
    bound = f" of {words.whole(today.turnover_max)}" if today.turnover_max is not None else ""
    cost = f"; cost {words.amount(today.cost)}" if today.cost is not None else ""
    yield f"today {words.count(today.orders, 'order')}, {turned}{bound}{cost}"
    yield from (_venue(venue) for venue in document.venues)


def _venue(venue: VenueStatus) -> str:
    latency = f" {venue.latency_ms:.0f} ms" if venue.latency_ms is not None else ""
    skew = f", skew {venue.skew_ms:+d} ms" if venue.skew_ms is not None else ""
    requests = f", {venue.requests:,} requests" if venue.requests is not None else ""
    detail = f" ({venue.detail})" if venue.detail else ""
    return f"venue {venue.venue} {'ok' if venue.ok else 'FAILING'}{latency}{skew}{requests}{detail}"


def _told(document: StatusDocument) -> str:
    """Return who hears of alerts; nothing where nobody does but who looks here."""
    heard = [f"{channel.channel} ({channel.host})" for channel in document.channels]
    return f", told to {', '.join(heard)}" if heard else ""


def _untold(document: StatusDocument, now_ms: int) -> Iterator[str]:
    """Yield what people should have heard of and did not."""
    for channel in document.channels:
        if not channel.ok:
            since = words.since(channel.failing_since_ms, now_ms)
            yield (
                f"NOT TOLD to {channel.channel} ({channel.host}): {channel.waiting} waiting "
                f"since {since}, {channel.retried} tries: {channel.detail}"
            )
    if document.alerts_dropped:
        dropped = words.count(document.alerts_dropped, "alert")
        yield f"NOT TOLD to anybody: {dropped}, for want of room"
    if document.heartbeat is not None and not document.heartbeat.ok:
        yield f"HEARTBEAT does not reach {document.heartbeat.host}: {document.heartbeat.detail}"


def _alert(alert: str) -> Text:
    return Text(f"ALERT {alert}", style="bold red")


def facts(document: StatusDocument, now_ms: int) -> dict[str, object]:
    """Return the document's own keys, and whether it can still be believed."""
    age_ms = now_ms - document.written_at_ms
    return {**plain_facts(document), "age_ms": age_ms, "stale": document.stale(now_ms)}
