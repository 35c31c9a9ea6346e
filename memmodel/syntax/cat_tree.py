"""The syntax tree of the cat language: expressions, bindings and statements, each with its place in the text."""

from __future__ import annotations

from enum import Enum

from memmodel.records import dataclass
from memmodel.source import SourceFile, Span

# ── expressions ──────────────────────────────────────────────────────────────────────────────────


class Operator(Enum):
    """How the operators are written; the first five take two operands or more, in the order written."""

    UNION = "|"
    ADJOIN = "++"
    SEQUENCE = ";"
    DIFFERENCE = "\\"
    INTERSECTION = "&"
    PRODUCT = "*"
    COMPLEMENT = "~"
    STAR = "^*"
    PLUS = "^+"
    OPTIONAL = "?"
    INVERSE = "^-1"
    IDENTITY = "[ ]"


@dataclass(frozen=True)
class Name:
    name: str
    span: Span


@dataclass(frozen=True)
class Tag:
    """`'name`: an annotation of events; `name` is without the quote."""

    name: str
    span: Span


@dataclass(frozen=True)
class Zero:
    """`0` or `{}`: empty, a set or a relation as the place demands."""

    span: Span


@dataclass(frozen=True)
class Universe:
    """`_`: all events."""

    span: Span


@dataclass(frozen=True)
class Braces:
    """`{a, b}`: a set of the listed elements, at least one."""

    elements: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True)
class Operation:
    operator: Operator
    operands: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True)
class Apply:
    """A function by its name, and one argument (a Tuple stands for several)."""

    function: Expression
    argument: Expression
    span: Span


@dataclass(frozen=True)
class Tuple:
    """`(a, b)`, or `()` with no items."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True)
class LetIn:
    bindings: tuple[Binding, ...]
    recursive: bool
    body: Expression
    span: Span


@dataclass(frozen=True)
class Fun:
    parameters: Pattern
    body: Expression
    span: Span


@dataclass(frozen=True)
class TryWith:
    """`try body with fallback`: the fallback where the body names something that is not there."""

    body: Expression
    fallback: Expression
    span: Span


@dataclass(frozen=True)
class IfThen:
    condition: Condition
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True)
class Match:
    """A case distinction over tags or over the elements of a set; which cases there are is not kept."""

    span: Span


Expression = Name | Tag | Zero | Universe | Braces | Operation | Apply | Tuple | LetIn | Fun | TryWith | IfThen | Match


@dataclass(frozen=True)
class Pattern:
    """The names that a value is bound to: one for the value itself, else one for each part of a tuple.
    None stands for `_`."""

    names: tuple[str | None, ...]
    span: Span


@dataclass(frozen=True)
class Binding:
    """`pattern = body`, or `pattern(parameters) = body` with a pattern of one name."""

    pattern: Pattern
    parameters: Pattern | None
    body: Expression
    span: Span


@dataclass(frozen=True)
class VariantName:
    name: str
    span: Span


@dataclass(frozen=True)
class Junction:
    """`a || b` (`every` false), `a && b` (`every` true)."""

    every: bool
    operands: tuple[Condition, ...]
    span: Span


@dataclass(frozen=True)
class Negation:
    operand: Condition
    span: Span


@dataclass(frozen=True)
class Comparison:
    """A test between values, such as `a = b`; kept only for its place."""

    span: Span


Condition = VariantName | Junction | Negation | Comparison

# ── statements ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Let:
    bindings: tuple[Binding, ...]
    recursive: bool
    span: Span


class CheckWord(Enum):
    ACYCLIC = "acyclic"
    IRREFLEXIVE = "irreflexive"
    EMPTY = "empty"


class Qualifier(Enum):
    NONE = ""
    FLAG = "flag"
    ASSERT = "assert"
    UNDEFINED_UNLESS = "undefined_unless"


@dataclass(frozen=True)
class Check:
    """`flag ~empty body as name`; `name` is None where the text gives none."""

    word: CheckWord
    negated: bool
    qualifier: Qualifier
    body: Expression
    name: str | None
    span: Span


@dataclass(frozen=True)
class Include:
    path: str
    span: Span


@dataclass(frozen=True)
class Procedure:
    name: str
    recursive: bool
    parameters: Pattern
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True)
class Call:
    procedure: str
    argument: Expression
    name: str | None
    span: Span


@dataclass(frozen=True)
class WithFrom:
    """`with name from choices`: one execution for each member of `choices`."""

    name: str
    choices: Expression
    span: Span


@dataclass(frozen=True)
class If:
    condition: Condition
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True)
class Enumeration:
    """`enum name = 'a || 'b`."""

    name: str
    tags: tuple[Tag, ...]
    span: Span


@dataclass(frozen=True)
class Remark:
    """A statement that bears on no verdict: show, unshow, debug, instructions, default."""

    span: Span


@dataclass(frozen=True)
class Iteration:
    """`forall` or `match` as a statement; what it holds is not kept."""

    word: str
    span: Span


Statement = Let | Check | Include | Procedure | Call | WithFrom | If | Enumeration | Remark | Iteration


@dataclass(frozen=True)
class CatFile:
    """One file; `title` is what it says it is, '' if it does not."""

    title: str
    statements: tuple[Statement, ...]
    source: SourceFile
