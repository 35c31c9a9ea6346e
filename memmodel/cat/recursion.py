"""A `let rec` group in, its names bound to fixpoint terms out; which are sets and which relations is found out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from memmodel.cat.terms import Op, Sort, Term, grows_with, make
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

    The bodies need not be monotone: what is meant is what iteration from the empty sets and relations comes to, where
    each body sees the values that this round gave to the variables before it (so herd7 does, and the kernel's
    matching of rcu_read_lock with rcu_read_unlock depends on it).
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
    fixpoints = _fixpoints(bodies, sorts, group)
    for cell, fixpoint, binding in zip(cells, fixpoints, bindings, strict=True):
        resolver.measure(fixpoint, binding.span)
        scope[cell.name] = fixpoint


def _fixpoints(bodies: tuple[Term, ...], sorts: list[Sort], group: str) -> list[Term]:
    """The value of each variable of a group, as a closed term.

    A FIX iterates all its bodies at once. That makes no difference where they are monotone. Where one is not, the
    variables before a body are replaced by their bodies first: then at once and one after the other are the same.
    """
    if not all(grows_with(body, group) for body in bodies):
        bodies = _in_sequence(bodies, group)
    used = sorted({variable for body in bodies for variable in _variables(body, group)})
    position = {variable: i for i, variable in enumerate(used)}
    renumbered = {v: make(Op.VARIABLE, sorts[v], (), group, position[v]) for v in used}
    kept = [_substitute(bodies[v], group, renumbered) for v in used]
    fixed = {v: make(Op.FIX, sorts[v], kept, group, position[v]) for v in used}
    return [fixed[i] if i in fixed else _substitute(body, group, fixed) for i, body in enumerate(bodies)]


def _in_sequence(bodies: tuple[Term, ...], group: str) -> tuple[Term, ...]:
    """The bodies with the variables before each replaced by what their own bodies make of the last round."""
    result: dict[int, Term] = {}
    for i, body in enumerate(bodies):
        result[i] = _substitute(body, group, result)
    return tuple(result.values())


def _open_parts(term: Term, group: str) -> list[Term]:
    """The subterms (and `term`) in which a variable of the group occurs free, each once."""
    found: dict[Term, None] = {}
    stack = [term]
    while stack:
        part = stack.pop()
        if group in part.free and part not in found:
            found[part] = None
            stack.extend(part.args)
    return list(found)


def _variables(term: Term, group: str) -> frozenset[int]:
    """Which of the group's variables occur in `term`, by number."""
    return frozenset(part.index for part in _open_parts(term, group) if part.op is Op.VARIABLE and part.name == group)


def _substitute(term: Term, group: str, values: Mapping[int, Term]) -> Term:
    """`term` with those of the group's variables replaced that `values` gives a term for."""
    memo: dict[Term, Term] = {}

    def replaced(part: Term) -> Term:
        if group not in part.free:
            return part
        if part.op is Op.VARIABLE:
            return values.get(part.index, part)
        if part not in memo:
            arguments = [replaced(argument) for argument in part.args]
            memo[part] = make(part.op, part.sort, arguments, part.name, part.index)
        return memo[part]

    return replaced(term)


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
