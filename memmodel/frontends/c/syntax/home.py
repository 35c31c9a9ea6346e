"""What the conversion of one declaration needs to know of all the others."""

from __future__ import annotations

from typing import Protocol

from memmodel.source import Span
from memmodel.syntax import tree


class Home(Protocol):
    """The unit that a declaration belongs to."""

    def is_type(self, name: str) -> bool:
        """Whether the name is that of a type at file scope."""

    def enumeration(self, tag: str, span: Span) -> str:
        """The integer type of `enum tag`. Raises Unsupported where it is not defined."""

    def enumerator(self, name: str) -> tree.Expression | None:
        """The value of an enumerator at file scope."""

    def define(self, key: str, structure: tree.Structure) -> None:
        """Make a structure known that a function defines."""

    def define_enumerator(self, name: str, value: tree.Expression) -> None:
        """Make an enumerator known that a function defines."""

    def define_variable(self, declaration: tree.Declaration) -> None:
        """Make a static variable known that a function declares: all threads share it."""
