"""Fixtures for tests of collectors that share devices."""

from collections.abc import Iterator

import pytest

from tests.fakes.fleet import Fleet, running_fleet


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    yield from running_fleet()
