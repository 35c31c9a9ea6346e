"""The syntax tree of a litmus test: what the parser hands out and lowering takes in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from memmodel.source import SourceFile, Span
from memmodel.syntax.expectation import Expected

# ── types ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class TypeName:
    """A type as written: `base` is its canonical spelling without qualifiers ('unsigned int', 'atomic_t',
    'struct srcu_struct'); '' where none is written. `pointers` counts the stars."""

    base: str
    pointers: int
    span: Span


@dataclass(frozen=True)
class Declarator:
    """A declared name; each dimension is an expression, or None for `[]`."""

    name: str
    pointers: int
    dimensions: tuple[Expression | None, ...]
    initial: Expression | None
    span: Span


# ── expressions ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Number:
    value: int
    suffix: str
    """The letters after the digits, in lower case: '', 'u', 'l', 'ul' …"""
    span: Span


@dataclass(frozen=True)
class Name:
    text: str
    span: Span


@dataclass(frozen=True)
class Unary:
    """`operator` is one of * & - + ~ !."""

    operator: str
    operand: Expression
    span: Span


@dataclass(frozen=True)
class Binary:
    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True)
class Conditional:
    test: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True)
class Assignment:
    """`target operator= value`; operator '' is the plain assignment."""

    operator: str
    target: Expression
    value: Expression
    span: Span


@dataclass(frozen=True)
class Increment:
    """++ and --, before (`prefix`) or after the operand; `operator` is + or -."""

    operator: str
    prefix: bool
    target: Expression
    span: Span


@dataclass(frozen=True)
class Cast:
    type: TypeName
    operand: Expression
    span: Span


@dataclass(frozen=True)
class Call:
    function: Name
    arguments: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True)
class Index:
    base: Expression
    index: Expression
    span: Span


@dataclass(frozen=True)
class Member:
    """`base.name`, or `base->name` where `arrow`."""

    base: Expression
    name: str
    arrow: bool
    span: Span


@dataclass(frozen=True)
class Comma:
    """`first, second`: both evaluated, the second is the value."""

    first: Expression
    second: Expression
    span: Span


@dataclass(frozen=True)
class Braces:
    """`{1, 2}` as an initial value."""

    items: tuple[Expression, ...]
    span: Span


Expression = (
    Number
    | Name
    | Unary
    | Binary
    | Conditional
    | Assignment
    | Increment
    | Cast
    | Call
    | Index
    | Member
    | Comma
    | Braces
)


# ── statements ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Declaration:
    type: TypeName
    declarators: tuple[Declarator, ...]
    span: Span


@dataclass(frozen=True)
class Evaluate:
    """An expression as a statement; None for an empty one."""

    expression: Expression | None
    span: Span


@dataclass(frozen=True)
class Compound:
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True)
class If:
    test: Expression
    then: Statement
    otherwise: Statement | None
    span: Span


@dataclass(frozen=True)
class While:
    """`test_first` False: do … while."""

    test: Expression
    body: Statement
    test_first: bool
    span: Span


@dataclass(frozen=True)
class For:
    start: Statement
    test: Expression | None
    step: Expression | None
    body: Statement
    span: Span


@dataclass(frozen=True)
class Jump:
    """`kind` is break, continue, return or goto; `label` is goto's, `value` return's."""

    kind: str
    label: str
    value: Expression | None
    span: Span


@dataclass(frozen=True)
class Label:
    """`name:`, before whatever follows it."""

    name: str
    span: Span


Statement = Declaration | Evaluate | Compound | If | While | For | Jump | Label


# ── the initial state ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class InitialItem:
    """One item between the first braces. `thread` None: a shared location, else a register of that thread.
    `type` is None where none is written; `value` None means 0."""

    thread: int | None
    name: str
    type: TypeName | None
    dimensions: tuple[int, ...]
    value: Expression | None
    span: Span


# ── the final condition ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Register:
    thread: int
    name: str
    span: Span


@dataclass(frozen=True)
class Location:
    """A shared location, or the element or field that `path` selects (ints and names)."""

    name: str
    path: tuple[int | str, ...]
    span: Span


@dataclass(frozen=True)
class AddressOf:
    """The address of a location, as a value."""

    location: Location
    span: Span


@dataclass(frozen=True)
class Integer:
    value: int
    span: Span


@dataclass(frozen=True)
class Values:
    """`{v, …}`: the contents of a whole array."""

    items: tuple[Integer | AddressOf, ...]
    span: Span


Place = Register | Location
Operand = Register | Location | AddressOf | Integer | Values


@dataclass(frozen=True)
class Truth:
    value: bool
    span: Span


@dataclass(frozen=True)
class Comparison:
    """`operator` as in C: == != < <= > >=."""

    left: Place
    operator: str
    right: Operand
    span: Span


class Connective(Enum):
    AND = "/\\"
    OR = "\\/"
    IMPLIES = "=>"


@dataclass(frozen=True)
class Connected:
    connective: Connective
    left: Proposition
    right: Proposition
    span: Span


@dataclass(frozen=True)
class Negation:
    operand: Proposition
    span: Span


Proposition = Truth | Comparison | Connected | Negation


@dataclass(frozen=True)
class Condition:
    """`quantifier` is exists, forall or ~exists."""

    quantifier: str
    proposition: Proposition
    span: Span


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Parameter:
    """A parameter; its `type` has the stars in. A dimension (`int a[]`) counts as one."""

    name: str
    type: TypeName
    span: Span


@dataclass(frozen=True)
class Function:
    """A process (`process` is its number) or a helper function (None)."""

    name: str
    process: int | None
    result: TypeName | None
    parameters: tuple[Parameter, ...]
    body: Compound
    span: Span
    """The name alone."""


@dataclass(frozen=True)
class Structure:
    """`struct name { fields };`"""

    name: str
    fields: tuple[Declaration, ...]
    span: Span


@dataclass(frozen=True)
class Setting:
    """A `key=value` line of the header."""

    key: str
    value: str
    span: Span


@dataclass(frozen=True)
class LitmusFile:
    source: SourceFile
    name: str
    settings: tuple[Setting, ...]
    initial: tuple[InitialItem, ...]
    structures: tuple[Structure, ...]
    functions: tuple[Function, ...]
    """Processes and helpers in the order written."""
    locations: tuple[Place, ...]
    filter: Proposition | None
    condition: Condition | None
    """None where the file has none, which means `exists (true)`… as herd7 has it, `forall (true)`."""
    expected: Expected | None
