"""Being the only one of a machine: a lock of the operating system's, which ends with the process, however that ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linguapay_core.domain.errors import Refused


@contextmanager
def only_worker(file: Path) -> Iterator[None]:
    """Hold the lock of this file, which is made if need be and stays. Raises ``Refused`` where somebody holds it.

    The kernel lets go of it when the process is gone, so nothing is left to clean up after a kill (flock(2)).
    """
    with file.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                "another_worker",
                "Another worker is at work on this SQLite database, which takes one.",
                way_out="Stop that one first, or move to PostgreSQL, which takes any number.",
            ) from error
        yield
