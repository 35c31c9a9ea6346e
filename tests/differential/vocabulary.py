"""Random choices in, single statements out: how the dialect spells accesses, fences and dependencies."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.differential.program import Branch, Line, Region, Statement

ORDERINGS = ("", "_relaxed", "_acquire", "_release")
FENCES = (
    "smp_mb();",
    "smp_wmb();",
    "smp_rmb();",
    "barrier();",
    "synchronize_rcu();",
    "smp_mb__before_atomic();",
    "smp_mb__after_atomic();",
    "smp_mb__after_spinlock();",
    "smp_mb__after_unlock_lock();",
    "smp_mb__after_srcu_read_unlock();",
    "synchronize_srcu(ss);",
    "synchronize_rcu_expedited();",
)
FENCE_WEIGHTS = (5, 4, 4, 1, 2, 2, 2, 1, 1, 1, 1, 0.3)
INTEGERS = ("x", "y", "z", "w")
ATOMICS = ("c", "d")
POINTERS = ("p", "q")


@dataclass(frozen=True)
class Taste:
    """How likely a program is to use what: chosen once per program, so that some programs dwell on one thing."""

    plain: float
    rmw: float
    ordered: float
    """Share of acquire loads and release stores among marked accesses."""
    dependency: float
    lock: float
    rcu: float
    srcu: float
    noise: float
    """Chance of an extra statement in each place where one may stand."""
    marked: bool = False
    """No plain access at all."""


def taste(random: Random) -> Taste:
    def some(share: float, strong: float) -> float:
        return strong if random.random() < share else 0.0

    return Taste(
        plain=some(0.45, 0.4),
        rmw=some(0.5, 0.4),
        ordered=random.choice((0.0, 0.25, 0.5)),
        dependency=random.choice((0.0, 0.3, 0.6)),
        lock=some(0.25, 0.5),
        rcu=some(0.25, 0.6),
        srcu=some(0.12, 0.6),
        noise=random.choice((0.0, 0.1, 0.3)),
    )


@dataclass
class Thread:
    """What the thread being written has used so far: the numbers of its registers."""

    random: Random
    taste: Taste
    count: dict[str, int] = field(default_factory=dict)
    integers: list[str] = field(default_factory=list)
    """Registers that hold integers, assigned on every path."""

    def fresh(self, kind: str = "r") -> str:
        number = self.count.get(kind, 0)
        self.count[kind] = number + 1
        return f"{kind}{number}"

    # ── accesses ─────────────────────────────────────────────────────────────────────────────────

    def read(self, variable: str) -> tuple[list[Statement], str]:
        """Statements that end with a read of `variable`, and the register that holds the value."""
        random, likes = self.random, self.taste
        register = self.fresh()
        if variable in ATOMICS:
            if random.random() < likes.rmw:
                return [Line(f"{register} = {self._atomic_reading(variable)};")], register
            form = "atomic_read_acquire" if random.random() < likes.ordered else "atomic_read"
            return [Line(f"{register} = {form}({variable});")], register
        if random.random() < likes.plain:
            return [Line(f"{register} = *{variable};")], register
        if random.random() < likes.rmw / 2:
            ordering = random.choice(ORDERINGS)
            old, new = random.choice(((1, 2), (0, 1), (2, 1), (1, 1)))
            return [Line(f"{register} = cmpxchg{ordering}({variable}, {old}, {new});")], register
        if random.random() < likes.ordered:
            return [Line(f"{register} = smp_load_acquire({variable});")], register
        return [Line(f"{register} = READ_ONCE(*{variable});")], register

    def _atomic_reading(self, variable: str) -> str:
        random = self.random
        ordering = random.choice(ORDERINGS)
        forms = (
            f"atomic_add_return{ordering}({random.randint(1, 2)}, {variable})",
            f"atomic_fetch_add{ordering}(1, {variable})",
            f"atomic_fetch_or{ordering}(2, {variable})",
            f"atomic_fetch_and{ordering}(1, {variable})",
            f"atomic_fetch_xor{ordering}(3, {variable})",
            f"atomic_fetch_andnot{ordering}(1, {variable})",
            f"atomic_sub_return{ordering}(1, {variable})",
            f"atomic_inc_return{ordering}({variable})",
            f"atomic_fetch_dec{ordering}({variable})",
            f"atomic_xchg{ordering}({variable}, {random.randint(0, 2)})",
            f"atomic_cmpxchg{ordering}({variable}, {random.randint(0, 2)}, {random.randint(1, 2)})",
            f"atomic_dec_and_test({variable})",
            f"atomic_inc_and_test({variable})",
            f"atomic_sub_and_test(1, {variable})",
            f"atomic_add_unless({variable}, 1, {random.randint(0, 1)})",
            f"atomic_add_negative{ordering}(1, {variable})",
        )
        return random.choice(forms)

    def write(self, variable: str, value: str) -> list[Statement]:
        """Statements that end with a write of `value`, a C expression, to `variable`."""
        random, likes = self.random, self.taste
        if variable in ATOMICS:
            if random.random() < likes.rmw:
                operation = random.choice(("add", "sub", "or", "xor", "inc", "dec", "and", "andnot"))
                argument = "" if operation in ("inc", "dec") else f"{random.randint(1, 2)}, "
                return [Line(f"atomic_{operation}({argument}{variable});")]
            if random.random() < likes.rmw:
                return [Line(f"{self.fresh()} = atomic_xchg{random.choice(ORDERINGS)}({variable}, {value});")]
            form = "atomic_set_release" if random.random() < likes.ordered else "atomic_set"
            return [Line(f"{form}({variable}, {value});")]
        if random.random() < likes.plain:
            return [Line(f"*{variable} = {value};")]
        if random.random() < likes.rmw / 2:
            ordering = random.choice(ORDERINGS)
            if random.random() < 0.5:
                return [Line(f"{self.fresh()} = cmpxchg{ordering}({variable}, {random.choice('001')}, {value});")]
            return [Line(f"{self.fresh()} = xchg{ordering}({variable}, {value});")]
        if random.random() < likes.ordered:
            return [Line(f"smp_store_release({variable}, {value});")]
        if random.random() < 0.06:
            return [Line(f"smp_store_mb(*{variable}, {value});")]
        return [Line(f"WRITE_ONCE(*{variable}, {value});")]

    def read_pointer(self, variable: str) -> tuple[Statement, str]:
        register = self.fresh("a")
        if self.random.random() < self.taste.plain / 2:
            return Line(f"{register} = *{variable};"), register
        form = self.random.choice(("READ_ONCE(*{})", "rcu_dereference(*{})", "smp_load_acquire({})"))
        return Line(f"{register} = {form.format(variable)};"), register

    def write_pointer(self, variable: str, target: str) -> Statement:
        if self.random.random() < self.taste.plain / 2:
            return Line(f"*{variable} = {target};")
        forms = ("WRITE_ONCE(*{}, {});", "rcu_assign_pointer(*{}, {});", "smp_store_release({}, {});")
        return Line(self.random.choice(forms).format(variable, target))

    def fence(self) -> Statement:
        [text] = self.random.choices(FENCES, FENCE_WEIGHTS)
        return Line(text)

    # ── values that depend ───────────────────────────────────────────────────────────────────────

    def carried(self, register: str) -> tuple[list[Statement], str]:
        """The register itself, or another that its value reached through a variable of memory."""
        if self.random.random() >= 0.2:
            return [], register
        through, copy = self.random.choice(INTEGERS[2:]), self.fresh()
        plain = (f"*{through} = {register};", f"{copy} = *{through};")
        marked = (f"WRITE_ONCE(*{through}, {register});", f"{copy} = READ_ONCE(*{through});")
        lines = self.random.choice((plain, plain, marked))
        lines = marked if self.taste.marked else lines
        return [Line(line) for line in lines], copy

    def depending(self, register: str, value: int) -> str:
        """An expression that names `register`; most of them have the value `value` whatever it holds."""
        zero = self.random.choice((f"({register} ^ {register})", f"({register} & 0)", f"({register} - {register})"))
        return self.random.choice((register, f"{register} + {value}", f"{zero} + {value}", f"{register} & {value}"))

    # ── what stands around statements ────────────────────────────────────────────────────────────

    def protected(self, body: list[Statement]) -> list[Statement]:
        """`body`, perhaps inside a critical section of some kind."""
        random, likes = self.random, self.taste
        if random.random() < likes.lock:
            return self.locked(body)
        if random.random() < likes.rcu:
            return [Region("rcu_read_lock();", tuple(body), "rcu_read_unlock();")]
        if random.random() < likes.srcu:
            index = self.fresh("s")
            wrong = " + 1" if random.random() < 0.05 else ""
            return [
                Region(f"{index} = srcu_read_lock(ss);", tuple(body), f"srcu_read_unlock(ss, {index}{wrong});"),
            ]
        return body

    def locked(self, body: list[Statement]) -> list[Statement]:
        """`body` with a lock taken around it, or, after a spin_trylock(), only if it could be taken."""
        random = self.random
        lock = random.choice(("lk", "lk", "lk", "lj"))
        if random.random() < 0.15:
            taken = self.fresh("k")
            unlock = Line(f"spin_unlock({lock});")
            return [Line(f"{taken} = spin_trylock({lock});"), Branch(taken, (*body, unlock))]
        if random.random() < 0.2:
            fence = random.choice(("smp_mb__after_spinlock();", "smp_mb__after_unlock_lock();"))
            body = [Line(fence), *body]
        return [Region(f"spin_lock({lock});", tuple(body), f"spin_unlock({lock});")]
