"""The places settings come from, each as one tree of plain values with where each was found."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from counterpoise.config.problems import Problem, SettingsProblems

PREFIX = "COUNTERPOISE_"
FROM_ENV = "env "  # how an origin in the environment begins
RESERVED = frozenset(
    {
        "COUNTERPOISE_CONFIG",  # which file
        "COUNTERPOISE_SECRETS_DIR",  # a further secrets folder
        "COUNTERPOISE_STATUS",  # read by the health check
        "COUNTERPOISE_CONTROL_TOKEN",  # read by the local exchange
        "COUNTERPOISE_EXCHANGE_PORT",  # read by docker-compose.yml
    }
)
NAMED = {
    "assets": str.upper,
    "venues": str.lower,
    "webhooks": str.lower,
}  # tables whose keys the owner chooses
DEPTH_MAX = 8
SIZE_MAX = 65_536  # characters; a portfolio of a hundred assets needs a fifth

Tree = dict[str, Any]
KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Settings from one place; `origins` says of each key where it stands."""

    name: str = ""  # of the file, as the person named it
    tree: Tree = field(default_factory=dict)
    origins: Mapping[KeyPath, str] = field(default_factory=dict)


def leaves(tree: Mapping[str, Any], above: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of every value that is no table."""
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key)


def at(tree: Mapping[str, Any], path: KeyPath) -> Any:  # noqa: ANN401 - TOML holds what it likes
    """Return the value at `path`, or None."""
    node: Any = tree
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def table(tree: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the table at `key`; an empty one where there is none, or something else."""
    found = tree.get(key)
    return found if isinstance(found, dict) else {}


def file_layer(path: Path, shown: str) -> Layer:
    """Return the settings of a TOML file. Raises SettingsProblems where it cannot be read."""
    text = _text(path, shown)
    try:
        tree = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SettingsProblems((_not_toml(shown, str(error), text),)) from error
    except (RecursionError, ValueError) as error:  # nested without end; thousands of digits
        raise SettingsProblems((_no_settings(shown, str(error)),)) from error
    if not tree:
        raise SettingsProblems((_empty(shown),))
    lines = line_numbers(text)
    return Layer(name=shown, tree=tree, origins={p: _place(shown, lines, p) for p in leaves(tree)})


def line_numbers(text: str) -> dict[KeyPath, int]:
    """Return the line of each key that starts one; keys inside inline tables have their table's."""
    numbers: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            table = _dotted(header[1])
            numbers.setdefault(table, number)
        elif key := re.match(r"""\s*([\w."'-]+)\s*=""", line):
            numbers.setdefault(table + _dotted(key[1]), number)
    return numbers


def env_layer(environ: Mapping[str, str], known: Tree) -> Layer:
    """Return the settings of the environment, names in the case that `known` has them in."""
    tree: Tree = {}
    origins: dict[KeyPath, str] = {}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in RESERVED and environ[name].strip():
            path = _env_path(name.removeprefix(PREFIX), known)
            value = _env_value(environ[name])
            _put(tree, path, value)
            inner = leaves(value, path) if isinstance(value, dict) else (path,)
            origins.update(dict.fromkeys(inner, f"{FROM_ENV}{name}"))
    return Layer(tree=tree, origins=origins)


def _env_path(name: str, known: Tree) -> KeyPath:
    first, *rest = name.split("__", DEPTH_MAX)
    head = first.lower()
    if head not in NAMED or not rest:
        return (head, *(part.lower() for part in rest))
    there = {key.casefold(): key for key in table(known, head)}
    chosen = there.get(rest[0].casefold(), NAMED[head](rest[0]))
    key, *options = rest[1:] or [""]
    return tuple(part for part in (head, chosen, key.lower(), *options) if part)


def _env_value(text: str) -> Any:  # noqa: ANN401 - JSON holds what it likes
    if not text.lstrip().startswith("{"):
        return text
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError:
        return text  # refused later, by its key


def _put(tree: Tree, path: KeyPath, value: object) -> None:
    *above, last = path
    for key in above:
        node = tree.setdefault(key, {})
        if not isinstance(node, dict):
            node = tree[key] = {}
        tree = node
    tree[last] = value


def _text(path: Path, shown: str) -> str:
    try:
        with path.open(encoding="utf-8-sig") as stream:  # editors put a mark before the text
            text = stream.read(SIZE_MAX + 1)
    except UnicodeDecodeError as error:
        raise SettingsProblems((_not_text(shown, str(error)),)) from error
    except OSError as error:
        raise SettingsProblems((_unreadable(shown, error),)) from error
    if len(text) > SIZE_MAX:
        words = f"more than {SIZE_MAX} characters"
        raise SettingsProblems((_no_settings(shown, words),))
    return text


def _place(shown: str, lines: Mapping[KeyPath, int], path: KeyPath) -> str:
    found = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)
    return f"{shown}:{found}" if found else shown


def _dotted(text: str) -> KeyPath:
    return tuple(part.strip().strip("\"'") for part in text.split("."))


def _not_toml(shown: str, words: str, text: str) -> Problem:
    found = re.search(r"at line (\d+)", words)
    number = int(found[1]) if found else len(text.splitlines())
    line = text.splitlines()[number - 1].strip() if text.splitlines() else ""
    return Problem(
        key="",
        said=f"line {number} is not TOML: {line[:60]!r}",
        allowed='key = value, with text in quotes: mode = "testnet"',
        remedy=f"mend that line, then: counterpoise check -c {shown}",
        where=f"{shown}:{number}",
        detail=words,
    )


def _no_settings(shown: str, words: str) -> Problem:
    return Problem(
        key="",
        said=f"{shown} is no settings file: too large, too deep, or a number without end",
        allowed=f"tables of keys, at most {SIZE_MAX} characters",
        remedy=f"counterpoise check -c {shown}, with the right file",
        detail=words,
    )


def _not_text(shown: str, words: str) -> Problem:
    return Problem(
        key="",
        said=f"{shown} is not UTF-8 text",
        allowed="a TOML file in UTF-8",
        remedy=f"save it as UTF-8, then: counterpoise check -c {shown}",
        detail=words,
    )


def _unreadable(shown: str, error: OSError) -> Problem:
    missing = isinstance(error, FileNotFoundError)
    return Problem(
        key="",
        said=f"there is no settings file {shown}" if missing else f"{shown} cannot be read",
        allowed="" if missing else f"a file that this user may read ({error.strerror})",
        remedy=f"cp config/counterpoise.example.toml {shown}, or try: counterpoise demo"
        if missing
        else f"ls -l {shown}",
        detail=str(error),
    )


def _empty(shown: str) -> Problem:
    return Problem(
        key="",
        said=f"{shown} is empty",
        allowed="at least one [assets.X] and one [venues.X] table",
        remedy=f"cp config/counterpoise.example.toml {shown}, or try: counterpoise demo",
    )
