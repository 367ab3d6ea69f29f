"""Where a secret may lie, who may read it, and that it stays there."""

from __future__ import annotations

import base64
import ctypes
import io
import json
import os
import resource
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, quote_plus

from counterpoise import hardening
from counterpoise.config import SettingsProblems, secret_files
from counterpoise.config.problems import Problem
from counterpoise.config.secret_files import SECRET_LENGTH_MAX, Named, content, exposed
from counterpoise.logs import LogSetup, logger
from counterpoise.redaction import RUN_LENGTH, hider, redactor
from counterpoise.venues.redaction import Redactor
from simulation.folders import folder
from simulation.scripts.claims import Claims, refusal, told
from tests.config.files import GOOD, KEYS, loaded, written
from tests.fakes import FakeClock

ODD = 'Zx8c3v6b1n4m9+/Qw"2 e5r7t0=u'  # what exchanges give out, and what spellings change
CANARY = "canarySecret0123456789"
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda s: quote(s, safe=""),
    quote_plus,
    lambda s: json.dumps(s)[1:-1],
    lambda s: base64.b64encode(s.encode()).decode(),
    lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    lambda s: base64.b64encode(f"user:{s}".encode()).decode(),
    lambda s: base64.b64encode(f"user1:{s}!".encode()).decode(),
    lambda s: base64.urlsafe_b64encode(f"u:{s}".encode()).decode(),
    lambda s: s.encode().hex(),
    lambda s: repr(s)[1:-1],
)
NAMED = (
    "GET https://x/api?symbol=A&signature=abcdef0123456789",
    "X-MBX-APIKEY: abcdef0123456789",
    '{"apiKey": "abcdef0123456789"}',
    "{'X-BX-APIKEY': 'abcdef0123456789'}",
    "passphrase=abcdef0123456789",
    "OK-ACCESS-SIGN: abcdef0123456789",
)
AT_VENUES = (*NAMED[:4], "sign=abcdef0123456789", "Authorization: Bearer abcdef0123456789")


def _runs(text: str, spelled: str) -> bool:
    """Say whether a long piece of a secret can be read in a text."""
    return any(spelled[n : n + RUN_LENGTH] in text for n in range(4, len(spelled) - RUN_LENGTH - 3))


def words(made: Claims) -> None:
    """See that no spelling and no long piece of a secret stays in a text, and all else does."""
    hide = hider([ODD, "abc"])
    for number, spelling in enumerate(SPELLINGS):
        spelled = spelling(ODD).strip("=")
        for text in (spelled, spelled[:17], spelled[-20:]):
            shown = hide(f"before {text} after")
            made.claim("I-25", not _runs(shown, text), f"spelling {number}: {shown}")
            whole = shown.startswith("before ") and shown.endswith(" after")
            made.claim("X6", whole, f"spelling {number} takes the rest with it: {shown}")
    for start in range(len(ODD) - RUN_LENGTH + 1):
        piece = ODD[start : start + RUN_LENGTH]
        made.claim("I-25", hide(f"at={piece}.") == "at=[hidden].", f"{piece} of it stays")
    made.claim("I-25", hide(ODD[:14] * 2) == "[hidden]", "something stays between two pieces")
    longer = hider(["abcd1234", "abcd1234efgh"])("abcd1234efgh")
    made.claim("I-25", longer == "[hidden]", f"of two secrets in one stays {longer}")
    for secret, text in (("ABCdefGHIjkl", "ABCdefGH"), ("a1b2", "a1b2"), ("abcdefg1", "abcdefg1")):
        shown = hider([secret])(f"at={text}.")
        made.claim("I-25", shown == "at=[hidden].", f"of {secret} stays {shown}")
    plain = "the exchange keeps a secret: local time, abc"
    for secrets in ([], ["local-exchange-secret"], [ODD], ["", "abc"]):
        made.claim("X6", hider(secrets)(plain) == plain, f"{secrets} blank a plain text")
    for text in NAMED:
        shown = redactor(())(text)
        made.claim("I-25", "abcdef" not in shown, f"{shown}")
    for text in AT_VENUES:
        shown = Redactor(()).redacted(text)
        made.claim("I-25", "abcdef" not in shown, f"{shown}")
    shown = Redactor([ODD]).redacted("x" * 490 + ODD + "y" * 9_000)
    made.claim("I-25", not _runs(shown, ODD) and len(shown) <= 500, f"a cut leaves {shown[480:]}")
    odd = Redactor(()).redacted("a\r\nb\x1b[31m\u2028c")
    made.claim("X6", odd.isprintable(), f"control characters in {odd!r}")


