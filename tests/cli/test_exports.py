"""`linguapay export`, `receipts` and `statements`: whole files or none, and refusals with their way out."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from linguapay_cli.files import written
from linguapay_core.domain.errors import Busy
from tests.cli.conftest import Kept
from tests.cli.terminal import ESCAPE, numbered, recorded, run

MARCH = ("--from", "2026-03-01", "--to", "2026-04-01")


def test_a_ledger_on_standard_output_looks_as_it_was_recorded(kept: Kept) -> None:
    ended = run(kept.folder, "export", "ledger", *MARCH, **kept.variables)
    assert (ended.code, ended.err) == (0, "")
    shown = numbered(ended.out)
    assert shown == recorded("export_ledger", shown)


@pytest.mark.parametrize("kind", ["payments", "refunds", "transfers", "ledger", "figures"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_appears_when_it_is_whole(kept: Kept, tmp_path: Path, kind: str, form: str) -> None:
    out = tmp_path / "export"
    ended = kept.run("export", kind, *MARCH, "--format", form, "--out", str(out))
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["export"]
    if form == "csv":
        with out.open(encoding="utf-8", newline="") as file:
            assert len(list(csv.reader(file))) > 1
    else:
        assert out.read_bytes().startswith(b"PAR1")


def test_a_broken_export_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "export.csv"
    out.write_text("the last one")

    def interrupted() -> None:
        with written(out) as file:
            file.write(b"half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["the last one"]


def test_a_disk_that_takes_nothing_is_busy(tmp_path: Path) -> None:
    with pytest.raises(Busy, match="can't be written"), written(tmp_path / "gone" / "export.csv"):
        pass


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("export", "ledger", "--from", "2026-03-01", "--to", "2199-01-01"), 3, "Refused: The days up to 2198-12-31"),
        (("export", "refunds", "--from", "2026-03-01", "--to", "2026-03-01"), 2, "Invalid: to: "),
        (("export", "payments", *MARCH, "--format", "parquet"), 2, "Invalid: out: this format isn't text"),
        (("export", "payments", *MARCH, "--out", "nowhere/file"), 2, "Invalid: out: nowhere/file must be a file"),
        (("receipts", "show", "pay_" + 26 * "0"), 4, "Not found: "),
        (("statements", "show", "nobody", "--month", "2026-03"), 3, "Refused: Up to the end of 2026-03"),
        (("statements", "show", "anna", "--month", "March"), 2, "Invalid: month: "),
    ],
)
def test_what_cannot_be_says_why(kept: Kept, arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = kept.run(*arguments)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(said)


def first_of(kept: Kept, tmp_path: Path, name: str) -> str:
    """What stands in a column of the first payment."""
    out = tmp_path / "payments.csv"
    kept.run("export", "payments", *MARCH, "--out", str(out))
    with out.open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))[name]


def test_a_receipt_and_a_statement_are_drawn_both_ways(kept: Kept, tmp_path: Path) -> None:
    asked = {
        "receipt": ("receipts", "show", first_of(kept, tmp_path, "id")),
        "statement": ("statements", "show", first_of(kept, tmp_path, "teacher_id"), "--month", "2026-03"),
    }
    for name, arguments in asked.items():
        page, paper = tmp_path / f"{name}.html", tmp_path / f"{name}.pdf"
        assert kept.run(*arguments, "--out", str(page)).code == 0
        assert kept.run(*arguments, "--format", "pdf", "--out", str(paper)).code == 0
        assert f"<h1>{name.capitalize()} <small>" in page.read_text(encoding="utf-8")
        assert paper.read_bytes().startswith(b"%PDF-")
    assert "T-000001" in (tmp_path / "receipt.html").read_text(encoding="utf-8")


def test_without_the_packages_the_way_out_is_named(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ended = kept.run("export", "payments", *MARCH, "--format", "parquet", "--out", str(tmp_path / "export"))
    assert (ended.code, list(tmp_path.iterdir())) == (3, [])
    assert 'pip install "linguapay[exports]"' in ended.err
    assert ESCAPE not in ended.err


@pytest.mark.parametrize("command", [("export", "payments", "--to", "2026-04-01"), ("analytics",)])
def test_a_day_is_read_in_one_way(kept: Kept, command: tuple[str, ...]) -> None:
    ended = kept.run(*command, "--from", "soon")
    assert (ended.code, ended.err) == (2, "Invalid: from: a day is written as 2026-03-05.\n")
