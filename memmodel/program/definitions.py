"""A kernel tree's linux-kernel.def in, its table of primitives out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program.ir import LockKind, Operator
from memmodel.program.macros import Actual, Macro, Use
from memmodel.program.macros import macros as parse_macros
from memmodel.program.primitives import (
    DEFAULT,
    Action,
    Argument,
    Operand,
    Place,
    Primitive,
    PrimitiveTable,
    Reference,
    Step,
    Tags,
)
from memmodel.source import SourceFile

_OPERATORS = {
    "+": (Operator.ADD, False),
    "-": (Operator.SUB, False),
    "&": (Operator.AND, False),
    "|": (Operator.OR, False),
    "^": (Operator.XOR, False),
    "&~": (Operator.AND, True),
}
_LOCKS = {
    "__lock": LockKind.ACQUIRE,
    "__unlock": LockKind.RELEASE,
    "__trylock": LockKind.TRY,
    "__islocked": LockKind.IS_LOCKED,
}
_MODIFY = {
    "__xchg": Action.EXCHANGE,
    "__cmpxchg": Action.COMPARE_EXCHANGE,
    "__atomic_op": Action.OPERATE,
    "__atomic_op_return": Action.OPERATE_RETURN,
    "__atomic_fetch_op": Action.FETCH_OPERATE,
    "__atomic_add_unless": Action.ADD_UNLESS,
}
_ONCE = frozenset(("once",))


def read(source: SourceFile, version: int) -> PrimitiveTable:
    """The primitives that a tree defines, and those of the default table that can be told from them.

    `version` is that of the model's conventions: in 2 both events of a read-modify-write carry its annotation
    as it is spelled; in 1, that of older trees, a fully ordered one stands between two fences, and an acquire or
    release marks one event. Raises errors.SyntaxError and errors.Unsupported with the place.
    """
    macros = {macro.name: macro for macro in parse_macros(source)}
    table = PrimitiveTable(_Expansion(macros, version).primitive(macro) for macro in macros.values())
    return PrimitiveTable((*table, *derived(table, DEFAULT)))


class _Expansion:
    """Macros to primitives: macros that use others are expanded."""

    def __init__(self, macros: Mapping[str, Macro], version: int) -> None:
        self.macros = macros
        self.version = version

    def primitive(self, macro: Macro) -> Primitive:
        uses, test = self._expand(macro, (macro.name,))
        steps = tuple(step for use in uses for step in self._steps(use, macro.parameters))
        return Primitive(macro.name, macro.parameters, steps, test)

    def _expand(self, macro: Macro, active: tuple[str, ...]) -> tuple[list[Use], tuple[Operator, int] | None]:
        uses: list[Use] = []
        test = macro.test
        for use in macro.uses:
            inner = self.macros.get(use.name)
            if inner is None:
                uses.append(use)
                continue
            if inner.name in active:
                raise SyntaxError(f"the macro '{inner.name}' uses itself", use.span)
            if len(inner.parameters) != len(use.arguments):
                raise SyntaxError(f"{inner.name} takes {len(inner.parameters)} arguments", use.span)
            actuals = dict(zip(inner.parameters, use.arguments, strict=True))
            expanded, inner_test = self._expand(inner, (*active, inner.name))
            if inner_test is not None and test is not None:
                raise Unsupported("a comparison of a comparison", use.span)
            test = test or inner_test
            uses.extend(replace(e, arguments=tuple(_put(a, actuals) for a in e.arguments)) for e in expanded)
        return uses, test

    def _steps(self, use: Use, parameters: tuple[str, ...]) -> Iterator[Step]:
        """What one use of a builtin does."""
        arguments = use.arguments
        if use.name == "__fence":
            yield Step(Action.FENCE, Tags(use.tags, use.tags))
        elif use.name in _LOCKS:
            yield Step(Action.LOCK, place=self._place(use, 0, parameters), lock=_LOCKS[use.name])
        elif use.name in ("__load", "__store"):
            place = self._place(use, 1, parameters)
            if use.name == "__store":
                yield Step(Action.STORE, Tags(use.tags, use.tags), place, (_operand(arguments[1], parameters),))
            elif use.tags & {"deref", "lderef"}:
                # The oldest trees: the Alpha's dependency barrier follows the load.
                fence = frozenset(("rb_dep",))
                yield Step(Action.LOAD, Tags(_ONCE, _ONCE), place)
                yield Step(Action.FENCE, Tags(fence, fence))
            else:
                yield Step(Action.LOAD, Tags(use.tags, use.tags), place)
        elif use.name == "__srcu":
            yield self._srcu(use, parameters)
        elif use.name in _MODIFY:
            yield self._modify(use, parameters)
        else:
            raise Unsupported(f"unknown builtin '{use.name}'", use.span, "expected one such as __load or __fence")

    def _srcu(self, use: Use, parameters: tuple[str, ...]) -> Step:
        tags, place = Tags(use.tags, use.tags), self._place(use, 0, parameters)
        if len(use.arguments) == 2:
            return Step(Action.STORE, tags, place, (_operand(use.arguments[1], parameters),))
        return Step(Action.LOAD if use.value else Action.FENCE, tags, place)

    def _modify(self, use: Use, parameters: tuple[str, ...]) -> Step:
        action, arguments = _MODIFY[use.name], use.arguments
        place, tags = self._place(use, 0, parameters), self._tags(action, use.tags)
        if action in (Action.OPERATE, Action.OPERATE_RETURN, Action.FETCH_OPERATE):
            if len(arguments) != 3 or arguments[1].text not in _OPERATORS:
                raise SyntaxError(f"{use.name} takes a place, an operator and a value", use.span)
            operator, complement = _OPERATORS[arguments[1].text]
            return Step(action, tags, place, (_operand(arguments[2], parameters),), operator, complement)
        wanted = 2 if action is Action.EXCHANGE else 3
        if len(arguments) != wanted:
            raise SyntaxError(f"{use.name} takes {wanted} arguments", use.span)
        return Step(action, tags, place, tuple(_operand(a, parameters) for a in arguments[1:]))

    def _tags(self, action: Action, tags: frozenset[str]) -> Tags:
        """The annotations of a read-modify-write."""
        if self.version >= 2:
            return Tags(tags, tags)
        if action is Action.OPERATE:
            return Tags(frozenset(("noreturn",)), _ONCE)
        if action is Action.ADD_UNLESS:
            # Fully ordered whatever the macro says.
            return Tags(_ONCE, _ONCE, _ONCE, frozenset(("mb",)))
        return Tags(
            tags if tags == {"acquire"} else _ONCE,
            tags if tags == {"release"} else _ONCE,
            _ONCE if action is Action.COMPARE_EXCHANGE else None,
            tags if tags == {"mb"} else None,
        )

    def _place(self, use: Use, stars: int, parameters: tuple[str, ...]) -> Place:
        """The first argument; a builtin that takes an lvalue has `stars` 1: `*X` is what the pointer X points to."""
        if not use.arguments or use.arguments[0].text not in parameters or use.arguments[0].stars > stars:
            raise Unsupported(f"{use.name} of something other than a parameter", use.span)
        actual = use.arguments[0]
        reference = Reference.POINTER if actual.stars == stars else Reference.LVALUE
        return Place(Argument(parameters.index(actual.text)), reference)


def _put(actual: Actual, actuals: Mapping[str, Actual]) -> Actual:
    """A macro's parameter replaced by what it stands for."""
    inner = actuals.get(actual.text)
    return actual if inner is None else Actual(inner.text, inner.stars + actual.stars, inner.span)


