from __future__ import annotations

import io
import json
import logging
import warnings
from decimal import Decimal

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.orders import HoldReason
from counterpoise.log_events import EVENTS, faults
from counterpoise.logs import LogSetup, logger, process_routed, within
from counterpoise.redaction import redactor
from tests.fakes import FakeClock

SECRET = "s3cr3t/with+signs=and spaces"


def setup(*, text: bool = False, level: str = "info") -> tuple[LogSetup, io.StringIO]:
    stream = io.StringIO()
    return (
        LogSetup(
            clock=FakeClock(),
            stream=stream,
            portfolio="main",
            mode="testnet",
            level=level,
            text=text,
            redact=redactor([SECRET]),
        ),
        stream,
    )


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_the_documented_keys_first() -> None:
    configured, stream = setup()
    with within(cycle=7, asset="ETH"):
        logger(configured).info("asset.held", reason=HoldReason.COOLDOWN)
    (line,) = lines(stream)
    assert list(line) == ["ts", "level", "event", "portfolio", "mode", "cycle", "asset", "reason"]
    assert line["ts"] == "2025-06-30T03:12:04.318Z"
    assert line["reason"] == "cooldown"
    assert faults(line) == []


def test_money_is_a_string_without_exponent_wherever_it_stands() -> None:
    configured, stream = setup()
    drifts = {"BTC": Decimal("1E-7"), "ETH": Decimal("-0.050")}
    logger(configured).info("rebalance.triggered", rule="drift", drift_weight=drifts)
    (line,) = lines(stream)
    assert line["drift_weight"] == {"BTC": "0.0000001", "ETH": "-0.05"}


def test_no_control_character_leaves_a_line() -> None:
    configured, stream = setup()
    evil = 'x\n{"event": "daemon.halted"}\r\x1b[31m\u2028\x00\x9b'
    logger(configured).warning("cycle.failed", error="E", detail=evil)
    assert len(stream.getvalue().splitlines()) == 1
    assert stream.getvalue().isascii()
    assert lines(stream)[0]["detail"] == evil


def test_a_long_value_is_cut_and_says_how_long_it_was() -> None:
    configured, stream = setup()
    logger(configured).warning("cycle.failed", error="E", detail="x" * 10_000)
    assert str(lines(stream)[0]["detail"]).endswith("... (10000 characters)")
    assert len(stream.getvalue()) < 3_000


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        "s3cr3t%2Fwith%2Bsigns%3Dand%20spaces",
        "czNjcjN0L3dpdGgrc2lnbnM9YW5kIHNwYWNlcw",
        SECRET.encode().hex(),
    ],
)
def test_a_secret_is_hidden_in_every_spelling(spelled: str) -> None:
    configured, stream = setup()
    log = logger(configured)
    log.warning("cycle.failed", error="E", detail=f"a {spelled} b", more={spelled: [spelled]})
    assert spelled not in stream.getvalue()
    assert "[hidden]" in stream.getvalue()


def test_a_secret_is_hidden_in_an_exception() -> None:
    configured, stream = setup()
    try:
        int(f"could not sign with {SECRET}")
    except ValueError:
        logger(configured).exception("cycle.failed", error="ValueError", detail="")
    assert "could not sign" in stream.getvalue()
    assert SECRET not in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "https://x/fapi/v1/order?symbol=A&signature=abcdef0123456789",
        "{'X-MBX-APIKEY': 'abcdef0123456789'}",
        "apiKey=abcdef0123456789",
    ],
)
def test_what_is_named_like_a_credential_is_hidden_though_nobody_said_so(text: str) -> None:
    assert "abcdef0123456789" not in redactor([])(text)


@given(secret=st.text(min_size=4, max_size=60), before=st.text(), after=st.text())
def test_no_secret_survives_redaction(secret: str, before: str, after: str) -> None:
    assert secret not in redactor([secret])(before + secret + after).replace("[hidden]", "")


