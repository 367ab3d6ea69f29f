"""Who is told when something is the matter: webhooks, a heartbeat, and how grave what is."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from counterpoise.config.model import Part
from counterpoise.config.values import Flag, Span, Word, choice, unfit
from counterpoise.core.notice import NoticeFormat, Severity
from counterpoise.core.schedule import DAY_MS, MINUTE_MS, SECOND_MS, Duration

HOUR_MS = 60 * MINUTE_MS
URL_LENGTH_MAX = 2_000
MENTION_LENGTH_MAX = 100


def _outside(value: object) -> object:
    """Take an address that may be told something; refuse one that others could read along."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if text is None:
        return None
    try:
        parts = urlsplit(text if isinstance(text, str) else "")
        fit = _fit(parts) and parts.port != 0
    except ValueError:  # a port or an address that is none
        fit = False
    if not fit or len(str(text)) > URL_LENGTH_MAX or not str(text).isascii():
        raise _unfit_address()
    return value


def _fit(parts: SplitResult) -> bool:
    private = parts.scheme == "https" or (parts.scheme == "http" and loopback(parts.hostname or ""))
    whole = parts.hostname and "@" not in parts.netloc and not parts.fragment
    return bool(private and whole) and " " not in parts.geturl()


def _unfit_address() -> PydanticCustomError:
    return unfit(
        "an https:// address without user, password or fragment; http:// only on this machine "
        "(127.0.0.1, ::1, localhost)",
        "copy it again from where it was made, whole and alone",
        said="is no address that may be told something",
    )


def loopback(host: str) -> bool:
    """Say whether a host is this machine, whoever answers for names."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _mention(value: str) -> str:
    if len(value) > MENTION_LENGTH_MAX or not value.isprintable():
        raise unfit(f"at most {MENTION_LENGTH_MAX} characters on one line, such as <!channel>")
    return value


def _between(least_ms: int, most_ms: int, words: str) -> AfterValidator:
    def check(value: Duration) -> Duration:
        if not least_ms <= value.ms <= most_ms:
            raise unfit(words)
        return value

    return AfterValidator(check)


Outside = Annotated[SecretStr | None, BeforeValidator(_outside)]
Every = Annotated[Span, _between(10 * SECOND_MS, HOUR_MS, '"10s" to "1h"')]
Remind = Annotated[Span, _between(10 * MINUTE_MS, 7 * DAY_MS, '"10m" to "7d"')]


class WebhookSettings(Part):
    """One channel on which people are told."""

    format: Annotated[NoticeFormat, BeforeValidator(choice(NoticeFormat))]
    url: Outside = None
    least: Annotated[Severity, BeforeValidator(choice(Severity))] = Severity.INFO
    mention: Annotated[Word, AfterValidator(_mention)] = ""


class HeartbeatSettings(Part):
    """An outside watch that is called while all goes on."""

    url: Outside = None
    every: Every = Duration(ms=MINUTE_MS)


class AlertsSettings(Part):
    """Who is told, and how often."""

    start_and_stop: Flag = True
    remind_every: Remind = Duration(ms=4 * HOUR_MS)
    severity: dict[str, Annotated[Severity, BeforeValidator(choice(Severity))]] = Field(
        default_factory=dict
    )
    webhooks: dict[str, WebhookSettings] = Field(default_factory=dict)
    heartbeat: HeartbeatSettings = HeartbeatSettings()

    @property
    def addresses(self) -> tuple[SecretStr, ...]:
        """Return every address that something may be told at."""
        every = (*(webhook.url for webhook in self.webhooks.values()), self.heartbeat.url)
        return tuple(url for url in every if url is not None)
