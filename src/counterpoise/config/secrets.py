"""Secrets: from the environment, from files named by `*_file`, from a secrets folder."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from counterpoise.config.layers import KeyPath, Layer, at, table
from counterpoise.config.problems import Problem

VENUE_SECRETS = ("api_key", "api_secret", "password")
JOURNAL_URL: KeyPath = ("journal", "url")
FOLDERS = (Path("/run/secrets"),)
SECRET_LENGTH_MAX = 10_000
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A secret, or why there is none to be had."""

    value: str = ""
    origin: str = ""
    problem: Problem | None = None


def is_secret(path: KeyPath) -> bool:
    """Say whether the value at `path` may be shown to nobody."""
    return path == JOURNAL_URL or (path[:1] == ("venues",) and path[-1] in VENUE_SECRETS)


def file_key(path: KeyPath) -> KeyPath:
    """Return the key that names the file of a secret."""
    return (*path[:-1], f"{path[-1]}_file")


def secret_paths(layers: Iterable[Layer], *, venues: bool) -> tuple[KeyPath, ...]:
    """Return every secret that the settings may have; those of venues only if asked."""
    names = {
        name: None
        for layer in layers
        for name, venue in table(layer.tree, "venues").items()
        if venues and isinstance(venue, dict)
    }
    return JOURNAL_URL, *(("venues", name, key) for name in names for key in VENUE_SECRETS)


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
        return Found(problem=_odd(".".join(path), "has", origin))
    open_text = path == JOURNAL_URL and urlsplit(str(value)).password is None
    if open_text or origin.startswith("env ") or not file:
        return Found(value=str(value), origin=origin)
    if os.stat(file).st_mode & OTHERS:  # noqa: PTH116 - the place is text by now
        return Found(problem=_exposed(".".join(path), Path(file), origin))
    return Found(value=str(value), origin=origin)


def _from_folder(path: KeyPath, folders: Iterable[Path]) -> Found | None:
    names = ("_".join(path[1:]), "__".join(path)) if path != JOURNAL_URL else ("journal_url",)
    files = (folder / name for folder in folders for name in names)
    file = next((file for file in files if file.is_file()), None)
    return None if file is None else _from_file(file, path, {})


def _from_file(file: Path, path: KeyPath, origins: Mapping[KeyPath, str]) -> Found:
    key, where = ".".join(file_key(path)), origins.get(file_key(path), "")
    try:
        with file.open(encoding="utf-8") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            text = stream.read(SECRET_LENGTH_MAX).strip()
    except (OSError, UnicodeDecodeError) as error:
        return Found(problem=_unreadable(key, file, error, where))
    if mode & OTHERS:
        return Found(problem=_exposed(key, file, where))
    if not text:
        return Found(problem=_empty(key, file, where))
    if _unspeakable(path, text):
        return Found(problem=_odd(key, f"names {file}, which has", where))
    return Found(value=text, origin=f"secret file {file}")


def _quoted(file: Path) -> str:
    return shlex.quote(str(file))


def _exposed(key: str, file: Path, where: str) -> Problem:
    return Problem(
        key=key,
        said=f"is in {file}, which others on this machine can read",
        allowed="a file that only its owner can read (mode 0600 or 0400)",
        remedy=f"chmod 600 {_quoted(file)}",
        where=where,
    )


def _unreadable(key: str, file: Path, error: Exception, where: str) -> Problem:
    missing = isinstance(error, FileNotFoundError)
    owner = f"sudo chown {os.geteuid()} {_quoted(file)} && chmod 600 {_quoted(file)}"
    return Problem(
        key=key,
        said=f"names {file}, which {'does not exist' if missing else 'this user cannot read'}",
        allowed=f"a file with the secret in it, readable by user {os.geteuid()}",
        remedy=f"install -m 600 /dev/null {_quoted(file)}, then put the secret into it"
        if missing
        else owner,
        where=where,
        detail=str(error),
    )


def _empty(key: str, file: Path, where: str) -> Problem:
    return Problem(
        key=key,
        said=f"names {file}, which is empty",
        allowed="a file with the secret in it and nothing else",
        remedy=f"put the secret into {_quoted(file)}",
        where=where,
    )


def _unspeakable(path: KeyPath, value: str) -> bool:
    """Say whether no exchange can have given this out: what travels in a header is plain ASCII."""
    return path != JOURNAL_URL and not (value.isascii() and value.isprintable())


def _odd(key: str, which: str, where: str) -> Problem:
    return Problem(
        key=key,
        said=f"{which} characters that no exchange puts into one: a line break, or beyond ASCII",
        allowed="exactly what the exchange showed",
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
