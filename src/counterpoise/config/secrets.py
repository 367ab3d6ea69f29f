"""Secrets: from the environment, from files named by `*_file`, from a secrets folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from counterpoise.config.layers import FROM_ENV, KeyPath, Layer, at, table
from counterpoise.config.problems import Problem
from counterpoise.config.secret_files import CONTAINER_FOLDER, Named, content, exposed

VENUE_SECRETS = ("api_key", "api_secret", "api_passphrase", "agent_key")
JOURNAL_URL: KeyPath = ("journal", "url")
HEARTBEAT_URL: KeyPath = ("alerts", "heartbeat", "url")
FOLDERS = (CONTAINER_FOLDER,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A secret, or why there is none to be had."""

    value: str = ""
    origin: str = ""
    problem: Problem | None = None


def is_secret(path: KeyPath) -> bool:
    """Say whether the value at `path` may be shown to nobody."""
    if path == JOURNAL_URL or alert_address(path):
        return True
    return path[:1] == ("venues",) and path[-1] in VENUE_SECRETS


def alert_address(path: KeyPath) -> bool:
    """Say whether the value at `path` is where alerts go: who has it can post there."""
    return path == HEARTBEAT_URL or (path[:2] == ("alerts", "webhooks") and path[3:] == ("url",))


def file_key(path: KeyPath) -> KeyPath:
    """Return the key that names the file of a secret."""
    return (*path[:-1], f"{path[-1]}_file")


def secret_paths(layers: Sequence[Layer], *, outside: bool) -> tuple[KeyPath, ...]:
    """Return every secret that the settings may have; those of venues and alerts only if asked."""
    if not outside:
        return (JOURNAL_URL,)
    venues = _names([table(layer.tree, "venues") for layer in layers])
    alerts = [table(layer.tree, "alerts") for layer in layers]
    webhooks = _names([table(found, "webhooks") for found in alerts])
    return (
        JOURNAL_URL,
        *(("venues", name, key) for name in venues for key in VENUE_SECRETS),
        *(("alerts", "webhooks", name, "url") for name in webhooks),
        HEARTBEAT_URL,
    )


def _names(tables: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the names that the owner gave to tables, each once, in the order they came."""
    names = {name: None for found in tables for name in found if isinstance(found[name], dict)}
    return tuple(names)


def find(path: KeyPath, layers: Sequence[Layer], folders: Iterable[Path]) -> Found | None:
    """Return the secret at `path` from the first of `layers` that has it, else from a folder."""
    for layer in layers:
        value, file = at(layer.tree, path), at(layer.tree, file_key(path))
        if value is not None and file is not None:
            return Found(problem=_twice(path, layer))
        if value is not None:
            return _written_out(path, value, layer)
        if file is not None:
            return _from_file(Path(str(file)).expanduser(), path, layer.origins)
    return _from_folder(path, folders)


def _written_out(path: KeyPath, value: object, layer: Layer) -> Found:
    origin = layer.origins.get(path, "")
    file = layer.name
    if _unspeakable(path, str(value)):
        return Found(problem=_odd(path, ".".join(path), "has", origin))
    open_text = path == JOURNAL_URL and urlsplit(str(value)).password is None
    if open_text or origin.startswith(FROM_ENV) or not file:
        return Found(value=str(value), origin=origin)
    named = Named(key=".".join(path), file=Path(file), where=origin)
    return Found(value=str(value), origin=origin, problem=exposed(named, Path(file).stat()))


def _from_folder(path: KeyPath, folders: Iterable[Path]) -> Found | None:
    names = ("_".join(path[1:]), "__".join(path)) if path != JOURNAL_URL else ("journal_url",)
    files = (folder / name for folder in folders for name in names)
    file = next((file for file in files if file.is_file()), None)
    return None if file is None else _from_file(file, path, {})


def _from_file(file: Path, path: KeyPath, origins: Mapping[KeyPath, str]) -> Found:
    named = Named(key=".".join(file_key(path)), file=file, where=origins.get(file_key(path), ""))
    found = content(named)
    if isinstance(found, Problem):
        return Found(problem=found)
    if _unspeakable(path, found):
        return Found(problem=_odd(path, named.key, f"names {file}, which has", named.where))
    return Found(value=found, origin=f"secret file {file}")


def _unspeakable(path: KeyPath, value: str) -> bool:
    """Say whether nobody can have given this out: what travels in a header is plain ASCII."""
    return path != JOURNAL_URL and not (value.isascii() and value.isprintable())


def _odd(path: KeyPath, key: str, which: str, where: str) -> Problem:
    maker = "receiver" if alert_address(path) else "exchange"
    return Problem(
        key=key,
        said=f"{which} characters that no {maker} puts into one: a line break, or beyond ASCII",
        allowed=f"exactly what the {maker} showed",
        remedy="copy it again, whole and alone",
        where=where,
    )


def _twice(path: KeyPath, layer: Layer) -> Problem:
    key = ".".join(path)
    return Problem(
        key=key,
        said=f"is given, and so is {key}_file",
        allowed="one of the two",
        remedy=f"take {key} out",
        where=layer.origins.get(path, ""),
    )


def without(tree: Mapping[str, Any], paths: Iterable[KeyPath]) -> dict[str, Any]:
    """Return a copy of `tree` without the values at `paths`."""
    drop = {path[0] for path in paths if len(path) == 1}
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        if key in drop:
            continue
        below = [path[1:] for path in paths if len(path) > 1 and path[0] == key]
        kept[key] = without(value, below) if below and isinstance(value, dict) else value
    return kept
