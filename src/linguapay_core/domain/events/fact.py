"""What every fact has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True)
class Fact:
    """Something that became true. Every kind of it is a frozen dataclass, without being told so.

    Facts compare and show themselves here, once for all kinds: to write that for each of them would cost every start.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def __init_subclass__(cls) -> None:
        """Make it a dataclass."""
        dataclass(frozen=True, eq=False, repr=False)(cls)

    def __eq__(self, other: object) -> bool:
        """Compare kinds and fields."""
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        """Hash the fields."""
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        """Show kind and fields."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
