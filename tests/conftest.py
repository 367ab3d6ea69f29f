"""What holds in every test: no test changes the arithmetic of the next."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import localcontext

import pytest


@pytest.fixture(autouse=True)
def _own_decimal_context() -> Iterator[None]:
    """Take the decimal context back: a command that runs in-process installs its own."""
    with localcontext():
        yield
