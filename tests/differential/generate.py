"""A seed in, one small random program out.

Most programs are a ring: thread i touches one variable and then the next, each thread meets the following one by
being read from, by reading too early or by being overwritten, and the condition asks whether the whole ring can
close. Rings are where models differ; purely random programs hardly ever hold one. A share is random all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from random import Random

from tests.differential.program import Branch, Case, Clause, Line, Statement, Variable, mentioned, registers
from tests.differential.vocabulary import ATOMICS, INTEGERS, POINTERS, Taste, Thread, taste

TYPES = {
    **dict.fromkeys(INTEGERS, "int "),
    **dict.fromkeys(ATOMICS, "atomic_t "),
    **dict.fromkeys(POINTERS, "int *"),
    "lk": "spinlock_t ",
    "lj": "spinlock_t ",
    "ss": "struct srcu_struct ",
}
QUANTIFIERS = ("exists", "exists", "exists", "~exists", "forall")


def generate(seed: int, marked: bool = False) -> Case:
    """The program of that number, the same on every machine; small enough that listing its executions is quick.
    `marked`: without plain accesses."""
    attempt = 0
    while True:
        random = Random(f"{seed} {attempt}")
        likes = taste(random)
        if marked:
            likes = replace(likes, plain=0.0, marked=True)
        case = _ring(seed, random, likes) if random.random() < 0.65 else _free(seed, random, likes)
        assert case.well_formed, seed
        if _accesses(case.render()) <= MOST_ACCESSES:
            return case
        attempt += 1


MOST_ACCESSES = 13
_ACCESS = re.compile(r"(?P<two>xchg|(?<!_)lock\(|trylock|atomic_(?!set|read))|\w+\(.*\);| = \*|\*\w+ = ")


def _accesses(text: str) -> int:
    """About how many reads and writes a program holds; what loops is done three times."""
    count = 0
    looping = False
    for line in text.splitlines():
        if "while (" in line:
            looping = True
        elif line.strip() == "}":
            looping = False
        found = _ACCESS.search(line) if line.startswith("\t") else None
        if found and not line.strip().startswith(("smp_mb", "smp_wmb", "smp_rmb", "barrier", "rcu_read", "sync")):
            count += (2 if found["two"] else 1) * (3 if looping else 1)
    return count


# ── rings ────────────────────────────────────────────────────────────────────────────────────────


class Meeting(Enum):
    """How the last access of one thread meets the first of the next."""

    READ_FROM = "rf"
    FROM_READ = "fr"
    COHERENCE = "co"


@dataclass(frozen=True)
class Link:
    """Between a thread and the next: the variable they share and how they meet there."""

    meeting: Meeting
    variable: str
    value: int
    """What the earlier access writes, where it writes; the later one then writes the next number."""
    address: str | None = None
    """The variable is a pointer: the earlier thread stores the address of this one, and the later follows it."""


def _ring(seed: int, random: Random, likes: Taste) -> Case:
    [count] = random.choices((2, 3, 4), (6, 4, 1))
    links = []
    for name in random.sample((*INTEGERS, *ATOMICS), count):
        meeting = random.choice((Meeting.READ_FROM, Meeting.READ_FROM, Meeting.FROM_READ, Meeting.COHERENCE))
        links.append(Link(meeting, name, random.randint(1, 2)))
    if random.random() < likes.dependency / 2:
        index = random.randrange(count)
        following = links[(index + 1) % count].variable
        if following not in ATOMICS:
            links[index] = Link(Meeting.READ_FROM, random.choice(POINTERS), 0, following)
    clauses: list[Clause] = []
    bodies: list[tuple[Statement, ...]] = []
    for index in range(count):
        thread = Thread(random, likes)
        statements, seen = _ring_thread(index, thread, links[index - 1], links[index])
        bodies.append(_with_noise(thread, statements))
        clauses += seen
    return _finish(seed, random, tuple(bodies), tuple(clauses), "/\\")


def _ring_thread(index: int, thread: Thread, before: Link, after: Link) -> tuple[list[Statement], list[Clause]]:
    """One thread of a ring, and what the condition asks of it."""
    random, seen = thread.random, []
    register, target = None, after.variable
    if before.address is not None:
        load, target = thread.read_pointer(before.variable)
        first: list[Statement] = [load]
        seen.append(Clause(index, target, "=", before.address))
    elif before.meeting is Meeting.READ_FROM:
        first, register = thread.read(before.variable)
        seen.append(Clause(index, register, "=", str(before.value)))
    else:
        first = thread.write(before.variable, str(before.value + 1))
    middle: list[Statement] = []
    value, guard = str(after.value), None
    writes = after.meeting is not Meeting.FROM_READ
    if register is not None and random.random() < thread.taste.dependency:
        middle, register = thread.carried(register)
        if writes and after.address is None and random.random() < 0.5:
            value = thread.depending(register, after.value)
        else:
            guard = random.choice((register, f"{register} == {before.value}", f"{register} != 0"))
    elif random.random() < 0.6:
        middle = [thread.fence()]
    if after.address is not None:
        second: list[Statement] = [thread.write_pointer(after.variable, after.address)]
    elif writes:
        second = thread.write(target, value)
        if after.meeting is Meeting.COHERENCE:
            seen.append(Clause(None, after.variable, "=", str(after.value + 1)))
    else:
        second, result = thread.read(target)
        seen.append(Clause(index, result, "=", "0"))
    if guard is not None:
        second = [Branch(guard, tuple(second), _other_arm(thread, second))]
    return _grouped(thread, first, middle, second), seen


def _other_arm(thread: Thread, second: list[Statement]) -> tuple[Statement, ...]:
    chance = thread.random.random()
    if chance < 0.1:
        return tuple(second)
    return (Line(f"WRITE_ONCE(*{thread.random.choice(INTEGERS)}, 1);"),) if chance < 0.15 else ()


def _grouped(
    thread: Thread, first: list[Statement], middle: list[Statement], second: list[Statement]
) -> list[Statement]:
    """The parts in order, with a critical section around all of them, around one and the other, or around none."""
    shape = thread.random.random()
    if shape < 0.45:
        return thread.protected([*first, *middle, *second])
    if shape < 0.65 and not any(isinstance(part, Line) and part.text.startswith("a") for part in first):
        return [*thread.protected(first), *middle, *thread.protected(second)]
    return [*first, *middle, *second]


def _with_noise(thread: Thread, statements: list[Statement]) -> tuple[Statement, ...]:
    out: list[Statement] = []
    for statement in statements:
        if thread.random.random() < thread.taste.noise:
            out += _noise(thread)
        out.append(statement)
    if thread.random.random() < thread.taste.noise:
        out += _noise(thread)
    return tuple(out)


def _noise(thread: Thread) -> list[Statement]:
    """One more statement, of a kind that rings have not by themselves."""
    random = thread.random
    match random.randrange(7):
        case 0:
            return [thread.fence()]
        case 1:
            return thread.read(random.choice((*INTEGERS[:2], *ATOMICS[:1])))[0]
        case 2:
            return thread.write(random.choice((*INTEGERS[:2], *ATOMICS[:1])), str(random.randint(1, 2)))
        case 3:
            lock, register = random.choice(("lk", "lk", "lj")), thread.fresh()
            return [Line(f"{register} = spin_is_locked({lock});")]
        case 4:
            source, target = random.sample(INTEGERS[:3], 2)
            return [Line(f"WRITE_ONCE(*{target}, READ_ONCE(*{source}));")]
        case 5:
            return thread.protected([thread.fence()])
        case _:
            return [Line(random.choice(_MISTAKES))]


_MISTAKES = ("spin_lock(lk);", "spin_unlock(lk);", "rcu_read_lock();", "rcu_read_unlock();", "srcu_read_unlock(ss, 0);")
"""Halves of pairs: they deadlock, or raise one of the model's flags."""


