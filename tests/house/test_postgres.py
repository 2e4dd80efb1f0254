"""The tests' own PostgreSQL: each way of getting one works, and no test sees what another wrote."""

from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from sqlalchemy import URL, Connection, NullPool, create_engine, text

from tests import postgres

INSTALLATIONS = [*filter(postgres.is_recent, [*postgres.system_binaries(), *postgres.wheel_binaries()])]


def connected(url: URL) -> Connection:
    """Open a connection that is closed, not pooled, when it is done: a template may have none."""
    return create_engine(url, poolclass=NullPool).connect()


@pytest.mark.parametrize("binaries", INSTALLATIONS, ids=str)
def test_a_server_runs_from_each_installation_and_leaves_nothing(binaries: Path) -> None:
    with postgres.started(binaries) as url:
        folder = Path(str(url.query["host"]))
        with connected(url) as connection:
            assert connection.scalar(text("SELECT pg_current_xact_id()::text::bigint")) > 0
    assert not folder.exists()


def test_the_wheel_is_installed_so_that_no_system_package_is_needed() -> None:
    assert [folder for folder in postgres.wheel_binaries() if postgres.is_recent(folder)]


def test_a_url_in_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.URL_VARIABLE, "postgresql://someone@example.invalid/postgres")
    with postgres.server() as url:
        assert url.render_as_string() == "postgresql+psycopg://someone@example.invalid/postgres"


def test_without_any_server_the_suite_fails_and_says_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(postgres.URL_VARIABLE, raising=False)
    monkeypatch.setattr(postgres, "system_binaries", list)
    monkeypatch.setattr(postgres, "wheel_binaries", list)
    with pytest.raises(postgres.NoPostgresError, match=f"set {postgres.URL_VARIABLE}"), postgres.server():
        pass


def test_an_old_or_incomplete_installation_is_passed_over(tmp_path: Path) -> None:
    assert not postgres.is_recent(tmp_path)
    for name in ("initdb", "pg_ctl", "postgres"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 12.3'\n")
        (tmp_path / name).chmod(0o700)
    assert not postgres.is_recent(tmp_path)


def test_a_failing_start_tells_what_the_program_said() -> None:
    with TemporaryDirectory() as place:
        program = Path(place, "initdb")
        program.write_text("#!/bin/sh\necho 'no room on this disk'\nexit 3\n")
        for path in (program, program.parent):
            path.chmod(0o755)
        with pytest.raises(postgres.NoPostgresError, match="no room on this disk"), postgres.started(program.parent):
            pass


def test_a_clone_holds_what_the_template_holds_and_shares_nothing(template_url: URL) -> None:
    with postgres.clone(template_url) as full:
        with connected(full) as connection:
            connection.execute(text("CREATE TABLE fresh (number int)"))
            connection.commit()
        with postgres.clone(full) as copy, postgres.clone(template_url) as empty:
            with connected(copy) as connection:
                assert connection.scalar(text("SELECT to_regclass('fresh')::text")) == "fresh"
            with connected(empty) as connection:
                assert connection.scalar(text("SELECT to_regclass('fresh')")) is None


def test_the_fixture_speaks_to_psycopg_and_utc(postgres_url: str) -> None:
    assert postgres_url.startswith("postgresql+psycopg://")
    with psycopg.connect(postgres_url.replace("+psycopg", "", 1)) as connection:
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
