"""A seed in, a C file with two functions f and g that work on the same structure out, for the pairing table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

HEAD = """
struct item { int x; int y; spinlock_t lock; };
struct box {
	int a;
	int b;
	int c;
	int array[4];
	atomic_t n;
	struct item *item;
	struct item *table[2];
	spinlock_t lock;
};
"""

FENCES = ("smp_mb", "smp_wmb", "smp_rmb", "smp_mb__before_atomic", "smp_mb__after_atomic", "barrier")
RETURNING = ("atomic_add_return{0}(1, &s->n)", "atomic_xchg{0}(&s->n, 2)", "atomic_fetch_inc{0}(&s->n)")
WORDS = ("xchg{0}(&s->{1}, 2)", "cmpxchg{0}(&s->{1}, 1, 2)")
STRENGTHS = ("", "_relaxed", "_acquire", "_release")
LOCALS = 6


@dataclass
class _Writer:
    """One function as it is written. `known`: the locals that hold something by now."""

    random: Random
    role: str
    loops: bool
    lines: list[str] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    pointer: bool = False
    count: int = 0
    next: str = ""
    """The place of the next access, where that is planned."""

    def body(self, number: int, depth: int = 1, planned: Sequence[str] = ()) -> None:
        """`planned`: places that are accessed on the way, in this order."""
        waiting = list(planned)
        for left in range(number, 0, -1):
            if self.random.random() < 0.5:
                self.fence(depth)
            if waiting and self.random.random() < len(waiting) / left:
                self.next = waiting.pop(0)
                if self.random.random() < 0.25:
                    self.branch(depth)
                else:
                    (self.write if self.random.random() < self.writes else self.read)(depth)
            else:
                self.statement(depth)

    @property
    def writes(self) -> float:
        """How often it writes rather than reads."""
        return {"writer": 0.85, "reader": 0.1, "both": 0.5}[self.role]

    def line(self, depth: int, text: str) -> None:
        self.lines.append("\t" * depth + text)

    def fence(self, depth: int) -> None:
        usual = {"writer": "smp_wmb", "reader": "smp_rmb", "both": "smp_mb"}[self.role]
        self.line(depth, f"{self.random.choice((usual, usual, *FENCES))}();")

    def place(self) -> str:
        if self.next:
            found, self.next = self.next, ""
            return found
        fields = ["a", "b", "c", "array[1]"]
        if self.known:
            fields.append(f"array[r{self.random.choice(self.known)} & 3]")
        found = self.random.choice(fields)
        return f"q->{self.random.choice('xy')}" if self.pointer and self.random.random() < 0.4 else f"s->{found}"

    def new(self) -> str:
        number = self.count % LOCALS
        self.count += 1
        self.known = [n for n in self.known if n != number] + [number]
        return f"r{number}"

    def value(self) -> str:
        return f"r{self.random.choice(self.known)}" if self.known and self.random.random() < 0.4 else "1"

    def statement(self, depth: int) -> None:
        chance = self.random.random()
        if chance < 0.62:
            (self.write if self.random.random() < self.writes else self.read)(depth)
        elif chance < 0.72:
            self.atomic(depth)
        elif chance < 0.80 and self.known and depth < 3:
            self.branch(depth)
        elif chance < 0.84 and depth == 1:
            self.locked(depth)
        elif chance < 0.89 and not self.pointer and depth == 1:
            index = f"r{self.random.choice(self.known)} & 1" if self.known else ""
            place = f"table[{index}]" if index and self.random.random() < 0.6 else "item"
            self.line(depth, f"q = rcu_dereference(s->{place});")
            self.pointer = True
        elif chance < 0.91 and depth == 1:
            self.line(depth, "rcu_assign_pointer(s->item, mine);")
        elif chance < 0.94 and self.loops and depth == 1:
            self.loop(depth)
        elif chance < 0.97:
            self.line(depth, "helper(s);")
        else:
            (self.write if self.role == "writer" else self.read)(depth)

    def write(self, depth: int) -> None:
        chance, place, value = self.random.random(), self.place(), self.value()
        if chance < 0.55:
            self.line(depth, f"WRITE_ONCE({place}, {value});")
        elif chance < 0.8:
            self.line(depth, f"smp_store_release(&{place}, {value});")
        else:
            self.line(depth, f"{place} = {value};")

    def read(self, depth: int) -> None:
        chance, place = self.random.random(), self.place()
        target = self.new()
        if chance < 0.6:
            self.line(depth, f"{target} = READ_ONCE({place});")
        elif chance < 0.85:
            self.line(depth, f"{target} = smp_load_acquire(&{place});")
        else:
            self.line(depth, f"{target} = {place};")

    def atomic(self, depth: int) -> None:
        chance = self.random.random()
        if chance < 0.25:
            self.line(depth, "atomic_inc(&s->n);")
            return
        form = self.random.choice(RETURNING if chance < 0.6 else WORDS)
        text = form.format(self.random.choice(STRENGTHS), self.random.choice("abc"))
        self.line(depth, f"{self.new()} = {text};")

    def branch(self, depth: int) -> None:
        if not self.known:
            self.read(depth)
        test = f"r{self.random.choice(self.known)}"
        known, pointer = list(self.known), self.pointer
        self.line(depth, f"if ({test}{self.random.choice(('', ' == 1', ' != 2'))}) {{")
        self.body(self.random.choice((1, 1, 2)), depth + 1)
        if self.random.random() < 0.15:
            self.line(depth + 1, "return;")
        if self.random.random() < 0.3:
            self.known, self.pointer = list(known), pointer
            self.line(depth, "} else {")
            self.body(1, depth + 1)
        self.known, self.pointer = known, pointer
        self.line(depth, "}")

    def locked(self, depth: int) -> None:
        lock = "spin_{0}lock(&q->lock);" if self.pointer and self.random.random() < 0.7 else "spin_{0}lock(&s->lock);"
        if self.random.random() < 0.3:
            known = list(self.known)
            self.line(depth, "if (spin_trylock(&s->lock)) {")
            self.body(2, depth + 1)
            self.line(depth + 1, "spin_unlock(&s->lock);")
            self.line(depth, "}")
            self.known = known
            return
        self.line(depth, lock.format(""))
        for _ in range(self.random.choice((1, 2))):
            (self.write if self.random.random() < 0.6 else self.read)(depth)
        self.line(depth, lock.format("un"))

    def loop(self, depth: int) -> None:
        target = self.new()
        chance = self.random.random()
        if chance < 0.5:
            self.line(depth, f"while (!({target} = READ_ONCE({self.place()}))) {{")
            self.body(1, depth + 2)
            self.line(depth, "}")
        elif chance < 0.75:
            self.line(depth, "do {")
            self.line(depth + 1, f"{target} = READ_ONCE(s->a);")
            self.body(1, depth + 2)
            self.line(depth, f"}} while (cmpxchg(&s->a, {target}, 2) != {target});")
        else:
            self.line(depth, f"while (READ_ONCE(s->{self.random.choice('abc')}) != 1)")
            self.line(depth + 1, "cpu_relax();")


def pair(seed: int, loops: bool = False) -> str:
    """The file. `loops`: also with loops."""
    random = Random(seed)
    roles = random.choice((("writer", "reader"), ("writer", "reader"), ("both", "both"), ("writer", "both")))
    places = random.sample(("s->a", "s->b", "s->c", "s->array[1]"), random.choice((2, 2, 3)))
    text = HEAD
    text += f"\nstatic inline void helper(struct box *s)\n{{\n{_helper(random)}}}\n"
    for name, role in zip("fg", roles, strict=True):
        writer = _Writer(random, role, loops)
        writer.body(random.choice((3, 4, 5)), planned=places if name == "f" else places[::-1])
        locals_ = ", ".join(f"r{number} = 0" for number in range(LOCALS))
        body = "\n".join(writer.lines)
        text += (
            f"\nvoid {name}(struct box *s, struct item *mine)\n{{\n\tint {locals_};\n\tstruct item *q;\n\n{body}\n}}\n"
        )
    return text


def _helper(random: Random) -> str:
    lines = ["\tWRITE_ONCE(s->a, 2);\n", "\tsmp_wmb();\n", "\tsmp_store_release(&s->b, 2);\n"]
    return "".join(random.sample(lines, random.choice((1, 2))))