def lines(made: Claims) -> None:
    """See that no line of the log has a secret, wherever in it, or a line of its own making."""
    stream = io.StringIO()
    for text in (False, True):
        log = logger(
            LogSetup(
                clock=FakeClock(),
                stream=stream,
                portfolio="main",
                mode="live",
                level="debug",
                text=text,
                redact=redactor([CANARY]),
            )
        )
        error = ValueError(CANARY)
        error.__cause__ = KeyError(CANARY)
        log.error("alert.broken", exc_info=error, detail=f"a\nb\x1b[2m {CANARY}")
        told_ = {CANARY: [CANARY, {"b": (CANARY,)}]}
        log.info("cycle.finished", a=told_, b="y" * 1_990 + CANARY, c=CANARY)
    written_ = stream.getvalue()
    shown = any(CANARY[n : n + RUN_LENGTH] in written_ for n in range(5, 15))
    made.claim("I-25", not shown, "a line of the log has a secret")
    first = written_.splitlines()[0]
    made.claim("X6", json.loads(first)["event"] == "alert.broken", f"not a line of JSON: {first}")
    made.claim("X6", "\x1b[2m " not in first and "\\n" in first, "a stranger's words end a line")


def _stat(mode: int, owner: int, device: int = 1) -> os.stat_result:
    return os.stat_result((stat.S_IFREG | mode, 1, device, 1, owner, owner, 9, 0, 0, 0))


def _judged(file: Path, mode: int, owner: int, us: int, device: int = 1) -> bool:
    """Say whether a secret in such a file is refused."""
    with patch.object(os, "geteuid", lambda: us):
        named = Named(key="k", file=file, where="w")
        return exposed(named, _stat(mode, owner, device)) is not None


def owners(made: Claims) -> None:
    """See that a secret is taken only where nobody else can read or replace it."""
    with folder() as path:
        file = path / "key"
        for mode in (0o600, 0o400):
            for owner in (1_000, 0):
                fine = not _judged(file, mode, owner, 1_000)
                made.claim("I-17", fine, f"{mode:o} of {owner} is refused")
            strange = _judged(file, mode, 1_001, 1_000)
            made.claim("I-25", strange, f"{mode:o} of another user is taken")
        for mode in (0o601, 0o602, 0o604, 0o610, 0o620, 0o640, 0o444):
            made.claim("I-25", _judged(file, mode, 1_000, 1_000), f"{mode:o} is taken")
        for mode, refused in ((0o777, True), (0o1777, False), (0o755, False)):
            path.chmod(mode)
            got = _judged(file, 0o600, 1_000, 1_000)
            made.claim("I-25", got is refused, f"in a folder of {mode:o}: refused {got}")
        path.chmod(0o700)
        _contained(made, path, file)


def _contained(made: Claims, path: Path, file: Path) -> None:
    """See what a container's runtime may have put there, one fact at a time."""
    here = Path("/").stat().st_dev
    for mode, owner, device, mark, where, refused in (
        (0o444, 0, here + 1, True, path, False),
        (0o444, 0, here, True, path, True),
        (0o444, 0, here + 1, False, path, True),
        (0o446, 0, here + 1, True, path, True),
        (0o464, 0, here + 1, True, path, True),
        (0o444, 5, here + 1, True, path, True),
        (0o444, 0, here + 1, True, Path("/elsewhere"), True),
    ):
        environ = {k: v for k, v in os.environ.items() if k != secret_files.CONTAINER_VARIABLE}
        with (
            patch.object(secret_files, "CONTAINER_FOLDER", where),
            patch.object(secret_files, "CONTAINER_MARKS", (path,) if mark else ()),
            patch.dict(os.environ, environ, clear=True),
        ):
            got = _judged(file, mode, owner, 1_000, device)
        facts = (f"{mode:o}", owner, device == here, mark, where == path)
        made.claim("I-25", got is refused, f"in a container {facts}: refused {got}")


