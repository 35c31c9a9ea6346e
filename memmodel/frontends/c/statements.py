"""C statements in, structured instructions out: declarations, switch, backward goto, and calls inlined."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.calls import CCalls
from memmodel.frontends.c.fold import fold, split
from memmodel.frontends.c.names import SharedVariable, sized
from memmodel.frontends.c.respan import respanned
from memmodel.frontends.c.storage import Storage
from memmodel.frontends.c.types import FUNCTION
from memmodel.program import values
from memmodel.program.ir import (
    Address,
    Assign,
    Block,
    Constant,
    Exit,
    Expression,
    If,
    Instruction,
    Local,
    Loop,
    Operation,
    Operator,
)
from memmodel.program.places import Memory, Scope
from memmodel.program.statements import MAXIMUM_INSTRUCTIONS, walk
from memmodel.program.types import BOOL, IntType, PointerType, StructType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree


class CStatements(CCalls):
    """Statements of one thread."""

    tail: Value | None = None
    """What the function at hand returned by its only return, at its end."""

    # ── functions ──

    def declared(self, function: tree.Function) -> dict[str, Scalar]:
        """Nothing: C's variables are known from their declarations on."""
        return {}

    def inline(self, node: tree.Call, function: tree.Function) -> Value | None:
        name = function.name
        if any(frame.function.name == name for frame in self.frames):
            raise Unsupported(f"'{name}' calls itself", node.span, "recursion is not unrolled: write a loop")
        self._check_count(node, function)
        inner = Scope(f"{self.fresh(name)}.")
        self._pass(node, function, inner)
        type_ = self.types.resolve(function.result) if function.result else None
        if type_ is not None and not isinstance(type_, (IntType, PointerType, StructType)):
            raise Unsupported(f"what '{name}' returns", function.span)
        outer, self.scope = self.scope, inner
        consulted, self.consulted = self.consulted, None
        here, addressed, self.addressed = self.here, self.addressed, None
        if isinstance(type_, StructType):
            self._variable("return", type_, function, function.span)
        body = self.body(function, type_ if isinstance(type_, (IntType, PointerType)) else None)
        tail, self.tail = self.tail, None
        self.scope, self.consulted, self.here, self.addressed = outer, consulted, here, addressed
        self.instructions.extend(respanned(body, node.span) if self.names.library(name) else body)
        self.inlined += 1
        if self.inlined > MAXIMUM_INSTRUCTIONS // 10 or len(self.instructions) > MAXIMUM_INSTRUCTIONS:
            raise Unsupported("the calls of functions grow too large when inlined", node.span)
        if isinstance(type_, StructType):
            self.returned = Memory(Address(self.storages[f"{inner.prefix}return"].name), type_)
            return None
        if type_ is None:
            return None
        if tail is not None:
            return tail
        return Value(Local(f"{inner.prefix}return", scalar(type_)), type_)

    def _check_count(self, node: tree.Call, function: tree.Function) -> None:
        wanted, found = len(function.parameters), len(node.arguments)
        if found < wanted or (found > wanted and not function.variadic):
            plural = "" if wanted == 1 else "s"
            raise SyntaxError(f"{function.name} takes {wanted} argument{plural}, not {found}", node.span)

    def _pass(self, node: tree.Call, function: tree.Function, inner: Scope) -> None:
        """Evaluate the arguments, and make them the parameters of the function."""
        actuals: list[tuple[Value | Memory, int]] = []
        with self.unsequenced(node.span) as between:
            for argument in node.arguments:
                actual = self.place_of(argument) if self.is_aggregate(argument) else self.value(argument)
                actuals.append((actual, len(self.instructions)))
                between()
        changed = self.names.changed(function, self.primitives)
        for parameter, (actual, mark), argument in zip(function.parameters, actuals, node.arguments, strict=False):
            type_ = self.types.resolve(parameter.type)
            if type_ is None:
                raise SyntaxError(f"the parameter '{parameter.name}' has no type", parameter.span)
            if isinstance(actual, Value):
                kept = self.kept(actual, mark, argument.span)
                self._bind_value(inner, parameter, kept, type_, parameter.name in changed, function)
            else:
                storage = self._variable(parameter.name, type_, function, parameter.span, inner)
                self.copy(Memory(Address(storage.name), type_), actual, argument.span)

    def _bind_value(
        self,
        inner: Scope,
        parameter: tree.Parameter,
        actual: Value,
        type_: Type,
        changed: bool,
        function: tree.Function,
    ) -> None:
        if not isinstance(type_, (IntType, PointerType)):
            raise SyntaxError(f"the parameter '{parameter.name}' is a structure", parameter.span, "pass a structure")
        value = values.convert(actual, type_)
        if not changed:
            inner.bindings[parameter.name] = self.settle(value, parameter.span)
            return
        storage = self._variable(parameter.name, type_, function, parameter.span, inner)
        self._set(storage, value, parameter.span)

    def _variable(
        self, name: str, type_: Type, function: tree.Function, span: Span, scope: Scope | None = None
    ) -> Storage:
        """A new local variable."""
        return self.add_storage((scope or self.scope).prefix + name, type_, (function.name, name), span)

    def _set(self, storage: Storage, value: Value, span: Span) -> None:
        """Give a new scalar variable its first value."""
        if self.is_in_memory(storage):
            self.store(Memory(Address(storage.name), storage.type), value, frozenset(), span)
            return
        assert isinstance(storage.type, (IntType, PointerType))
        self.assign(storage.name, values.convert(value, storage.type).expression, span)

    def leave(self, node: tree.Jump) -> None:
        frame = self.frames[-1]
        result = self.storages.get(f"{self.scope.prefix}return")
        if node.value is not None and result is not None:
            self.copy(Memory(Address(result.name), result.type), self.place_of(node.value), node.span)
        elif node.value is not None and frame.result is not None and self.names.returns_once(frame.function):
            value = values.convert(self.value(node.value), frame.result)
            self.tail = self.settle(value, node.span)
            return
        elif node.value is None and frame.result is not None and len(self.frames) > 1:
            raise SyntaxError(f"'{frame.function.name}' returns a value", node.span, "expected one after 'return'")
        else:
            super().leave(node)
            return
        frame.left = True
        self.instructions.append(Exit(frame.leave, node.span))

    # ── declarations ──

    def declaration(self, node: tree.Declaration) -> None:
        function = self.frames[-1].function
        for declarator in node.declarators:
            type_ = sized(self.types.declared(node.type, declarator), declarator, self.types)
            if type_ is None or type_ is FUNCTION:
                raise SyntaxError(f"the variable '{declarator.name}' has no type", declarator.span)
            if self.in_main and not self.scope.prefix:
                self._declare_shared(declarator, type_)
            elif isinstance(type_, (IntType, PointerType)):
                self._declare_scalar(declarator, type_, function)
            else:
                storage = self._variable(declarator.name, type_, function, declarator.span)
                if declarator.initial is not None:
                    self.initialise(Memory(Address(storage.name), type_), declarator.initial, declarator.span)

    def _declare_shared(self, declarator: tree.Declarator, type_: Type) -> None:
        """A variable of main(): its parts and its threads see it."""
        variable = self.names.main_variables.get(declarator.name)
        if variable is None:
            shared = tree.Declarator(declarator.name, 0, (), None, declarator.span)
            variable = SharedVariable(f"main.{declarator.name}", type_, shared)
            self.names.main_variables[declarator.name] = variable
        place = Memory(Address(variable.name), type_)
        if declarator.initial is None:
            return
        if isinstance(type_, (IntType, PointerType)):
            self.store(place, self.value(declarator.initial), frozenset(), declarator.span)
        else:
            self.initialise(place, declarator.initial, declarator.span)

    def _declare_scalar(self, declarator: tree.Declarator, type_: Scalar, function: tree.Function) -> None:
        initial = declarator.initial
        while isinstance(initial, tree.Braces) and len(initial.items) == 1:
            initial = initial.items[0]
        # In C the name is known in its own initial value already.
        storage = self._variable(declarator.name, type_, function, declarator.span)
        if isinstance(initial, tree.Braces):
            if initial.items:
                raise SyntaxError("too many values", initial.span, f"'{declarator.name}' holds one")
            self._set(storage, Value(Constant(0, scalar(type_)), type_), declarator.span)
        elif initial is not None:
            value = values.convert(self.value(initial), type_)
            if declarator.name not in self.names.changed(function, self.primitives) and self._is_fixed(value):
                del self.storages[self.scope.prefix + declarator.name]
                self.scope.bindings[declarator.name] = self.settle(value, declarator.span)
            else:
                self._set(storage, value, declarator.span)

    def _is_fixed(self, value: Value) -> bool:
        """Whether a value is a constant, or an address that starts from a known object."""
        if isinstance(value.expression, (Constant, Address)):
            return True
        place = split(value.expression, self.arrays)
        return place is not None and place.object in self.storages

    def statement_value(self, node: tree.StatementExpression) -> Value | None:
        body = node.body.body
        last = body[-1] if body else None
        self.sequence(body[:-1] if isinstance(last, tree.Evaluate) else body)
        if not isinstance(last, tree.Evaluate) or last.expression is None:
            return None
        if self.types.type_of(last.expression) is None or self.is_aggregate(last.expression):
            self.effect(last.expression)
            return None
        return self.settle(self.value(last.expression), last.span)

    # ── control flow ──

    def statement(self, node: tree.Statement) -> None:
        self.here = node.span
        try:
            self._statement(node)
        except (SyntaxError, Unsupported) as error:
            if error.span is not None:
                raise
            raise type(error)(error.message, node.span, error.hint) from None

    def _statement(self, node: tree.Statement) -> None:
        match node:
            case tree.Switch():
                self._switch(node)
            case tree.Case():
                raise Unsupported("a case inside another statement", node.span, "put it straight into the switch")
            case tree.Label():
                pass  # nothing follows it here, so nothing jumps to it from elsewhere
            case _:
                super().statement(node)

    def labelled(self, label: tree.Label, statements: tuple[tree.Statement, ...]) -> None:
        jumps = (n for s in statements for n in walk(s) if isinstance(n, tree.Jump))
        if not any(jump.kind == "goto" and jump.label == label.name for jump in jumps):
            self.sequence(statements)
            return
        # A jump back is what a loop does: it runs again what follows the label.
        frame = self.frames[-1]
        leave, again = self.fresh("leave"), self.fresh(label.name)
        frame.labels.append({label.name: again})
        self.looping += 1
        _, body = self.captured(lambda: self.sequence(statements))
        self.looping -= 1
        frame.labels.pop()
        turn = Block(again, (*body, Exit(leave, label.span)), label.span)
        self.instructions.append(Block(leave, (Loop((turn,), label.span),), label.span))

    def loop(
        self, test: tree.Expression | None, body: tree.Statement, step: tree.Expression | None, first: bool, span: Span
    ) -> None:
        known = self._known_test(test) if test is not None else True
        if known is False and first:
            return
        if known is False:
            self._once(body, span)
            return
        super().loop(None if known else test, body, step, first, span)

    def _known_test(self, test: tree.Expression) -> bool | None:
        """Whether a loop's condition holds, if it is constant."""
        if any(
            isinstance(n, (tree.Call, tree.Assignment, tree.Increment, tree.StatementExpression)) for n in walk(test)
        ):
            return None
        value, instructions = self.captured(lambda: self.value(test))
        assert value is not None
        return self.known(values.truth(value)) if not instructions else None

    def _once(self, body: tree.Statement, span: Span) -> None:
        """`do body while (0);`"""
        frame = self.frames[-1]
        leave = self.fresh("break")
        frame.breaks.append(leave)
        frame.continues.append(leave)
        inner = self.arm(body)
        frame.breaks.pop()
        frame.continues.pop()
        self.block(leave, inner, span)

    def _switch(self, node: tree.Switch) -> None:
        """Each part between two cases ends a block that holds all before it: to go on in it is to leave that block."""
        with_consulted = self._tested(node)
        value, consulted = with_consulted
        parts = _parts(node)
        frame = self.frames[-1]
        leave = self.fresh("break")
        frame.breaks.append(leave)
        labels = [self.fresh("case") for _ in parts]
        default = next(
            (l for l, (cases, _) in zip(labels, parts, strict=True) if any(c.value is None for c in cases)), leave
        )
        body: tuple[Instruction, ...] = self._dispatch(node, value, consulted, parts, labels, default)
        for label, (cases, statements) in zip(labels, parts, strict=True):
            _, work = self.captured(lambda statements=statements: self.sequence(statements))  # type: ignore[misc]
            body = (Block(label, body, cases[0].span), *work)
        frame.breaks.pop()
        self.instructions.append(Block(leave, body, node.span))

    def _tested(self, node: tree.Switch) -> tuple[Value, tuple[Expression, ...]]:
        outer, self.consulted = self.consulted, []
        value = self.settle(values.promote(self.value(node.test)), node.span)
        consulted, self.consulted = tuple(dict.fromkeys(self.consulted)), outer
        return value, consulted

    def _dispatch(
        self,
        node: tree.Switch,
        value: Value,
        consulted: tuple[Expression, ...],
        parts: list[tuple[list[tree.Case], tuple[tree.Statement, ...]]],
        labels: list[str],
        default: str,
    ) -> tuple[Instruction, ...]:
        """The jumps to the cases."""
        found: list[Instruction] = []
        for label, (cases, _) in zip(labels, parts, strict=True):
            for case in cases:
                if case.value is None:
                    continue
                condition = self._matches(value, case)
                if condition == Constant(0, BOOL):
                    continue
                if condition == Constant(1, BOOL):
                    return (*found, Exit(label, case.span))
                found.append(If(condition, (Exit(label, case.span),), (), node.span, consulted))
        return (*found, Exit(default, node.span))

    def _matches(self, value: Value, case: tree.Case) -> Expression:
        assert case.value is not None
        type_ = scalar(value.type)
        low = Constant(type_.wrap(self.constant(case.value)), type_)
        if case.last is None:
            return fold(Operation(Operator.EQ, (value.expression, low), BOOL, case.span), case.span)
        high = Constant(type_.wrap(self.constant(case.last)), type_)
        above = fold(Operation(Operator.GE, (value.expression, low), BOOL, case.span), case.span)
        below = fold(Operation(Operator.LE, (value.expression, high), BOOL, case.span), case.span)
        return fold(Operation(Operator.LAND, (above, below), BOOL, case.span), case.span)


def _parts(node: tree.Switch) -> list[tuple[list[tree.Case], tuple[tree.Statement, ...]]]:
    """The cases of a switch, with the statements up to the next case."""
    parts: list[tuple[list[tree.Case], list[tree.Statement]]] = []
    for statement in node.body.body:
        if isinstance(statement, tree.Case):
            if not parts or parts[-1][1]:
                parts.append(([], []))
            parts[-1][0].append(statement)
        elif parts:
            parts[-1][1].append(statement)
        elif not isinstance(statement, tree.Declaration):
            raise Unsupported("a statement before the first case", statement.span, "nothing can reach it")
    return [(cases, tuple(statements)) for cases, statements in parts]
