"""From settings to channels: who is told, where, and what an earlier life told already."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from counterpoise import __version__
from counterpoise.alerts.book import Terms
from counterpoise.alerts.desk import Around, Desk
from counterpoise.alerts.earlier import Keeper
from counterpoise.alerts.pulse import Pulse
from counterpoise.alerts.webhook import Address, WebHeartbeat, Webhook
from counterpoise.config import Settings
from counterpoise.core.notice import Sender
from counterpoise.errors import JournalHeld
from counterpoise.paging import Pager
from counterpoise.redaction import redactor

EARLIER_BYTES_MAX = 1_000_000
DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError)
FILE_MODE = 0o600


def pager_of(settings: Settings, around: Around) -> Pager:
    """Return what tells people of a portfolio, not begun yet."""
    alerts, pulse = settings.alerts, None
    beat = heartbeat_of(settings)
    if beat is not None:
        pulse = Pulse(beat, alerts.heartbeat.every.seconds, clock=around.clock, log=around.log)
    channels = [(webhook, alerts.webhooks[webhook.name].least) for webhook in webhooks_of(settings)]
    desk = Desk(channels, pulse, terms_of(settings), around)
    return Pager(desk, around.clock, around.log, start_and_stop=alerts.start_and_stop)


def webhooks_of(settings: Settings) -> tuple[Webhook, ...]:
    """Return every webhook of the settings, nothing opened."""
    return tuple(
        Webhook(_address(settings, name, hook.url.get_secret_value()), hook.format, hook.mention)
        for name, hook in settings.alerts.webhooks.items()
        if hook.url is not None
    )


def heartbeat_of(settings: Settings) -> WebHeartbeat | None:
    """Return the outside watch of the settings, if there is one."""
    url = settings.alerts.heartbeat.url
    if url is None:
        return None
    return WebHeartbeat(_address(settings, "heartbeat", url.get_secret_value()))


def terms_of(settings: Settings) -> Terms:
    """Return how people are told."""
    return Terms(
        sender=Sender(
            portfolio=settings.portfolio_name,
            mode=settings.mode,
            instance=f"{os.uname().nodename}:{os.getpid()}",
            version=__version__,
        ),
        remind_s=settings.alerts.remind_every.seconds,
        severities=settings.alerts.severity,
        hide=redactor(settings.secrets),
    )


def _address(settings: Settings, name: str, url: str) -> Address:
    return Address(
        name=name,
        url=url,
        user_agent=f"counterpoise/{__version__}",
        hide=redactor(settings.secrets),
    )


@asynccontextmanager
async def telling(pager: Pager, settings: Settings) -> AsyncIterator[None]:
    """Have people told while inside, and of an error that leaves it."""
    book, path = pager.desk.book, settings.state_dir / f"{settings.portfolio_name}.alerts.json"
    _take_up(pager, path)
    book.kept = Keeper(book, lambda text: _write(path, text)).keep
    pager.desk.begin()
    try:
        yield
    except JournalHeld:
        raise  # the daemon that holds it goes on; whoever started this one hears of it here
    except Exception as error:
        pager.ended(error)
        raise
    finally:
        await pager.desk.close()


def _take_up(pager: Pager, path: Path) -> None:
    """Take up what an earlier life told; without that, all is told anew."""
    with suppress(*DAMAGED), path.open() as stream:
        pager.desk.take_up(stream.read(EARLIER_BYTES_MAX))


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".tmp")
    with suppress(OSError):  # no folder yet, or no room: then a restart tells once more
        draft.touch(mode=FILE_MODE)
        draft.write_text(text, encoding="ascii")
        draft.replace(path)
