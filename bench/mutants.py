"""Plants bugs in the rules and says how many the tests found. Fails below 95 %, or if a survivor isn't explained.

Each survivor is explained in `docs/mutants.md`, by its name.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
MUTMUT: Final = Path(sys.executable).parent / "mutmut"
EXPLAINED: Final = ROOT / "docs" / "mutants.md"
LEAST_PER_CENT: Final = 95
SURVIVED: Final = ("survived", "no tests", "suspicious")


def survivors() -> list[str]:
    """The names of the mutants that no test noticed."""
    told = subprocess.run([MUTMUT, "results"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = (line.strip().rpartition(":") for line in told.splitlines())
    return [name.strip() for name, _, verdict in lines if verdict.strip() in SURVIVED]


def main() -> int:
    """Run, count, compare."""
    subprocess.run([MUTMUT, "run", "--max-children", "2"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([MUTMUT, "export-cicd-stats"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    stats = json.loads((ROOT / "mutants" / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    alive = survivors()
    total = stats["total"]
    found = total - len(alive)
    print(f"{found} of {total} mutants found, {100 * found / total:.1f} %")
    explained = EXPLAINED.read_text(encoding="utf-8")
    unexplained = [name for name in alive if name not in explained]
    for name in unexplained:
        print(f"survived, and isn't explained in docs/mutants.md: {name}")
    return int(found * 100 < LEAST_PER_CENT * total or bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
