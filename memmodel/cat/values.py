"""What an expression of cat may stand for while a model is being resolved, and conversion to terms."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.cat.terms import EMPTY_RELATION, EMPTY_SET, Sort, Term
from memmodel.errors import ModelError
from memmodel.records import dataclass, field
from memmodel.source import Span
from memmodel.syntax import cat_tree as cat


@dataclass(frozen=True)
class Empty:
    """`0`: a set or a relation, as the place demands."""


@dataclass(eq=False)
class Cell:
    """The sort of one variable of a `let rec`, as far as it is known."""

    name: str
    sort: Sort | None = None


@dataclass(frozen=True)
class Pending:
    """Something made of recursive variables whose sort is not known yet; it is of the same sort as all of them."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Variable:
    """A variable of a `let rec`, inside its group."""

    cell: Cell
    group: str
    index: int


@dataclass(frozen=True)
class TagSet:
    """Annotations, as `'once` or the name of an enum denotes them."""

    tags: tuple[str, ...]


@dataclass(frozen=True)
class Several:
    """A tuple of values."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class Function:
    """A function of the model, with the names that were known where it was written."""

    name: str
    parameters: cat.Pattern
    body: cat.Expression
    scope: dict[str, Value] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Primitive:
    """A function that the language provides: from a term of sort `takes` to a term."""

    name: str
    takes: Sort
    apply: Callable[[Term], Term] = field(repr=False, compare=False)


@dataclass(frozen=True)
class TagsToEvents:
    """`tag2events`: from annotations to the events that carry them."""


@dataclass(frozen=True)
class Orders:
    """`generate_cos` and `generate_orders`: good only to the right of `with co from`."""

    name: str


@dataclass(frozen=True)
class Foreign:
    """A name of the language that is known, and not supported."""

    name: str


@dataclass(frozen=True)
class Routine:
    """A procedure of the model."""

    definition: cat.Procedure
    scope: dict[str, Value] = field(repr=False, compare=False)


Value = (
    Term
    | Empty
    | Pending
    | Variable
    | TagSet
    | Several
    | Function
    | Primitive
    | TagsToEvents
    | Orders
    | Foreign
    | Routine
)

EMPTY = Empty()


def empty(sort: Sort) -> Term:
    return EMPTY_SET if sort is Sort.SET else EMPTY_RELATION


def sort_of(value: Value) -> Sort | None:
    """The sort of a set or relation; None for what may still be either, and for what is neither."""
    return value.sort if isinstance(value, Term) else None


def convert(value: Value, sort: Sort, where: Span, user: str) -> Term:
    """`value` as a term of sort `sort`. What may be either becomes that (for the recursive variables
    in it this settles their sort; the term given back is then only a stand-in). `user` says in the
    error what wanted it: "';'", "acyclic"."""
    if isinstance(value, Term):
        if value.sort is not sort:
            raise mismatch(value.sort, sort, where, user)
        return value
    if isinstance(value, Empty):
        return empty(sort)
    if isinstance(value, Pending):
        for cell in value.cells:
            settle(cell, sort, where)
        return empty(sort)
    raise ModelError(f"{user} needs a {sort.value}, and this is {describe(value)}", where, "apply it, or name another")


def settle(cell: Cell, sort: Sort, where: Span) -> None:
    """From now on the variable is of this sort."""
    if cell.sort is None:
        cell.sort = sort
    elif cell.sort is not sort:
        raise mismatch(cell.sort, sort, where, f"the definition of '{cell.name}'")


def mismatch(found: Sort, wanted: Sort, where: Span, user: str) -> ModelError:
    hint = None
    if found is Sort.SET and wanted is Sort.RELATION:
        hint = "write [S] for the relation between each event of a set S and itself, S * T for all pairs"
    elif found is Sort.RELATION:
        hint = "domain(r) and range(r) are the sets of events that a relation starts and ends at"
    return ModelError(f"{user} needs a {wanted.value}, and this is a {found.value}", where, hint)


def describe(value: Value) -> str:
    """A value in words, for errors."""
    if isinstance(value, Term):
        return f"a {value.sort.value}"
    if isinstance(value, (Function, Primitive, Orders)):
        return f"the function '{value.name}'"
    if isinstance(value, TagsToEvents):
        return "the function 'tag2events'"
    if isinstance(value, TagSet):
        return "an annotation (tag2events gives the events that carry it)"
    if isinstance(value, Several):
        return f"a tuple of {len(value.items)}"
    if isinstance(value, Routine):
        return f"the procedure '{value.definition.name}'"
    if isinstance(value, Foreign):
        return f"'{value.name}', which is not supported"
    return "empty"
