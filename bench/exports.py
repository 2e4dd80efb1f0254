"""What an export of many payments holds in memory, beside one of few: it is read and written as it goes.

The peak of memory is that of a process that does nothing else. Rows are a payment copied, one a second.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import text

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.sql.engine import connect

FEW: Final = 10_000
MANY: Final = 1_000_000
STARTS: Final = datetime(2026, 1, 1, tzinfo=UTC)

MULTIPLY: Final = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows)
INSERT INTO payments ({columns})
SELECT {values} FROM payments, numbers WHERE payments.id = :id
"""

EXPORT: Final = """
import resource, sys
from datetime import date
from pathlib import Path
from linguapay_adapters.exports import as_csv, as_parquet
from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.reports import SqlReports
from linguapay_adapters.system.clock import SystemClock
from linguapay_core.domain.payment import Payment
from linguapay_core.use_cases.export_records import ExportRecords, export_records
from datetime import UTC
url, form, out = sys.argv[1:]
asked = ExportRecords(Payment, date(2026, 1, 1), date(2026, 2, 1))
export = export_records(asked, reports=SqlReports(connect(url)), clock=SystemClock(), zone=UTC)
rows = 0
def seen(part):
    global rows
    rows += len(part.rows)
with Path(out).open("wb") as file:
    {"csv": as_csv, "parquet": as_parquet}[form].write(export, file, seen)
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    """Print both peaks, in CSV and in Parquet, and how often the one is the other."""
    with tempfile.TemporaryDirectory() as folder:
        urls = {rows: filled(Path(folder), rows) for rows in (FEW, MANY)}
        for form in ("csv", "parquet"):
            few, many = (peak_kilobytes(urls[rows], form, Path(folder) / "export", rows) for rows in (FEW, MANY))
            print(f"{form}: peak {few // 1024} MB at {FEW:,} rows, {many // 1024} MB at {MANY:,}: {many / few:.2f} x")


def filled(folder: Path, rows: int) -> str:
    """A database with so many payments; the answer is its URL."""
    url = f"sqlite:///{folder / f'{rows}.db'}"
    with sandbox(url, seed=1) as linguapay:
        payment_id = started(linguapay)
    engine = connect(url)
    with engine.begin() as connection:
        names = connection.execute(text("SELECT * FROM payments")).keys()
        different = {
            "id": "'pay_' || printf('%026d', n)",
            "holds_booking": "0",
            "intent_id": "'pi_' || n",
            "started_at": "strftime('%Y-%m-%dT%H:%M:%S', :starts_at, n || ' seconds') || '.000000Z'",
        }
        values = ", ".join(different.get(name, name) for name in names)
        statement = text(MULTIPLY.format(columns=", ".join(names), values=values))
        connection.execute(statement, {"rows": rows, "id": payment_id, "starts_at": STARTS.isoformat(" ")[:19]})
    engine.dispose()
    return url


def started(linguapay: Rehearsal) -> str:
    """A payment that was begun, outside of the period that is exported."""
    gig = linguapay.offer_gig("anna", "French", 2500)
    booking = linguapay.request_booking("ben", gig.id, linguapay.clock.now().replace(day=20), 60)
    linguapay.confirm_booking(booking.id, "anna")
    return linguapay.create_payment_intent(booking.id, "ben").payment.id


def peak_kilobytes(url: str, form: str, out: Path, rows: int) -> int:
    """The most memory that a process took that exported all of it."""
    told = subprocess.run([sys.executable, "-c", EXPORT, url, form, out], capture_output=True, check=True, text=True)
    read, peak = map(int, told.stdout.split())
    assert read == rows, f"{read} of {rows} rows were exported"
    return peak


if __name__ == "__main__":
    main()
