"""The file of a backup: it is there when it is whole, for its owner alone, and never half."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from linguapay_core.domain.errors import Busy

Seen = Callable[[float], None]
"""Who is told how much is done, from 0 to 1."""


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A new file beside, for its owner alone, that takes the name of ``out`` when the block has ended well."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        raise Busy(f"{out} can't be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
