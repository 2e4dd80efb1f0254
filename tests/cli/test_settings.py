"""`linguapay settings`: every variable, where it is set, and never a secret."""

from __future__ import annotations

import json
from pathlib import Path

from linguapay_adapters.settings import KNOWN
from tests.cli.terminal import recorded, run_here

CANARY = "canary-of-32-letters-or-some-more"


def test_the_defaults_look_as_recorded(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "settings")
    assert ended.out == recorded("settings", ended.out)
    assert (ended.code, ended.err) == (0, "")


def test_each_variable_tells_where_it_is_set(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PAYMENT_CURRENCY=EUR\nLINGUAPAY_TIME_ZONE=Europe/Paris\n")
    (tmp_path / "secret").write_text(CANARY)
    (tmp_path / "secret").chmod(0o600)
    ended = run_here(
        tmp_path,
        *("settings", "--json"),
        PAYMENT_CURRENCY="USD",
        LINGUAPAY_JWT_SECRET_FILE=str(tmp_path / "secret"),
        LINGUAPAY_DATABASE_URL=f"postgresql://me:{CANARY}@host/name?sslmode=require",
    )
    told = {one["variable"]: one for one in json.loads(ended.out)}
    assert set(told) == KNOWN
    assert all(one["meaning"] for one in told.values())
    assert {
        name: (told[name]["value"], told[name]["origin"]) for name in told if told[name]["origin"] != "default"
    } == {
        "PAYMENT_CURRENCY": ("USD", "environment"),
        "LINGUAPAY_TIME_ZONE": ("Europe/Paris", ".env"),
        "LINGUAPAY_JWT_SECRET": ("***", "LINGUAPAY_JWT_SECRET_FILE (environment)"),
        "LINGUAPAY_DATABASE_URL": ("postgresql://me:***@host/name?sslmode=require", "environment"),
    }
    assert CANARY not in ended.out


def test_no_way_to_write_a_password_is_shown(tmp_path: Path) -> None:
    for url in (
        f"postgresql://me:a:{CANARY}@host/name",
        f"postgresql://me@host/name?password={CANARY}&sslmode=require",
    ):
        for look in ((), ("--plain",), ("--json",)):
            ended = run_here(tmp_path, "settings", *look, LINGUAPAY_DATABASE_URL=url)
            assert (ended.code, CANARY in ended.out) == (0, False)
