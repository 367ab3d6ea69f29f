"""The documents against the program: what they say of it is what it is."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import click
import pytest
from pydantic import BaseModel, SecretStr

from counterpoise.alarm import GRACE_MS
from counterpoise.alerts.formats import plain_json
from counterpoise.cli.failures import Exit
from counterpoise.cli.main import COMMANDS, cli
from counterpoise.config.layers import NAMED, RESERVED
from counterpoise.config.load import Request, load
from counterpoise.config.secrets import HEARTBEAT_URL, JOURNAL_URL, VENUE_SECRETS, file_key
from counterpoise.config.settings import Settings
from counterpoise.core.alert_kinds import KINDS, AlertKind
from counterpoise.core.orders import HoldReason
from counterpoise.exchange.controls import CONTROLS, PREFIX
from counterpoise.exchange.faults import FaultKind
from counterpoise.exchange.local import DIALECTS, LocalExchangeConfig, build
from counterpoise.log_events import ALWAYS, EVENTS, OTHER_LEVELS
from counterpoise.ports import HttpRequest
from tests.alerts.parts import notice
from tests.fakes import FakeClock

ROOT = Path(__file__).parent.parent
OPERATIONS = "docs/operations.md"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows_of(text: str, header: str) -> Iterator[list[str]]:
    """Yield the cells of every row of the tables whose first column has this header."""
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == header:
            inside = True
        elif inside and not set(line) <= set("|- "):
            yield cells


def words_of(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


def blocks_of(text: str, language: str) -> list[str]:
    return re.findall(rf"(?m)^```{language}\n(.*?)^```", text, re.DOTALL)


def anchors_of(text: str) -> set[str]:
    """Return the anchors that a page's headings have."""
    headings = re.findall(r"(?m)^#+ (.+)$", text)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@EVERY_PAGE
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        parts = urlsplit(target)
        if parts.scheme:
            continue
        found = (page.parent / parts.path).resolve() if parts.path else page
        assert found.exists(), target
        if parts.fragment:
            assert parts.fragment in anchors_of(found.read_text(encoding="utf-8")), target


def test_every_page_is_in_an_index() -> None:
    index, decisions = text_of("docs/README.md"), text_of("docs/decisions/README.md")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index
    for page in (ROOT / "docs/decisions").glob("*.md"):
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert page.name == "README.md" or f"({page.name}) | {title} |" in decisions


def test_the_picture_stands_alone() -> None:
    picture = text_of("docs/demo.svg")
    assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314 - our own file
    assert re.findall(r"https?://[^\"]+", picture) == ["http://www.w3.org/2000/svg"]
    assert re.findall(r"Ran: ([a-z ]+)", picture)[0].startswith("counterpoise demo")


def whole_files() -> Iterator[str]:
    for page in PAGES:
        for block in blocks_of(page.read_text(encoding="utf-8"), "toml"):
            if "[assets." in block and "[venues." in block:
                yield block


def test_every_whole_settings_file_is_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = list(whole_files())
    assert len(files) >= 2
    for block in files:
        for name in re.findall(r'_file = "([^"]+)"', block):
            secret = tmp_path / name
            secret.parent.mkdir(parents=True, exist_ok=True)
            secret.write_text("made-up\n", encoding="utf-8")
            secret.chmod(0o600)
        file = tmp_path / "counterpoise.toml"
        file.write_text(block, encoding="utf-8")
        assert load(file, Request(environ={})).venues["main"].api_secret is not None


def test_the_commands_table_is_the_commands() -> None:
    table = rows_of(text_of("README.md"), "command")
    assert [words_of(row[0])[0].split()[1] for row in table] == list(COMMANDS)


def mentioned(text: str) -> Iterator[str]:
    """Yield every `counterpoise COMMAND ...` that a page shows."""
    shown = [*re.findall(r"`([^`\n]+)`", text), *text.splitlines()]
    for line in shown:
        for part in re.split(r" && |  +#|  +|\||; ", line.strip().removeprefix("$ ")):
            if re.match(r"counterpoise (?!settings|checkout)[a-z-]+\b", part):
                yield part


