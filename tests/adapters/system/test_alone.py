"""One worker at a time: the lock is the kernel's, so a kill frees it at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from linguapay_adapters.system.alone import only_worker
from linguapay_core.domain.errors import Refused

HOLDER = """
import sys
from pathlib import Path
from linguapay_adapters.system.alone import only_worker
with only_worker(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_holder_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "lessons.worker"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Refused), only_worker(file):
            pass
        holder.kill()
        holder.wait()
        with only_worker(file):
            pass


def test_the_lock_is_free_after_its_block_however_that_ended(tmp_path: Path) -> None:
    file = tmp_path / "lessons.worker"
    with pytest.raises(KeyboardInterrupt), only_worker(file):
        raise KeyboardInterrupt
    with only_worker(file), pytest.raises(Refused), only_worker(file):
        pass
    assert file.exists()
