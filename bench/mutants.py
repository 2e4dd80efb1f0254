"""Plants bugs in the rules and says how many the tests found. Fails below 95 %, or if a survivor isn't explained.

Each survivor is explained in `docs/mutants.md`, by its name, and nothing else is.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
MUTMUT: Final = Path(sys.executable).parent / "mutmut"
EXPLAINED: Final = ROOT / "docs" / "mutants.md"
LEAST_PER_CENT: Final = 95
FOUND: Final = ("killed", "timeout")
READABLE: Final = 4000
NAME: Final = re.compile(r"`(\S+__mutmut_\d+)`")


def mutmut(*arguments: str) -> str:
    """What the tool prints. Ends the program with the end of that if the tool fails, as it does if a test does."""
    done = subprocess.run([MUTMUT, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"mutmut {arguments[0]} failed:\n{done.stdout[-READABLE:]}{done.stderr[-READABLE:]}")
    return done.stdout


def verdicts() -> dict[str, str]:
    """What became of each mutant, by its name."""
    pairs = (line.strip().rpartition(": ") for line in mutmut("results", "--all", "true").splitlines())
    return {name: verdict for name, _, verdict in pairs if name}


def main() -> int:
    """Run, count, compare."""
    mutmut("run", "--max-children", "2")
    all_of_them = verdicts()
    alive = {name for name, verdict in all_of_them.items() if verdict not in FOUND}
    total = len(all_of_them)
    found = total - len(alive)
    print(f"{found} of {total} mutants found, {100 * found / total:.1f} %")
    explained = set(NAME.findall(EXPLAINED.read_text(encoding="utf-8")))
    for name in sorted(alive - explained):
        print(f"{all_of_them[name]}, and isn't explained in docs/mutants.md:\n{mutmut('show', name)}")
    for name in sorted(explained - alive):
        print(f"explained in docs/mutants.md, and didn't survive: {name}")
    return int(found * 100 < LEAST_PER_CENT * total or alive != explained)


if __name__ == "__main__":
    sys.exit(main())