# ── random programs ──────────────────────────────────────────────────────────────────────────────


def _free(seed: int, random: Random, likes: Taste) -> Case:
    [count] = random.choices((2, 3, 4), (5, 3, 1))
    longest = {2: 4, 3: 3, 4: 2}[count]
    names = random.sample((*INTEGERS, *ATOMICS), 2)
    bodies = []
    for _ in range(count):
        thread = Thread(random, likes)
        bodies.append(tuple(_statements(thread, names, random.randint(1, longest))))
    places: list[Clause] = []
    for index, body in enumerate(bodies):
        places += [Clause(index, name, "=", "") for name in registers(body) if name[0] in "rk"]
    places += [Clause(None, name, "=", "") for name in names if any(mentioned(body, name) for body in bodies)]
    chosen = random.sample(places, min(len(places), random.randint(1, 3)))
    clauses = []
    for place in chosen:
        operator = random.choice(("=", "=", "=", "!="))
        clauses.append(replace(place, operator=operator, value=str(random.choice((0, 0, 1, 1, 2)))))
    return _finish(seed, random, tuple(bodies), tuple(clauses), random.choice(("/\\", "/\\", "\\/")))


def _statements(thread: Thread, names: list[str], count: int) -> list[Statement]:
    out: list[Statement] = []
    for _ in range(count):
        out += _statement(thread, names)
    return out


