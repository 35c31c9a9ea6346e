"""A seed in, a litmus test out whose threads jump in every way that C has."""

from __future__ import annotations

from random import Random

VARIABLES = ("x", "y", "z")


class _Thread:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.registers = 0
        self.accesses = 0
        self.labels: list[str] = []

    def expression(self) -> str:
        register = f"r{self.random.randrange(max(self.registers, 1))}"
        return self.random.choice(("1", "2", register, register, f"{register} + 1", f"({register} & 1)"))

    def condition(self) -> str:
        register = f"r{self.random.randrange(max(self.registers, 1))}"
        other = f"r{self.random.randrange(max(self.registers, 1))}"
        return self.random.choice(
            (register, f"!{register}", f"{register} == 1", f"{register} < 2 && {other}", f"{register} || {other} == 2")
        )

    def access(self) -> list[str]:
        self.accesses += 1
        variable = self.random.choice(VARIABLES)
        if self.random.random() < 0.5:
            self.registers += 1
            return [f"r{self.registers - 1} = READ_ONCE(*{variable});"]
        value = self.expression()
        return [self.random.choice((f"WRITE_ONCE(*{variable}, {value});", f"smp_store_release({variable}, {value});"))]

    def statement(self, depth: int, loop: bool) -> list[str]:
        kind = self.random.random()
        if depth == 3 or kind < 0.4:
            if self.accesses < 4:
                return self.access()
            return [f"r{self.random.randrange(max(self.registers, 1))} = {self.expression()};"]
        if kind < 0.6:
            then, other = self.block(depth + 1, loop), self.block(depth + 1, loop)
            return [f"if ({self.condition()}) {{", *then, "} else {", *other, "}"]
        if kind < 0.7:
            return [f"while ({self.condition()}) {{", *self.block(depth + 1, True), "}"]
        if kind < 0.75:
            name = f"i{depth}"
            return [f"for (int {name} = 0; {name} < 2; {name}++) {{", *self.block(depth + 1, True), "}"]
        if kind < 0.8:
            return ["do {", *self.block(depth + 1, True), f"}} while ({self.condition()});"]
        jumps = ["return;", "goto out;", *(["break;", "continue;"] if loop else [])]
        return [f"if ({self.condition()})", self.random.choice(jumps)]

    def block(self, depth: int, loop: bool) -> list[str]:
        count = self.random.randint(1, 2 if depth else 4)
        return [line for _ in range(count) for line in self.statement(depth, loop)]


def test_of(seed: int) -> str:
    """The litmus test of that number."""
    random = Random(seed)
    bodies = []
    for number in range(2):
        thread = _Thread(random)
        body = [*thread.access(), *thread.block(0, False)]
        end = ["out: ;", *thread.access()]
        registers = "".join(f"\tint r{i};\n" for i in range(max(thread.registers, 1)))
        lines = "\n".join(f"\t{line}" for line in (*body, *end))
        bodies.append(f"P{number}(int *x, int *y, int *z)\n{{\n{registers}{lines}\n}}\n")
    observed = "; ".join(f"{thread}:r{i}" for thread in range(2) for i in range(3))
    return f"C jumps-{seed}\n{{}}\n" + "\n".join(bodies) + f"\nlocations [{observed};]\nexists (x=1 /\\ y=2)\n"
