"""What keeps a daemon from starting on real money, or on an account that it would misread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import localcontext
from types import SimpleNamespace
from typing import cast

from counterpoise.bootstrap.pauses import PausesFile
from counterpoise.bootstrap.vet import vetting
from counterpoise.core.mode import Mode
from counterpoise.core.units import CONTEXT
from counterpoise.errors import AccountChanged, CounterpoiseError, SettingsError, Unavailable
from counterpoise.logs import Log
from counterpoise.ports import AccountFacts, Gateway
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.pauses import Pauses
from simulation.findings import Violation
from simulation.folders import folder
from simulation.scripts.bench import Bench, sprung
from tests.sim.gateway import ONE_WAY, FakeGateway
from tests.sim.virtual import VirtualLoop
from tests.venues.fake import ETH

CONFIRMED = ("7",)
REFUSED: tuple[tuple[Mode | None, str, object], ...] = (  # None: in every mode that orders
    (None, "hedge_mode", True),
    (None, "hedge_mode", None),
    (Mode.LIVE, "account_id", "8"),
    (Mode.LIVE, "account_id", None),
    (Mode.LIVE, "can_withdraw", True),
    (Mode.LIVE, "can_withdraw", None),
    (Mode.LIVE, "can_trade_perpetuals", False),
)
TAKEN: tuple[tuple[Mode, str, object], ...] = (
    (Mode.TESTNET, "account_id", "8"),
    (Mode.TESTNET, "can_withdraw", None),
    (Mode.LIVE, "can_trade_perpetuals", None),
    (Mode.LIVE, "ip_restricted", None),
    (Mode.LIVE, "ip_restricted", False),
)


class _Ear:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def warning(self, event: str, **facts: object) -> None:
        del facts
        self.heard.append(event)

    debug = info = error = critical = warning


def _vetted(mode: Mode, facts: AccountFacts, ear: _Ear) -> bool:
    """Say whether an account passes."""
    gateway = cast("Gateway", FakeGateway(facts=facts))
    loop = VirtualLoop()
    try:
        loop.run_until_complete(_asked(vetting(mode, CONFIRMED, cast("Log", ear)), gateway))
    except CounterpoiseError:
        return False
    finally:
        loop.close()
    return True


async def _asked(vet: object, gateway: Gateway) -> None:
    await vet(gateway)  # type: ignore[operator]


def accounts() -> Sequence[Violation]:
    """Refuse each account that is not meant, one fact at a time; take those that are."""
    said = []
    with localcontext(CONTEXT.copy()):
        for only, field, value in REFUSED:
            for mode in (Mode.LIVE, Mode.TESTNET) if only is None else (only,):
                facts = replace(ONE_WAY, **{field: value})  # type: ignore[arg-type]
                if _vetted(mode, facts, _Ear()):
                    said.append(f"{mode} starts with {field} {value}")
        for mode, field, value in TAKEN:
            facts = replace(ONE_WAY, **{field: value})  # type: ignore[arg-type]
            if not _vetted(mode, facts, _Ear()):
                said.append(f"{mode} does not start with {field} {value}")
        for bound in (True, False):
            ear = _Ear()
            _vetted(Mode.LIVE, replace(ONE_WAY, ip_restricted=bound), ear)
            if bool(ear.heard) is bound:
                said.append(f"a key bound to addresses: {bound}, and heard {ear.heard}")
    return [Violation(invariant="I-24", at_s=0.0, said=one) for one in said]


MODES: tuple[tuple[str, object, object, object], ...] = (  # before, after, and unsaid
    ("hedge_mode", False, True, None),
    ("multi_asset_margin", False, True, None),
    ("margin_mode", {ETH: "cross"}, {ETH: "isolated"}, {}),
)


def modes() -> Sequence[Violation]:
    """See that an account whose modes are changed while it is traded on halts it."""
    said: list[str] = []
    for field, before, after, unsaid in MODES:
        for first, now, halts in (
            (before, after, True),
            (before, before, False),
            (before, unsaid, False),
            (unsaid, after, False),
        ):
            found = _looked_twice(field, first, now)
            if isinstance(found, AccountChanged) is not halts:
                said.append(f"{field} from {first} to {now}: {found!r}")
    for name, facts in (("account", {"account_id": None}), ("rights", {"can_withdraw": None})):
        found = _refusal(Mode.LIVE, replace(ONE_WAY, **facts))  # type: ignore[arg-type]
        if not isinstance(found, Unavailable):
            said.append(f"an unsaid {name} is no question to ask again: {found!r}")
    checked = _refusal(Mode.LIVE, replace(ONE_WAY, can_withdraw=None), key_checked=True)
    if checked is not None:
        said.append(f"a person has looked at the key, and it is refused: {checked!r}")
    may = _refusal(Mode.LIVE, replace(ONE_WAY, can_withdraw=True), key_checked=True)
    if not isinstance(may, SettingsError):
        said.append(f"a key that may withdraw, looked at or not: {may!r}")
    return [Violation(invariant="E6", at_s=0.0, said=one) for one in said]


def _refusal(mode: Mode, *facts: AccountFacts, key_checked: bool = False) -> Exception | None:
    """Return what is raised by looks at an account, one after the other."""
    loop, gateway = VirtualLoop(), FakeGateway()
    vet = vetting(mode, CONFIRMED, cast("Log", _Ear()), key_checked=key_checked)
    try:
        for shown in facts:
            gateway.facts = shown
            loop.run_until_complete(_asked(vet, cast("Gateway", gateway)))
    except CounterpoiseError as error:
        return error
    finally:
        loop.close()
    return None


def _looked_twice(field: str, first: object, now: object) -> Exception | None:
    """Return what a second look at an account raises."""
    looks = (replace(ONE_WAY, **{field: shown}) for shown in (first, now))  # type: ignore[arg-type]
    unsaid = field == "hedge_mode" and first is None
    return None if unsaid else _refusal(Mode.TESTNET, *looks)


DAMAGED = (
    b"",
    b"{",
    b"[]",
    b"5",
    b"null",
    b"\xff",
    b'{"main": 5}',
    b'{"main": [1]}',
    b'{"main": {"h": null}}',
    b'{"main": {"h": "soon"}}',
    b'{"main": {"h": Infinity}}',
    b'{"main": {"h": NaN}}',
)


@dataclass
class _Door:
    pauses: Pauses


async def kept(made: Bench) -> None:
    """See that a ban is written down as it begins, and holds in the next life."""
    host = "demo-fapi.binance.com"
    with folder() as path:
        file = path / "pauses.json"
        PausesFile(file).watch("main", made.gateway)
        made.fresh()
        PausesFile(file).watch("main", made.gateway)
        made.gateway.door.pauses.close(host, 600.0)
        made.claim("I-28", file.exists(), "a ban was not written down")
        made.fresh()
        made.clock.now_ms += 100_000
        PausesFile(file).watch("main", made.gateway)
        left_s = made.gateway.door.pauses.left_s(host)
        made.claim("I-28", 490 < left_s <= 500, f"{left_s} s are left after a restart")
        other = json.loads(file.read_text()) if file.exists() else {}
        made.claim("I-28", "main" in other, f"written: {other}")
        for damage in DAMAGED:
            file.write_bytes(damage)
            made.fresh()
            PausesFile(file).watch("main", made.gateway)
            left_s = made.gateway.door.pauses.left_s(host)
            made.claim("I-17", left_s == 0, f"{damage!r} closes {left_s} s")
        file.unlink()
        keeper, two = PausesFile(file), {name: Pauses(made.clock) for name in ("main", "other")}
        for name, pauses in two.items():
            keeper.watch(name, cast("CcxtGateway", SimpleNamespace(door=_Door(pauses))))
            pauses.close(host, 600.0)
        kept_of = sorted(json.loads(file.read_text()))
        made.claim("I-28", kept_of == ["main", "other"], f"bans are kept of {kept_of}")
        made.fresh()
        PausesFile(path / "nowhere" / "x.json").watch("main", made.gateway)
        made.gateway.door.pauses.close(host, 60.0)
        made.claim("I-28", made.gateway.door.pauses.left_s(host) > 0, "kept nowhere, not kept to")


SCRIPTS = {"accounts": accounts, "modes": modes, "kept": sprung(kept, invariant="I-28")}
