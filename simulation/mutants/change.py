"""A safety rule that can be removed, and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

Change = tuple[object, str, object]  # whose attribute, which, and what it becomes
Changes = tuple[Change, ...]
Remove = Callable[[], Changes]
Table = Mapping[str, tuple[tuple[str, ...], Remove]]  # by rule: profiles to look in, how to remove
NEVER: Callable[..., None] = lambda *_, **__: None  # noqa: E731


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One rule less."""

    name: str
    profiles: tuple[str, ...]  # in which it is looked for
    changes: Remove

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Have the rule removed while inside."""
        undo = []
        for owner, name, value in self.changes():
            undo.append((owner, name, _now(owner, name)))
            setattr(owner, name, value)
        try:
            yield
        finally:
            for owner, name, value in reversed(undo):
                setattr(owner, name, value)


def _now(owner: object, name: str) -> object:
    """Return an attribute as it is kept, a static method as such."""
    return getattr(owner, name) if name == "__code__" else owner.__dict__[name]


def plain(owner: object, name: str, value: object) -> Remove:
    """Remove a rule by putting one thing in its place."""
    return lambda: ((owner, name, value),)


def always(value: object) -> property:
    """Return a property that is always this."""
    return property(lambda _: value)
