"""What every way to tell a person does, over HTTP for real and in memory alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from counterpoise.alerts import webhook
from counterpoise.alerts.webhook import Address, Webhook
from counterpoise.core.notice import NoticeFormat, Phase
from counterpoise.errors import Undelivered
from counterpoise.ports import Alerts
from simulation.pager import ASKED_S, FakeAlerts, PagerFault, Receiver
from tests.alerts.parts import notice
from tests.alerts.servers import SECRETS, Server, serving
from tests.fakes import FakeClock

FAULTS = [fault for fault in PagerFault if fault is not PagerFault.LOST]


@dataclass
class Case:
    """One implementation, its receiver, and what that has taken."""

    connect: Callable[[], Alerts]
    suffer: Callable[[PagerFault | None], None]
    taken: Callable[[], list[tuple[str, str]]]  # id, phase


def in_memory() -> Case:
    receiver, clock = Receiver(), FakeClock()
    return Case(
        connect=lambda: FakeAlerts("ops", receiver, clock),
        suffer=lambda fault: receiver.suffer(fault, clock.monotonic_s()),
        taken=lambda: [(r.notice.matters[0].alert_id, r.notice.phase) for r in receiver.inbox],
    )


def over_http(server: Server) -> Case:
    def connect() -> Alerts:
        return Webhook(
            Address(name="ops", url=server.url, user_agent="counterpoise/test"), NoticeFormat.JSON
        )

    def suffer(fault: PagerFault | None) -> None:
        server.fault = fault

    return Case(connect, suffer, lambda: [(b["id"], b["phase"]) for b in server.bodies])


@pytest.fixture(params=["http", "memory"])
async def case(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Case]:
    monkeypatch.setattr(webhook, "DEADLINE_S", 0.3)
    if request.param == "memory":
        yield in_memory()
        return
    async with serving() as server:
        yield over_http(server)


async def test_what_is_delivered_has_arrived_once(case: Case) -> None:
    alerts = case.connect()
    assert alerts.name == "ops"
    await alerts.deliver(notice())
    await alerts.deliver(notice(phase=Phase.RESOLVED))
    assert case.taken() == [("k3v9x2qa", "raised"), ("k3v9x2qa", "resolved")]
    await alerts.close()


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_does_not_arrive_is_said_and_can_be_sent_again(
    case: Case, fault: PagerFault
) -> None:
    case.suffer(fault)
    alerts = case.connect()
    with pytest.raises(Undelivered) as raised:
        await alerts.deliver(notice())
    assert case.taken() == []
    assert raised.value.retry_after_s == (ASKED_S if fault is PagerFault.BUSY else 0)
    assert raised.value.refused is (fault is PagerFault.REFUSED)
    await alerts.close()
    case.suffer(None)
    alerts = case.connect()
    await alerts.deliver(notice())
    assert case.taken() == [("k3v9x2qa", "raised")]
    await alerts.close()


async def test_what_arrived_and_was_not_acknowledged_is_undelivered_too(case: Case) -> None:
    case.suffer(PagerFault.LOST)
    alerts = case.connect()
    with pytest.raises(Undelivered):
        await alerts.deliver(notice())
    case.suffer(None)
    await alerts.deliver(notice())
    assert case.taken() == [("k3v9x2qa", "raised")] * 2
    await alerts.close()


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_error_has_more_of_the_address_than_its_host(
    case: Case, fault: PagerFault
) -> None:
    case.suffer(fault)
    alerts = case.connect()
    with pytest.raises(Undelivered) as raised:
        await alerts.deliver(notice())
    error: BaseException | None = raised.value
    while error is not None:
        told = f"{error!r} {error} {getattr(error, 'hint', '')} {vars(error)}"
        assert not [secret for secret in SECRETS if secret in told]
        error = error.__cause__ or error.__context__
    assert not [secret for secret in SECRETS if secret in f"{alerts.host} {alerts!r}"]
    await alerts.close()


async def test_closing_is_harmless_whenever_it_happens(case: Case) -> None:
    alerts = case.connect()
    await alerts.close()
    with suppress(Undelivered):
        await alerts.deliver(notice())
    await alerts.close()
    await alerts.close()
