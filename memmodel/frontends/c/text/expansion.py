"""Tokens with macro calls in, tokens without out, by the rules of C (Prosser's algorithm, with hidden names)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.macro_table import MacroTable
from memmodel.frontends.c.text.macros import Macro
from memmodel.frontends.c.text.specials import Specials
from memmodel.frontends.c.text.substitution import substitute
from memmodel.frontends.c.text.text import Place, Site
from memmodel.frontends.c.text.tokens import Kind, Token

_MOST_TOKENS_OF_CALL = 50_000
_MOST_TOKENS = 1_000_000
_MOST_NESTED = 60


class Rest(Protocol):
    """What follows the tokens in the file: a macro's arguments may be there."""

    def opens(self) -> bool:
        """Whether the next token is `(`."""

    def take(self) -> Token | None:
        """The next token; None at the end of the file."""


class Expander:
    """Expands macros, and counts what they come to."""

    def __init__(self, table: MacroTable) -> None:
        self._table = table
        self._specials = Specials(table)
        self._total = 0
        self._of_call = 0
        self._nested = 0

    def call(self, name: Token, rest: Rest) -> list[Token]:
        """All that a macro's name in a file's text expands to, with what it takes of the rest of the file.

        Raises:
            SyntaxError: wrong arguments, or more tokens than any real macro makes.
        """
        self._of_call = 0
        return self._expand([name], rest)

    def line(self, line: Iterable[Token]) -> list[Token]:
        """The tokens of a directive, expanded.

        Raises:
            SyntaxError: see `call`.
        """
        self._of_call = 0
        return self._expand(line, None)

    def _argument(self, argument: list[Token]) -> list[Token]:
        self._nested += 1
        if self._nested > _MOST_NESTED:
            raise SyntaxError(
                f"macro calls are nested more than {_MOST_NESTED} deep",
                argument[0].place.shown.span if argument else None,
            )
        try:
            return self._expand(argument, None)
        finally:
            self._nested -= 1

    def _expand(self, given: Iterable[Token], rest: Rest | None) -> list[Token]:
        work = list(given)[::-1]
        done: list[Token] = []
        while work:
            token = work.pop()
            macro = self._macro(token, work)
            if macro is not None and macro.library and done and done[-1].text in (".", "->"):
                macro = None
            if macro is None:
                done.append(token)
            elif macro.parameters is None:
                made = self._replace(macro, token, token.place, (), token.hidden)
                work.extend(reversed(made))
            elif (work[-1].text == "(") if work else (rest is not None and rest.opens()):
                arguments, close = self._arguments(macro, token, work, rest)
                made = self._replace(
                    macro, token, token.place.join(close.place), arguments, token.hidden & close.hidden
                )
                work.extend(reversed(made))
            else:
                done.append(token)
        return done

    def _macro(self, token: Token, work: list[Token]) -> Macro | None:
        if token.kind is not Kind.NAME or token.text in token.hidden:
            return None
        macro = self._table.find(token.text)
        if macro is None and self._table.asks and (token.text.isupper() or (work and work[-1].text == "(")):
            return self._table.ask(token.text, token.origin)
        return macro

    def _replace(
        self, macro: Macro, name: Token, place: Place, arguments: tuple[list[Token], ...], hidden: frozenset[str]
    ) -> list[Token]:
        site = Site(macro.name, place, macro.library, place.site.depth + 1 if place.site else 0)
        if macro.special is not None:
            return [self._specials.value(macro, name, site, arguments)]
        made = substitute(macro, site, arguments, hidden | {macro.name}, self._argument)
        if made:
            made[0] = made[0]._replace(gap=name.gap)
        self._of_call += len(made) + 1
        if self._of_call > _MOST_TOKENS_OF_CALL or self._total + self._of_call > _MOST_TOKENS:
            raise SyntaxError(f"the macro {macro.name} does not come to an end", place.outermost.span, hint=_ENDLESS)
        self._total += len(made) + 1
        return made

    def _arguments(
        self, macro: Macro, name: Token, work: list[Token], rest: Rest | None
    ) -> tuple[tuple[list[Token], ...], Token]:
        """The arguments of a call whose `(` is next, and the `)`."""
        assert macro.parameters is not None
        arguments: list[list[Token]] = [[]]
        depth = 0
        count = len(macro.parameters)
        while True:
            token = work.pop() if work else rest.take() if rest is not None else None
            if token is None:
                raise SyntaxError(
                    f"the call of the macro {macro.name} is not closed", name.place.shown.span, hint="expected `)`"
                )
            if token.text == "(":
                depth += 1
                if depth == 1:
                    continue
            elif token.text == ")":
                depth -= 1
                if depth == 0:
                    break
            elif token.text == "," and depth == 1 and not (macro.variadic and len(arguments) >= count):
                arguments.append([])
                continue
            arguments[-1].append(token)
        self._check(macro, name.place.join(token.place), arguments)
        return tuple(arguments), token

    def _check(self, macro: Macro, place: Place, arguments: list[list[Token]]) -> None:
        """That there are as many arguments as parameters. A variadic macro's last one may be left out."""
        assert macro.parameters is not None
        count = len(macro.parameters)
        if len(arguments) == 1 and not arguments[0] and count == 0:
            arguments.clear()
        if len(arguments) != count and not (macro.variadic and len(arguments) == count - 1):
            at_least = "at least " if macro.variadic else ""
            takes = count - 1 if macro.variadic else count
            raise SyntaxError(
                f"the macro {macro.name} takes {at_least}{takes} argument{'s' * (takes != 1)}, "
                f"and is called with {len(arguments)}",
                place.shown.span,
                hint=f"it is defined at {macro.span.start_label}",
            )


_ENDLESS = f"a macro may come to {_MOST_TOKENS_OF_CALL:,} tokens, those of a file to {_MOST_TOKENS:,}"