def _operand(actual: Actual, parameters: tuple[str, ...]) -> Operand:
    if actual.text in parameters and not actual.stars:
        return Argument(parameters.index(actual.text))
    if actual.text.isdigit() and not actual.stars:
        return int(actual.text)
    raise Unsupported("expected a parameter or a number", actual.span)


# ── what an older tree does not define ───────────────────────────────────────────────────────────

_LIKE = {
    # Where a tree has no such step at all: the kind of step whose annotations tell those of this one.
    Action.TRY_EXCHANGE: Action.COMPARE_EXCHANGE,
    Action.ADD_UNLESS: Action.COMPARE_EXCHANGE,
    Action.OPERATE_RETURN: Action.EXCHANGE,
    Action.FETCH_OPERATE: Action.EXCHANGE,
}


def derived(table: PrimitiveTable, wanted: Iterable[Primitive]) -> Iterator[Primitive]:
    """The primitives `wanted` that a tree's table lacks, with its own annotations: those that it gives to a step of the
    same kind and strength elsewhere. What has no counterpart in the tree stays unknown."""
    spelled: dict[tuple[Action, frozenset[str]], Tags] = {}
    for known in table:
        ours = DEFAULT.find(known.name)
        if ours is not None and [s.action for s in ours.steps] == [s.action for s in known.steps]:
            for step, theirs in zip(ours.steps, known.steps, strict=True):
                spelled.setdefault((step.action, step.tags.write), theirs.tags)
    for primitive in wanted:
        if table.find(primitive.name) is not None:
            continue
        steps = tuple(_respelled(step, spelled) for step in primitive.steps)
        if all(step is not None for step in steps):
            yield replace(primitive, steps=tuple(step for step in steps if step is not None))


def _respelled(step: Step, spelled: Mapping[tuple[Action, frozenset[str]], Tags]) -> Step | None:
    if step.action is Action.LOCK:
        return step
    tags = spelled.get((step.action, step.tags.write))
    if tags is None and step.action in _LIKE:
        tags = spelled.get((_LIKE[step.action], step.tags.write))
    return None if tags is None else replace(step, tags=tags)
