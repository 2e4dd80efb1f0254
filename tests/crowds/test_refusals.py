"""What mustn't start doesn't: a server and a worker end at once, with the number of the error and one clear line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.migrate import upgrade
from linguapay_adapters.sql.watch import SqlWatch
from linguapay_core.domain.house import Mode, ServedAccount
from tests.cli.terminal import run

TOKEN_SECRET = "signed by the host platform, as it says"
REAL = {
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "LINGUAPAY_JWT_SECRET": TOKEN_SECRET,
}


def nothing(_folder: Path) -> None:
    """An empty folder."""


def remembering(account: ServedAccount) -> Callable[[Path], None]:
    """A database that has served this account."""

    def made(folder: Path) -> None:
        engine = connect(f"sqlite:///{folder / 'linguapay.db'}")
        upgrade(engine)
        SqlWatch(engine).remember_account(account, at=datetime(2026, 3, 2, 9, tzinfo=UTC))
        engine.dispose()

    return made


def readable_secret(folder: Path) -> None:
    """A file of a secret that everybody may read."""
    (folder / "key").write_text("sk_test_1")
    (folder / "key").chmod(0o644)


@dataclass(frozen=True)
class Case:
    """What stands in the way, how it is told, and the number that the process ends with."""

    name: str
    code: int
    told: str
    variables: dict[str, str] = field(default_factory=dict)
    before: Callable[[Path], None] = nothing
    on_postgresql: bool = False


CASES = (
    Case(
        "keys of two modes",
        2,
        "different modes; take both live or both test",
        {**REAL, "STRIPE_PUBLISHABLE_KEY": "pk_live_1"},
    ),
    Case(
        "no webhook secret",
        2,
        "STRIPE_WEBHOOK_SECRET is missing beside a real STRIPE_SECRET_KEY",
        {"STRIPE_SECRET_KEY": "sk_test_1"},
    ),
    Case(
        "no publishable key",
        2,
        "STRIPE_PUBLISHABLE_KEY is missing beside a real STRIPE_SECRET_KEY",
        {**REAL, "STRIPE_PUBLISHABLE_KEY": ""},
    ),
    Case(
        "another account",
        3,
        "acct_other",
        before=remembering(ServedAccount("acct_other", Mode.SANDBOX)),
    ),
    Case(
        "a lost key",
        3,
        "live",
        before=remembering(ServedAccount("acct_1", Mode.LIVE)),
    ),
    Case(
        "another mode",
        3,
        "sandbox",
        REAL,
        before=remembering(ServedAccount("acct_sandbox", Mode.SANDBOX)),
    ),
    Case("a database behind its migrations", 3, "Run `linguapay db upgrade` first", on_postgresql=True),
    Case(
        "an unknown setting",
        2,
        "the nearest is LINGUAPAY_DATABASE_URL",
        {"LINGUAPAY_DATABASE_URI": "sqlite:///x.db"},
    ),
    Case(
        "a readable secret",
        3,
        "Run `chmod 600 key`",
        {"STRIPE_SECRET_KEY_FILE": "key"},
        before=readable_secret,
    ),
    Case("no token key", 3, "Set LINGUAPAY_JWT_SECRET", {**REAL, "LINGUAPAY_JWT_SECRET": ""}),
)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_server_says_why_it_doesnt_start(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    check_refused("serve", case, tmp_path, request)


@pytest.mark.parametrize("case", CASES[:-1], ids=[case.name for case in CASES[:-1]])
def test_a_worker_says_why_it_doesnt_start(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    check_refused("worker", case, tmp_path, request)


def check_refused(command: str, case: Case, folder: Path, request: pytest.FixtureRequest) -> None:
    """It ends with its number; the last line says why, and no secret is told."""
    case.before(folder)
    variables = dict(case.variables)
    if case.on_postgresql:
        variables["LINGUAPAY_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    ended = run(folder, command, **variables)
    assert (ended.code, ended.out) == (case.code, ""), ended.err
    assert case.told in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err
    assert not any(secret in ended.err for secret in ("sk_test_1", "whsec_1", TOKEN_SECRET))
