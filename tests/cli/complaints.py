"""What every failed command owes: few lines, our own words, and what to do next."""

from __future__ import annotations


def check_complaint(err: str, *expected: str) -> None:
    """Check that an error is short, ours, and has `expected` in it."""
    lines = [line for line in err.splitlines() if not line.startswith("next:")]
    assert 1 <= len(lines) <= 3, err
    assert lines[0].startswith("error: ")
    assert "Traceback" not in err
    assert any(line.strip().startswith("next:") for line in lines), err
    for words in expected:
        assert words in err, err
