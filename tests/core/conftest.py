"""The money context for the tests of the core, and how hard hypothesis looks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import localcontext

import pytest
from hypothesis import settings

from counterpoise.core.units import CONTEXT

settings.register_profile("ci", max_examples=30, deadline=None, derandomize=True)
settings.register_profile("deep", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="module", autouse=True)
def money_context() -> Iterator[None]:
    with localcontext(CONTEXT.copy()):
        yield
