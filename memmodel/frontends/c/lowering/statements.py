"""C statements in, structured instructions out: declarations, switch, backward goto, and calls inlined."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.fold import split
from memmodel.frontends.c.lowering.names import SharedVariable
from memmodel.frontends.c.lowering.sizes import sized
from memmodel.frontends.c.lowering.switches import Switches
from memmodel.frontends.c.lowering.types import FUNCTION
from memmodel.program import values
from memmodel.program.ir import (
    Address,
    Block,
    Constant,
    Exit,
    Loop,
)
from memmodel.program.places import Memory
from memmodel.program.statements import walk
from memmodel.program.types import IntType, PointerType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree


class CStatements(Switches):
    """Statements of one thread."""

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
                storage = self.new_variable(declarator.name, type_, function, declarator.span)
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
        storage = self.new_variable(declarator.name, type_, function, declarator.span)
        if isinstance(initial, tree.Braces):
            if initial.items:
                raise SyntaxError("too many values", initial.span, f"'{declarator.name}' holds one")
            self.set(storage, Value(Constant(0, scalar(type_)), type_), declarator.span)
        elif initial is not None:
            value = values.convert(self.value(initial), type_)
            if declarator.name not in self.names.changed(function, self.primitives) and self._is_fixed(value):
                del self.storages[self.scope.prefix + declarator.name]
                self.scope.bindings[declarator.name] = self.settle(value, declarator.span)
            else:
                self.set(storage, value, declarator.span)

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
                self.switch(node)
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
