"""Calls in C: primitives, functions known by name or by pointer, and what the harness language adds."""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import MemmodelError, SyntaxError, Unsupported
from memmodel.frontends.c import atomics
from memmodel.frontends.c.lowering.bytes import Copies
from memmodel.frontends.c.lowering.fold import fold
from memmodel.frontends.c.lowering.stubs import advice
from memmodel.program import values
from memmodel.program.ir import Address, Assert, Assume, Choose, Constant, Local
from memmodel.program.places import Memory, Variable
from memmodel.program.primitives import Primitive
from memmodel.program.types import INT, LONG, PointerType, Type
from memmodel.program.values import Value
from memmodel.syntax import tree

MOST_CHOICES = 256

_THREADS = ("pthread_create", "pthread_join", "pthread_exit")


class CCalls(Copies):
    """Calls of one thread."""

    # ── who is called ──

    def call(self, node: tree.Call) -> Value | None:
        name = node.function.text
        if node.pointer is None and not self.names.in_harness(name):
            special = self._special().get(name)
            if special is not None:
                return special(node)
        function = self.helper(node)
        if function is not None:
            return self.inline(node, function)
        primitive = self.primitive(node)
        if primitive is not None:
            return self.apply(primitive, node)
        raise self.unknown(node.function)

    def helper(self, node: tree.Call) -> tree.Function | None:
        pointer = node.pointer
        if pointer is None and self.names.has_variable(node.function.text):
            pointer = node.function
        if pointer is not None:
            return self._pointed_function(node, pointer)
        name = node.function.text
        if not self.names.has_function(name):
            return None
        if self.primitive(node) is not None and not self.names.in_harness(name):
            return None
        return self.names.unit.function(name)

    def primitive(self, node: tree.Call) -> Primitive | None:
        if node.pointer is not None:
            return None
        return atomics.find(node, self.maybe_constant, self.primitives) or self.primitives.find(node.function.text)

    def maybe_constant(self, node: tree.Expression) -> int | None:
        """The value of an expression, if it is constant."""
        if isinstance(node, (tree.Call, tree.Assignment, tree.Increment)):
            return None
        try:
            return self.constant(node)
        except MemmodelError:
            return None

    def _pointed_function(self, node: tree.Call, pointer: tree.Expression) -> tree.Function | None:
        """The function that a pointer is known to point to."""
        while isinstance(pointer, tree.Unary) and pointer.operator == "*":
            pointer = pointer.operand
        place, _ = self.captured_place(pointer)
        if isinstance(place, Memory) and isinstance(place.address, Address):
            found = self.names.initial_function(place.address)
            if found is not None:
                return self.names.unit.function(found)
        value, _ = self.captured(lambda: self.value(pointer))
        address = value.expression if value is not None else None
        if isinstance(address, Address) and address.offset == 0 and self.names.has_function(address.object):
            return self.names.unit.function(address.object)
        hint = "it must be known here: pass the function itself, or initialise the pointer once and never write it"
        raise Unsupported("a call through a pointer", node.span, hint)

    def captured_place(self, node: tree.Expression) -> tuple[Memory | Variable | None, None]:
        """The place that an expression names, if it is one."""
        if not isinstance(node, (tree.Name, tree.Member, tree.Index)):
            return None, None
        if isinstance(node, tree.Name) and (node.text in self.scope.bindings or self.names.has_function(node.text)):
            return None, None
        found: list[Memory | Variable] = []

        def look() -> None:
            found.append(self.lvalue(node))

        self.captured(look)
        return found[0], None

    def unknown(self, name: tree.Name) -> SyntaxError:
        if name.text in _THREADS:
            return SyntaxError(f"'{name.text}' outside main()", name.span, "threads are made by main() itself")
        hint = advice(name.text)
        if hint is None:
            near = self.primitives.nearest(name.text)
            stub = f"define it in the harness: … {name.text}(…) {{ … }}"
            hint = f"did you mean '{near}'? Else {stub}" if near else stub
        return SyntaxError(f"the function '{name.text}' is not defined", name.span, hint)

    # ── arguments of primitives ──

    def memory(self, primitive: Primitive, argument: tree.Expression) -> Memory:
        place = self.lvalue(argument)
        return place if isinstance(place, Memory) else Memory(Address(place.name), place.type)

    def pointer(self, primitive: Primitive, argument: tree.Expression) -> Value:
        pointer = self.value(argument)
        if not isinstance(pointer.type, PointerType):
            raise SyntaxError(f"{primitive.name} takes a pointer", argument.span, f"write &{argument.span.text}?")
        return pointer

    def disordered(self, primitive: Primitive, span: object) -> None:
        """C orders an operand's accesses before the operation."""

    # ── the harness's own words ──

    def _special(self) -> dict[str, Callable[[tree.Call], Value | None]]:
        return {
            "assert": self._assert,
            "assume": self._assume,
            "choose": self._choose,
            "nondet": self._nondet,
            "__builtin_constant_p": self._is_constant,
            "memcpy": self.memory_copy,
            "memmove": self.memory_copy,
            "__builtin_memcpy": self.memory_copy,
            "memset": self.memory_set,
            "__builtin_memset": self.memory_set,
        }

    def special_type(self, name: str) -> Type | None:
        """The type of what one of these words yields."""
        return INT if name in ("choose", "nondet", "__builtin_constant_p") else None

    def is_special(self, name: str) -> bool:
        """Whether a name is one of these words."""
        return name in self._special() and not self.names.in_harness(name)

    def _one(self, node: tree.Call) -> tree.Expression:
        if len(node.arguments) != 1:
            message = f"{node.function.text} takes 1 argument, not {len(node.arguments)}"
            raise SyntaxError(message, node.span)
        return node.arguments[0]

    def _assert(self, node: tree.Call) -> Value | None:
        argument = self._one(node)
        condition = fold(values.truth(self.value(argument)), argument.span)
        self.instructions.append(Assert(condition, " ".join(argument.span.text.split()), node.span))
        return None

    def _assume(self, node: tree.Call) -> Value | None:
        argument = self._one(node)
        condition = fold(values.truth(self.value(argument)), argument.span)
        self.instructions.append(Assume(condition, node.span))
        return None

    def _choose(self, node: tree.Call) -> Value | None:
        if not node.arguments:
            raise SyntaxError("choose takes the values to choose from", node.span, "write choose(0, 1)")
        return self._chosen(node, [self.constant(argument) for argument in node.arguments])

    def _nondet(self, node: tree.Call) -> Value | None:
        if len(node.arguments) != 2:
            raise SyntaxError("nondet takes the first and the last value", node.span, "write nondet(0, 3)")
        first, last = (self.constant(argument) for argument in node.arguments)
        if last < first:
            raise SyntaxError(f"there is nothing from {first} to {last}", node.span, "the smaller one comes first")
        if last - first >= MOST_CHOICES:
            hint = f"at most {MOST_CHOICES}: choose the ones that matter"
            raise Unsupported(f"a choice of {last - first + 1} values", node.span, hint)
        return self._chosen(node, list(range(first, last + 1)))

    def _chosen(self, node: tree.Call, choices: list[int]) -> Value:
        if len(choices) > MOST_CHOICES:
            raise Unsupported(f"a choice of {len(choices)} values", node.span, f"at most {MOST_CHOICES}")
        type_ = INT if all(INT.wrap(choice) == choice for choice in choices) else LONG
        target = self.fresh("choice")
        distinct = tuple(dict.fromkeys(type_.wrap(choice) for choice in choices))
        self.instructions.append(Choose(target, distinct, type_, node.span))
        return Value(Local(target, type_), type_)

    def _is_constant(self, node: tree.Call) -> Value | None:
        return Value(Constant(int(self.maybe_constant(self._one(node)) is not None), INT), INT)
