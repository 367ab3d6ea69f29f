"""What a command says of its failures has no secret in it: those of its settings are known here."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar

from counterpoise.redaction import Hide, hider

_HIDE: ContextVar[Hide | None] = ContextVar("hide", default=None)


def hide(secrets: Iterable[str]) -> None:
    """Hide these secrets from now on."""
    _HIDE.set(hider(secrets))


def hidden(text: str) -> str:
    """Return `text` without the secrets in hand."""
    hide_known = _HIDE.get()
    return text if hide_known is None else hide_known(text)
