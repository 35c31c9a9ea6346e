"""Nothing in, the table of GCC's and C11's atomic functions out: what each one does, and where its orderings stand.

Sources: "Built-in Functions for Memory Model Aware Atomic Operations" and "Legacy __sync Built-in Functions" of the GCC
manual; ISO C11 7.17.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache

from memmodel.program.ir import Operator
from memmodel.program.primitives import Action
from memmodel.records import dataclass


class Order(Enum):
    """The orderings, with the numbers that GCC and <stdatomic.h> give them."""

    RELAXED = 0
    CONSUME = 1
    ACQUIRE = 2
    RELEASE = 3
    ACQ_REL = 4
    SEQ_CST = 5


class Shape(Enum):
    """What kind of function a name is."""

    LOAD = "load"
    STORE = "store"
    CLEAR = "store of 0"
    MODIFY = "read-modify-write"
    COMPARE = "compare and exchange"
    FENCE = "fence"
    SIGNAL_FENCE = "compiler barrier"
    INITIALISE = "plain store"


@dataclass(frozen=True)
class Builtin:
    """One function: `arguments` are the names of its parameters, those called *order* being orderings. Without one,
    `order` is the ordering that the function always has."""

    shape: Shape
    arguments: tuple[str, ...]
    action: Action | None = None
    operator: Operator | None = None
    order: Order | None = None
    full: bool = False
    """Documented as a full barrier: the __sync functions."""
    weak: bool = False
    test: tuple[Operator, int] | None = None
    integers: bool = False


_OPERATORS = (
    ("add", Operator.ADD),
    ("sub", Operator.SUB),
    ("and", Operator.AND),
    ("or", Operator.OR),
    ("xor", Operator.XOR),
)


@cache
def builtins() -> Mapping[str, Builtin]:
    """All of them, by name."""
    return {**_gcc(), **_sync(), **_c11()}


def _gcc() -> dict[str, Builtin]:
    """The __atomic builtins on values; the prelude makes those on pointers of them."""
    compare = ("place", "expected", "value", "weak", "success", "failure")
    found = {
        "__atomic_load_n": Builtin(Shape.LOAD, ("place", "order")),
        "__atomic_store_n": Builtin(Shape.STORE, ("place", "value", "order")),
        "__atomic_exchange_n": Builtin(Shape.MODIFY, ("place", "value", "order"), Action.EXCHANGE),
        "__atomic_compare_exchange_n": Builtin(Shape.COMPARE, compare, Action.TRY_EXCHANGE),
        "__atomic_test_and_set": _flag(("place", "order")),
        "__atomic_clear": Builtin(Shape.CLEAR, ("place", "order")),
        "__atomic_thread_fence": Builtin(Shape.FENCE, ("order",)),
        "__atomic_signal_fence": Builtin(Shape.SIGNAL_FENCE, ("order",)),
    }
    arguments = ("place", "value", "order")
    for name, operator in _OPERATORS:
        found[f"__atomic_fetch_{name}"] = Builtin(Shape.MODIFY, arguments, Action.FETCH_OPERATE, operator)
        found[f"__atomic_{name}_fetch"] = Builtin(Shape.MODIFY, arguments, Action.OPERATE_RETURN, operator)
    return found


def _sync() -> dict[str, Builtin]:
    """The __sync builtins; any further arguments are variables that GCC ignores."""
    compare = ("place", "expected", "value")
    found = {
        "__sync_synchronize": Builtin(Shape.FENCE, (), order=Order.SEQ_CST, full=True),
        "__sync_val_compare_and_swap": Builtin(Shape.COMPARE, compare, Action.COMPARE_EXCHANGE, full=True),
        "__sync_lock_test_and_set": Builtin(Shape.MODIFY, ("place", "value"), Action.EXCHANGE, order=Order.ACQUIRE),
        "__sync_lock_release": Builtin(Shape.CLEAR, ("place",), order=Order.RELEASE),
    }
    for name, operator in _OPERATORS:
        arguments = ("place", "value")
        found[f"__sync_fetch_and_{name}"] = Builtin(Shape.MODIFY, arguments, Action.FETCH_OPERATE, operator, full=True)
        found[f"__sync_{name}_and_fetch"] = Builtin(Shape.MODIFY, arguments, Action.OPERATE_RETURN, operator, full=True)
    return found


def _c11() -> dict[str, Builtin]:
    """<stdatomic.h>: each function, which is seq_cst, and its _explicit form."""
    found = {
        "atomic_init": Builtin(Shape.INITIALISE, ("place", "value")),
        "atomic_thread_fence": Builtin(Shape.FENCE, ("order",)),
        "atomic_signal_fence": Builtin(Shape.SIGNAL_FENCE, ("order",)),
    }
    pairs = {
        "atomic_load": Builtin(Shape.LOAD, ("place", "order")),
        "atomic_store": Builtin(Shape.STORE, ("place", "value", "order")),
        "atomic_exchange": Builtin(Shape.MODIFY, ("place", "value", "order"), Action.EXCHANGE),
        "atomic_flag_test_and_set": _flag(("place", "order")),
        "atomic_flag_clear": Builtin(Shape.CLEAR, ("place", "order")),
    }
    for name, operator in _OPERATORS:
        arguments = ("place", "value", "order")
        step = Builtin(Shape.MODIFY, arguments, Action.FETCH_OPERATE, operator, integers=True)
        pairs[f"atomic_fetch_{name}"] = step
    compare = ("place", "expected", "value", "success", "failure")
    for name, weak in (("strong", False), ("weak", True)):
        pairs[f"atomic_compare_exchange_{name}"] = Builtin(Shape.COMPARE, compare, Action.TRY_EXCHANGE, weak=weak)
    for name, builtin in pairs.items():
        found[f"{name}_explicit"] = builtin
        plain = tuple(a for a in builtin.arguments if a not in ("order", "success", "failure"))
        found[name] = Builtin(builtin.shape, plain, builtin.action, builtin.operator, weak=builtin.weak)
    return found


def _flag(arguments: tuple[str, ...]) -> Builtin:
    """Exchange with 1; whether it was set before."""
    return Builtin(Shape.MODIFY, arguments, Action.EXCHANGE, test=(Operator.NE, 0))
