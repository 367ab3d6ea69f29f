"""Who is told: settings that fail closed, and addresses that are secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterpoise.config import SettingsProblems
from counterpoise.core.notice import NoticeFormat, Severity
from counterpoise.redaction import redactor
from tests.config.files import GOOD, KEYS, loaded, refusal, written

PATH = "/services/T0CANARY/B0CANARY9/xyzCANARYsecret77"
URL = f"https://hooks.example{PATH}"
OPS = f"""
[alerts.webhooks.ops]
format = "slack"
url = "{URL}"
"""
ENV = KEYS | {"COUNTERPOISE_ALERTS__WEBHOOKS__OPS__URL": URL}
BARE = '\n[alerts.webhooks.ops]\nformat = "slack"\n'


def private(folder: Path, text: str) -> Path:
    path = written(folder, GOOD + text)
    path.chmod(0o600)
    return path


def test_without_any_nobody_is_told(tmp_path: Path) -> None:
    alerts = loaded(written(tmp_path)).alerts
    assert (alerts.webhooks, alerts.addresses) == ({}, ())


def test_a_webhook_is_read_whole(tmp_path: Path) -> None:
    extra = OPS + 'least = "page"\nmention = "<!channel>"\n[alerts.severity]\nspread = "info"\n'
    alerts = loaded(private(tmp_path, extra)).alerts
    hook = alerts.webhooks["ops"]
    assert (hook.format, hook.least, hook.mention) == (NoticeFormat.SLACK, "page", "<!channel>")
    assert hook.url is not None
    assert hook.url.get_secret_value() == URL
    assert alerts.severity == {"spread": Severity.INFO}


def test_an_address_comes_from_a_file_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "address"
    file.write_text(f"{URL}\n")
    file.chmod(0o600)
    extra = BARE + f'url_file = "{file}"\n[alerts.heartbeat]\nurl_file = "{file}"\n'
    settings = loaded(written(tmp_path, GOOD + extra))
    assert [url.get_secret_value() for url in settings.alerts.addresses] == [URL, URL]


def test_an_address_comes_from_a_folder_of_secrets_or_the_environment(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o700)
    for name in ("webhooks_ops_url", "heartbeat_url"):
        (folder / name).write_text(f"https://{name.replace('_', '-')}.example/x1\n")
        (folder / name).chmod(0o600)
    path = written(tmp_path, GOOD + BARE)
    settings = loaded(path, KEYS | {"COUNTERPOISE_SECRETS_DIR": str(folder)})
    hosts = [url.get_secret_value() for url in settings.alerts.addresses]
    assert hosts == ["https://webhooks-ops-url.example/x1", "https://heartbeat-url.example/x1"]
    (url,) = loaded(path, ENV).alerts.addresses
    assert url.get_secret_value() == URL


def test_an_address_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD + OPS)
    path.chmod(0o644)
    told = str(refusal(path))
    assert "alerts.webhooks.ops.url" in told
    assert "chmod 600" in told
    assert PATH not in told


def test_an_address_is_shown_by_its_host_alone(tmp_path: Path) -> None:
    settings = loaded(private(tmp_path, OPS))
    told = settings.told()
    assert told["alerts.webhooks.ops.url"][0] == "https://hooks.example/********"
    assert "alerts.heartbeat.url" not in told
    assert PATH not in repr(settings)
    assert redactor(settings.secrets)(f"at {URL}!") == "at https://hooks.example[hidden]!"


def test_other_commands_neither_read_nor_need_addresses(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD + BARE + 'url_file = "/nowhere/at/all"\n')
    assert loaded(path, secrets=False).alerts.webhooks["ops"].url is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://[::1]:9/x", "http://localhost/x"])
def test_this_machine_may_be_told_in_the_clear(tmp_path: Path, url: str) -> None:
    extra = OPS.replace(URL, url)
    assert loaded(private(tmp_path, extra)).alerts.addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "http://127.0.0.1.example/x",
        "http://10.0.0.5/x",
        "https:///x",
        "ftp://hooks.example/x",
        "file:///etc/passwd",
        "hooks.example/x",
        "https://ann:pw@hooks.example/x",
        "https://hooks.example/x#y",
        "https://hooks.example/a b",
        "https://hooks.example:99999/x",
        "https://[::1/x",
        "https://hooks.example/" + "x" * 3_000,
        "",
    ],
)
def test_what_is_no_private_way_out_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    told = str(refusal(private(tmp_path, OPS.replace(URL, url))))
    assert "alerts.webhooks.ops.url is no address that may be told something" in told
    assert "https://" in told
    assert not url or url not in told


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    assert "is no address" in str(refusal(private(tmp_path, OPS.replace(f'"{URL}"', "7"))))


WRONG = {
    "unknown key": (OPS + 'urll = "x"\n', ["webhooks.ops.urll is not a key", "did you mean"]),
    "misspelt file": (
        OPS + 'url_fil = "x"\n',
        ["alerts.webhooks.ops.url_fil is not a key", "did you mean alerts.webhooks.ops.url_file?"],
    ),
    "no format": (
        OPS.replace('format = "slack"\n', ""),
        ["alerts.webhooks.ops.format is missing", 'format = "slack", or "json"'],
    ),
    "unknown format": (OPS.replace("slack", "slak"), ["format", 'write "slack"']),
    "no address": (
        BARE,
        ["alerts.webhooks.ops.url is missing", "COUNTERPOISE_ALERTS__WEBHOOKS__OPS__URL"],
    ),
    "capitals": (
        OPS.replace("webhooks.ops", "webhooks.OpsTeam"),
        ["alerts.webhooks.OpsTeam", "[alerts.webhooks.opsteam]"],
    ),
    "twice the same": (
        OPS + OPS.replace("webhooks.ops", "webhooks.dev"),
        ["alerts.webhooks.dev.url is the address of ops too"],
    ),
    "too many": (
        "".join(OPS.replace("ops", f"h{n}").replace("T0C", f"T{n}C") for n in range(9)),
        ["alerts.webhooks are 9 channels", "at most 8"],
    ),
    "mention in JSON": (
        OPS.replace("slack", "json") + 'mention = "<!here>"\n',
        ['mention = "<!here>"', "take mention out"],
    ),
    "mention over lines": (OPS + 'mention = "a\\nb"\n', ["mention", "on one line"]),
    "least": (OPS + 'least = "pages"\n', ["least", 'write "page"']),
    "severity of nothing": (
        OPS + '[alerts.severity]\nzero_unexplaned = "info"\n',
        ["is no alert", "did you mean alerts.severity.zero_unexplained?"],
    ),
    "severity without anybody": (
        '[alerts.severity]\nspread = "info"\n',
        ["alerts.severity is set, and there is nobody to tell"],
    ),
    "unknown severity": (
        OPS + '[alerts.severity]\nspread = "mild"\n',
        ["alerts.severity.spread", "info, warning or page"],
    ),
    "hasty heart": ('[alerts.heartbeat]\nevery = "1s"\n', ["every", '"10s" to "1h"']),
    "endless reminders": ('[alerts]\nremind_every = "1s"\n', ["remind_every", '"10m" to "7d"']),
}


@pytest.mark.parametrize("turn", WRONG)
def test_what_is_wrong_is_named_with_what_would_be_right(tmp_path: Path, turn: str) -> None:
    extra, words = WRONG[turn]
    found = refusal(private(tmp_path, extra))
    assert isinstance(found, SettingsProblems)
    told = str(found)
    assert not [word for word in words if word not in told], told
    assert PATH not in told
    assert len(found.problems) == 1, told
