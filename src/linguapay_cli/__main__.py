"""The program: the console script, and ``python -m linguapay_cli``."""

from __future__ import annotations

import gc
from typing import Final

OBJECTS_PER_SWEEP: Final = 500_000
"""What a start makes, stays: to look for garbage as often as Python does takes a tenth of its time (see ``gc``)."""


def main() -> None:
    """Run a command. Garbage waits from the first import on, and isn't looked for when the program ends."""
    gc.set_threshold(OBJECTS_PER_SWEEP)
    from linguapay_cli.main import main as run  # noqa: PLC0415 - imported once garbage waits

    try:
        run()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
