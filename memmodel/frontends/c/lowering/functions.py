"""Calls of functions in, their bodies inlined out, with parameters and results passed as C does."""

from __future__ import annotations

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.lowering.calls import CCalls
from memmodel.frontends.c.lowering.respan import respanned
from memmodel.frontends.c.lowering.storage import Storage
from memmodel.frontends.c.lowering.types import decayed
from memmodel.program import values
from memmodel.program.ir import (
    Address,
    Exit,
    Local,
)
from memmodel.program.places import Memory, Scope
from memmodel.program.statements import MAXIMUM_INSTRUCTIONS
from memmodel.program.types import IntType, PointerType, StructType, Type, scalar
from memmodel.program.values import Scalar, Value
from memmodel.source import Span
from memmodel.syntax import tree


class CFunctions(CCalls):
    """Functions that one thread calls."""

    tail: Value | None = None
    """What the function at hand returned by its only return, at its end."""

    def declared(self, function: tree.Function) -> dict[str, Scalar]:
        """Nothing: C's variables are known from their declarations on."""
        return {}

    def inline(self, node: tree.Call, function: tree.Function) -> Value | None:
        name = function.name
        if any(frame.function.name == name for frame in self.frames):
            raise SyntaxError(f"'{name}' calls itself", node.span, "recursion is not unrolled: write a loop")
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
            self.new_variable("return", type_, function, function.span)
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
        # From the last to the first: what is put in for one moves the places of those behind it.
        for index in reversed(range(len(actuals))):
            actual, mark = actuals[index]
            if isinstance(actual, Value):
                actuals[index] = self.kept(actual, mark, node.arguments[index].span), mark
        changed = self.names.changed(function, self.primitives)
        for parameter, (actual, _), argument in zip(function.parameters, actuals, node.arguments, strict=False):
            type_ = self.types.resolve(parameter.type)
            if type_ is None:
                raise SyntaxError(f"the parameter '{parameter.name}' has no type", parameter.span)
            type_ = decayed(type_)
            if isinstance(actual, Value):
                self._bind_value(inner, parameter, actual, type_, parameter.name in changed, function)
            else:
                storage = self.new_variable(parameter.name, type_, function, parameter.span, inner)
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
        storage = self.new_variable(parameter.name, type_, function, parameter.span, inner)
        self.set(storage, value, parameter.span)

    def new_variable(
        self, name: str, type_: Type, function: tree.Function, span: Span, scope: Scope | None = None
    ) -> Storage:
        """A new local variable."""
        return self.add_storage((scope or self.scope).prefix + name, type_, (function.name, name), span)

    def set(self, storage: Storage, value: Value, span: Span) -> None:
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
