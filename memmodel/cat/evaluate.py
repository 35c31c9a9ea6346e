"""The concrete reading of a model: relation terms on one execution, by bit sets.

`judge` is the definition that everything else is held to: it takes a replayed execution and the model
as written and says whether the execution is allowed and which flags it raises.
"""

from __future__ import annotations

from functools import lru_cache

from memmodel.cat.frame import MARKS, Frame, Value, tables
from memmodel.cat.relations import (
    Rows,
    closure,
    codomain,
    compose,
    cyclic_core,
    domain,
    inverse,
)
from memmodel.cat.terms import Check, CheckKind, Model, Op, Sort, Term
from memmodel.events.execution import Execution, Replay
from memmodel.records import dataclass, field

DYNAMIC = frozenset(("rf", "co", "fr", "FW"))
"""What a search chooses; all else follows from which events run and where they access."""


@lru_cache(maxsize=1 << 16)
def is_dynamic(term: Term) -> bool:
    """Whether `term` can differ between two executions with the same events, addresses and dependencies."""
    if term.op is Op.BASE:
        return term.name in DYNAMIC
    return term.op is Op.DIFFERENT_VALUES or any(is_dynamic(a) for a in term.args)


class Evaluation:
    """All terms of a model on one execution: a Frame with reads-from and coherence added.

    `rf` and `co` are rows; co is transitive and starts with each cell's initial write.
    """

    def __init__(self, frame: Frame, rf: Rows, co: Rows, values: tuple[int | None, ...] | None = None) -> None:
        self.frame = frame
        self.size = frame.size
        self.values = values
        self.memo: dict[Term, Value] = {}
        self._stages: dict[str, list[tuple[Value, ...]]] = {}
        self.rf = rf
        self.co = co
        self.fr = from_reads(rf, co)
        self._bindings: dict[str, tuple[Value, ...]] = {}

    def relation(self, term: Term) -> Rows:
        value = self.value(term)
        assert not isinstance(value, int)
        return value

    def set(self, term: Term) -> int:
        value = self.value(term)
        assert isinstance(value, int)
        return value

    def value(self, term: Term) -> Value:
        memo = self.memo if is_dynamic(term) else self.frame.memo
        known = memo.get(term)
        if known is None:
            known = self._evaluate(term)
            if not term.free:
                memo[term] = known
        return known

    def _evaluate(self, term: Term) -> Value:
        match term.op:
            case Op.BASE:
                return self._base(term)
            case Op.EMPTY:
                return 0 if term.sort is Sort.SET else [0] * self.size
            case Op.UNIVERSE:
                return self.frame.executed
            case Op.VARIABLE:
                return self._bindings[term.name][term.index]
            case Op.FIX:
                return self._fix(term)
            case Op.DOMAIN:
                return domain(self.relation(term.args[0]))
            case Op.RANGE:
                return codomain(self.relation(term.args[0]))
            case _ if term.sort is Sort.SET:
                return self._set_operation(term)
            case _:
                return self._relation_operation(term)

    def _base(self, term: Term) -> Value:
        match term.name:
            case "rf":
                return self.rf
            case "co":
                return self.co
            case "fr":
                return self.fr
            case "FW":
                writes = self.frame.base("W", Sort.SET)
                assert isinstance(writes, int)
                return writes & ~domain(self.co)
        return self.frame.base(term.name, term.sort)

    def _set_operation(self, term: Term) -> int:
        values = [self.set(a) for a in term.args]
        result = values[0]
        match term.op:
            case Op.UNION:
                for value in values[1:]:
                    result |= value
            case Op.INTER:
                for value in values[1:]:
                    result &= value
            case Op.DIFF:
                result &= ~values[1]
            case Op.COMPLEMENT:
                result = self.frame.executed & ~result
            case _:
                raise AssertionError(term.op)
        return result

    def _relation_operation(self, term: Term) -> Rows:
        match term.op:
            case Op.IDENTITY:
                mask = self.set(term.args[0])
                return [1 << i if mask >> i & 1 else 0 for i in range(self.size)]
            case Op.PRODUCT:
                left, right = self.set(term.args[0]), self.set(term.args[1])
                return [right if left >> i & 1 else 0 for i in range(self.size)]
            case Op.SEQ:
                return self._sequence(term.args)
        first = self.relation(term.args[0])
        match term.op:
            case Op.UNION:
                for other in term.args[1:]:
                    first = [a | b for a, b in zip(first, self.relation(other), strict=True)]
                return first
            case Op.INTER:
                for other in term.args[1:]:
                    first = [a & b for a, b in zip(first, self.relation(other), strict=True)]
                return first
            case Op.DIFF:
                return [a & ~b for a, b in zip(first, self.relation(term.args[1]), strict=True)]
            case Op.COMPLEMENT:
                executed = self.frame.executed
                return [executed & ~row if executed >> i & 1 else 0 for i, row in enumerate(first)]
            case Op.INVERSE:
                return inverse(first)
            case Op.PLUS:
                return closure(first)
            case Op.STAR:
                return self._reflexive(closure(first))
            case Op.OPTIONAL:
                return self._reflexive(first)
            case Op.DIFFERENT_VALUES:
                return self._different_values(first)
        raise AssertionError(term.op)

    def _reflexive(self, rows: Rows) -> Rows:
        executed = self.frame.executed
        return [row | (1 << i & executed) for i, row in enumerate(rows)]

    def _sequence(self, args: tuple[Term, ...]) -> Rows:
        result: Rows | None = None
        mask = self.frame.executed
        """Where `result` may still end; a leading run of [S] only narrows it."""
        for arg in args:
            if arg.op is Op.IDENTITY:
                only = self.set(arg.args[0])
                mask &= only
                if result is not None:
                    result = [row & only for row in result]
            elif result is None:
                rows = self.relation(arg)
                result = [row if mask >> i & 1 else 0 for i, row in enumerate(rows)]
            else:
                result = compose(result, self.relation(arg))
        if result is None:
            return [1 << i if mask >> i & 1 else 0 for i in range(self.size)]
        return result

    def _different_values(self, rows: Rows) -> Rows:
        assert self.values is not None, "different-values needs a replayed execution"
        values = self.values
        result = []
        for i, row in enumerate(rows):
            same = 0
            for j, value in enumerate(values):
                if value == values[i]:
                    same |= 1 << j
            result.append(row & ~same)
        return result

    def _fix(self, term: Term) -> Value:
        """`let rec` by iteration from the empty relations until nothing changes (as herd7 does, also where a body is
        not monotone); the iterates are kept, for derivations."""
        bodies = term.args
        name = term.name
        current: tuple[Value, ...] = tuple(0 if b.sort is Sort.SET else [0] * self.size for b in bodies)
        stages = [current]
        news: tuple[Rows, ...] | None = None
        linear = all(grows_by_steps(body, name) for body in bodies)
        saved = self._bindings.get(name)
        for _ in range(self.size * self.size + 2):
            self._bindings[name] = current
            if news is None:
                following = tuple(self.value(body) for body in bodies)
            else:
                following = tuple(
                    _join(old, self._growth(body, news)) for old, body in zip(current, bodies, strict=True)
                )
            if following == current:
                break
            if linear:
                news = tuple(_without(new, old) for new, old in zip(following, current, strict=True))
            current = following
            stages.append(current)
        if saved is None:
            del self._bindings[name]
        else:
            self._bindings[name] = saved
        (self._stages if is_dynamic(term) else self.frame.stages)[name] = stages
        return current[term.index]

    def _growth(self, term: Term, news: tuple[Rows, ...]) -> Rows:
        """What a body gains when each variable of its group has just gained `news`: every way to use a new pair
        once, with the variables as they are now elsewhere."""
        if not term.free:
            return [0] * self.size
        match term.op:
            case Op.VARIABLE:
                return news[term.index]
            case Op.UNION:
                rows = self._growth(term.args[0], news)
                for arg in term.args[1:]:
                    if arg.free:
                        rows = _join(rows, self._growth(arg, news))
                return rows
            case Op.INTER:
                rows = [0] * self.size
                for i, arg in enumerate(term.args):
                    if arg.free:
                        part = self._growth(arg, news)
                        for other in term.args[:i] + term.args[i + 1 :]:
                            part = [a & b for a, b in zip(part, self.relation(other), strict=True)]
                        rows = _join(rows, part)
                return rows
        assert term.op is Op.SEQ
        rows = [0] * self.size
        for i, arg in enumerate(term.args):
            if arg.free:
                part = self._growth(arg, news)
                for before in reversed(term.args[:i]):
                    part = compose(self.relation(before), part)
                for after in term.args[i + 1 :]:
                    part = compose(part, self.relation(after))
                rows = _join(rows, part)
        return rows

    def stages(self, group: str) -> list[tuple[Value, ...]]:
        """The iterates of a `let rec` group that was evaluated before, from the empty one to the fixed point."""
        return self._stages.get(group) or self.frame.stages[group]

    def value_at(self, term: Term, group: str, stage: int) -> Value:
        """The value of a term inside a `let rec` group, with the group's variables at iterate `stage`."""
        saved = self._bindings.get(group)
        self._bindings[group] = self.stages(group)[stage]
        result = self.value(term)
        if saved is None:
            del self._bindings[group]
        else:
            self._bindings[group] = saved
        return result

    def holds(self, check: Check) -> bool:
        """Whether the check, its negation included, holds here."""
        rows = self.value(check.term)
        if isinstance(rows, int):
            found = rows == 0
        elif check.kind is CheckKind.EMPTY:
            found = not any(rows)
        elif check.kind is CheckKind.IRREFLEXIVE:
            found = not any(row >> i & 1 for i, row in enumerate(rows))
        else:
            found = cyclic_core(rows) == 0
        return found != check.negated


