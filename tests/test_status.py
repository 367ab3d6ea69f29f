from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from counterpoise.status import (
    AssetStatus,
    StatusDocument,
    Today,
    VenueStatus,
    plain_facts,
    read,
    write_atomically,
)

D = Decimal
NOW_MS = 1_751_253_124_318
DOCUMENT = StatusDocument(
    portfolio="main",
    mode="live",
    state="run",
    healthy=True,
    written_at_ms=NOW_MS,
    cycle_interval_s=10.0,
    version="1.3.0",
    settings_digest="9c1e04ab",
    started_at_ms=NOW_MS - 86_400_000,
    pid=4242,
    quote="USDT",
    value=D("181550.00"),
    today=Today(orders=1, turnover=D(5396), turnover_max=D(500000)),
    assets=(
        AssetStatus(asset="ETH", state="ok", net=D("17.087"), drift=D("-0.03"), band=D("0.05")),
    ),
    venues=(VenueStatus(venue="main", ok=True, latency_ms=38.0, skew_ms=12),),
    alerts=("SOL spread: too wide",),
)


def test_a_document_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "main.status.json"
    write_atomically(path, DOCUMENT)
    assert read(path) == DOCUMENT


def test_nothing_but_the_document_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "main.status.json"
    write_atomically(path, DOCUMENT)
    write_atomically(path, replace(DOCUMENT, cycle=2))
    assert [file.name for file in tmp_path.iterdir()] == ["main.status.json"]


def test_money_is_a_string_and_what_health_checks_read_is_on_top() -> None:
    facts = json.loads(json.dumps(plain_facts(DOCUMENT)))
    assert facts["value"] == "181550"
    assert facts["assets"][0]["net"] == "17.087"
    assert facts["written_at_ms"] == NOW_MS
    assert facts["cycle_interval_s"] == 10.0
    assert facts["healthy"] is True
    assert facts["leverage"] is None


def test_no_file_is_no_document(tmp_path: Path) -> None:
    assert read(tmp_path / "main.status.json") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"schema": 99}', '{"schema": 1}', '{"schema": 1, "pid": "x"}']
)
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "main.status.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"status document|Expecting"):
        read(path)


def test_keys_of_a_later_version_are_left_aside(tmp_path: Path) -> None:
    path = tmp_path / "main.status.json"
    path.write_text(json.dumps({**plain_facts(DOCUMENT), "mood": "sunny"}))
    assert read(path) == DOCUMENT


@pytest.mark.parametrize(
    ("age_s", "interval_s", "stale"),
    [(29, 1.0, False), (31, 1.0, True), (170, 60.0, False), (190, 60.0, True), (-31, 1.0, True)],
)
def test_a_document_is_stale_once_cycles_are_missing(
    age_s: int, interval_s: float, stale: bool
) -> None:
    document = replace(DOCUMENT, cycle_interval_s=interval_s)
    assert document.stale(NOW_MS + age_s * 1000) is stale
