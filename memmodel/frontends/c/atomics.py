"""A call of one of GCC's or C11's atomic functions in, the primitive that its constant orderings ask for out.

The mapping is onto what the kernel's model has a tag for, and never onto something stronger:

- relaxed is READ_ONCE, WRITE_ONCE, or an operation in _relaxed. The model then honours dependencies, which the C
  standard does not promise: code that leans on one after a relaxed load leans on its compiler.
- acquire, release and acq_rel mark the read, the write, or both.
- a fence in seq_cst is smp_mb(); acquire and release fences are neither smp_rmb() nor smp_wmb(), which order less, nor
  smp_mb(), which orders more: Unsupported.
- accesses in seq_cst are ordered among themselves and acquire or release, but are no full barriers (arm64 has stores
  after them overtake): the kernel's fully ordered operations would be a stronger guess. Unsupported, consume too.
- the __sync functions are documented as full barriers, but for __sync_lock_test_and_set, an acquire, and
  __sync_lock_release. A compare and swap among them that fails is one unordered read, as the kernel's is.
- a weak compare and exchange may fail for no reason: a free choice, at each call. A loop that repeats one until it
  succeeds therefore always meets its bound; where that is unwanted the harness says
  `#define atomic_compare_exchange_weak_explicit atomic_compare_exchange_strong_explicit`, which loses no behaviour of a
  loop that only tries again.

Sources: "Built-in Functions for Memory Model Aware Atomic Operations" and "Legacy __sync Built-in Functions" of the GCC
manual; ISO C11 7.17; the kernel's Documentation/atomic_t.txt.

atomic_fetch_add(a, b) and its kind are functions of the kernel (value, place) and of C11 (place, value). They are C11's
where the address is written first, or where <stdatomic.h> was included and the address is not written second.
"""

from __future__ import annotations

from collections.abc import Callable

from memmodel.errors import SyntaxError, Unsupported
from memmodel.frontends.c.atomic_functions import Builtin, Order, Shape, builtins
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
from memmodel.source import Span
from memmodel.syntax import tree

STDATOMIC = "__memmodel_stdatomic"
"""An enumeration constant that our <stdatomic.h> defines, so that its being included can be told."""

Constants = Callable[[tree.Expression], int | None]
"""The value of a constant expression, None for any other."""

_PLACE = Place(Argument(0), Reference.POINTER)
_VALUE, _THIRD = Argument(1), Argument(2)


def find(call: tree.Call, constant: Constants, base: PrimitiveTable = DEFAULT) -> Primitive | None:
    """The primitive that `call` is, with the annotations of `base`; None if it is none of these functions.

    `constant` is the value of a constant expression, None for any other. Raises Unsupported for an ordering that the
    model has no tag for, SyntaxError for one that C does not allow there.
    """
    name = call.function.text
    if name == "rcu_assign_pointer":
        return _null_pointer(call, constant, base)
    builtin = builtins().get(name)
    if builtin is None or (DEFAULT.find(name) is not None and not _is_c11(call, constant)):
        return None
    found, wanted = len(call.arguments), len(builtin.arguments)
    if found < wanted or (found > wanted and not name.startswith("__sync_")):
        hint = f"expected {name}({', '.join(builtin.arguments)})"
        raise SyntaxError(f"{name} does not take {found} arguments", call.span, hint)
    return _Reading(call, builtin, constant, base).primitive()


def is_builtin(name: str) -> bool:
    """Whether `name` is one of these functions."""
    return name in builtins()


def _is_c11(call: tree.Call, constant: Constants) -> bool:
    """Whether a name that the kernel and C11 share is C11's here."""
    addresses = [isinstance(a, tree.Unary) and a.operator == "&" for a in call.arguments]
    if any(addresses):
        return addresses[0]
    return constant(tree.Name(STDATOMIC, call.function.span)) is not None


def _null_pointer(call: tree.Call, constant: Constants, base: PrimitiveTable) -> Primitive | None:
    """rcu_assign_pointer(p, NULL) publishes nothing and is a mere WRITE_ONCE (include/linux/rcupdate.h)."""
    if len(call.arguments) != 2 or constant(call.arguments[1]) != 0:
        return None
    return base.find("WRITE_ONCE")


