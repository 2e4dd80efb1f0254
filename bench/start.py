"""How long a server takes until it answers, beside a bare Litestar on uvicorn that says hello.

Seconds of the wall count here, as for whoever waits; the byte code is there, as after an installation.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

BARE: Final = """
import sys, uvicorn
from litestar import Litestar, get
@get("/health/live", sync_to_thread=False)
def live() -> str:
    return "ok"
uvicorn.run(Litestar([live]), port=int(sys.argv[2]), log_level="error")
"""
ROUNDS: Final = 3
PORT: Final = 18_473
PATIENCE_SECONDS: Final = 60
PAUSE_SECONDS: Final = 0.005


def first_answers() -> tuple[list[float], list[float]]:
    """Seconds until the first answer: ours and the bare one's, taking turns."""
    ours, bare = [], []
    program = str(Path(sys.executable).with_name("linguapay"))
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS + 1):  # the first round writes the byte code, and doesn't count
            ours.append(first_answer([program, "serve", "--port", str(PORT)], folder))
            bare.append(first_answer([sys.executable, "-c", BARE, "--port", str(PORT)], folder))
    return ours[1:], bare[1:]


def first_answer(command: Sequence[str], folder: str) -> float:
    """Start it, ask until it answers, and end it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = perf_counter()
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            while not answers():
                sleep(PAUSE_SECONDS)
                assert process.poll() is None, f"{command[0]} ended before it answered"
                assert perf_counter() - started < PATIENCE_SECONDS, f"{command[0]} doesn't answer"
            return perf_counter() - started
        finally:
            process.terminate()


def answers() -> bool:
    """Whether the server takes connections and answers."""
    try:
        with urlopen(f"http://127.0.0.1:{PORT}/health/live", timeout=PATIENCE_SECONDS):
            return True
    except (URLError, ConnectionError):
        return False
