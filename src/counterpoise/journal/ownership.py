"""Whose journal it is: what is stored about it at its making, and compared ever after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from counterpoise.errors import JournalMismatch
from counterpoise.ports import Identity

# What a journal is bound to, and what to do where the settings say otherwise.
_BOUND: Final[Mapping[str, str]] = {
    "portfolio": "name the settings file as before, or give this portfolio its own journal.url",
    "mode": 'set mode = "{stored}" again, or give this mode its own journal.url',
    "accounts": "put the venues back as they were, or set journal.url to a new file",
}


def identity_facts(identity: Identity) -> dict[str, str]:
    """Return an identity as the journal stores it."""
    return {
        "portfolio": identity.portfolio,
        "mode": identity.mode,
        "accounts": json.dumps(sorted(identity.accounts)),
    }


def check_identity(stored: Mapping[str, str], identity: Identity, path: str) -> None:
    """Raise JournalMismatch, saying what differs, unless the journal was made by `identity`."""
    wanted = identity_facts(identity)
    differing = [key for key in _BOUND if stored.get(key) != wanted[key]]
    if not differing:
        return
    said = "; ".join(
        f"its {key} {'are' if key.endswith('s') else 'is'} {_shown(stored.get(key, '?'))}, "
        f"the settings say {_shown(wanted[key])}"
        for key in differing
    )
    first = differing[0]
    raise JournalMismatch(
        f"the journal {path} is another's: {said}",
        hint=_BOUND[first].format(stored=stored.get(first, "?")),
    )


def _shown(value: str) -> str:
    """Return a stored value for reading: a list without its brackets, a name in quotes."""
    if not value.startswith("["):
        return f"'{value}'"
    names: list[str] = json.loads(value)
    return ", ".join(names) or "none"
