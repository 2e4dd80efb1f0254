"""Plants bugs in the core and says how many the tests found. Fails below 95 %, or if a survivor isn't explained.

In money, fees, machines and ledger; with the word `rules` behind it, in all rules too, which takes half an
hour. Each survivor is explained in `docs/mutants.md`, by its name, and nothing else is.
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
FOUNDATION: Final = tuple(
    f"linguapay_core.domain.{module}."
    for module in (
        *("money", "policies", "quote", "machine", "ledger", "postings"),
        *("booking", "payment", "refund", "refund_request", "transfer", "effect", "webhook_event"),
    )
)
"""Money, fees, ledger and machines: what all rules stand on."""
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
    scope = ("linguapay_core.",) if "rules" in sys.argv[1:] else FOUNDATION
    mutmut("run", "--max-children", "2", *(f"{prefix}*" for prefix in scope))
    planted = {name: verdict for name, verdict in verdicts().items() if name.startswith(scope)}
    alive = {name for name, verdict in planted.items() if verdict not in FOUND}
    total = len(planted)
    found = total - len(alive)
    print(f"{found} of {total} mutants found, {100 * found / total:.1f} %")
    named = NAME.findall(EXPLAINED.read_text(encoding="utf-8"))
    explained = {name for name in named if name.startswith(scope)}
    for name in sorted(alive - explained):
        print(f"{planted[name]}, and isn't explained in docs/mutants.md:\n{mutmut('show', name)}")
    for name in sorted(explained - alive):
        print(f"explained in docs/mutants.md, and didn't survive: {name}")
    return int(found * 100 < LEAST_PER_CENT * total or alive != explained)


if __name__ == "__main__":
    sys.exit(main())
