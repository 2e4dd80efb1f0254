"""A shop per test."""

from collections.abc import Iterator

import pytest
import stripe

from tests.adapters.stripe_sandbox.shop import Shop


@pytest.fixture(autouse=True)
def no_telemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "enable_telemetry", False)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.sandbox.close()
