"""Which definition of a macro counts: the harness's before that of included code, and no code's before a primitive."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.macros import Macro, Special, define_text
from memmodel.frontends.c.text.text import LIBRARY_RANK, Origin
from memmodel.source import SourceFile

_KEYWORDS = frozenset(("if", "while", "for", "switch", "return", "sizeof", "void", "int", "typeof", "else", "case"))
"""Words before a parenthesis that are no macros."""

_CALLED = frozenset(Special) - {Special.LINE, Special.FILE, Special.COUNTER}


def _special(special: Special) -> Macro:
    origin = Origin(SourceFile(f"<{special.value}>", special.value), LIBRARY_RANK, library=True)
    span = origin.file.span(0, len(special.value))
    parameters = ("x",) if special in _CALLED else None
    return Macro(special.value, parameters, False, origin, span, True, special)


class MacroTable:
    """The macros that are defined at one moment of the preprocessing."""

    def __init__(self, is_primitive: Callable[[str], bool], missing: Callable[[str], str | None] | None) -> None:
        self._macros = {special.value: _special(special) for special in Special}
        self._is_primitive = is_primitive
        self._missing = missing
        self._overruled: set[str] = set()
        self._asked = set(_KEYWORDS)
        self.asks = missing is not None

    def take(self, other: MacroTable) -> None:
        """Adds all that the other has."""
        self._macros |= other._macros
        self._overruled |= other._overruled

    def find(self, name: str) -> Macro | None:
        return self._macros.get(name)

    def is_defined(self, name: str) -> bool:
        """What `#ifdef name` asks: also true of a definition that a primitive overruled."""
        return name in self._macros or name in self._overruled

    def define(self, macro: Macro) -> None:
        """Adds the macro, if it is not overruled.

        Raises:
            SyntaxError: the harness defines differently what the command line or the variant defines.
        """
        rank = macro.origin.rank
        if rank > 0 and self._is_primitive(macro.name):
            self._overruled.add(macro.name)
            return
        known = self._macros.get(macro.name)
        if known is not None and known.origin.rank < 0 and rank == 0 and not known.same(macro):
            raise SyntaxError(
                f"{macro.name} is defined here, and differently for this run",
                macro.span,
                hint=f"put #ifndef {macro.name} … #endif around it",
            )
        if known is None or known.origin.rank >= rank:
            self._macros[macro.name] = macro

    def undefine(self, name: str, origin: Origin) -> None:
        known = self._macros.get(name)
        if known is not None and known.origin.rank >= origin.rank:
            del self._macros[name]
        if not origin.rank:
            self._overruled.discard(name)

    def give_up(self, functions: Iterable[str]) -> None:
        """Drops the library's macros of these names: code defines functions that are called so. A name in capitals is
        not one of a function, but of a macro that defines one."""
        for name in functions:
            if name.isupper():
                continue
            self._asked.add(name)
            known = self._macros.get(name)
            if known is not None and known.library:
                del self._macros[name]

    def ask(self, name: str, origin: Origin) -> Macro | None:
        """The macro that whoever supplies missing ones has for a name that code uses; asked once."""
        if self._missing is None or name in self._asked or origin.library or self._is_primitive(name):
            return None
        self._asked.add(name)
        text = self._missing(name)
        if text is None:
            return None
        macro = define_text(Origin(SourceFile(f"<#define {name}>", text), LIBRARY_RANK))
        self._macros[name] = macro
        return macro if macro.name == name else None