def _statement(thread: Thread, names: list[str]) -> list[Statement]:
    random = thread.random
    chance = random.random()
    if chance < 0.35:
        lines, register = thread.read(random.choice(names))
        thread.integers.append(register)
        return lines
    if chance < 0.70:
        value = str(random.randint(1, 2))
        if thread.integers and random.random() < 0.3:
            value = thread.depending(random.choice(thread.integers), random.randint(1, 2))
        return thread.write(random.choice(names), value)
    if chance < 0.80:
        return [thread.fence()]
    if chance < 0.88:
        known = list(thread.integers)
        inner = _statements(thread, names, 1)
        thread.integers = known
        return thread.protected(inner)
    if chance < 0.91 and names[0] in INTEGERS:
        return _through_pointer(thread, names[0])
    if chance < 0.93 and names[0] in INTEGERS:
        register = thread.fresh()
        return [Line(f"{register} = 0;"), Branch(f"{register} == 0", _reread(register, names[0]), keyword="while")]
    if chance < 0.97 and thread.integers:
        register, known = random.choice(thread.integers), list(thread.integers)
        then = tuple(_statements(thread, names, 1))
        thread.integers = list(known)
        otherwise = tuple(_statements(thread, names, random.randint(0, 1)))
        thread.integers = known
        return [Branch(random.choice((register, f"{register} == 1", f"{register} > 0")), then, otherwise)]
    if chance < 0.98 and thread.integers:
        return [Line(f"{thread.fresh()} = {thread.integers[-1]};")]
    return _noise(thread)


def _reread(register: str, variable: str) -> tuple[Statement, ...]:
    return (Line(f"{register} = READ_ONCE(*{variable});"),)


def _through_pointer(thread: Thread, variable: str) -> list[Statement]:
    if thread.random.random() < 0.5:
        return [thread.write_pointer(POINTERS[0], variable)]
    load, register = thread.read_pointer(POINTERS[0])
    if thread.random.random() < 0.5:
        return [load, *thread.read(register)[0]]
    return [load, *thread.write(register, "1")]


# ── the rest of the file ─────────────────────────────────────────────────────────────────────────


def _finish(
    seed: int, random: Random, bodies: tuple[tuple[Statement, ...], ...], clauses: tuple[Clause, ...], connective: str
) -> Case:
    variables = []
    for name, type_ in TYPES.items():
        initial = ""
        if name in POINTERS:
            initial = random.choice(INTEGERS)
        elif name in (*INTEGERS, *ATOMICS) and random.random() < 0.06:
            initial = str(random.randint(1, 2))
        variables.append(Variable(name, type_, initial))
    shared = [name for name in (*INTEGERS, *ATOMICS) if any(mentioned(body, name) for body in bodies)]
    locations = tuple(name for name in shared if random.random() < 0.5)
    if random.random() < 0.4:
        locations += tuple(f"{n}:{r}" for n, body in enumerate(bodies) for r in registers(body) if r[0] in "rk")
    limit = random.choice(clauses) if len(clauses) > 1 and random.random() < 0.08 else None
    quantifier = random.choice(QUANTIFIERS)
    return Case(f"seed-{seed}", tuple(variables), bodies, quantifier, clauses, connective, locations, limit)
