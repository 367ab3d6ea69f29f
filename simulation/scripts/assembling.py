"""What the settings are put together to, and what of them may be shown."""

from __future__ import annotations

import asyncio
import decimal
import io
from pathlib import Path

from counterpoise.bootstrap.assembly import Portfolio, assemble
from counterpoise.config import SettingsProblems
from counterpoise.core.instrument import VenueName
from counterpoise.core.units import CONTEXT
from counterpoise.venues.shadow import ShadowGateway
from simulation.folders import folder
from simulation.scripts.claims import Claims, refusal, told
from tests.config.files import GOOD, KEYS, changed, loaded, written
from tests.fakes import FakeClock, FakeEntropy
from tests.venues.fake import FakeVenue

MAIN = VenueName("main")
HOST = "demo-fapi.binance.com"
PATH = "services/xyzCANARYsecret77"
ALERTS = f"""
[alerts.webhooks.ops]
format = "slack"
url = "https://hooks.example.org/{PATH}"
[alerts.heartbeat]
url = "https://hc.example.org/beat-CANARYsecret78"
"""


def _built(path: Path, text: str, log: io.StringIO) -> Portfolio:
    """Put a portfolio together, before a venue that takes anything."""
    settings = loaded(written(path, f'{text}[journal]\nurl = "sqlite:///{path}/main.db"\n'))
    return assemble(settings, FakeClock(), FakeEntropy(), {MAIN: FakeVenue()}, log)


def _let_go(portfolio: Portfolio) -> None:
    for account in portfolio.accounts.values():
        asyncio.run(account.close())


def parts(made: Claims) -> None:
    """See that a dry-run has a shadow, bans are kept, money is exact, and no line has a key."""
    for text, shadowed in ((GOOD, False), (changed('"testnet"', '"dry-run"'), True)):
        with folder() as path, decimal.localcontext(decimal.Context(prec=5)):
            log = io.StringIO()
            portfolio = _built(path, text, log)
            shadow = isinstance(portfolio.gateways[MAIN], ShadowGateway)
            made.claim("I-23", shadow is shadowed, f"{portfolio.settings.mode}: shadow {shadow}")
            exact = decimal.getcontext().prec == CONTEXT.prec
            made.claim("I-9", exact, "money is reckoned with too few digits")
            portfolio.accounts[MAIN].door.pauses.close(HOST, 600.0)
            kept = any(path.glob("*.pauses.json"))
            made.claim("I-28", kept, "a ban is not written down")
            later = _built(path, text, log)
            left_s = later.accounts[MAIN].door.pauses.left_s(HOST)
            made.claim("I-28", left_s > 0, "a ban ends with a restart")
            portfolio.log.error("alert.broken", detail=" ".join(KEYS.values()))
            secret = KEYS["COUNTERPOISE_VENUES__MAIN__API_SECRET"]
            made.claim("I-25", secret not in log.getvalue(), "a key is in the log")
            made.claim("X6", "alert.broken" in log.getvalue(), "the log goes elsewhere")
            only = [str(one) for one in portfolio.accounts[MAIN].hosts]
            made.claim("I-22", shadowed or "fapi.binance.com" not in only, f"asks {only}")
            _let_go(portfolio)
            _let_go(later)


def shown(made: Claims) -> None:
    """See that no address with a secret in it is shown, and that each is hidden elsewhere."""
    with folder() as path:
        journal = '[journal]\nurl = "postgresql://me:CANARYword9@db.example.org/x"\n'
        file = written(path, GOOD + ALERTS + journal)
        file.chmod(0o600)
        settings = loaded(file)
        told_ = f"{settings.told()} {settings!r}"
        made.claim("I-25", "CANARY" not in told_, f"shown: {told_}")
        made.claim("I-25", "hooks.example.org" in told_, "whom it reaches is not shown")
        hidden = " ".join(settings.secrets)
        for secret in (PATH, "beat-CANARYsecret78", "CANARYword9"):
            made.claim("I-25", secret in hidden, f"{secret} is not hidden elsewhere")
        for wrong in (
            '[journal]\nurl = "mysql://me:CANARYword9@db.example.org/x"\n',
            '[alerts.heartbeat]\nurl = "http://hc.example.org/CANARYword9"\n',
            '[alerts.webhooks.ops]\nformat = "slack"\nurl = "ftp://x/CANARYword9"\n',
        ):
            odd = written(path, GOOD + wrong, "odd.toml")
            odd.chmod(0o600)
            said = refusal(lambda odd=odd: loaded(odd))  # type: ignore[misc]
            hides = isinstance(said, SettingsProblems) and "CANARY" not in str(said)
            made.claim("I-25", hides, f"a refusal shows a secret: {said}")
        file.chmod(0o644)
        error = refusal(lambda: loaded(file))
        open_ = isinstance(error, SettingsProblems)
        made.claim("I-25", open_ and "CANARY" not in str(error), f"for all to read: {error}")


def files(made: Claims) -> None:
    """See that a secret in a file of its own is taken only as it should be."""
    one = {name: value for name, value in KEYS.items() if name.endswith("KEY")}
    with folder() as path:
        key = path / "key"
        text = GOOD + f'api_secret_file = "{key}"\n'
        cases: tuple[tuple[bytes, int, bool], ...] = (
            (b"CANARYsecret9\n", 0o600, True),
            (b"CANARYsecret9", 0o644, False),
            (b"CANARY\nsecret9", 0o600, False),
            ("CANARY\u00e9".encode(), 0o600, False),
            (b"", 0o600, False),
        )
        for content, mode, may in cases:
            key.write_bytes(content)
            key.chmod(mode)
            error = refusal(lambda: loaded(written(path, text), one))
            fits = error is None if may else isinstance(error, SettingsProblems)
            made.claim("I-25", fits, f"{content!r} of {mode:o}: {error}")
            made.claim("I-25", "CANARY" not in str(error), f"shown: {error}")


SCRIPTS = {
    "parts": told(parts, "I-23"),
    "shown": told(shown, "I-25"),
    "files": told(files, "I-25"),
}
