"""Calls of primitives in, the instructions that the table of primitives gives for them out."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.program import values
from memmodel.program.expressions import Expressions
from memmodel.program.ir import (
    TRUE,
    Assign,
    Choose,
    Constant,
    Expression,
    Fence,
    Flavour,
    If,
    Load,
    Local,
    Lock,
    Operation,
    Operator,
    ReadModifyWrite,
)
from memmodel.program.objects import Types
from memmodel.program.places import Memory, Variable, Warning_
from memmodel.program.primitives import (
    Action,
    Argument,
    Guard,
    Operand,
    Place,
    Primitive,
    PrimitiveTable,
    Reference,
    Step,
)
from memmodel.program.types import BOOL, INT, PointerType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree

Actual = Value | Memory
"""What an argument of a primitive is: a value, or the memory that an lvalue names."""


_MODIFIES = frozenset(
    (
        Action.EXCHANGE,
        Action.COMPARE_EXCHANGE,
        Action.OPERATE,
        Action.OPERATE_RETURN,
        Action.FETCH_OPERATE,
        Action.ADD_UNLESS,
    )
)


class Calls(Expressions):
    """Expressions that may call primitives."""

    def __init__(
        self, types: Types, cells: dict[str, Type], warnings: list[Warning_], primitives: PrimitiveTable
    ) -> None:
        super().__init__(types, cells, warnings)
        self.primitives = primitives

    def helper(self, node: tree.Call) -> tree.Function | None:
        """The function of the file that `node` calls, if it is one."""
        raise NotImplementedError

    def inline(self, node: tree.Call, function: tree.Function) -> Value | None:
        """The call of a function of the file."""
        raise NotImplementedError

    def call(self, node: tree.Call) -> Value | None:
        function = self.helper(node)
        if function is not None:
            return self.inline(node, function)
        primitive = self.primitives.find(node.function.text)
        if primitive is None:
            raise self.unknown(node.function)
        return self.apply(primitive, node)

    def unknown(self, name: tree.Name) -> SyntaxError:
        """What to say of a call of something that is not defined."""
        nearest = self.primitives.nearest(name.text)
        hint = (
            f"did you mean '{nearest}'?" if nearest else "expected a primitive of the kernel or a function of this file"
        )
        return SyntaxError(f"unknown primitive '{name.text}'", name.span, hint)

    def apply(self, primitive: Primitive, node: tree.Call) -> Value | None:
        """The steps of a primitive; its value, if it has one."""
        wanted, found = len(primitive.parameters), len(node.arguments)
        if wanted != found:
            plural = "" if wanted == 1 else "s"
            hint = f"expected {primitive.name}({', '.join(primitive.parameters)})"
            raise SyntaxError(f"{primitive.name} takes {wanted} argument{plural}, not {found}", node.span, hint)
        with self.operands(primitive.name):
            actuals = self._actuals(primitive, node)
        result: Value | None = None
        for step in primitive.steps:
            result = self._step(step, actuals, node)
        if result is not None and primitive.test is not None:
            operator, constant = primitive.test
            result = values.binary(operator, result, Value(Constant(constant, INT), INT), node.span)
        return result

    def _actuals(self, primitive: Primitive, node: tree.Call) -> tuple[Actual, ...]:
        """The arguments, evaluated once each, from left to right."""
        modes = {step.place.argument.index: step.place.reference for step in primitive.steps if step.place is not None}
        expected = {
            step.operands[0].index
            for step in primitive.steps
            if step.action is Action.TRY_EXCHANGE and isinstance(step.operands[0], Argument)
        }
        modifies = next((step for step in primitive.steps if step.action in _MODIFIES), None)
        actuals: list[Actual] = []
        with self.unsequenced(node.span) as between:
            for index, argument in enumerate(node.arguments):
                start, inlined = len(self.instructions), self.inlined
                if index:
                    between()
                if index in expected:
                    actuals.append(Value(Constant(0, INT), INT))
                elif modes.get(index) is Reference.LVALUE:
                    actuals.append(self.memory(primitive, argument))
                else:
                    actuals.append(self.pointer(primitive, argument) if index in modes else self.value(argument))
                # Where the operation's own fences are separate, not even the access in its address is in line.
                unordered = modifies is not None and (index not in modes or modifies.tags.around is not None)
                if unordered and inlined == self.inlined and self._accesses(start):
                    self.disordered(primitive, argument.span)
        return tuple(actuals)

    def disordered(self, primitive: Primitive, span: Span) -> None:
        """An operand accesses memory, and the model does not order that before the operation."""
        message = f"an access among the operands of {primitive.name}"
        hint = "herd7 leaves it and the operation's read unordered, C does not: read it into a local first"
        raise Unsupported(message, span, hint)

    def _accesses(self, start: int) -> bool:
        """Whether the instructions from `start` on access memory."""
        return any(isinstance(i, (Load, Lock, ReadModifyWrite)) for i in self.instructions[start:])

    def memory(self, primitive: Primitive, argument: tree.Expression) -> Memory:
        """An argument that names memory itself."""
        hint = f"write {primitive.name}(*{argument.span.text}…): it takes the variable itself, not a pointer to it"
        if not isinstance(argument, (tree.Unary, tree.Index, tree.Member, tree.Cast)):
            raise SyntaxError(f"{primitive.name} of something that is not in memory", argument.span, hint)
        place = self.lvalue(argument)
        if isinstance(place, Variable):
            raise SyntaxError(f"{primitive.name} of something that is not in memory", argument.span, hint)
        return place

    def pointer(self, primitive: Primitive, argument: tree.Expression) -> Value:
        """An argument that points to memory."""
        pointer = self.value(argument)
        if isinstance(argument, tree.Unary) and argument.operator == "*" and not values.is_pointer(pointer):
            name = argument.operand.span.text
            self.warn(f"{primitive.name} takes a pointer: did you mean {primitive.name}({name}…)?", argument.span)
        return pointer

    def _place(self, place: Place | None, actuals: tuple[Actual, ...]) -> Memory:
        assert place is not None
        actual = actuals[place.argument.index]
        return actual if isinstance(actual, Memory) else self.pointed(actual)

    def _operand(self, operand: Operand, actuals: tuple[Actual, ...], type_: Scalar) -> Expression:
        if isinstance(operand, int):
            return Constant(scalar(type_).wrap(operand), scalar(type_))
        actual = actuals[operand.index]
        assert isinstance(actual, Value)
        return values.convert(actual, type_).expression

    def _step(self, step: Step, actuals: tuple[Actual, ...], node: tree.Call) -> Value | None:
        span = node.span
        match step.action:
            case Action.FENCE:
                address = self._place(step.place, actuals).address if step.place else None
                self.instructions.append(Fence(step.tags.write, span, address, step.flavour))
                return None
            case Action.LOCK:
                return self._lock(step, self._place(step.place, actuals), span)
            case Action.LOAD:
                return self.load(self._place(step.place, actuals), step.tags.read, span)
            case Action.STORE:
                memory = self._place(step.place, actuals)
                type_ = self.cell(memory, span)
                value = self._operand(step.operands[0], actuals, type_)
                self.store(memory, Value(value, type_), step.tags.write, span)
                return None
            case Action.TRY_EXCHANGE:
                return self._try_exchange(step, actuals, node)
            case _:
                return self._modify(step, actuals, span)

    def _lock(self, step: Step, memory: Memory, span: Span) -> Value | None:
        assert step.lock is not None
        target = self.fresh("lock") if step.yields else None
        self.consult(memory.address)
        self.instructions.append(Lock(step.lock, memory.address, target, span))
        return Value(Local(target, INT), INT) if target is not None else None

    def _modify(self, step: Step, actuals: tuple[Actual, ...], span: Span) -> Value | None:
        """One read-modify-write; its value as the action says."""
        memory = self._place(step.place, actuals)
        type_ = self.cell(memory, span)
        into = scalar(type_)
        if step.integers and isinstance(type_, PointerType):
            raise Unsupported(
                "an atomic operation that counts in elements", span, "write a loop of compare and exchange"
            )
        name = self.fresh("old")
        old = Local(name, into)
        operands = [self._operand(operand, actuals, type_) for operand in step.operands]
        condition: Expression | None = None
        match step.action:
            case Action.EXCHANGE:
                new: Expression = operands[0]
            case Action.COMPARE_EXCHANGE:
                condition = Operation(Operator.EQ, (old, operands[0]), BOOL, span)
                new = operands[1]
            case Action.ADD_UNLESS:
                condition = Operation(Operator.NE, (old, operands[1]), BOOL, span)
                new = Operation(Operator.ADD, (old, operands[0]), into, span)
            case _:
                new = _combine(step, old, operands[0], span)
                condition = _guard(step.guard, old, new, operands, span)
        carries = step.action not in (Action.EXCHANGE, Action.COMPARE_EXCHANGE)
        self._emit(step, memory, name, new, condition, carries, span)
        self._consult_operands(step, memory, operands, condition, span)
        match step.action:
            case Action.OPERATE:
                return None
            case Action.OPERATE_RETURN:
                return self.settle(Value(new, type_), span)
            case Action.ADD_UNLESS:
                assert condition is not None
                return self.settle(Value(condition, BOOL), span)
            case Action.FETCH_OPERATE if not isinstance(operands[0], Constant):
                # The value is the old one, but to the model it rests on the operand as that of an OP_return does.
                both = Operation(Operator.ITE, (TRUE, old, operands[0]), into, span)
                return self.settle(Value(both, type_), span)
            case _:
                return Value(old, type_)

    def _consult_operands(
        self, step: Step, memory: Memory, operands: list[Expression], condition: Expression | None, span: Span
    ) -> None:
        """A condition that does this operation rests on its operands; on what is written only where it is written."""
        if self.consulted is None:
            return
        self.consult(memory.address)
        if condition is None or len(operands) == 1:
            self.consult(*operands)
            return
        decides = 0 if step.action is Action.COMPARE_EXCHANGE else 1
        self.consult(operands[decides])
        written = self.fresh("written")
        update = Assign(written, operands[1 - decides], span)
        self.instructions.append(If(condition, (update,), (), span))
        self.consult(Local(written, operands[1 - decides].type))

    def _emit(
        self,
        step: Step,
        memory: Memory,
        old: str,
        new: Expression,
        condition: Expression | None,
        carries: bool,
        span: Span,
    ) -> None:
        tags = step.tags
        self.instructions.append(
            ReadModifyWrite(
                old,
                memory.address,
                new,
                condition,
                scalar(self.cell(memory, span)),
                tags.read,
                tags.write,
                carries,
                span,
                tags.around,
                tags.failed,
                _flavour(step),
            )
        )

    def _try_exchange(self, step: Step, actuals: tuple[Actual, ...], node: tree.Call) -> Value:
        """try_cmpxchg(place, &expected, new): whether it wrote; where not, `expected` becomes what was there."""
        span = node.span
        operand = step.operands[0]
        assert isinstance(operand, Argument)
        argument = node.arguments[operand.index]
        if isinstance(argument, tree.Unary) and argument.operator == "&":
            expected = self.lvalue(argument.operand)
        else:
            expected = self.pointed(self.value(argument))
        memory = self._place(step.place, actuals)
        type_ = self.cell(memory, span)
        wanted = values.convert(self.settle(self.read(expected, argument.span), argument.span), type_).expression
        name = self.fresh("old")
        old = Local(name, scalar(type_))
        condition = Operation(Operator.EQ, (old, wanted), BOOL, span)
        if step.spurious:
            lucky = self.fresh("lucky")
            self.instructions.append(Choose(lucky, (0, 1), BOOL, span))
            condition = Operation(Operator.LAND, (condition, Local(lucky, BOOL)), BOOL, span)
        new = self._operand(step.operands[1], actuals, type_)
        self._emit(step, memory, name, new, condition, False, span)
        done = self.settle(Value(condition, BOOL), span)
        _, update = self.captured(lambda: self.write(expected, Value(old, type_), argument.span))
        self.instructions.append(If(done.expression, (), update, span))
        return done


def _flavour(step: Step) -> Flavour:
    """That of the primitive, or else the one that its condition makes it."""
    if step.flavour is not Flavour.USUAL:
        return step.flavour
    if step.action is Action.ADD_UNLESS:
        return Flavour.UNLESS
    return Flavour.USUAL if step.guard is None else _BY_GUARD[step.guard]


_BY_GUARD = {
    Guard.CHANGES: Flavour.BIT,
    Guard.UNLESS: Flavour.UNLESS,
    Guard.POSITIVE: Flavour.UNLESS,
    Guard.NOT_NEGATIVE: Flavour.UNLESS_SIGN,
    Guard.NOT_POSITIVE: Flavour.UNLESS_SIGN,
}


def _guard(
    guard: Guard | None, old: Local, new: Expression, operands: list[Expression], span: Span
) -> Expression | None:
    """Whether an operation with this guard writes; None: always."""
    zero = Constant(0, old.type)
    match guard:
        case None:
            return None
        case Guard.CHANGES:
            operator, other = Operator.NE, new
        case Guard.UNLESS:
            operator, other = Operator.NE, operands[1]
        case Guard.POSITIVE:
            operator, other = Operator.GT, zero
        case Guard.NOT_NEGATIVE:
            operator, other = Operator.GE, zero
        case Guard.NOT_POSITIVE:
            operator, other = Operator.LE, zero
    return Operation(operator, (old, other), BOOL, span)


def _combine(step: Step, old: Local, operand: Expression, span: Span) -> Expression:
    """The new value of an arithmetic operation."""
    assert step.operator is not None
    if step.complement:
        operand = Operation(Operator.INVERT, (operand,), operand.type, span)
    return Operation(step.operator, (old, operand), old.type, span)
