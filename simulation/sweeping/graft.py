"""Put a cut module in place of the true one, in this process and never in the tree of files."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TypeGuard

from simulation.sweeping.cuts import Cut, cuts

SOURCE = Path(__file__).parents[2] / "src" / "counterpoise"
KEPT = ("simulation.sweep", "simulation.removal", "simulation.findings")  # not of the daemon
DEPTH = 5  # a function in a table of a class, and what decorates it
OURS = ("counterpoise", "simulation", "tests")


def path_of(module: str) -> Path:
    """Return the file of a module named below `counterpoise`, as "core.plan"."""
    plain = SOURCE.joinpath(*module.split(".")).with_suffix(".py")
    return plain if plain.exists() else SOURCE.joinpath(*module.split("."), "__init__.py")


def parsed(module: str) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path_of(module).read_text())


def functions(module: str) -> dict[tuple[str, int], list[FunctionType]]:
    """Return the functions of a loaded module, by qualified name and first line."""
    file, found = str(path_of(module)), dict[tuple[str, int], list[FunctionType]]()
    loaded = importlib.import_module(f"counterpoise.{module}")
    for one in _within(vars(loaded).values(), file, DEPTH):
        key = (one.__code__.co_qualname, one.__code__.co_firstlineno)
        found.setdefault(key, []).append(one)
    return found


def _within(values: Iterable[object], file: str, depth: int) -> Iterator[FunctionType]:
    """Yield the functions of a file among some things and in them: classes, tables, decorators."""
    for value in values if depth else ():
        if isinstance(value, FunctionType):
            if value.__code__.co_filename == file:
                yield value
            yield from _within([getattr(value, "__wrapped__", None)], file, depth - 1)
        elif isinstance(value, type):
            yield from _within(list(vars(value).values()), file, depth - 1)
        elif isinstance(value, property):
            yield from _within([value.fget, value.fset], file, depth - 1)
        elif isinstance(value, staticmethod | classmethod):
            yield from _within([value.__func__], file, depth - 1)
        elif isinstance(value, dict):
            yield from _within(list(value.values()), file, depth - 1)
        elif hasattr(value, "__wrapped__"):
            yield from _within([value.__wrapped__], file, depth - 1)


def grafted(module: str, number: int) -> bool:
    """
    Make one cut of a module take effect; say whether everything of ours was loaded anew for it.

    A cut within a function changes that function where it is; any other loads the module again,
    and with it all that may have taken a value from it.
    """
    tree = parsed(module)
    cut = cuts(tree)[number]
    known = functions(module) if cut.inside else {}
    cut.make()
    code = compile(ast.fix_missing_locations(tree), str(path_of(module)), "exec")
    if cut.inside and _replaced(code, cut, known):
        return False
    _reload(module, code)
    return True


def rewritten(module: str, was: str, becomes: str) -> tuple[tuple[object, str, object], ...]:
    """
    Return what has a module be as if `becomes` stood where `was` does, once and in a function.

    Raises ValueError where that cannot be done.
    """
    path, text = str(path_of(module)), path_of(module).read_text()
    if text.count(was) != 1:
        raise ValueError(f"{module} has {was!r} {text.count(was)} times")
    lines = was.count("\n") - becomes.count("\n")
    text = text.replace(was, becomes + "\n" * lines)
    before, code = compile(path_of(module).read_text(), path, "exec"), compile(text, path, "exec")
    if _shape(before) != _shape(code):
        raise ValueError(f"{module} differs outside of its functions")
    known = functions(module)
    changed = [
        (function, "__code__", new)
        for new in _codes(code)
        for function in known.get((new.co_qualname, new.co_firstlineno), ())
        if new != function.__code__ and function.__code__.co_freevars == new.co_freevars
    ]
    if not changed:
        raise ValueError(f"{module}: no function is otherwise without {was!r}")
    return tuple(changed)


def _shape(code: CodeType) -> tuple[object, ...]:
    """Return all of a module's own code but the functions in it."""
    plain = tuple(one for one in code.co_consts if not isinstance(one, CodeType))
    inner = tuple(_shape(one) for one in code.co_consts if _is_class(one))
    return code.co_code, code.co_names, plain, inner


def _is_class(code: object) -> TypeGuard[CodeType]:
    return isinstance(code, CodeType) and "__qualname__" in code.co_names


def _replaced(code: CodeType, cut: Cut, known: dict[tuple[str, int], list[FunctionType]]) -> bool:
    changed = [one for one in _codes(code) if one.co_qualname == cut.inside]
    done = False
    for new in changed:
        for function in known.get((new.co_qualname, new.co_firstlineno), ()):
            if function.__code__.co_freevars != new.co_freevars:
                return False
            function.__code__ = new
            done = True
    return done


def _codes(code: CodeType) -> list[CodeType]:
    found = [one for one in code.co_consts if isinstance(one, CodeType)]
    return found + [inner for one in found for inner in _codes(one)]


class _Cut(MetaPathFinder, Loader):
    """Finds one module in memory, and leaves every other to those after it."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name, self._code = name, code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        spec.loader = self
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        del spec
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, vars(module))  # noqa: S102 - the module's own code, one rule less


def _reload(module: str, code: CodeType) -> None:
    wanted = [name for name in sys.modules if name.split(".")[0] in OURS]
    kept = {name for name in wanted if name.startswith(KEPT)}
    for name in wanted:
        if name not in kept and name != "simulation.__main__":
            del sys.modules[name]
    full = "counterpoise" if module == "__init__" else f"counterpoise.{module}"
    sys.meta_path.insert(0, _Cut(full, code))
    importlib.import_module("simulation.scripts")