def test_what_is_below_the_level_is_not_said() -> None:
    configured, stream = setup(level="warning")
    logger(configured).info("asset.held", asset="ETH", reason="cooldown")
    assert stream.getvalue() == ""


def test_a_closed_log_stops_nothing() -> None:
    configured, stream = setup()
    stream.close()
    logger(configured).info("asset.held", asset="ETH", reason="cooldown")
    assert stream.closed


def test_two_portfolios_of_one_process_keep_their_names() -> None:
    first, stream = setup()
    second = LogSetup(clock=FakeClock(), stream=stream, portfolio="other", mode="dry-run")
    one, two = logger(first), logger(second)
    one.info("asset.held", asset="A", reason="x")
    two.info("asset.held", asset="A", reason="x")
    assert [line["portfolio"] for line in lines(stream)] == ["main", "other"]


def test_what_libraries_warn_of_is_in_the_log_and_what_they_chat_about_is_not() -> None:
    configured, stream = setup(level="debug")
    with process_routed(configured):
        logging.getLogger("ccxt.base").info("verbose: signature=1234567890")
        logging.getLogger("aiohttp.client").warning("odd\nthing %s", SECRET)
    logging.getLogger("aiohttp.client").warning("after")
    (line,) = lines(stream)
    assert line["library"] == "aiohttp.client"
    assert line["detail"] == "odd\nthing [hidden]"
    assert faults(line) == []


def test_warnings_of_python_are_in_the_log_too() -> None:
    configured, stream = setup()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with process_routed(configured):
            warnings.warn("old ways", DeprecationWarning, stacklevel=1)
    assert "old ways" in str(lines(stream)[0]["detail"])


def test_a_logger_without_a_portfolio_uses_that_of_the_process() -> None:
    configured, stream = setup()
    with process_routed(configured):
        structlog.get_logger("x").info("read.retried", what="w", attempt=1, error="E", detail="")
    assert faults(lines(stream)[0]) == []


def test_a_person_at_a_terminal_gets_text() -> None:
    configured, stream = setup(text=True)
    logger(configured).info("order.sent", intent="cp1", quantity=Decimal("1.50"), note="two words")
    told = stream.getvalue()
    assert "03:12:04.318" in told
    assert "order.sent" in told
    assert '"two words"' in told
    assert "1.5" in told
    assert told.count("\n") == 1


def test_text_has_no_control_character_of_a_stranger() -> None:
    configured, stream = setup(text=True)
    logger(configured).warning("cycle.failed", error="E", detail="a\x1b]0;title\x07\nb")
    assert "\x1b]0" not in stream.getvalue()
    assert stream.getvalue().count("\n") == 1


def test_the_events_that_users_rely_on_are_all_known() -> None:
    promised = """daemon.started daemon.stopped daemon.halted daemon.paused daemon.resumed
    cycle.finished cycle.failed snapshot.incomplete rebalance.triggered order.sent order.settled
    order.unconfirmed order.resolved order.rejected asset.held asset.released limit.breached
    operator.obeyed"""
    assert set(promised.split()) <= set(EVENTS)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"event": "asset.juggled"}, "no documented event"),
        ({"level": "error"}, "asset.held at error"),
        ({"reason": None}, "without reason"),
        ({"ts": "yesterday"}, "ts 'yesterday'"),
        ({"portfolio": None}, "no portfolio"),
        ({"fee": 0.1}, "fee is not a string"),
    ],
)
def test_a_line_that_breaks_the_promise_is_told_apart(
    change: dict[str, object], fault: str
) -> None:
    line: dict[str, object] = {
        "ts": "2025-06-30T03:12:04.318Z",
        "level": "info",
        "event": "asset.held",
        "portfolio": "main",
        "mode": "live",
        "asset": "ETH",
        "reason": "cooldown",
    }
    assert faults(line) == []
    changed = {k: v for k, v in {**line, **change}.items() if v is not None}
    assert any(fault in told for told in faults(changed))
