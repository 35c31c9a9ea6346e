"""The parts of a rule of the grammar for the initial state or the final condition in, a node of the tree out."""

from __future__ import annotations

import re

from lark import Token

from memmodel.errors import SyntaxError
from memmodel.records import dataclass
from memmodel.source import Span
from memmodel.syntax import tree
from memmodel.syntax.grammar import Builder

PROCESS = re.compile(r"P([0-9]+)$")

Part = Token | None


@dataclass(frozen=True)
class Tail:
    """What follows the code."""

    locations: tuple[tree.Place, ...]
    filter: tree.Proposition | None
    condition: tree.Condition | None


@dataclass(frozen=True)
class _Filter:
    proposition: tree.Proposition
    span: Span


@dataclass(frozen=True)
class _Place:
    """The place of an item of the initial state."""

    thread: int | None
    name: str
    dimensions: tuple[int, ...]
    span: Span


class StateBuilder(Builder):
    """Parameters are the parts of the grammar's rule with the same name, punctuation included."""

    def at(self, token: Token) -> Span:
        return self.between(token, token)

    def cover(self, first: Span, last: Span) -> Span:
        return Span(self.source, first.start, last.end)

    def number_(self, token: Token) -> tree.Number:
        digits = token.rstrip("uUlL")
        suffix = token[len(digits) :].lower()
        span = self.at(token)
        if len(digits) > 40:
            raise SyntaxError("this number is too large", span, "the widest integers here have 64 bits")
        if digits[:2] in ("0x", "0X"):
            return tree.Number(int(digits, 16), suffix, span)
        if len(digits) > 1 and digits[0] == "0" and int(digits) > 7:
            hint = "in C it is octal, for herd7 decimal: write it without the 0, or in hexadecimal"
            raise SyntaxError(f"'{token}' is ambiguous", span, hint)
        return tree.Number(int(digits), suffix, span)

    def process_(self, token: Token) -> int:
        """The number in `1:` or `P1:`."""
        match = PROCESS.match(token)
        digits = match[1] if match else str(token)
        if not digits.isdigit() or len(digits) > 6:
            raise SyntaxError(f"'{token}' is no process", self.at(token), "expected a process number, as in '1:r0'")
        return int(digits)

    def pointer_(self, base: tree.TypeName, stars: tuple[Token, ...]) -> tree.TypeName:
        pointers = sum(star == "*" for star in stars)
        return tree.TypeName(base.base, base.pointers + pointers, base.span) if pointers else base

    def stars(self, *parts: Token) -> tuple[Token, ...]:
        return parts

    def braces(self, opening: Token, *parts: Token | tree.Expression) -> tree.Braces:
        closing = parts[-1]
        assert isinstance(closing, Token)
        items = tuple(part for part in parts if not isinstance(part, Token))
        return tree.Braces(items, self.between(opening, closing))

    # ── the initial state ──

    def initial(self, *parts: Token | tree.InitialItem) -> tuple[tree.InitialItem, ...]:
        return tuple(part for part in parts if isinstance(part, tree.InitialItem))

    def item(
        self, type_: tree.TypeName | None, place: _Place, equal: Part, value: tree.Expression | None
    ) -> tree.InitialItem:
        start = type_.span if type_ else place.span
        span = self.cover(start, value.span if value else place.span)
        return tree.InitialItem(place.thread, place.name, type_, place.dimensions, value, span)

    def known_type(self, base: tree.TypeName, stars: tuple[Token, ...]) -> tree.TypeName:
        return self.pointer_(base, stars)

    def unknown_type(self, name: Token, stars: tuple[Token, ...]) -> tree.TypeName:
        return self.pointer_(tree.TypeName(str(name), 0, self.at(name)), stars)

    def untyped_pointer(self, *stars: Token) -> tree.TypeName:
        return self.pointer_(tree.TypeName("", 0, self.at(stars[0])), stars)

    def item_location(self, name: Token, *dimensions: int) -> _Place:
        return _Place(None, str(name), dimensions, self.at(name))

    def item_bracketed(self, opening: Token, name: Token, closing: Token) -> _Place:
        return _Place(None, str(name), (), self.between(opening, closing))

    def item_register(self, process: Token, colon: Token, name: Token) -> _Place:
        return _Place(self.process_(process), str(name), (), self.between(process, name))

    def dimension(self, opening: Token, number: Token, closing: Token) -> int:
        return self.number_(number).value

    def item_value(self, value: tree.Expression) -> tree.Expression:
        return value

    def item_values(self, opening: Token, *parts: Token | tree.Expression) -> tree.Braces:
        return self.braces(opening, *parts)

    def signed(self, *parts: Token) -> tree.Expression:
        number = self.number_(parts[-1])
        return number if len(parts) == 1 else tree.Unary("-", number, self.between(parts[0], parts[-1]))

    def constant_macro(self, name: Token, opening: Token, value: tree.Expression, closing: Token) -> tree.Expression:
        if not name.endswith("_INIT"):
            raise SyntaxError(f"unexpected '{name}'", self.at(name), "expected a value, or ATOMIC_INIT(value)")
        return value

    def constant_address(self, name: Token, path: tuple[int | str, ...]) -> tree.Expression:
        """`y`: the address of y, as herd7 has it. The tree says so explicitly."""
        return self.constant_explicit_address(name, name, path)

    def constant_explicit_address(self, sign: Token, name: Token, path: tuple[int | str, ...]) -> tree.Expression:
        span = self.between(sign, name)
        place: tree.Expression = tree.Name(str(name), span)
        for step in path:
            if isinstance(step, int):
                place = tree.Index(place, tree.Number(step, "", span), span)
            else:
                place = tree.Member(place, step, False, span)
        return tree.Unary("&", place, span)

    # ── the final condition ──

    def condition(self, *parts: tuple[tree.Place, ...] | _Filter | tree.Condition) -> Tail:
        locations: list[tree.Place] = []
        filter_: _Filter | None = None
        condition: tree.Condition | None = None
        for part in parts:
            if isinstance(part, tuple):
                locations.extend(part)
            elif isinstance(part, _Filter):
                if filter_ is not None:
                    raise self._second("filter", part.span, filter_.span)
                filter_ = part
            else:
                if condition is not None:
                    raise self._second("condition", part.span, condition.span)
                condition = part
        return Tail(tuple(locations), filter_.proposition if filter_ else None, condition)

    def _second(self, what: str, span: Span, first: Span) -> SyntaxError:
        return SyntaxError(f"a second {what}", span, f"the first is on line {first.line}: a test has one {what}")

    def locations(self, *parts: Token | tree.Place) -> tuple[tree.Place, ...]:
        return tuple(part for part in parts if not isinstance(part, Token))

    def observed(self, place: tree.Place, *type_: Part) -> tree.Place:
        return place

    def filter(self, word: Token, proposition: tree.Proposition) -> _Filter:
        return _Filter(proposition, self.at(word))

    def quantified(self, *parts: Token | tree.Proposition) -> tree.Condition:
        words = [str(p) for p in parts if isinstance(p, Token) and p != ";"]
        proposition = next(p for p in parts if not isinstance(p, Token))
        if words[:1] == ["forall"]:
            quantifier = "forall"
        else:
            quantifier = "~exists" if words[:1] in (["~"], ["not"]) else "exists"
        first = parts[0]
        start = self.at(first) if isinstance(first, Token) else first.span
        return tree.Condition(quantifier, proposition, self.cover(start, proposition.span))

    def proposition(self, *parts: tree.Proposition | Token) -> tree.Proposition:
        return self._joined(tree.Connective.OR, [part for part in parts if not isinstance(part, Token)])

    def conjunction(self, *parts: tree.Proposition | Token) -> tree.Proposition:
        return self._joined(tree.Connective.AND, [part for part in parts if not isinstance(part, Token)])

    def _joined(self, connective: tree.Connective, parts: list[tree.Proposition]) -> tree.Proposition:
        """A chain of the same connective as a balanced tree: conditions that tools write are long, and it is all the
        same to the meaning."""
        while len(parts) > 1:
            pairs = zip(parts[::2], parts[1::2], strict=False)
            joined: list[tree.Proposition] = [
                tree.Connected(connective, left, right, self.cover(left.span, right.span)) for left, right in pairs
            ]
            parts = joined + parts[len(parts) // 2 * 2 :]
        return parts[0]

    def implication(self, left: tree.Proposition, sign: Token, right: tree.Proposition) -> tree.Connected:
        return tree.Connected(tree.Connective.IMPLIES, left, right, self.cover(left.span, right.span))

    def negation(self, sign: Token, operand: tree.Proposition) -> tree.Negation:
        return tree.Negation(operand, self.cover(self.at(sign), operand.span))

    def truth(self, word: Token) -> tree.Truth:
        return tree.Truth(word == "true", self.at(word))

    def grouped(self, opening: Token, inner: tree.Proposition, closing: Token) -> tree.Proposition:
        return inner

    def comparison(self, left: tree.Place, relation: Token, right: tree.Operand) -> tree.Comparison:
        operator = {"=": "==", "<>": "!="}.get(relation, str(relation))
        if isinstance(right, tree.Location) and self.source.text[right.span.start] not in "[*":
            # A bare name on the right is an address, as in the initial state.
            right = tree.AddressOf(right, right.span)
        return tree.Comparison(left, operator, right, self.cover(left.span, right.span))

    def integer(self, *parts: Token) -> tree.Integer:
        value = self.number_(parts[-1]).value
        return tree.Integer(value if len(parts) == 1 else -value, self.between(parts[0], parts[-1]))

    def address(self, sign: Token, name: Token, path: tuple[int | str, ...]) -> tree.AddressOf:
        span = self.between(sign, name)
        return tree.AddressOf(tree.Location(str(name), path, span), span)

    def starred(self, sign: Token, place: tree.Place) -> tree.Place:
        span = self.cover(self.at(sign), place.span)
        if isinstance(place, tree.Register):
            return tree.Register(place.thread, place.name, span)
        return tree.Location(place.name, place.path, span)

    def values(self, *parts: Token | tree.Integer | tree.AddressOf | tree.Location) -> tree.Values:
        first, last = parts[0], parts[-1]
        assert isinstance(first, Token) and isinstance(last, Token)
        items: list[tree.Integer | tree.AddressOf] = []
        for part in parts:
            if isinstance(part, tree.Location):
                items.append(tree.AddressOf(part, part.span))
            elif not isinstance(part, Token):
                items.append(part)
        return tree.Values(tuple(items), self.between(first, last))

    def register(self, process: Token, colon: Token, name: Token) -> tree.Register:
        return tree.Register(self.process_(process), str(name), self.between(process, name))

    def location(self, name: Token, path: tuple[int | str, ...]) -> tree.Location:
        return tree.Location(str(name), path, self.at(name))

    def bracketed(self, opening: Token, name: Token, path: tuple[int | str, ...], closing: Token) -> tree.Location:
        return tree.Location(str(name), path, self.between(opening, closing))

    def path(self, *parts: Token) -> tuple[int | str, ...]:
        """The steps of `[1]` and `.f`: what is neither bracket nor dot."""
        steps = (part for part in parts if part.type in ("NUMBER", "NAME"))
        return tuple(self.number_(step).value if step.type == "NUMBER" else str(step) for step in steps)
