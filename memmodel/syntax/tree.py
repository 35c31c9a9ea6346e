"""The syntax tree of a litmus test or of C: what the parsers hand out and lowering takes in."""

# Nodes have no equality or repr: those methods are most of the time that this module takes to import.
from __future__ import annotations

from enum import Enum

from memmodel.records import dataclass
from memmodel.source import SourceFile, Span
from memmodel.syntax.expectation import Expected

# ── types ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, repr=False)
class TypeName:
    """A type as written: `base` is its canonical spelling without qualifiers ('unsigned int', 'atomic_t',
    'struct srcu_struct'); '' where none is written. `pointers` counts the stars."""

    base: str
    pointers: int
    span: Span
    of: Expression | None = None
    """In C, where `base` is 'typeof': the expression whose type is meant."""
    volatile: bool = False
    """In C: what the pointer points to is volatile, or, where there is no star, the thing itself."""


@dataclass(frozen=True, eq=False, repr=False)
class Declarator:
    """A declared name; each dimension is an expression, or None for `[]`. In C the name may be '': a structure's
    anonymous member."""

    name: str
    pointers: int
    dimensions: tuple[Expression | None, ...]
    initial: Expression | None
    span: Span
    bits: Expression | None = None
    """The width of a bit-field."""
    alignment: Expression | None = None
    """What `aligned(…)` demands, in bytes."""


# ── expressions ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, repr=False)
class Number:
    value: int
    suffix: str
    """The letters after the digits, in lower case: '', 'u', 'l', 'ul' …"""
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Name:
    text: str
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Unary:
    """`operator` is one of * & - + ~ !."""

    operator: str
    operand: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Binary:
    operator: str
    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Conditional:
    test: Expression
    then: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Assignment:
    """`target operator= value`; operator '' is the plain assignment."""

    operator: str
    target: Expression
    value: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Increment:
    """++ and --, before (`prefix`) or after the operand; `operator` is + or -."""

    operator: str
    prefix: bool
    target: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Cast:
    type: TypeName
    operand: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Call:
    function: Name
    arguments: tuple[Expression, ...]
    span: Span
    pointer: Expression | None = None
    """In C, where a local variable or an expression holds what is called: that; `function` is its text."""


@dataclass(frozen=True, eq=False, repr=False)
class Index:
    base: Expression
    index: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Member:
    """`base.name`, or `base->name` where `arrow`."""

    base: Expression
    name: str
    arrow: bool
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Comma:
    """`first, second`: both evaluated, the second is the value."""

    first: Expression
    second: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Braces:
    """`{1, 2}` as an initial value."""

    items: tuple[Expression, ...]
    span: Span


# ── expressions of C alone ──


@dataclass(frozen=True, eq=False, repr=False)
class Designated:
    """`.field[3] = value` among braces: `path` holds field names and index expressions."""

    path: tuple[str | Expression, ...]
    value: Expression
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class CompoundLiteral:
    """`(struct s){ … }`; `dimensions` where an array is meant."""

    type: TypeName
    dimensions: tuple[Expression | None, ...]
    value: Braces
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class SizeOf:
    """`sizeof(type)`, `dimensions` where it is an array, or `sizeof operand`: one of the two is None."""

    type: TypeName | None
    dimensions: tuple[Expression | None, ...]
    operand: Expression | None
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class OffsetOf:
    """`offsetof(type, a.b[2])`: `path` holds field names and index expressions."""

    type: TypeName
    path: tuple[str | Expression, ...]
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Text:
    """A string literal: it may be an argument that nothing looks at."""

    value: str
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class StatementExpression:
    """`({ … })`: its value is that of the last statement, where that is an expression."""

    body: Compound
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
    | Designated
    | CompoundLiteral
    | SizeOf
    | OffsetOf
    | Text
    | StatementExpression
)


# ── statements ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, repr=False)
class Declaration:
    type: TypeName
    declarators: tuple[Declarator, ...]
    span: Span
    storage: frozenset[str] = frozenset()
    """In C: 'static', 'extern', 'typedef', 'ghost'."""


@dataclass(frozen=True, eq=False, repr=False)
class Evaluate:
    """An expression as a statement; None for an empty one."""

    expression: Expression | None
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Compound:
    body: tuple[Statement, ...]
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class If:
    test: Expression
    then: Statement
    otherwise: Statement | None
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class While:
    """`test_first` False: do … while."""

    test: Expression
    body: Statement
    test_first: bool
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class For:
    start: Statement
    test: Expression | None
    step: Expression | None
    body: Statement
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Jump:
    """`kind` is break, continue, return or goto; `label` is goto's, `value` return's."""

    kind: str
    label: str
    value: Expression | None
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Label:
    """`name:`, before whatever follows it."""

    name: str
    span: Span


# ── statements of C alone ──


@dataclass(frozen=True, eq=False, repr=False)
class Switch:
    test: Expression
    body: Compound
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """`case value:`, `case value ... last:`, or, where `value` is None, `default:`; in the list of a switch's
    statements before whatever follows it."""

    value: Expression | None
    last: Expression | None
    span: Span


Statement = Declaration | Evaluate | Compound | If | While | For | Jump | Label | Switch | Case


# ── the initial state ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, repr=False)
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


@dataclass(frozen=True, eq=False, repr=False)
class Register:
    thread: int
    name: str
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Location:
    """A shared location, or the element or field that `path` selects (ints and names)."""

    name: str
    path: tuple[int | str, ...]
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class AddressOf:
    """The address of a location, as a value."""

    location: Location
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Integer:
    value: int
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Values:
    """`{v, …}`: the contents of a whole array."""

    items: tuple[Integer | AddressOf, ...]
    span: Span


Place = Register | Location
Operand = Register | Location | AddressOf | Integer | Values


@dataclass(frozen=True, eq=False, repr=False)
class Truth:
    value: bool
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
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


@dataclass(frozen=True, eq=False, repr=False)
class Connected:
    connective: Connective
    left: Proposition
    right: Proposition
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Negation:
    operand: Proposition
    span: Span


Proposition = Truth | Comparison | Connected | Negation


@dataclass(frozen=True, eq=False, repr=False)
class Condition:
    """`quantifier` is exists, forall or ~exists."""

    quantifier: str
    proposition: Proposition
    span: Span


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, repr=False)
class Parameter:
    """A parameter; its `type` has the stars in. A dimension (`int a[]`) counts as one."""

    name: str
    type: TypeName
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
class Function:
    """A process (`process` is its number) or a helper function (None)."""

    name: str
    process: int | None
    result: TypeName | None
    parameters: tuple[Parameter, ...]
    body: Compound
    span: Span
    """The name alone."""
    variadic: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Structure:
    """`struct name { fields };`"""

    name: str
    fields: tuple[Declaration, ...]
    span: Span
    union: bool = False
    packed: bool = False
    alignment: Expression | None = None
    """What `aligned(…)` demands of the whole, in bytes."""


@dataclass(frozen=True, eq=False, repr=False)
class Setting:
    """A `key=value` line of the header."""

    key: str
    value: str
    span: Span


@dataclass(frozen=True, eq=False, repr=False)
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
    """None where the file has none, which means `forall (true)`."""
    expected: Expected | None
