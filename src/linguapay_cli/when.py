"""Times, as an administrator says and reads them: in the zone of the terminal, or in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.wording import instant


@dataclass(frozen=True, slots=True)
class Times:
    """A way to tell the time: in the zone of this machine (``TZ``), unless ``in_utc``."""

    in_utc: bool = False

    def shown(self, at: datetime) -> str:
        """Show it as ``2026-03-05 09:00``."""
        return f"{self.local(at):%Y-%m-%d %H:%M}"

    def shown_with_zone(self, at: datetime) -> str:
        """Show it as ``2026-03-05 09:00 CET``."""
        return f"{self.local(at):%Y-%m-%d %H:%M %Z}"

    def local(self, at: datetime) -> datetime:
        """The same instant on the clock that is shown."""
        return at.astimezone(UTC if self.in_utc else None)

    def read(self, field: str, text: str) -> datetime:
        """An instant: of a day, ``2026-03-05``, its first one; or as RFC 3339 writes it. Raises ``Invalid``."""
        try:
            midnight = datetime.combine(date.fromisoformat(text), time())
        except ValueError:
            midnight = None
        if midnight is None:
            return instant(field, text)
        try:
            at = midnight.replace(tzinfo=UTC) if self.in_utc else midnight.astimezone(UTC)
        except (OverflowError, OSError, ValueError) as error:
            raise Invalid(field, "a day is written as 2026-03-05.") from error
        return instant(field, at)


def day(field: str, text: str) -> date:
    """A day, ``2026-03-05``. Raises ``Invalid``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field, "a day is written as 2026-03-05.") from error
