"""The macros that have no body: __LINE__ and its like, and the questions about the kernel's configuration."""

from __future__ import annotations

import itertools

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.macro_table import MacroTable
from memmodel.frontends.c.text.macros import Macro, Special
from memmodel.frontends.c.text.text import Site
from memmodel.frontends.c.text.tokens import NOTHING, Kind, Token

_Arguments = tuple[list[Token], ...]


class Specials:
    """Their values. What is not configured is off: CONFIG_ names are undefined unless the harness or the run defines
    them."""

    def __init__(self, table: MacroTable) -> None:
        self._table = table
        self._counter = itertools.count()

    def value(self, macro: Macro, name: Token, site: Site, arguments: _Arguments) -> Token:
        """The token that a special macro stands for.

        Raises:
            SyntaxError: a CONFIG_ name has another value than 0 and 1.
        """
        place = site.place
        outermost = place.outermost.span
        kind = Kind.NUMBER
        match macro.special:
            case Special.LINE:
                text = str(outermost.line)
            case Special.FILE:
                text = '"' + outermost.file.name.replace("\\", "\\\\").replace('"', '\\"') + '"'
                kind = Kind.STRING
            case Special.COUNTER:
                text = str(next(self._counter))
            case Special.HAS_ATTRIBUTE | Special.HAS_BUILTIN:
                text = "0"
            case _:
                text = str(int(self._configured(macro, arguments)))
        return Token(text, kind, *place, name.gap, NOTHING, False)

    def _configured(self, macro: Macro, arguments: _Arguments) -> bool:
        option = arguments[0]
        if len(option) != 1:
            return False
        built_in = self._is_one(option[0], option[0].text)
        module = self._is_one(option[0], option[0].text + "_MODULE")
        match macro.special:
            case Special.IS_BUILTIN:
                return built_in
            case Special.IS_MODULE:
                return module
            case Special.IS_REACHABLE:
                return built_in or (module and self._table.is_defined("MODULE"))
            case _:
                return built_in or module

    def _is_one(self, at: Token, option: str) -> bool:
        if at.kind is Kind.NUMBER:
            return option == "1"
        macro = self._table.find(option)
        if macro is None:
            return False
        value = " ".join(token.text for token in macro.body)
        if value not in ("0", "1"):
            raise SyntaxError(
                f"{option} is defined as `{value}`", at.place.shown.span, hint=f"define {option} as 1, or not at all"
            )
        return value == "1"
