"""From a file, the environment and secret files to settings, or to all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from counterpoise.config.contradictions import Case, contradictions
from counterpoise.config.exchange_checks import Exchanges
from counterpoise.config.layers import (
    KeyPath,
    Layer,
    Tree,
    env_layer,
    file_layer,
    table,
)
from counterpoise.config.problems import Problem, SettingsProblems
from counterpoise.config.secrets import FOLDERS, file_key, find, secret_paths, without
from counterpoise.config.settings import LayerSource, Settings, bytes_digest
from counterpoise.config.translate import key_path, origin_of, problems

EXCHANGES = Exchanges(
    supported=frozenset({"binance", "bingx", "bybit", "hyperliquid", "mexc", "okx", "weex"}),
    with_testnet=frozenset({"binance", "bingx", "bybit", "hyperliquid", "okx", "weex"}),
    environments={"bybit": frozenset({"demo"})},
    with_passphrase=frozenset({"okx", "weex"}),
    with_wallet=frozenset({"hyperliquid"}),
)
CANDIDATES = (Path("counterpoise.toml"), Path("/etc/counterpoise/counterpoise.toml"))
NAME_FORM = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
REPAIRS_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to load settings with."""

    environ: Mapping[str, str] = field(default_factory=dict)
    secrets: bool = True  # False: those of venues and alerts are neither read nor required
    exchanges: Exchanges = EXCHANGES


def located(option: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the settings file: `-c`, else the environment's, else the first that exists."""
    named = option or (
        Path(environ["COUNTERPOISE_CONFIG"]) if environ.get("COUNTERPOISE_CONFIG") else None
    )
    if named is not None:
        return named
    found = next((path for path in CANDIDATES if path.is_file()), None)
    if found is None:
        raise SettingsProblems((_no_file(),))
    return found


def load(path: Path, request: Request) -> Settings:
    """
    Return the settings of the file at `path`, over which the environment has its say.

    Raises SettingsProblems with everything that is wrong. Opens no socket and no journal.
    """
    digest = bytes_digest(path)
    layer = file_layer(path, str(path))
    settings = _settled(layer, request, path.stem)
    settings._source, settings._bytes_digest = path, digest  # noqa: SLF001 - we make it
    return settings


def build(tree: Tree, name: str, request: Request) -> Settings:
    """Return settings from values in hand, as `load` does from a file."""
    return _settled(Layer(tree=tree), request, name)


def _settled(file: Layer, request: Request, name: str) -> Settings:
    env = env_layer(request.environ, file.tree)
    named = [_bad_name(name)] if not re.fullmatch(NAME_FORM, name) else []
    layers, secret_problems = _with_secrets((env, file), request)
    origins = {**layers[2].origins, **layers[1].origins, **layers[0].origins}
    settings, faults, removed = _validated(layers, origins)
    venues = {key for layer in layers for key in table(layer.tree, "venues")}
    case = Case(
        settings=settings,
        exchanges=request.exchanges,
        venues=frozenset(venues),
        secrets=request.secrets and not secret_problems,
        wrong=tuple(removed),
    )
    crossed = [p for p in contradictions(case) if not _consequence(p, removed)]
    placed = [replace(p, where=origin_of(tuple(p.key.split(".")), origins)) for p in crossed]
    if everything := [*named, *faults, *secret_problems, *placed]:
        raise SettingsProblems([_with_command(p, file) for p in everything])
    settings._name, settings._origins = name, origins  # noqa: SLF001 - we make it
    return settings


def _with_secrets(
    layers: tuple[Layer, Layer], request: Request
) -> tuple[tuple[Layer, Layer, Layer], list[Problem]]:
    """Return environment, secrets and file apart: the outer two without any secret left in them."""
    every = secret_paths(layers, outside=True)
    folder = request.environ.get("COUNTERPOISE_SECRETS_DIR")
    folders = (Path(folder), *FOLDERS) if folder else FOLDERS
    wanted = every if request.secrets else secret_paths(layers, outside=False)
    found = {path: secret for path in wanted if (secret := find(path, layers, folders))}
    tree: Tree = {}
    for path, secret in found.items():
        if secret.problem is None:
            _grow(tree, path, secret.value)
    origins = {path: secret.origin for path, secret in found.items()}
    gone = [key for path in every for key in (path, file_key(path))]
    env, file = (replace(layer, tree=without(layer.tree, gone)) for layer in layers)
    secrets = Layer(tree=tree, origins=origins)
    return (env, secrets, file), [s.problem for s in found.values() if s.problem]


def _grow(tree: Tree, path: KeyPath, value: str) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def _validated(
    layers: Sequence[Layer], origins: Mapping[KeyPath, str]
) -> tuple[Settings, list[Problem], list[KeyPath]]:
    """
    Return settings, what was wrong, and the keys left out because of it.

    Leaving out what is wrong lets the rest be judged too, so that a person hears of everything
    in one go. Such settings are never returned to anybody.
    """
    faults: list[Problem] = []
    removed: list[KeyPath] = []
    for _ in range(REPAIRS_MAX):
        try:
            return _from_layers(layers), faults, removed
        except ValidationError as error:
            details = error.errors(include_url=False)
            fresh = [p for p in problems(error, origins) if not _consequence(p, removed)]
            faults += fresh
            gone = [key_path(d)[:-1] if d["type"] == "missing" else key_path(d) for d in details]
            removed += gone
            layers = [replace(layer, tree=without(layer.tree, gone)) for layer in layers]
    raise SettingsProblems(faults)


def _from_layers(layers: Sequence[Layer]) -> Settings:
    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: object, **__: object
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return tuple(LayerSource(settings_cls, layer) for layer in layers)

    return Layered()


def _consequence(problem: Problem, removed: Sequence[KeyPath]) -> bool:
    """Say whether a problem is only there because something around it was left out."""
    path = tuple(problem.key.split("."))
    return any(path[: len(gone)] == gone or gone[: len(path)] == path for gone in removed)


def _with_command(problem: Problem, file: Layer) -> Problem:
    command = f"counterpoise check -c {file.name}" if file.name else "counterpoise check"
    first = problem.remedy or "mend it"
    joint = " Then" if first.endswith("?") else ", then"
    return replace(problem, remedy=f"{first}{joint}: {command}")


def _no_file() -> Problem:
    return Problem(
        key="",
        said="there is no settings file",
        allowed="-c FILE, $COUNTERPOISE_CONFIG, ./counterpoise.toml or "
        "/etc/counterpoise/counterpoise.toml, in this order",
        remedy="cp config/counterpoise.example.toml counterpoise.toml, or try: counterpoise demo",
    )


def _bad_name(name: str) -> Problem:
    return Problem(
        key="",
        said=f"the portfolio would be called {name!r}, after its file",
        allowed="letters, digits, dot, dash and underscore, at most 64",
        remedy="rename the file",
    )
