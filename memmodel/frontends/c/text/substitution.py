"""A macro's body and the arguments of a call in, the body with the arguments in place out."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.macros import Macro
from memmodel.frontends.c.text.text import Site
from memmodel.frontends.c.text.tokens import Kind, Token, single

_Arguments = tuple[list[Token], ...]


def substitute(
    macro: Macro,
    site: Site,
    arguments: _Arguments,
    hidden: frozenset[str],
    expand: Callable[[list[Token]], list[Token]],
) -> list[Token]:
    """The tokens that the call at `site` stands for; `expand` expands an argument.

    Raises:
        SyntaxError: ## does not give a token.
    """
    if macro.parameters is None and not any(token.text == "##" for token in macro.body):
        return [_placed(token, site, hidden) for token in macro.body]
    return _Substitution(macro, site, arguments, hidden, expand).run()


class _Substitution:
    def __init__(
        self,
        macro: Macro,
        site: Site,
        arguments: _Arguments,
        hidden: frozenset[str],
        expand: Callable[[list[Token]], list[Token]],
    ) -> None:
        self.macro = macro
        self.site = site
        self.rest_left_out = len(arguments) < len(macro.parameters or ())
        self.arguments = (*arguments, []) if self.rest_left_out else arguments
        self.hidden = hidden
        self.expand = expand
        self.index = {name: number for number, name in enumerate(macro.parameters or ())}
        self.expanded: dict[int, list[Token]] = {}
        self.made: list[Token] = []

    def run(self) -> list[Token]:
        body = self.macro.body
        if self.macro.variadic and any(token.text == "__VA_OPT__" for token in body):
            body = self._optional(body)
        at = 0
        while at < len(body):
            token = body[at]
            if token.text == "##" and self.made and at + 1 < len(body):
                at = self._paste(body, at)
                continue
            if token.text == "#" and self._is_parameter(body, at + 1):
                self.made.append(self._string(body[at + 1], token))
                at += 2
                continue
            if token.text not in self.index:
                self.made.append(_placed(token, self.site, self.hidden))
            elif at + 1 < len(body) and body[at + 1].text == "##":
                self.made += self._raw(token) or [_placed(token, self.site, self.hidden)._replace(text="")]
            else:
                self.made += self._expanded(token)
            at += 1
        return [token for token in self.made if token.text]

    def _is_parameter(self, body: tuple[Token, ...], at: int) -> bool:
        return self.macro.parameters is not None and at < len(body) and body[at].text in self.index

    def _raw(self, parameter: Token) -> list[Token]:
        return self._given(self.arguments[self.index[parameter.text]], parameter)

    def _expanded(self, parameter: Token) -> list[Token]:
        number = self.index[parameter.text]
        if number not in self.expanded:
            self.expanded[number] = self.expand(self.arguments[number])
        return self._given(self.expanded[number], parameter)

    def _given(self, argument: list[Token], parameter: Token) -> list[Token]:
        hidden = self.hidden
        return [
            token._replace(hidden=token.hidden | hidden if token.hidden else hidden)
            if number
            else token._replace(hidden=token.hidden | hidden, gap=parameter.gap)
            for number, token in enumerate(argument)
        ]

    def _paste(self, body: tuple[Token, ...], at: int) -> int:
        """Joins the last token made and what follows `##`; returns where to go on."""
        left = self.made.pop()
        right = body[at + 1]
        after = at + 2
        if right.text == "#" and self._is_parameter(body, at + 2):
            operand = [self._string(body[at + 2], right)]
            after = at + 3
        elif right.text in self.index:
            operand = self._raw(right)
            if left.text == "," and self._takes_rest(right):
                # GNU C: this is no pasting, but drops the comma where the arguments are left out: `f(x)`, not `f(x, )`.
                left_out = self.rest_left_out or (len(self.index) == 1 and not operand)
                self.made += [] if left_out else [left, *operand]
                return after
        else:
            operand = [_placed(right, self.site, self.hidden)]
        if not operand:
            self.made.append(left)
        elif not left.text:
            self.made += operand
        else:
            self.made += [self._joined(left, operand[0]), *operand[1:]]
        return after

    def _takes_rest(self, parameter: Token) -> bool:
        return self.macro.variadic and self.index[parameter.text] == len(self.index) - 1

    def _joined(self, left: Token, right: Token) -> Token:
        text = left.text + right.text
        kind = single(text)
        if kind is None:
            raise SyntaxError(
                f"in the macro {self.macro.name}, {left.text} ## {right.text} is not a token",
                self.site.place.shown.span,
                hint=f"it is defined at {self.macro.span.start_label}",
            )
        place = left.place.join(right.place)
        return Token(
            text, kind, place.origin, place.start, place.end, place.site, left.gap, left.hidden & right.hidden, False
        )

    def _string(self, parameter: Token, sign: Token) -> Token:
        """# parameter."""
        parts: list[str] = []
        for number, token in enumerate(self.arguments[self.index[parameter.text]]):
            text = token.text
            if token.kind is Kind.STRING:
                text = text.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(" " + text if number and token.gap else text)
        text = '"' + "".join(parts) + '"'
        place = sign.place._replace(end=parameter.end, site=self.site)
        return Token(text, Kind.STRING, *place, sign.gap, self.hidden, False)

    def _optional(self, body: tuple[Token, ...]) -> tuple[Token, ...]:
        """The body with each __VA_OPT__(…) replaced: by what is between its parentheses, if the arguments that are left
        come to any token, else by nothing."""
        kept: list[Token] = []
        given = bool(self.expand(self.arguments[-1]))
        at = 0
        while at < len(body):
            if body[at].text != "__VA_OPT__" or at + 1 >= len(body) or body[at + 1].text != "(":
                kept.append(body[at])
                at += 1
                continue
            close = _closing(body, at + 1)
            if given:
                kept += body[at + 2 : close]
            at = close + 1
        return tuple(kept)


def _placed(token: Token, site: Site, hidden: frozenset[str]) -> Token:
    text, kind, origin, start, end, _, gap, _, exact = token
    return Token(text, kind, origin, start, end, site, gap, hidden, exact)


def _closing(body: tuple[Token, ...], at: int) -> int:
    """Where the parenthesis that opens at `at` is closed; the end of the body if it is not."""
    depth = 0
    for number in range(at, len(body)):
        depth += {"(": 1, ")": -1}.get(body[number].text, 0)
        if not depth:
            return number
    return len(body)