@lru_cache(maxsize=1 << 12)
def grows_by_steps(term: Term, name: str) -> bool:
    """Whether the group's variables occur only under unions, intersections and compositions, so that an iterate can
    be computed from what the one before has added."""
    if name not in term.free:
        return True
    if term.op is Op.VARIABLE:
        return term.sort is Sort.RELATION
    return term.op in (Op.UNION, Op.INTER, Op.SEQ) and all(grows_by_steps(arg, name) for arg in term.args)


def _join(first: Value, second: Value) -> Rows:
    assert not isinstance(first, int) and not isinstance(second, int)
    return [a | b for a, b in zip(first, second, strict=True)]


def _without(first: Value, second: Value) -> Rows:
    assert not isinstance(first, int) and not isinstance(second, int)
    return [a & ~b for a, b in zip(first, second, strict=True)]


def from_reads(rf: Rows, co: Rows) -> Rows:
    """fr = rf^-1 ; co."""
    fr = [0] * len(rf)
    for write, row in enumerate(rf):
        later = co[write]
        while row:
            low = row & -row
            fr[low.bit_length() - 1] = later
            row ^= low
    return fr


def coherence_rows(execution: Execution, size: int) -> Rows:
    """co as rows, transitive."""
    rows = [0] * size
    for order in execution.co:
        later = 0
        for write in reversed(order):
            rows[write] = later
            later |= 1 << write
    return rows


