"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

MARKED = {"contract": pytest.mark.contract, "play": pytest.mark.play}
"""Kinds of tests whose folder is mark enough."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    for item in items:
        mark = MARKED.get(item.path.relative_to(tests).parts[0])
        if mark is not None:
            item.add_marker(mark)
