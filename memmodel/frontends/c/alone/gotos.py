"""The body of a function in, the same with every goto forwards out, where its parts can be put in such an order."""

from __future__ import annotations

from itertools import pairwise

from memmodel.program.statements import walk
from memmodel.records import dataclass, replace
from memmodel.syntax import tree


@dataclass(frozen=True)
class _Section:
    """What follows a label, up to the next one; the first one has none."""

    name: str
    statements: tuple[tree.Statement, ...]

    @property
    def ends(self) -> bool:
        """Whether control never comes out at its end."""
        last = self.statements[-1] if self.statements else None
        return isinstance(last, tree.Jump) and last.kind in ("goto", "return")

    @property
    def targets(self) -> frozenset[str]:
        """The labels that it jumps to."""
        nodes = (node for statement in self.statements for node in walk(statement))
        return frozenset(n.label for n in nodes if isinstance(n, tree.Jump) and n.kind == "goto")


def forwards(function: tree.Function) -> tree.Function:
    """The same function; where it jumps back, but never to what it came from, its sections change places."""
    sections = _sections(function.body.body)
    known = [section.name for section in sections]
    back = any(t in known[: i + 1] for i, section in enumerate(sections) for t in section.targets)
    order = _order(sections) if back and len(set(known)) == len(known) else None
    if order is None:
        return function
    following = {a.name: b for a, b in pairwise(sections)}
    body: list[tree.Statement] = []
    for place, section in enumerate(order):
        body.extend(section.statements)
        after = following.get(section.name)
        if section.ends or (place + 1 < len(order) and order[place + 1] is after):
            continue
        if after is not None:
            body.append(tree.Jump("goto", after.name, None, function.body.span))
        elif place + 1 < len(order):
            body.append(tree.Jump("return", "", None, function.body.span))
    return replace(function, body=tree.Compound(tuple(body), function.body.span))


def _sections(statements: tuple[tree.Statement, ...]) -> list[_Section]:
    found: list[_Section] = []
    name, inside = "", list[tree.Statement]()
    for statement in statements:
        if isinstance(statement, tree.Label):
            found.append(_Section(name, tuple(inside)))
            name, inside = statement.name, []
        inside.append(statement)
    return [*found, _Section(name, tuple(inside))]


def _order(sections: list[_Section]) -> list[_Section] | None:
    """An order in which control only goes forwards; None where it goes in circles."""
    ways: dict[str, set[str]] = {}
    for index, section in enumerate(sections):
        ways[section.name] = set(section.targets)
        if not section.ends and index + 1 < len(sections):
            ways[section.name].add(sections[index + 1].name)
    waiting, found = list(sections), list[_Section]()
    while waiting:
        free = [s for s in waiting if not any(s.name in ways[o.name] for o in waiting)]
        if not free:
            return None
        # What comes next in the text comes next here, if it can.
        found.append(free[0])
        waiting.remove(free[0])
    return found
