"""A desk per test."""

from collections.abc import Iterator

import pytest

from tests.adapters.stripe.desk import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.sandbox.close()
