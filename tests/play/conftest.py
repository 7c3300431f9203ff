"""The stage."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.play.company import Company, company


@pytest.fixture
async def players(tmp_path: Path) -> AsyncIterator[Company]:
    async with company(tmp_path) as made:
        yield made