@EVERY_PAGE
def test_every_command_shown_exists_with_its_options(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        return
    for line in mentioned(page.read_text(encoding="utf-8")):
        try:
            _, name, *arguments = shlex.split(line)
        except ValueError:
            continue  # a sentence with an apostrophe, not a command
        if name not in COMMANDS:
            assert not any(a.startswith("-") for a in arguments), line
            continue
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
        used = {a.partition("=")[0] for a in arguments if re.match(r"--?[a-z]", a)}
        assert used <= known | {"--help"}, line


def test_exit_codes_are_the_programs() -> None:
    table = rows_of(text_of("docs/operations.md"), "exit code")
    assert [int(row[0]) for row in table] == [code.value for code in Exit]


def test_every_reason_to_hold_says_what_to_do_and_when_it_is_an_alert() -> None:
    rows = {words_of(row[0]): row for row in rows_of(text_of("docs/operations.md"), "reason")}
    assert set(rows) == {(reason.value,) for reason in HoldReason}
    shown = {"-": None, "at once": 0, "20 s": 20_000, "1 min": 60_000, "5 min": 300_000}
    for reason in HoldReason:
        assert shown[rows[reason.value,][-1]] == GRACE_MS.get(reason), reason


def test_every_log_event_is_there_with_its_level_and_keys() -> None:
    text = text_of("docs/log.md")
    rows = {words_of(row[0])[0]: row for row in rows_of(text, "event")}
    assert set(rows) == set(EVENTS)
    for name, event in EVENTS.items():
        assert set(rows[name][1].split(", ")) == {event.level, *OTHER_LEVELS.get(name, ())}, name
        assert words_of(rows[name][2]) == event.keys, name
    assert [words_of(row[0])[0] for row in rows_of(text, "key")] == list(ALWAYS)


def test_every_alert_is_there_as_grave_as_it_is() -> None:
    shown = {words_of(row[0])[0]: row[1:] for row in rows_of(text_of(OPERATIONS), "alert")}
    assert shown == {name: [kind.severity, pages(kind)] for name, kind in KINDS.items()}


def pages(kind: AlertKind) -> str:
    if kind.pages_after_s is None:
        return "-"
    hours, minutes = divmod(int(kind.pages_after_s // 60), 60)
    return f"{minutes} min" if minutes else f"{hours} h"


def test_every_key_of_the_json_that_is_posted_is_there() -> None:
    table = rows_of(text_of(OPERATIONS), "key of the JSON")
    assert {word for row in table for word in words_of(row[0])} == set(plain_json(notice()))


def settings_keys(model: type[BaseModel] = Settings, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every settings key with its default, as the page has them."""
    for name, field in model.model_fields.items():
        key = f"{above}{name}"
        if name in NAMED:
            part = field.annotation.__args__[1]  # type: ignore[union-attr]
            yield from settings_keys(part, f"{key}.X.")
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_keys(field.annotation, f"{key}.")
        else:
            default = field.get_default(call_default_factory=True)
            yield key, "required" if field.is_required() else default_shown(default)
            for part in get_args(field.annotation):  # a table that may be left out
                if isinstance(part, type) and issubclass(part, BaseModel):
                    yield from settings_keys(part, f"{key}.")


def default_shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool | tuple | dict) or value == "":
        return f"`{json.dumps(value)}`"
    return f"`{value}`"


def test_every_setting_is_there_with_its_default() -> None:
    shown = {words_of(row[0])[0]: row[1] for row in rows_of(text_of("docs/settings.md"), "key")}
    secrets = [JOURNAL_URL, *(("venues", "X", name) for name in VENUE_SECRETS)]
    secrets += [HEARTBEAT_URL, ("alerts", "webhooks", "X", "url")]
    files = {".".join(file_key(path)): "none" for path in secrets}
    assert shown == dict(settings_keys()) | files


def test_every_environment_variable_is_there() -> None:
    table = rows_of(text_of("docs/settings.md"), "variable")
    assert {words_of(row[0])[0] for row in table} == RESERVED


def test_every_control_and_every_fault_of_the_local_exchange_is_there() -> None:
    text = text_of("docs/local-exchange.md")
    controls = [words_of(row[0])[0] for row in rows_of(text, "call")]
    assert sorted(controls) == sorted(f"{method} {name}" for method, name in CONTROLS)
    assert [words_of(row[0])[0] for row in rows_of(text, "kind")] == [k.value for k in FaultKind]


def test_every_venue_of_the_local_exchange_is_there() -> None:
    rows = rows_of(text_of("docs/local-exchange.md"), "venue")
    assert [words_of(row[0])[0] for row in rows] == list(DIALECTS)


def requests_in(text: str) -> Iterator[HttpRequest]:
    """Yield what the `curl` lines of a page would send."""
    for line in (line for block in blocks_of(text, "sh") for line in block.splitlines()):
        words = shlex.split(line)
        body = words[words.index("-d") + 1] if "-d" in words else ""
        named = words[words.index("-X") + 1] if "-X" in words else ""
        yield HttpRequest(
            method=named or ("POST" if body else "GET"),
            url=next(word for word in words if word.startswith("http")),
            headers={},
            body=body.encode(),
        )


async def test_every_example_of_the_local_exchange_works() -> None:
    exchange = build(LocalExchangeConfig(), FakeClock())
    requests = list(requests_in(text_of("docs/local-exchange.md")))
    assert {urlsplit(request.url).path.removeprefix(PREFIX) for request in requests} == {
        name for _, name in CONTROLS
    }
    for request in requests:
        answer = await exchange.handle(request)
        assert answer is not None
        assert answer.status == 200, (request, answer.body)