def places(made: Claims) -> None:
    """See what is taken as a file with a secret, and what of it."""
    with folder() as path:
        file = path / "key"

        def put(text: str, mode: int = 0o600) -> str | Problem:
            file.write_text(text)
            file.chmod(mode)
            return content(Named(key="k", file=file, where="w"))

        made.claim("I-17", put(f"{CANARY}\n") == CANARY, "a file of our own is not taken")
        made.claim("I-25", isinstance(put(CANARY, 0o644), Problem), "one that all may read")
        shown = str(put(CANARY, 0o644))
        made.claim("I-25", CANARY not in shown, "a refusal shows the secret")
        made.claim("I-25", f"chmod 600 {file}" in shown, f"no way to mend it: {shown}")
        made.claim("I-24", isinstance(put(" \n"), Problem), "an empty one is taken")
        long = put("x" * (2 * SECRET_LENGTH_MAX))
        made.claim("I-43", len(str(long)) <= SECRET_LENGTH_MAX, "a file of any size is read")
        file.write_bytes(b"\xff\xfe")
        binary = content(Named(key="k", file=file, where="w"))
        made.claim("I-25", isinstance(binary, Problem), f"bytes are taken as {binary!r}")
        os.mkfifo(path / "pipe", 0o600)
        for odd in (path / "pipe", path, path / "nothing", Path(os.devnull)):
            found = refusal(lambda odd=odd: content(Named(key="k", file=odd, where="w")))  # type: ignore[misc]
            taken = content(Named(key="k", file=odd, where="w"))
            made.claim("I-25", found is None and isinstance(taken, Problem), f"{odd}: {taken!r}")
        _written(made, path, put)


def _written(made: Claims, path: Path, put: Callable[[str], object]) -> None:
    """See what of a secret is taken from the settings themselves."""
    put(KEYS["COUNTERPOISE_VENUES__MAIN__API_SECRET"])
    inline, by_file = 'api_secret = "secret-value-1"\n', f'api_secret_file = "{path}/key"\n'
    one = {k: v for k, v in KEYS.items() if k.endswith("KEY")}
    cases: Sequence[tuple[str, str, int, dict[str, str], bool]] = (
        ("in a file", by_file, 0o644, one, True),
        ("written out", inline, 0o600, one, True),
        ("written out for all", inline, 0o644, one, False),
        ("given twice", inline + by_file, 0o600, one, False),
        ("with a line break", inline.replace("-1", "\\n1"), 0o600, one, False),
        ("in no ASCII", inline.replace("-1", "\u00e9"), 0o600, one, False),
        ("nowhere", "", 0o600, one, False),
    )
    for name, text, mode, environ, may in cases:
        file = written(path, GOOD + text)
        file.chmod(mode)
        found = refusal(lambda file=file, environ=environ: loaded(file, environ))  # type: ignore[misc]
        fits = found is None if may else isinstance(found, SettingsProblems)
        made.claim("I-25", fits, f"a secret {name}: {found!r:.300}")
        made.claim("I-25", "secret-value" not in str(found), f"{name}: the secret is shown")


def processes(made: Claims) -> None:
    """See that a process leaves no core, lets nobody read it, and forgets what it was handed."""
    limits: list[tuple[int, tuple[int, int]]] = []
    options: list[tuple[int, int]] = []

    def asked(option: int, value: int) -> int:
        options.append((option, value))
        return 0

    with (
        patch.object(resource, "setrlimit", lambda kind, pair: limits.append((kind, pair))),
        patch.object(resource, "getrlimit", lambda _: (0, 0)),
        patch.object(hardening, "_prctl", asked),
    ):
        state = hardening.harden()
    made.claim("I-25", limits == [(resource.RLIMIT_CORE, (0, 0))], f"limits set: {limits}")
    made.claim("I-25", options[:1] == [(4, 0)], f"asked of the kernel: {options}")
    made.claim("I-25", state.no_core and state.private_memory, f"is shown as {state}")
    with (
        patch.object(resource, "getrlimit", lambda _: (9, 9)),
        patch.object(hardening, "_prctl", lambda *_: 1),
    ):
        open_ = hardening.hardening()
    both = (open_.no_core, open_.private_memory)
    made.claim("I-25", both == (False, False), f"unprotected is shown as {open_}")
    name = "COUNTERPOISE_SIMULATED_SECRET"
    os.environ[name] = CANARY
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_void_p
    place = getenv(name.encode())
    hardening.forget([name, "THERE_IS_NO_SUCH_VARIABLE"])
    made.claim("I-25", name not in os.environ, "a secret stays in the environment")
    left = ctypes.string_at(place, len(CANARY)) if place else b""
    made.claim("I-25", not left.strip(b"\0"), "its value stays where it was")


SCRIPTS = {trap.__name__: told(trap, "I-25") for trap in (words, lines, owners, places, processes)}
