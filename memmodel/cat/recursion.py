"""A `let rec` group in, its names bound to fixpoint terms out; which are sets and which relations is found out."""

from __future__ import annotations

from typing import Protocol

from memmodel.cat.terms import Op, Sort, Term, make
from memmodel.cat.values import Cell, Empty, Pending, Value, Variable, convert, describe, settle
from memmodel.errors import ModelError, Unsupported
from memmodel.source import Span
from memmodel.syntax import cat_tree as cat


class Resolver(Protocol):
    """What resolves the bodies."""

    def value(self, node: cat.Expression, scope: dict[str, Value]) -> Value: ...

    def measure(self, term: Term, span: Span) -> int: ...


def bind_recursive(resolver: Resolver, bindings: tuple[cat.Binding, ...], scope: dict[str, Value], group: str) -> None:
    """Bind the names of `let rec … and …` in `scope`. `group` is a name that no other group of the model has.

    The bodies need not be monotone: a fixpoint here is what iteration from the empty sets and relations comes to.
    """
    cells = [_cell(binding) for binding in bindings]
    group = f"{group}.{cells[0].name}"
    inner = dict(scope)
    inner.update((cell.name, Variable(cell, group, i)) for i, cell in enumerate(cells))
    # Each round resolves all bodies with what is known of the variables' sorts, until nothing is left to learn.
    while True:
        before = [cell.sort for cell in cells]
        values = [resolver.value(binding.body, inner) for binding in bindings]
        for cell, value, binding in zip(cells, values, bindings, strict=True):
            _learn(cell, value, binding.body.span)
        if None not in before:
            break
        if before == [cell.sort for cell in cells]:
            for cell in cells:
                cell.sort = cell.sort or Sort.RELATION
    sorts = [cell.sort or Sort.RELATION for cell in cells]
    bodies = tuple(
        convert(value, sort, binding.body.span, f"the definition of '{cell.name}'")
        for cell, sort, value, binding in zip(cells, sorts, values, bindings, strict=True)
    )
    recursive = any(group in body.free for body in bodies)
    for i, (cell, sort, binding) in enumerate(zip(cells, sorts, bindings, strict=True)):
        fixpoint = make(Op.FIX, sort, bodies, group, i) if recursive else bodies[i]
        resolver.measure(fixpoint, binding.span)
        scope[cell.name] = fixpoint


def _cell(binding: cat.Binding) -> Cell:
    """The one variable that a binding of the group defines."""
    names = binding.pattern.names
    if binding.parameters is not None or len(names) != 1 or names[0] is None:
        raise Unsupported("a recursive function is not supported", binding.span, "recursive sets and relations are")
    return Cell(names[0])


def _learn(cell: Cell, value: Value, span: Span) -> None:
    """What a body says of the sort of its variable, and the other way round."""
    if isinstance(value, Pending):
        for other in value.cells:
            if cell.sort is not None:
                settle(other, cell.sort, span)
            elif other.sort is not None:
                settle(cell, other.sort, span)
    elif isinstance(value, Term):
        settle(cell, value.sort, span)
    elif not isinstance(value, Empty):
        raise ModelError(
            f"'{cell.name}' is recursive, and this is {describe(value)}", span, "make it a set or a relation"
        )
