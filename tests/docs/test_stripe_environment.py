"""What docs/stripe-environment.md claims: its settings are read, and its events are news that we follow."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from linguapay_adapters.settings import KNOWN, read_settings
from linguapay_adapters.stripe.lanes import LANES
from linguapay_core.domain.object_kind import ObjectKind
from tests.docs.blocks import ROOT, Block, read

PAGE: Final = "docs/stripe-environment.md"


def block(info: str) -> Block:
    """The block of the page behind this word."""
    (found,) = (one for one in read(PAGE, (ROOT / PAGE).read_text(encoding="utf-8")) if one.info.startswith(f"{info} "))
    return found


def news(row: tuple[str, ObjectKind, str]) -> bool:
    """Whether a lane is one that we follow."""
    return row[1] != ObjectKind.OTHER


def lane(event: str) -> tuple[str, ObjectKind, str]:
    """The lane in which an event waits."""
    return next(row for row in LANES if event.startswith(row[0]))


def test_the_settings_of_the_page_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = tmp_path / "host-platform.pem"
    pem.write_text("a public key", encoding="ascii")
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
    for line in block("ini").lines:
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, str(pem) if name.endswith("_FILE") else value)
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    assert not settings.uses_sandbox
    assert not settings.live
    assert settings.webhook_secrets == ("whsec_replace_me",)
    assert settings.jwt_public_key == "a public key"


def test_every_event_of_the_page_is_news_that_we_follow() -> None:
    for event in block("text").lines:
        assert news(lane(event)), event


def test_every_lane_has_an_event_on_the_page() -> None:
    followed = set(filter(news, LANES))
    assert {lane(event) for event in (*block("text").lines, "account.updated", "charge.refund.updated")} == followed
