"""The composition root: the only package that names every adapter, a part of it for each thing that is put together.

Each part is imported when something of it is asked for (PEP 562): a list needn't wait for what a service needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from linguapay_adapters.composition.database import upgrade_database as upgrade_database
    from linguapay_adapters.composition.desk import ReadingDesk as ReadingDesk
    from linguapay_adapters.composition.desk import reading as reading
    from linguapay_adapters.composition.house import House as House
    from linguapay_adapters.composition.house import from_settings as from_settings
    from linguapay_adapters.composition.house import open_logs as open_logs
    from linguapay_adapters.composition.keeping import back_up as back_up
    from linguapay_adapters.composition.keeping import check_database as check_database
    from linguapay_adapters.composition.keeping import restore as restore
    from linguapay_adapters.composition.papers import draw as draw
    from linguapay_adapters.composition.papers import write_export as write_export
    from linguapay_adapters.composition.places import beside as beside
    from linguapay_adapters.composition.playing import SANDBOX_SECRET_KEY as SANDBOX_SECRET_KEY
    from linguapay_adapters.composition.playing import SANDBOX_WEBHOOK_SECRET as SANDBOX_WEBHOOK_SECRET
    from linguapay_adapters.composition.playing import hand_over as hand_over
    from linguapay_adapters.composition.playing import served_sandbox as served_sandbox
    from linguapay_adapters.composition.rehearsal import REHEARSAL_STARTS as REHEARSAL_STARTS
    from linguapay_adapters.composition.rehearsal import Rehearsal as Rehearsal
    from linguapay_adapters.composition.rehearsal import sandbox as sandbox
    from linguapay_adapters.composition.tokens import REHEARSAL_TOKEN_SECRET as REHEARSAL_TOKEN_SECRET
    from linguapay_adapters.composition.tokens import check_identity as check_identity
    from linguapay_adapters.composition.tokens import issue_token as issue_token

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "database": ("upgrade_database",),
    "desk": ("ReadingDesk", "reading"),
    "house": ("House", "from_settings", "open_logs"),
    "papers": ("draw", "write_export"),
    "keeping": ("back_up", "check_database", "restore"),
    "places": ("beside",),
    "playing": ("SANDBOX_SECRET_KEY", "SANDBOX_WEBHOOK_SECRET", "hand_over", "served_sandbox"),
    "rehearsal": ("REHEARSAL_STARTS", "Rehearsal", "sandbox"),
    "tokens": ("REHEARSAL_TOKEN_SECRET", "check_identity", "issue_token"),
}
"""What stands in which part."""

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Whatever of a part is asked for."""
        for part, names in PARTS.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{part}"), name)
        raise AttributeError(name)