class _Reading:
    """One call being read."""

    def __init__(self, call: tree.Call, builtin: Builtin, constant: Constants, base: PrimitiveTable) -> None:
        self.call = call
        self.builtin = builtin
        self.constant = constant
        self.base = base

    @property
    def name(self) -> str:
        return self.call.function.text

    def primitive(self) -> Primitive:
        builtin = self.builtin
        parameters = builtin.arguments + ("…",) * (len(self.call.arguments) - len(builtin.arguments))
        return Primitive(self.name, parameters, self.steps(), builtin.test)

    def steps(self) -> tuple[Step, ...]:
        match self.builtin.shape:
            case Shape.FENCE | Shape.SIGNAL_FENCE:
                return self.fence()
            case Shape.LOAD:
                tags = Tags(read=frozenset((self.access_tag((Order.ACQUIRE,), "smp_load_acquire()"),)))
                return (Step(Action.LOAD, tags, _PLACE),)
            case Shape.STORE | Shape.CLEAR:
                tag = self.access_tag((Order.RELEASE,), "smp_store_release()")
                value: Operand = 0 if self.builtin.shape is Shape.CLEAR else _VALUE
                return (Step(Action.STORE, Tags(write=frozenset((tag,))), _PLACE, (value,)),)
            case Shape.INITIALISE:
                return (Step(Action.STORE, Tags(), _PLACE, (_VALUE,)),)
            case _:
                return (self.modify(),)

    # ── orderings ──

    def order(self, which: str = "order") -> tuple[Order, Span]:
        """The ordering that the argument of that name asks for."""
        if which not in self.builtin.arguments:
            return self.builtin.order or Order.SEQ_CST, self.call.span
        argument = self.call.arguments[self.builtin.arguments.index(which)]
        value = self.constant(argument)
        if value is None:
            raise Unsupported(
                "an ordering that is not constant", argument.span, "expected memory_order_acquire or such"
            )
        order = next((order for order in Order if order.value == value), None)
        if order is None:
            raise SyntaxError(f"{value} is no ordering", argument.span, "expected memory_order_acquire or such")
        if order is Order.CONSUME:
            hint = "use relaxed, after which the model honours the address dependency, or acquire"
            raise Unsupported("the ordering consume", argument.span, hint)
        return order, argument.span

    def access_tag(self, strong: tuple[Order, ...], kernel: str) -> str:
        """The tag of a load or store."""
        order, span = self.order()
        if order is Order.RELAXED:
            return "once"
        if order in strong:
            return order.name.lower()
        if order is Order.SEQ_CST:
            raise self.sequential(span, f"use {strong[0].name.lower()}, and where more is needed a fence in seq_cst")
        hint = f"expected relaxed or {strong[0].name.lower()} (as {kernel})"
        raise SyntaxError(f"a {self.builtin.shape.value} in {_spelled(order)}", span, hint)

    def sequential(self, span: Span, hint: str) -> Unsupported:
        message = "an access in seq_cst: the kernel's model has nothing that is just as strong"
        if "order" not in self.builtin.arguments and "success" not in self.builtin.arguments:
            message = f"{self.name} is seq_cst: the kernel's model has nothing that is just as strong"
        return Unsupported(message, span, hint)

    # ── fences ──

    def fence(self) -> tuple[Step, ...]:
        order, span = self.order()
        if order is Order.RELAXED:
            return ()
        signal = self.builtin.shape is Shape.SIGNAL_FENCE
        if order is Order.SEQ_CST or (signal and order is Order.ACQ_REL):
            tag = frozenset(("barrier" if signal else "mb",))
            return (Step(Action.FENCE, Tags(tag, tag)),)
        hint = {
            Order.ACQUIRE: "put acquire on the load before it; smp_rmb() orders loads only, one in seq_cst everything",
            Order.RELEASE: "put release on the store after it; smp_wmb() orders stores only, one in seq_cst everything",
        }.get(order, "put acquire and release on the accesses themselves, or use a fence in seq_cst")
        raise Unsupported(f"a fence in {_spelled(order)}", span, "barrier() may serve" if signal else hint)

    # ── read-modify-writes ──

    def modify(self) -> Step:
        builtin = self.builtin
        assert builtin.action is not None
        compare = builtin.shape is Shape.COMPARE
        tags = (
            self.full_tags() if builtin.full else self.compare_tags() if compare else self.tags("xchg", *self.order())
        )
        operands: tuple[Operand, ...] = (_VALUE, _THIRD) if compare else (_VALUE,)
        if "value" not in builtin.arguments and not compare:
            operands = (1,)
        return Step(
            builtin.action,
            tags,
            _PLACE,
            operands,
            builtin.operator,
            spurious=self.spurious(),
            integers=builtin.integers,
        )

    def spurious(self) -> bool:
        """Whether it may fail for no reason. One whose weakness is not constant may."""
        if "weak" not in self.builtin.arguments:
            return self.builtin.weak
        return self.constant(self.call.arguments[self.builtin.arguments.index("weak")]) != 0

    def full_tags(self) -> Tags:
        return self.like("cmpxchg" if self.builtin.shape is Shape.COMPARE else "xchg")

    def tags(self, kernel: str, order: Order, span: Span) -> Tags:
        """The annotations that the kernel's operation `kernel` has in that ordering."""
        if order is Order.SEQ_CST:
            raise self.sequential(span, f"use acq_rel, or a fully ordered operation such as the kernel's {kernel}()")
        if order is not Order.ACQ_REL:
            return self.like(f"{kernel}_{order.name.lower()}")
        acquire, release = self.like(f"{kernel}_acquire"), self.like(f"{kernel}_release")
        return Tags(acquire.read, release.write, acquire.failed)

    def like(self, kernel: str) -> Tags:
        found = self.base.find(kernel)
        if found is None:
            raise Unsupported(f"the model at hand has no {kernel}()", self.call.span, "use the current model")
        return found.steps[0].tags

    def compare_tags(self) -> Tags:
        success, span = self.order("success")
        tags = self.tags("cmpxchg", success, span)
        failure, span = self.order("failure")
        if failure is Order.RELAXED:
            return tags
        if failure is Order.ACQUIRE:
            return Tags(tags.read, tags.write, frozenset(("acquire",)), tags.around)
        if failure is Order.SEQ_CST:
            raise self.sequential(span, "use acquire or relaxed for the failure")
        raise SyntaxError(f"a failure in {_spelled(failure)}", span, "expected relaxed or acquire: nothing is written")


def _spelled(order: Order) -> str:
    return order.name.lower()
