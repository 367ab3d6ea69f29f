"""What no single key of [alerts] shows: settings that are each fine and together are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from counterpoise.config.alerts import AlertsSettings
from counterpoise.config.problems import Problem, nearest
from counterpoise.core.alert_kinds import KINDS
from counterpoise.core.notice import NoticeFormat
from counterpoise.core.orders import HoldReason

NAME_FORM = r"[a-z0-9][a-z0-9_-]{0,31}"
WEBHOOKS_MAX = 8
EVENTS = sorted({*KINDS, *HoldReason})


def _problem(key: str, said: str, allowed: str, remedy: str) -> Problem:
    return Problem(key=f"alerts.{key}", said=said, allowed=allowed, remedy=remedy)


def badly_named(alerts: AlertsSettings) -> Iterator[Problem]:
    """Find channels that the environment could not name, and too many of them."""
    for name in alerts.webhooks:
        if not re.fullmatch(NAME_FORM, name):
            small = re.sub(r"[^a-z0-9_-]", "-", name.lower()).strip("-_")[:32] or "ops"
            yield _problem(
                f"webhooks.{name}",
                "is no name for a channel",
                "small letters, digits, dash and underscore, at most 32",
                f"write [alerts.webhooks.{small}]",
            )
    if len(alerts.webhooks) > WEBHOOKS_MAX:
        said = f"are {len(alerts.webhooks)} channels"
        yield _problem("webhooks", said, f"at most {WEBHOOKS_MAX}", "let one of them pass it on")


def leading_nowhere(alerts: AlertsSettings) -> Iterator[Problem]:
    """Find channels without an address."""
    for name, webhook in alerts.webhooks.items():
        if webhook.url is None:
            variable = f"COUNTERPOISE_ALERTS__WEBHOOKS__{name.upper()}__URL"
            yield _problem(
                f"webhooks.{name}.url",
                "is missing",
                f"url_file = PATH of a file only you can read, or {variable}",
                "make an incoming webhook where it should arrive, and put its address there",
            )


def leading_alike(alerts: AlertsSettings) -> Iterator[Problem]:
    """Find two channels that are one."""
    first: dict[str, str] = {}
    for name, webhook in alerts.webhooks.items():
        if webhook.url is not None:
            other = first.setdefault(webhook.url.get_secret_value(), name)
            if other != name:
                yield _problem(
                    f"webhooks.{name}.url",
                    f"is the address of {other} too",
                    "one channel for each address",
                    f"take [alerts.webhooks.{name}] out",
                )


def mentioned_in_vain(alerts: AlertsSettings) -> Iterator[Problem]:
    """Find a mention that no text will carry."""
    for name, webhook in alerts.webhooks.items():
        if webhook.mention and webhook.format is not NoticeFormat.SLACK:
            yield _problem(
                f"webhooks.{name}.mention",
                f'= "{webhook.mention}" with format = "{webhook.format}"',
                "a mention only where the format is a text: slack",
                "take mention out; the receiver has the severity",
            )


def graded_in_vain(alerts: AlertsSettings) -> Iterator[Problem]:
    """Find severities of alerts that there are not, or that nobody is told."""
    for event in alerts.severity:
        if event not in EVENTS:
            close = nearest(event, EVENTS)
            yield _problem(
                f"severity.{event}",
                "is no alert",
                "one of those in docs/operations.md, such as zero_unexplained or halted",
                f"did you mean alerts.severity.{close}?" if close else f"take {event} out",
            )
    if alerts.severity and not alerts.webhooks:
        yield _problem(
            "severity",
            "is set, and there is nobody to tell",
            "at least one channel",
            'add [alerts.webhooks.ops] with format = "slack" and url_file',
        )


def contradictions(alerts: AlertsSettings, *, secrets: bool) -> Iterator[Problem]:
    """Yield everything that contradicts itself. Without `secrets` no address was read."""
    yield from badly_named(alerts)
    yield from mentioned_in_vain(alerts)
    yield from graded_in_vain(alerts)
    if secrets:
        yield from leading_nowhere(alerts)
        yield from leading_alike(alerts)


def shown(address: str) -> str:
    """Return what may be shown of an address: whom it reaches."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/"


def beyond_host(address: str) -> str:
    """Return the part of an address that is a secret: all that follows the host."""
    parts = urlsplit(address)
    rest = address.partition(parts.netloc)[2]
    return rest if rest != "/" else ""
