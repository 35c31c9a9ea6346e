"""An instruction that touches memory in, the statement that is it in a litmus test out."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import Unsupported
from memmodel.program import ir
from memmodel.program.ir import Constant, Expression, Local, LockKind, Operation, Operator
from memmodel.program.primitives import DEFAULT, Action, Primitive, Reference
from memmodel.program.types import INT
from memmodel.records import dataclass
from memmodel.reports.litmus.knowledge import Known
from memmodel.reports.litmus.operators import Text, number
from memmodel.reports.litmus.spelling import Speller, locals_in
from memmodel.source import Span

Tags = frozenset[str]

_SUFFIXES = {"mb": "", "once": "_relaxed", "acquire": "_acquire", "release": "_release"}
_OPERATIONS = {
    Operator.ADD: "add",
    Operator.SUB: "sub",
    Operator.AND: "and",
    Operator.OR: "or",
    Operator.XOR: "xor",
}


@dataclass(frozen=True)
class Statement:
    """`target = text;`, or `text;` where there is no target."""

    text: str
    target: str | None = None


_LAST_CHOICE = ("rcu_dereference", "rcu_assign_pointer")


def _simple(action: Action, tags: Tags, place: bool) -> Primitive | None:
    """The first primitive of the table that does nothing but this."""
    for primitive in DEFAULT:
        if len(primitive.steps) == 1 and primitive.name not in _LAST_CHOICE:
            step = primitive.steps[0]
            given = step.tags.read if action is Action.LOAD else step.tags.write
            if step.action is action and given == tags and (step.place is not None) == place:
                return primitive
    return None


class Accesses:
    """Spells the accesses of one thread; `spare` gives a name for a value that nobody wants."""

    def __init__(self, speller: Speller, spare: Callable[[], str]) -> None:
        self.speller = speller
        self.knowledge = speller.knowledge
        self.spare = spare

    def statement(self, node: ir.Instruction) -> Statement:
        """The statement. Raises Unsupported for what no primitive of herd7's does."""
        known, span = self.knowledge.at(node), self.knowledge.span(node)
        match node:
            case ir.Load():
                return self._load(node, known, span)
            case ir.Store():
                return self._store(node, known, span)
            case ir.Fence():
                return self._fence(node, known, span)
            case ir.Lock():
                return self._lock(node, known, span)
            case ir.ReadModifyWrite():
                return self._modify(node, known, span)
            case _:
                raise TypeError(f"{type(node).__name__} touches no memory")

    def _target(self, name: str | None) -> str:
        return self.speller.names[name] if name is not None else self.spare()

    def _pointer(self, address: Expression, known: Known, span: Span) -> Text:
        return self.speller.address(address, known, span)

    def _load(self, node: ir.Load, known: Known, span: Span) -> Statement:
        place, target = self._pointer(node.address, known, span), self._target(node.target)
        if not node.tags:
            return Statement(f"*{place}", target)
        return Statement(self._call(_simple(Action.LOAD, node.tags, True), place, None, node.tags, span), target)

    def _store(self, node: ir.Store, known: Known, span: Span) -> Statement:
        place = self._pointer(node.address, known, span)
        value = self.speller.value(node.value, known, span)
        if not node.tags:
            return Statement(f"*{place} = {value.text}")
        return Statement(self._call(_simple(Action.STORE, node.tags, True), place, value, node.tags, span))

    def _fence(self, node: ir.Fence, known: Known, span: Span) -> Statement:
        primitive = _simple(Action.FENCE, node.tags, node.address is not None)
        place = self._pointer(node.address, known, span) if node.address is not None else None
        return Statement(self._call(primitive, place, None, node.tags, span))

    def _call(self, primitive: Primitive | None, place: Text | None, value: Text | None, tags: Tags, span: Span) -> str:
        if primitive is None:
            raise Unsupported(f"herd7 has no such access or barrier: {', '.join(sorted(tags))}", span)
        step = primitive.steps[0]
        arguments = []
        if place is not None and step.place is not None:
            arguments.append(f"*{place}" if step.place.reference is Reference.LVALUE else place.text)
        if value is not None:
            arguments.append(value.text)
        return f"{primitive.name}({', '.join(arguments)})"

    def _lock(self, node: ir.Lock, known: Known, span: Span) -> Statement:
        place = self._pointer(node.address, known, span)
        yields = node.kind in (LockKind.TRY, LockKind.IS_LOCKED)
        return Statement(f"{node.kind.value}({place.text})", self._target(node.target) if yields else None)

    # ── read-modify-write ────────────────────────────────────────────────────────────────────────

    def _modify(self, node: ir.ReadModifyWrite, known: Known, span: Span) -> Statement:
        if node.read_tags != node.write_tags or node.around is not None or node.failed_tags is not None:
            raise Unsupported("an operation of another model's table", span, "export it under the built-in models")
        place = self._pointer(node.address, known, span)
        if node.read_tags == {"noreturn"}:
            return self._silent(node, place, known, span)
        (tag,) = node.read_tags
        suffix = _SUFFIXES.get(tag)
        if suffix is None:
            raise Unsupported(f"herd7 has no such operation: {tag}", span)
        old = self.speller.names[node.old]
        if node.condition is not None:
            return self._conditional(node, suffix, place, known, span)
        if node.old not in locals_in(node.value):
            if node.carries_data:
                raise _unknown(span)
            value = self.speller.value(node.value, known, span)
            return Statement(f"xchg{suffix}({place.text}, {value.text})", old)
        name, operand = self._arithmetic(node, span)
        value = self._operand(node, operand, known, span)
        return Statement(f"atomic_fetch_{name}{suffix}({value.text}, {place.text})", old)

    def _silent(self, node: ir.ReadModifyWrite, place: Text, known: Known, span: Span) -> Statement:
        if node.condition is not None:
            raise _unknown(span)
        name, operand = self._arithmetic(node, span)
        if operand == Constant(1, operand.type) and name in ("add", "sub"):
            self._operand(node, operand, known, span)
            return Statement(f"atomic_{'inc' if name == 'add' else 'dec'}({place.text})")
        return Statement(f"atomic_{name}({self._operand(node, operand, known, span).text}, {place.text})")

    def _arithmetic(self, node: ir.ReadModifyWrite, span: Span) -> tuple[str, Expression]:
        """The operation that makes the new value of the old, by name, and its operand."""
        value = node.value
        if not isinstance(value, Operation) or value.operator not in _OPERATIONS or not node.carries_data:
            raise _unknown(span)
        first, second = value.operands
        if not (isinstance(first, Local) and first.name == node.old) and value.operator is not Operator.SUB:
            first, second = second, first
        if not (isinstance(first, Local) and first.name == node.old) or node.old in locals_in(second):
            raise _unknown(span)
        if value.operator is Operator.AND and isinstance(second, Operation) and second.operator is Operator.INVERT:
            return "andnot", second.operands[0]
        return _OPERATIONS[value.operator], second

    def _operand(self, node: ir.ReadModifyWrite, operand: Expression, known: Known, span: Span) -> Text:
        """The operand, when what herd7 computes with it is what the program computes."""
        self._check_width(node, known, span)
        return self.speller.value(operand, known, span)

    def _check_width(self, node: ir.ReadModifyWrite, known: Known, span: Span) -> None:
        if node.type.width >= 32:
            return
        values = self.knowledge.values(node.value, known)
        olds = self.knowledge.values(Local(node.old, node.type), known)
        assert isinstance(node.value, Operation)
        wide = Operation(node.value.operator, node.value.operands, INT)
        if values is None or olds is None or self.knowledge.values(wide, known) != frozenset(map(number, values)):
            hint = "herd7 computes with signed integers of 32 bits"
            raise Unsupported("an operation on a narrow variable that may wrap around", span, hint)

    def _conditional(self, node: ir.ReadModifyWrite, suffix: str, place: Text, known: Known, span: Span) -> Statement:
        condition = node.condition
        if not isinstance(condition, Operation) or condition.operator not in (Operator.EQ, Operator.NE):
            raise _unknown(span)
        old, limit = condition.operands
        if isinstance(limit, Local) and limit.name == node.old:
            old, limit = limit, old
        if not (isinstance(old, Local) and old.name == node.old) or node.old in locals_in(limit):
            raise _unknown(span)
        # The comparison must be one that herd7's integers allow.
        self.speller.value(condition, known, span)
        limit_text = self.speller.value(limit, known, span)
        if condition.operator is Operator.EQ and not node.carries_data and node.old not in locals_in(node.value):
            value = self.speller.value(node.value, known, span)
            text = f"cmpxchg{suffix}({place.text}, {limit_text.text}, {value.text})"
            return Statement(text, self.speller.names[node.old])
        return self._unless(node, condition, limit, suffix, place, span)

    def _unless(
        self, node: ir.ReadModifyWrite, condition: Operation, limit: Expression, suffix: str, place: Text, span: Span
    ) -> Statement:
        """atomic_add_unless, whose value is whether it did: nobody learns the old value."""
        if condition.operator is not Operator.NE or suffix or not isinstance(limit, Constant):
            raise _unknown(span)
        name, operand = self._arithmetic(node, span)
        if name != "add" or not isinstance(operand, Constant) or node.type.width < 32:
            raise _unknown(span)
        self.speller.succeeds[node.old] = condition
        text = f"atomic_add_unless({place.text}, {number(operand.value)}, {number(limit.value)})"
        return Statement(text, self.speller.names[node.old])


def _unknown(span: Span) -> Unsupported:
    hint = "herd7 has xchg, cmpxchg, and add, sub, and, or, xor and andnot that return nothing or the old value"
    return Unsupported("herd7 has no operation that does this in one step", span, hint)
