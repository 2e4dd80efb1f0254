"""Files that a command writes: under their name only when they are whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from linguapay_core.domain.errors import Busy, Invalid

STANDARD_OUTPUT: Final = Path("-")


def check_out(out: Path, *, is_text: bool) -> None:
    """Raise ``Invalid`` for a file that can't be made, and for what isn't text on standard output."""
    if out == STANDARD_OUTPUT:
        if not is_text:
            raise Invalid("out", "this format isn't text: name a file with --out.")
    elif not out.parent.is_dir() or out.is_dir():
        raise Invalid("out", f"{out} must be a file in a folder that is there.")


@contextmanager
def written(out: Path) -> Iterator[BinaryIO]:
    """Where to write: standard output, or a file beside that takes the name of ``out`` when the block has ended well.

    Whatever is raised in the block removes it, and leaves a file that had the name as it was. Raises ``Busy`` where the
    disk doesn't take it.
    """
    if out == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        raise Busy(f"{out} can't be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
