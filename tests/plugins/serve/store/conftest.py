"""One Redis for all tests of the store that need one; they use keys of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .redis_server import RedisServer, redis_server


@pytest.fixture(scope="package")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis_of_its_own() -> Iterator[RedisServer]:
    """For a test in which Redis goes away."""
    with redis_server() as server:
        yield server
