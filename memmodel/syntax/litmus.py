"""The text of a litmus test in, its syntax tree out."""

from __future__ import annotations

import re
from pathlib import Path

from memmodel.errors import SyntaxError, Unsupported
from memmodel.source import SourceFile, Span
from memmodel.syntax import tree
from memmodel.syntax.expectation import expectation
from memmodel.syntax.grammar import Grammar, Phrase, Region, whole
from memmodel.syntax.litmus_builder import LitmusBuilder
from memmodel.syntax.litmus_state import Tail
from memmodel.syntax.sections import split
from memmodel.syntax.tree import LitmusFile

MAXIMUM_DEPTH = 120
"""Levels of the syntax tree: far more than people write, and few enough for the passes that walk it recursively."""

_EXPRESSION = frozenset(("NAME", "NUMBER", "(", "*", "&", "-", "+", "~", "!", "++", "--"))
_OPERATOR = frozenset(("BINARY", "*", "&", "-", "+", "=", "AUGMENTED", "?", "[", ".", "->", "++", "--", "("))
_TYPE = frozenset(("TYPE", "QUALIFIER", "struct"))
_STATEMENT = frozenset(("if", "while", "do", "for", "return", "goto", "{", ";"))
_PLACE = frozenset(("NAME", "NUMBER", "[", "&", "*", "-", "{"))
_TAIL = frozenset(("exists", "forall", "final", "filter", "locations", "~", "not", "(", ";", "[", "->"))
_PHRASES = (
    Phrase("a statement", frozenset(("if", "while")), _STATEMENT | _TYPE | _EXPRESSION),
    Phrase("a function", frozenset(("TYPE", "NAME", "struct", "$END")), _TYPE | {"*"}),
    Phrase("an expression", frozenset(("!", "NUMBER")), _EXPRESSION),
    Phrase("an operator", frozenset(("BINARY",)), _OPERATOR),
    Phrase("the end of the condition", frozenset(("exists", "filter", "$END")), _TAIL),
    Phrase("a condition", frozenset(("true", "not")), frozenset(("false", "~", "(")) | _PLACE),
    Phrase("a value", frozenset(("NUMBER", "&", "-")), _PLACE),
    Phrase("a location", frozenset(("NUMBER", "NAME", "[")), _PLACE),
    Phrase("a type", frozenset(("TYPE",)), _TYPE),
)
_WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "RELATION": "'='",
    "QUALIFIER": "",
    "AUGMENTED": "",
    "locations": "",
    "filter": "",
    "final": "",
}

_KEYWORDS = ("exists", "forall", "locations", "filter")
_OUTSIDE = re.compile(r"\b(?:switch|case|typedef|union|enum|asm|typeof|sizeof)\b|#\w*")
_LINE_START = re.compile(r"^(\w+)[ \t]*[(\[]", re.MULTILINE)

_builder = LitmusBuilder()
_initial, _code, _condition = (
    Grammar(Path(__file__).with_name(f"litmus_{start}.lark"), (start,), _builder, _WORDS, _PHRASES, "basic")
    for start in ("initial", "code", "condition")
)
"""One parser for each region: each has its own words."""


def parse(source: SourceFile) -> LitmusFile:
    """The syntax tree of a litmus test. Raises errors.SyntaxError with the place and what was expected there."""
    sections = split(source)
    initial = _initial.parse(source, "initial", sections.initial)
    code = _parse_code(source, sections.code)
    tail = _condition.parse(source, "condition", sections.condition)
    assert isinstance(initial, tuple) and isinstance(code, tuple) and isinstance(tail, Tail)
    functions = tuple(part for part in code if isinstance(part, tree.Function))
    structures = tuple(part for part in code if isinstance(part, tree.Structure))
    end = sections.code.start
    _check_processes(functions, source.span(max(end - 1, 0), end))
    file = LitmusFile(
        source,
        sections.name,
        sections.settings,
        initial,
        structures,
        functions,
        tail.locations,
        tail.filter,
        tail.condition,
        expectation(source),
    )
    _check_depth(file)
    return file


def parse_condition(source: SourceFile) -> tree.Proposition:
    """The syntax tree of a condition by itself, without a quantifier: `0:r0=1 /\\ x=2`. Raises errors.SyntaxError."""
    framed = SourceFile(source.name, f"({source.text})")
    tail = _condition.parse(framed, "condition", whole(framed))
    assert isinstance(tail, Tail)
    if tail.condition is None or tail.filter is not None or tail.locations:
        raise SyntaxError("expected one condition", framed.span(0, len(framed.text)), r"such as '0:r0=1 /\ x=2'")
    return tail.condition.proposition


def _parse_code(source: SourceFile, region: Region) -> object:
    """The code; where it fails at a misspelt `exists`, which only looks like code, the error says so."""
    try:
        return _code.parse(source, "code", region)
    except SyntaxError as error:
        end = error.span.end if error.span else region.end
        line = region.text.rfind("\n", 0, end - 1) + 1
        words = [word for word in _OUTSIDE.finditer(region.text, line) if word.start() < end]
        if words:
            span = source.span(words[-1].start(), words[-1].end())
            raise Unsupported(f"'{words[-1][0]}' is outside the C that is read here", span, "use plain C") from None
        from difflib import get_close_matches

        for match in _LINE_START.finditer(region.text):
            close = get_close_matches(match[1], _KEYWORDS, 1, 0.75)
            if close and error.span is not None and error.span.start >= match.start(1):
                span = source.span(match.start(1), match.end(1))
                hint = f"did you mean '{close[0]}'?"
                raise SyntaxError(f"unexpected '{match[1]}' after the processes", span, hint) from None
        raise


def _check_processes(functions: tuple[tree.Function, ...], start: Span) -> None:
    """The processes are P0, P1, … in order, each once."""
    processes = [function for function in functions if function.process is not None]
    if not processes:
        raise SyntaxError("there is no process", start, "expected 'P0(…) { … }' after the initial state")
    seen: dict[str, Span] = {}
    for function in functions:
        earlier = seen.get(function.name)
        if earlier is not None:
            hint = f"the first is on line {earlier.line}"
            raise SyntaxError(f"{function.name} is defined twice", function.span, hint)
        seen[function.name] = function.span
    for number, function in enumerate(processes):
        if function.process != number:
            missing = f"process P{number} is missing: found {function.name}"
            raise SyntaxError(missing, function.span, "processes are numbered from P0 in order, without gaps")


_NODES = frozenset(
    kind
    for kind in vars(tree).values()
    if isinstance(kind, type) and kind.__module__ == tree.__name__ and "__dataclass_fields__" in vars(kind)
)


def _check_depth(file: LitmusFile) -> None:
    """Refuse a tree that is nested too deeply, without recursion."""
    level: list[object] = [file]
    for _ in range(MAXIMUM_DEPTH):
        below: list[object] = []
        for node in level:
            for part in vars(node).values():
                if type(part) in _NODES:
                    below.append(part)
                elif type(part) is tuple:
                    below.extend(item for item in part if type(item) in _NODES)
        if not below:
            return
        level = below
    for node in level:
        span = getattr(node, "span", None)
        if isinstance(span, Span):
            raise SyntaxError("this is nested too deeply", span, f"the limit is {MAXIMUM_DEPTH} levels")
