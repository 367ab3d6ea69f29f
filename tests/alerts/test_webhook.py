"""The wire of alerts: one address, and nothing that it did not ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from counterpoise.alerts import webhook
from counterpoise.alerts.webhook import (
    ANSWER_BYTES_MAX,
    Address,
    WebHeartbeat,
    Webhook,
    retry_after_s,
)
from counterpoise.core.notice import NoticeFormat
from counterpoise.errors import Undelivered
from counterpoise.redaction import redactor
from simulation.pager import PagerFault
from tests.alerts.parts import notice
from tests.alerts.servers import PATH, SECRETS, Server, serving
from tests.venues.test_transport import self_signed


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setattr(webhook, "DEADLINE_S", 0.5)
    async with serving() as found:
        yield found


def address(url: str) -> Address:
    return Address(name="ops", url=url, user_agent="counterpoise/test", hide=redactor([PATH]))


async def refusal(url: str, form: NoticeFormat = NoticeFormat.SLACK) -> Undelivered:
    alerts = Webhook(address(url), form)
    try:
        with pytest.raises(Undelivered) as raised:
            await alerts.deliver(notice())
    finally:
        await alerts.close()
    return raised.value


async def test_slack_gets_a_text_and_nothing_else(server: Server) -> None:
    alerts = Webhook(address(server.url), NoticeFormat.SLACK, "<!channel>")
    await alerts.deliver(notice())
    await alerts.close()
    (body,) = server.bodies
    assert list(body) == ["text"]
    assert body["text"].startswith("<!channel> PAGE main (live): BTC: balance fell to zero\n")
    (head,) = server.heads
    assert head["Content-Type"] == "application/json"
    assert head["User-Agent"] == "counterpoise/test"
    assert server.paths == [f"POST {PATH}"]


async def test_a_redirect_is_not_followed(server: Server) -> None:
    server.fault = PagerFault.REDIRECT
    told = await refusal(server.url)
    assert str(told) == "HTTP 302: it leads elsewhere, which is not followed"
    assert server.paths == [f"POST {PATH}"]


async def test_neither_proxies_nor_credentials_come_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    alerts = Webhook(address(server.url), NoticeFormat.JSON)
    await alerts.deliver(notice())
    await alerts.close()
    assert len(server.bodies) == 1
    assert "Authorization" not in server.heads[0]


async def test_what_a_receiver_says_is_told_without_secrets_and_cut(server: Server) -> None:
    server.status, server.answer = 404, f"no_service {PATH}\n\x1b[31m{'x' * 9_000}".encode()
    told = await refusal(server.url)
    assert str(told).startswith("HTTP 404: no_service [hidden]")
    assert len(str(told)) < 200
    assert str(told).isprintable()
    assert not [secret for secret in SECRETS if secret in str(told)]
    assert told.hint
    assert told.refused


async def test_a_page_of_html_is_not_repeated(server: Server) -> None:
    server.status, server.answer = 502, b"<html>bad gateway</html>"
    assert str(await refusal(server.url)) == "HTTP 502"


async def test_an_answer_without_end_is_taken_by_its_status(server: Server) -> None:
    server.answer = b"x" * (ANSWER_BYTES_MAX * 1_000)
    alerts = Webhook(address(server.url), NoticeFormat.JSON)
    await alerts.deliver(notice())
    await alerts.close()
    assert len(server.bodies) == 1


async def test_a_certificate_of_nobody_known_is_refused(tmp_path: Path) -> None:
    async with serving(self_signed(tmp_path)) as other:
        told = await refusal(other.url.replace("http:", "https:"))
    assert "Certificate" in str(told)
    assert other.bodies == []


async def test_a_heartbeat_is_a_call_without_a_word(server: Server) -> None:
    heartbeat = WebHeartbeat(address(server.url))
    assert heartbeat.host == "127.0.0.1"
    await heartbeat.beat()
    assert server.paths == [f"GET {PATH}"]
    assert server.bodies == [{}]
    server.fault = PagerFault.BROKEN
    with pytest.raises(Undelivered, match="HTTP 500"):
        await heartbeat.beat()
    await heartbeat.close()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30", 30.0), ("0", 0.0), ("-5", 0.0), ("inf", 0.0), ("nan", 0.0), ("Wed, 21 Oct", 0.0)],
)
def test_a_pause_is_what_the_receiver_asks_for_if_it_makes_sense(text: str, seconds: float) -> None:
    assert retry_after_s({"Retry-After": text}) == seconds


def test_an_address_is_shown_by_its_host_alone() -> None:
    shown = address(f"https://hooks.example{PATH}?token=abc")
    assert repr(shown) == "Address(ops, hooks.example)"
