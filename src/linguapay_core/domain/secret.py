"""A text that is for one reader alone."""

from __future__ import annotations


class Secret:
    """A text that doesn't show itself: only ``reveal`` gives it out."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Wrap it."""
        self._text = text

    def reveal(self) -> str:
        """Give it out, to whom it is meant for."""
        return self._text

    def __repr__(self) -> str:
        """Show stars."""
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        """Compare the texts."""
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        """Hash the text."""
        return hash(self._text)