def frame_of(replay: Replay) -> Frame:
    """The Frame of a replayed execution."""
    items = tables(replay.graph)
    active = {
        name: sum(1 << i for i, item in enumerate(dependencies) if replay.value(item.condition))
        for name, dependencies in items.dependencies.items()
    }
    active[MARKS] = sum(1 << i for i, mark in enumerate(replay.graph.marks) if replay.value(mark.condition))
    return Frame(items, replay.execution.executed, replay.addresses, active)


def evaluation_of(replay: Replay, frame: Frame | None = None) -> Evaluation:
    """The evaluation of any term on a replayed execution."""
    size = len(replay.graph.events)
    rf = [0] * size
    for write, read in replay.execution.rf:
        rf[write] |= 1 << read
    return Evaluation(frame or frame_of(replay), rf, coherence_rows(replay.execution, size), replay.values)


@dataclass(frozen=True)
class Judgement:
    """`violated` names the axioms that forbid the execution, in the model's order; `flags` those raised."""

    allowed: bool
    violated: tuple[str, ...]
    flags: frozenset[str]
    evaluation: Evaluation = field(repr=False, compare=False)


def judge(model: Model, replay: Replay) -> Judgement:
    """What the model, as written, says of an execution. Flags are reported for allowed executions only."""
    evaluation = evaluation_of(replay)
    violated = tuple(check.name for check in model.axioms if not evaluation.holds(check))
    flags = frozenset() if violated else frozenset(c.name for c in model.flags if evaluation.holds(c))
    return Judgement(not violated, violated, flags, evaluation)
