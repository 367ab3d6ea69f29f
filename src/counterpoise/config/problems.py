"""What is wrong with the settings, in our own words: key, value, what is allowed, why, next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from counterpoise.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, told in at most three lines."""

    key: str  # dotted, as in the file; empty where no key is to blame
    said: str  # what is wrong, with the value
    allowed: str  # what would be right, and why
    remedy: str  # the next thing to do
    where: str = ""  # "counterpoise.toml:12", "env COUNTERPOISE_MODE"
    detail: str = ""  # another library's words

    def __str__(self) -> str:
        """Return it as at most three lines."""
        head = " ".join(part for part in (self.key, self.said) if part)
        place = f"  ({self.where})" if self.where else ""
        lines = (
            head + place,
            f"  allowed: {self.allowed}" if self.allowed else "",
            f"  next: {self.remedy}" if self.remedy else "",
        )
        return "\n".join(printable(line) for line in lines if line)


class SettingsProblems(SettingsError):
    """The settings cannot be used, for one or more reasons, all of them told at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Tell every problem; `problems` keeps them apart for programs."""
        super().__init__(
            "\n".join(map(str, problems)),
            detail="; ".join(p.detail for p in problems if p.detail),
        )
        self.problems = tuple(problems)


def printable(text: str) -> str:
    """Return `text` on one line, without anything that a terminal would obey."""
    return "".join(c if c.isprintable() else "?" for c in text)


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that `word` most likely meant, or None."""
    folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def listed(words: Sequence[str]) -> str:
    """Return `words` as a person lists them: `a, b or c`."""
    *front, last = words
    return f"{', '.join(front)} or {last}" if front else last
