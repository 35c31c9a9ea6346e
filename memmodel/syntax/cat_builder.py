"""Builds the syntax tree of a cat file from what the grammar recognises: one method for each of its rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from memmodel.source import Span
from memmodel.syntax import cat_tree as cat
from memmodel.syntax.cat_tree import Binding, Condition, Expression, Operator, Pattern, Statement
from memmodel.syntax.grammar import Builder, Grammar, Phrase

if TYPE_CHECKING:
    from lark import Token

    Part = Token | Expression | Statement | Condition | Pattern | Binding | tuple[object, ...] | None

POSTFIX = {"*": Operator.STAR, "+": Operator.PLUS, "?": Operator.OPTIONAL}

BEGINS_BOTH = frozenset(("let", "if", "match"))
BEGINS_STATEMENT = BEGINS_BOTH | frozenset(("acyclic", "irreflexive", "empty", "flag", "assert", "undefined_unless"))
BEGINS_STATEMENT |= frozenset(("show", "unshow", "debug", "include", "procedure", "call", "with", "enum"))
BEGINS_STATEMENT |= frozenset(("instructions", "default", "forall"))
BEGINS_EXPRESSION = BEGINS_BOTH | frozenset(("NAME", "TAG", "0", "_", "{", "~", "begin", "try", "fun"))
OPERATORS = frozenset(("*", "+", "?", "++", "\\", "SEMICOLON", "INVERSE", "subset", "in"))
PHRASES = (
    Phrase("an expression", frozenset(("(", "[")), BEGINS_EXPRESSION),
    Phrase("a statement", frozenset(("include", "let")), BEGINS_STATEMENT),
    Phrase("an operator", frozenset(("|", "&")), OPERATORS),
)
WORDS = {"NAME": "a name", "TAG": "a tag such as 'once", "STRING": "a string", "SEMICOLON": "';'", "INVERSE": "'^-1'"}


def grammar() -> Grammar:
    """The parser for whole files; its start rule is `start`."""
    return Grammar(Path(__file__).with_name("cat.lark"), ("start",), CatBuilder(), WORDS, PHRASES)


def is_token(part: Part) -> bool:
    return isinstance(part, str)


def nodes(parts: Iterable[Part]) -> list[Part]:
    """The parts without tokens and placeholders."""
    return [part for part in parts if part is not None and not isinstance(part, str)]


def expressions(parts: Iterable[Part]) -> tuple[Expression, ...]:
    return cast("tuple[Expression, ...]", tuple(nodes(parts)))


def text(part: Part) -> str:
    assert isinstance(part, str)
    return str(part)


class CatBuilder(Builder):
    """Methods take a rule's parts: tokens (all of them, keywords too), nodes, None for what may be left out."""

    def _span(self, parts: Iterable[Part]) -> Span:
        """From the first part to the last."""
        present = [part for part in parts if part is not None and part != ()]
        return Span(self.source, _start(present[0]), _end(present[-1]))

    # ── files and statements ─────────────────────────────────────────────────────────────────────

    def start(self, header: str | None, *statements: Part) -> cat.CatFile:
        return cat.CatFile(header or "", cast("tuple[Statement, ...]", statements), self.source)

    def header(self, *names: Part) -> str:
        return text(names[-1]).strip('"')

    def statements(self, *parts: Part) -> tuple[Part, ...]:
        return parts

    def let_statement(self, *parts: Part) -> cat.Let:
        return cat.Let(cast("tuple[Binding, ...]", parts[1]), False, self._span((parts[0], *_bodies(parts[1]))))

    def let_rec_statement(self, *parts: Part) -> cat.Let:
        return cat.Let(cast("tuple[Binding, ...]", parts[2]), True, self._span((parts[0], *_bodies(parts[2]))))

    def check(self, *parts: Part) -> cat.Check:
        body = nodes(parts)[0]
        place = parts.index(body)
        before = [text(part) for part in parts[:place] if part is not None]
        after = [part for part in parts[place + 1 :] if part is not None]
        return cat.Check(
            cat.CheckWord(before[-1]),
            "~" in before,
            cat.Qualifier(before[0]) if before[0] in ("flag", "assert", "undefined_unless") else cat.Qualifier.NONE,
            cast(Expression, body),
            text(after[1]) if after else None,
            self._span(parts),
        )

    def shown(self, *parts: Part) -> cat.Remark:
        return cat.Remark(self._span(parts))

    def instructions(self, *parts: Part) -> cat.Remark:
        return cat.Remark(self._span(parts))

    def include(self, word: Part, path: Part) -> cat.Include:
        return cat.Include(text(path).strip('"'), self._span((word, path)))

    def procedure(self, *parts: Part) -> cat.Procedure:
        recursive = parts[1] is not None
        name, parameters, _, body = parts[2:6]
        statements = cast("tuple[Statement, ...]", body)
        return cat.Procedure(text(name), recursive, cast(Pattern, parameters), statements, self._span(parts))

    def call(self, word: Part, name: Part, argument: Part, *name_after: Part) -> cat.Call:
        given = [part for part in name_after if part is not None]
        span = self._span((word, argument, *given))
        return cat.Call(text(name), cast(Expression, argument), text(given[1]) if given else None, span)

    def with_from(self, *parts: Part) -> cat.WithFrom:
        return cat.WithFrom(text(parts[1]), cast(Expression, parts[3]), self._span(parts))

    def if_statement(self, *parts: Part) -> cat.If:
        condition, then, _, otherwise = parts[1:5]
        return cat.If(
            cast(Condition, condition),
            cast("tuple[Statement, ...]", then),
            cast("tuple[Statement, ...]", otherwise),
            self._span(parts),
        )

    def if_only_statement(self, *parts: Part) -> cat.If:
        then = cast("tuple[Statement, ...]", parts[2])
        return cat.If(cast(Condition, parts[1]), then, (), self._span(parts))

    def enum(self, *parts: Part) -> cat.Enumeration:
        tags = [part for part in parts[3:] if part is not None and text(part).startswith("'")]
        return cat.Enumeration(text(parts[1]), tuple(map(self.tag, tags)), self._span(parts))

    def for_all(self, *parts: Part) -> cat.Iteration:
        return cat.Iteration("forall", self._span(parts))

    def match_statement(self, *parts: Part) -> cat.Iteration:
        return cat.Iteration("match", self._span(parts))

    def tag_statements(self, *parts: Part) -> None:
        return None

    # ── bindings ─────────────────────────────────────────────────────────────────────────────────

    def bindings(self, *parts: Part) -> tuple[Part, ...]:
        return tuple(nodes(parts))

    def function_binding(self, name: Part, parameters: Part, equals: Part, body: Part) -> Binding:
        pattern = Pattern((text(name),), self._span((name,)))
        return Binding(pattern, cast(Pattern, parameters), cast(Expression, body), self._span((name, body)))

    def value_binding(self, pattern: Part, equals: Part, body: Part) -> Binding:
        return Binding(cast(Pattern, pattern), None, cast(Expression, body), self._span((pattern, body)))

    def parameters(self, *parts: Part) -> Pattern:
        inner = nodes(parts)
        if inner:
            return cast(Pattern, inner[0])
        names = [part for part in parts if part is not None]
        return self.name_list(*names) if len(names) == 1 else Pattern((), self._span(names))

    pattern = parameters

    def name_list(self, *parts: Part) -> Pattern:
        names = [text(part) for part in parts if part is not None and text(part) != ","]
        return Pattern(tuple(None if name == "_" else name for name in names), self._span(parts))

    # ── expressions ──────────────────────────────────────────────────────────────────────────────

    def let_in(self, *parts: Part) -> cat.LetIn:
        bindings = cast("tuple[Binding, ...]", parts[1])
        return cat.LetIn(bindings, False, cast(Expression, parts[-1]), self._span(parts))

    def let_rec_in(self, *parts: Part) -> cat.LetIn:
        bindings = cast("tuple[Binding, ...]", parts[2])
        return cat.LetIn(bindings, True, cast(Expression, parts[-1]), self._span(parts))

    def fun(self, *parts: Part) -> cat.Fun:
        return cat.Fun(cast(Pattern, parts[1]), cast(Expression, parts[3]), self._span(parts))

    def try_with(self, *parts: Part) -> cat.TryWith:
        return cat.TryWith(cast(Expression, parts[1]), cast(Expression, parts[3]), self._span(parts))

    def if_then(self, *parts: Part) -> cat.IfThen:
        then, otherwise = cast(Expression, parts[3]), cast(Expression, parts[5])
        return cat.IfThen(cast(Condition, parts[1]), then, otherwise, self._span(parts))

    def match(self, *parts: Part) -> cat.Match:
        return cat.Match(self._span(parts))

    def clause(self, *parts: Part) -> None:
        return None

    def clause_pattern(self, *parts: Part) -> None:
        return None

    def comparison(self, *parts: Part) -> cat.Comparison:
        return cat.Comparison(self._span(parts))

    def variant_name(self, *parts: Part) -> cat.VariantName:
        return cat.VariantName(text(parts[-1]).strip('"'), self._span(parts))

    def variant_not(self, *parts: Part) -> cat.Negation:
        return cat.Negation(cast(Condition, parts[1]), self._span(parts))

    def variant_or(self, *parts: Part) -> cat.Junction:
        return cat.Junction(False, cast("tuple[Condition, ...]", tuple(nodes(parts))), self._span(parts))

    def variant_and(self, *parts: Part) -> cat.Junction:
        return cat.Junction(True, cast("tuple[Condition, ...]", tuple(nodes(parts))), self._span(parts))

    def _operation(self, operator: Operator, parts: tuple[Part, ...]) -> cat.Operation:
        return cat.Operation(operator, expressions(parts), self._span(parts))

    def union(self, *parts: Part) -> cat.Operation:
        return self._operation(Operator.UNION, parts)

    def adjoin(self, *parts: Part) -> cat.Operation:
        return self._operation(Operator.ADJOIN, parts)

    def sequence(self, *parts: Part) -> cat.Operation:
        return self._operation(Operator.SEQUENCE, parts)

    def difference(self, *parts: Part) -> cat.Operation:
        return self._operation(Operator.DIFFERENCE, parts)

    def intersection(self, *parts: Part) -> cat.Operation:
        return self._operation(Operator.INTERSECTION, parts)

    def product(self, *parts: Part) -> cat.Operation:
        return self._operation(Operator.PRODUCT, parts)

    def complement(self, *parts: Part) -> cat.Operation:
        return self._operation(Operator.COMPLEMENT, parts)

    def identity(self, *parts: Part) -> cat.Operation:
        return self._operation(Operator.IDENTITY, parts)

    def postfix(self, *parts: Part) -> cat.Operation:
        return self._operation(POSTFIX.get(text(parts[1]), Operator.INVERSE), parts)

    def application(self, name: Part, *arguments: Part) -> Expression:
        result: Expression = self.name(name)
        for argument in arguments:
            result = cat.Apply(result, cast(Expression, argument), self._span((name, argument)))
        return result

    def argument(self, part: Part) -> Expression:
        return self.name(part) if is_token(part) else cast(Expression, part)

    def name(self, part: Part) -> cat.Name:
        return cat.Name(text(part), self._span((part,)))

    def tag(self, part: Part) -> cat.Tag:
        return cat.Tag(text(part)[1:], self._span((part,)))

    def zero(self, part: Part) -> cat.Zero:
        return cat.Zero(self._span((part,)))

    def universe(self, part: Part) -> cat.Universe:
        return cat.Universe(self._span((part,)))

    def braces(self, *parts: Part) -> Expression:
        elements = expressions(parts)
        return cat.Braces(elements, self._span(parts)) if elements else cat.Zero(self._span(parts))

    def unit(self, *parts: Part) -> cat.Tuple:
        return cat.Tuple((), self._span(parts))

    def several(self, *parts: Part) -> cat.Tuple:
        return cat.Tuple(expressions(parts), self._span(parts))

    def group(self, *parts: Part) -> Part:
        """What is in brackets, placed as it is with them: whole operands can then be cut out of the text."""
        inner = nodes(parts)[0]
        return replace(cast("Expression", inner), span=self._span(parts))


def _bodies(bindings: Part) -> tuple[Part, ...]:
    return cast("tuple[Part, ...]", bindings)


def _start(part: Part) -> int:
    if isinstance(part, str):
        return part.start_pos or 0
    if isinstance(part, tuple):
        return _start(cast("Part", part[0]))
    assert part is not None
    return cast("Expression", part).span.start


def _end(part: Part) -> int:
    if isinstance(part, str):
        return part.end_pos or 0
    if isinstance(part, tuple):
        return _end(cast("Part", part[-1]))
    assert part is not None
    return cast("Expression", part).span.end
