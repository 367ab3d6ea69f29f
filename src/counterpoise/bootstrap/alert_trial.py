"""What `alert-test` does: one message to each channel, one heartbeat, and what came back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable

from counterpoise.alerts.book import ID_LENGTH, Terms
from counterpoise.bootstrap.examination import Finding
from counterpoise.bootstrap.telling import heartbeat_of, terms_of, webhooks_of
from counterpoise.config import Settings
from counterpoise.core.alert_kinds import KINDS
from counterpoise.core.notice import Matter, Notice, Phase, Severity
from counterpoise.errors import Undelivered
from counterpoise.ports import Clock, Entropy

TEST = "test"
NOBODY = Finding(
    level="bad",
    what="alerts",
    found="nobody is told: the settings have no [alerts.webhooks]",
    remedy='add [alerts.webhooks.ops] with format = "slack" and url_file',
)


async def try_alerts(
    settings: Settings, clock: Clock, entropy: Entropy, severity: Severity
) -> tuple[Finding, ...]:
    """Send one test to every channel, whatever it is usually told of, and say what came back."""
    found = [finding async for finding in _tried(settings, clock, entropy, severity)]
    return tuple(found) if settings.alerts.webhooks else (NOBODY, *found)


async def _tried(
    settings: Settings, clock: Clock, entropy: Entropy, severity: Severity
) -> AsyncIterator[Finding]:
    notice = _notice(terms_of(settings), entropy.token(ID_LENGTH), severity, clock.wall_ms())
    for webhook in webhooks_of(settings):
        form = settings.alerts.webhooks[webhook.name].format
        what = f"{webhook.name}: {form} at {webhook.host}"
        yield await _found(what, webhook.deliver(notice), clock, notice.matters[0].alert_id)
        await webhook.close()
    heartbeat = heartbeat_of(settings)
    if heartbeat is not None:
        yield await _found(f"heartbeat at {heartbeat.host}", heartbeat.beat(), clock)
        await heartbeat.close()


async def _found(what: str, sent: Awaitable[None], clock: Clock, alert_id: str = "") -> Finding:
    began_s = clock.monotonic_s()
    try:
        await sent
    except Undelivered as error:
        return Finding(level="bad", what=what, found=str(error), remedy=error.hint)
    took = f"{(clock.monotonic_s() - began_s) * 1000:.0f} ms"
    look = f"; look there for alert {alert_id}" if alert_id else ""
    return Finding(level="ok", what=what, found=f"taken in {took}{look}")


def _notice(terms: Terms, alert_id: str, severity: Severity, at_ms: int) -> Notice:
    kind = KINDS[TEST]
    return Notice(
        sender=terms.sender,
        phase=Phase.NOTED,
        severity=severity,
        event=TEST,
        title=kind.title,
        said=kind.said,
        next=kind.next,
        matters=(Matter(alert_id=alert_id, subject="", reason="", since_ms=at_ms),),
        at_ms=at_ms,
    )
