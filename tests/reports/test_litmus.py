"""Litmus tests that are written for herd7: what they say, that they mean the same, and what cannot be written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.errors import Unsupported
from memmodel.events.unroll import unroll
from memmodel.frontends.c.load import load as load_c
from memmodel.program.ir import Program
from memmodel.program.load import load
from memmodel.program.lower import Lowered
from memmodel.program.spec import check
from memmodel.reports.litmus import litmus
from memmodel.result import Result
from memmodel.source import SourceFile
from tests.differential.as_c import harness
from tests.differential.compare import Settings, ask_herd
from tests.differential.generate import generate
from tests.program.jumps import test_of as jumping
from tests.sampling import in_parts, one_in

LKMM = models.load("lkmm").model
LIBRARY = sorted((Path(__file__).parents[2] / "litmus").rglob("*.litmus"))


def read(text: str) -> Lowered:
    result = load(SourceFile("t.litmus", text))
    check(result.program)
    return result


def code(text: str) -> Program:
    return load_c(SourceFile("t.c", text), folder=None, tree=None, defines={}).program


def decided(program: Program) -> Result:
    return SmtEngine().run(unroll(program), LKMM, Request(states=True, timeout=20))


def found(program: Program) -> tuple[object, ...]:
    result = decided(program)
    assert not result.timed_out
    return result.observation, result.flags, frozenset(map(frozenset, result.states or ())), result.no_executions


def body(
    text: str, initial: str = "", locations: str = "0:r0;", parameters: str = "int *x, int *y", other: str = ""
) -> str:
    """What P0 becomes, beside another thread; that it means the same is checked."""
    processes = f"P0({parameters})\n{{\n{text}\n}}\n{other}"
    source = f"C t\n{{ {initial} }}\n{processes}\nlocations [{locations}]\nexists (true)\n"
    before = read(source).program
    after = litmus(before).text
    assert found(read(after).program) == found(before), after
    start = after.index("{\n", after.index("P0")) + 2
    return " ".join(after[start : after.index("\n}", start)].split())


def refused(text: str, **others: str) -> str:
    with pytest.raises(Unsupported) as caught:
        body(text, **others)
    assert caught.value.span is not None
    return caught.value.message


# ── round trips ──────────────────────────────────────────────────────────────────────────────────


def same_after(text: str) -> None:
    before = read(text).program
    after = litmus(before).text
    again = read(after)
    # What only unreachable code assigns or accesses is not there any more.
    assert all("counts as 0" in w.message or "stays 0" in w.message for w in again.warnings), after
    assert found(again.program) == found(before), after


@pytest.mark.parametrize("path", LIBRARY[::12], ids=lambda path: path.stem)
def test_a_test_of_the_library_is_the_same_after_it_was_exported(path: Path) -> None:
    # Pointer arithmetic counts bytes in what is written; the warning about it is meant for other tests.
    before = load(SourceFile(path.name, path.read_text())).program
    after = litmus(before).text
    assert found(read(after).program) == found(before), after
    if before.expectation is not None:
        assert read(after).program.expectation is not None


@pytest.mark.slow
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.thorough)])
def test_tests_of_the_library_are_the_same_after_they_were_exported(every: int) -> None:
    for path in LIBRARY[::every]:
        before = load(SourceFile(path.name, path.read_text())).program
        assert found(read(litmus(before).text).program) == found(before), path


def test_generated_programs_are_the_same_after_they_were_exported() -> None:
    for seed in range(15):
        same_after(generate(seed).render())


@pytest.mark.slow
@pytest.mark.parametrize("seeds", one_in(4, in_parts(range(500_000, 500_400), 100)))
def test_many_generated_programs_are_the_same_after_they_were_exported(seeds: range) -> None:
    for seed in seeds:
        same_after(generate(seed).render())


@pytest.mark.slow
@pytest.mark.parametrize("seeds", one_in(3, in_parts(range(150), 50)))
def test_many_programs_that_jump_are_the_same_after_they_were_exported(seeds: range) -> None:
    for seed in seeds:
        try:
            same_after(jumping(seed))
        except Unsupported as error:
            assert "too large" in error.message or "iterations" in error.message


def test_generated_c_programs_have_the_same_verdict_after_they_were_exported() -> None:
    for seed in range(12):
        before = code(harness(generate(seed)))
        same = decided(before), decided(read(litmus(before).text).program)
        assert len({(result.observation, result.flags, result.no_executions) for result in same}) == 1, seed


def test_herd7_says_of_an_exported_test_what_is_said_here() -> None:
    """HERD7 names the command that runs it under the kernel's model."""
    command = os.environ.get("HERD7")
    if not command:
        pytest.skip("HERD7 names no command: nothing was checked")
    for path in LIBRARY[::12]:
        before = load(SourceFile(path.name, path.read_text())).program
        theirs = ask_herd(litmus(before).text, Settings(herd=command))
        ours = decided(before)
        assert not theirs.error, (path, theirs.error)
        if not theirs.undecided and ours.observation is not None:
            assert (theirs.observation, theirs.flags) == (ours.observation.value, ours.flags), path


# ── expressions ──────────────────────────────────────────────────────────────────────────────────


def test_operators_that_herd7_lacks_are_spelled_with_those_that_it_has() -> None:
    assert body("int r0 = READ_ONCE(*x) << 3;", "x=5;").endswith("r0 = load * 8;")
    assert body("int r0 = READ_ONCE(*x) >> 1;", "x=5;").endswith("r0 = load / 2;")
    assert body("int r0 = READ_ONCE(*x) % 3;", "x=5;").endswith("r0 = load - (load / 3) * 3;")
    assert body("int r0 = ~READ_ONCE(*x);", "x=5;").endswith("r0 = load ^ -1;")
    assert body("int r0 = -READ_ONCE(*x);", "x=5;").endswith("r0 = 0 - load;")
    assert body("int r0 = !READ_ONCE(*x);", "x=5;").endswith("r0 = load == 0;")
    assert body("int r1 = READ_ONCE(*x); int r0 = r1 && r1 < 7;").endswith("r0 = (r1 != 0) & (r1 < 7);")
    assert body("int r1 = READ_ONCE(*x); int r0 = r1 ? 3 : 4;").endswith("r0 = (r1 != 0) * 3 + (1 - (r1 != 0)) * 4;")


def test_what_is_spelled_plainly_for_some_values_is_not_for_others() -> None:
    assert body("int r0 = READ_ONCE(*x) >> 1;", "x=-5;").endswith("r0 = (load & -2) / 2;")
    unsigned = "uint32_t r1 = READ_ONCE(*x); int r0 = (r1 >> 4) == 0xfffffff;"
    assert "(((r1 & -16) / 16) & 268435455) ==" in body(unsigned, "uint32_t x=-1;", parameters="uint32_t *x")
    compared = "uint32_t r1 = READ_ONCE(*x); int r0 = r1 < 3;"
    assert body(compared, "uint32_t x=2;", parameters="uint32_t *x").endswith("r0 = r1 < 3;")
    assert "^ -2147483648) < (3 ^ -2147483648)" in body(compared, "uint32_t x=-1;", parameters="uint32_t *x")


def test_narrow_values_wrap_around() -> None:
    assert body("uint8_t r0 = READ_ONCE(*x) + 1;", "x=7;").endswith("r0 = load + 1;")
    assert body("uint8_t r0 = READ_ONCE(*x) + 1;", "x=255;").endswith("r0 = (load + 1) & 255;")
    assert body("int8_t r0 = READ_ONCE(*x) + 1;", "x=127;").endswith("r0 = (((load + 1) & 255) ^ 128) - 128;")


def test_values_that_32_bits_do_not_tell_apart_are_refused() -> None:
    text = "long r1 = READ_ONCE(*x); int r0 = r1 == 0x100000005;"
    assert refused(text, initial="long x=5;", parameters="long *x") == "'==' of values that need more than 32 bits"
    assert "r1 == 6" in body(text.replace("0x100000005", "6"), "long x=5;", parameters="long *x")


def test_a_shift_by_a_read_is_a_sum() -> None:
    text = "int r1 = READ_ONCE(*y) & 1; int r0 = READ_ONCE(*x) << r1;"
    other = "P1(int *y) { WRITE_ONCE(*y, 1); }"
    source = f"C t\n{{ x=3; }}\nP0(int *x, int *y)\n{{\n{text}\n}}\n{other}\nexists (0:r0=6)\n"
    same_after(source)
    assert "(r1 == 0) * load_2 + (r1 == 1) * (load_2 * 2)" in litmus(read(source).program).text


def test_a_division_that_may_be_by_zero_is_refused() -> None:
    assert refused("int r0 = 6 / READ_ONCE(*x);") == "a division that may be by zero"
    assert body("int r0 = 6 / READ_ONCE(*x);", "x=2;").endswith("r0 = 6 / load;")


# ── what waits for what ──────────────────────────────────────────────────────────────────────────


def test_a_condition_rests_on_what_its_accesses_rest_on() -> None:
    """In herd7 what the exchange writes controls the branch, too."""
    text = "int r0 = READ_ONCE(*x); if (xchg_relaxed(y, r0) == 0) { WRITE_ONCE(*x, 1); }"
    assert "if ((old == 0) | (r0 != r0)) {" in body(text)


def test_an_address_that_can_be_one_place_only_still_rests_on_what_it_was_computed_from() -> None:
    text = "int *r1 = READ_ONCE(*p); int r0 = READ_ONCE(*(r1 + 0));"
    assert "READ_ONCE(*r1)" in body(text, "int *p=&x;", parameters="int **p, int *x")
    structure = """C t
{ struct pair s; struct pair *p=&s; }
struct pair { int first; int second; };
P0(struct pair **p) { struct pair *r1 = rcu_dereference(*p); int r0 = READ_ONCE(r1->second); }
P1(struct pair *s) { WRITE_ONCE(s->second, 1); }
exists (0:r0=1)
"""
    same_after(structure)
    text = litmus(read(structure).program).text
    assert "READ_ONCE(*((void *)s_second + (r1 != r1)))" in text
    assert "{ int *p=s_first; }" in text


# ── memory ───────────────────────────────────────────────────────────────────────────────────────


WRITER = "P1(int *x) { WRITE_ONCE(*x, 1); }"


def test_an_index_that_was_read_counts_herd7s_bytes() -> None:
    text = "int r1 = READ_ONCE(*x) & 1; int r0 = READ_ONCE(a[r1]);"
    after = body(text, "int a[2]={3,5};", parameters="int *x, int *a", other=WRITER)
    assert after.endswith("READ_ONCE(*((void *)a + 4 * r1));")
    wide = body(text, "long a[2]={3,5};", parameters="int *x, long *a", other=WRITER)
    assert "= READ_ONCE(*((void *)a + 4 * r1));" in wide


def test_an_array_whose_indices_are_constants_is_so_many_variables() -> None:
    text = "int r0 = READ_ONCE(a[1]); WRITE_ONCE(a[0], 2);"
    after = body(text, "int a[2]={3,5};", parameters="int *a")
    assert after == "int r0 = READ_ONCE(*a_1); WRITE_ONCE(*a_0, 2);"
    listed = body(text, "int a[2]={3,5};", parameters="int *a", locations="0:r0; a;")
    assert listed == "int r0 = READ_ONCE(*((void *)a + 4)); WRITE_ONCE(*a, 2);"


FIELDS = """
struct slot { int key; int value; };
struct slot slots[2];
int at;
void P0(void) { WRITE_ONCE(slots[1].key, 7); smp_store_release(&at, 1); }
void P1(void)
{
	int i = smp_load_acquire(&at) & 1;
	struct slot *slot = &slots[i];
	assert(!i || READ_ONCE(slot->key) == 7);
}
"""


def test_a_field_of_an_array_of_structures_is_an_array() -> None:
    program = code(FIELDS)
    text = litmus(program).text
    again = read(text).program
    assert decided(program).observation is decided(again).observation
    assert decided(code(FIELDS.replace("== 7", "== 0"))).observation is not decided(again).observation
    assert "READ_ONCE(*slot)" in text and "void *)slots" in text


def test_arrays_of_pointers_and_distances_between_objects_are_refused() -> None:
    table = "int *r1 = READ_ONCE(table[READ_ONCE(*x) & 1]); int r0 = READ_ONCE(*r1);"
    initial = "int *table[2]={&y,&z};"
    parameters = "int *x, int **table, int *y, int *z"
    assert "array of pointers" in refused(table, initial=initial, parameters=parameters, other=WRITER)
    pair = """C t
{ struct pair s; struct pair t; struct pair *p=&s; }
struct pair { int first; int second; };
P0(struct pair **p, struct pair *t) { WRITE_ONCE(*p, t); }
P1(struct pair **p) { struct pair *r1 = rcu_dereference(*p); int r0 = READ_ONCE(r1->second); }
exists (1:r0=1)
"""
    with pytest.raises(Unsupported, match="may lie in several objects"):
        litmus(read(pair).program)


def test_what_cannot_be_named_is_named_otherwise() -> None:
    program = code(
        "spinlock_t lock; int P9;\n"
        "void P0(void) { int with; spin_lock(&lock); with = P9; P9 = with + 1; spin_unlock(&lock); }"
    )
    text = litmus(program).text
    assert "P0(spinlock_t *lock_, int *P9_)" in text
    assert "int r_with = *P9_;" in text
    assert found(read(text).program)[0] == found(program)[0]


# ── operations ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("int r0 = atomic_add_return_acquire(2, x);", "int old = atomic_fetch_add_acquire(2, x); int r0 = old + 2;"),
        ("int r0 = atomic_fetch_or_relaxed(2, x);", "int r0 = atomic_fetch_or_relaxed(2, x);"),
        ("int r0 = atomic_fetch_andnot(2, x);", "int r0 = atomic_fetch_and(-3, x);"),
        ("int r0 = 0; atomic_inc(x); atomic_sub(3, x);", "int r0 = 0; atomic_inc(x); atomic_sub(3, x);"),
        (
            "int r0 = atomic_dec_and_test(x);",
            "int old = atomic_fetch_sub(1, x); int value = old - 1; int r0 = value == 0;",
        ),
        ("int r0 = xchg_release(x, 2);", "int r0 = xchg_release(x, 2);"),
        ("int r0 = cmpxchg_acquire(x, 0, 2);", "int r0 = cmpxchg_acquire(x, 0, 2);"),
        (
            "int r0 = atomic_add_unless(x, 2, 7);",
            "int old = atomic_add_unless(x, 2, 7); int value = old; int r0 = value;",
        ),
        ("int r0 = 0; smp_store_mb(*x, 1);", "int r0 = 0; WRITE_ONCE(*x, 1); smp_mb();"),
        ("int r0 = rcu_dereference(*x);", "int r0 = READ_ONCE(*x);"),
        ("int r0 = 0; rcu_assign_pointer(*x, 1);", "int r0 = 0; smp_store_release(x, 1);"),
    ],
)
def test_operations_are_spelled_by_what_they_do(given: str, written: str) -> None:
    assert body(given) == written


def test_what_no_operation_of_herd7_does_is_refused() -> None:
    step = "void P0(void) { int old = atomic_dec_if_positive(&x); assert(old < 5); }"
    with pytest.raises(Unsupported) as caught:
        litmus(code(f"atomic_t x;\n{step}"))
    assert caught.value.span is not None and caught.value.span.line == 2


# ── conditions ───────────────────────────────────────────────────────────────────────────────────


def ending(condition: str, body_: str = "int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*y);") -> str:
    source = f"C t\n{{}}\nP0(int *x, int *y)\n{{\n{body_}\n}}\nP1(int *x) {{ WRITE_ONCE(*x, 1); }}\n{condition}\n"
    before = read(source).program
    after = litmus(before).text
    assert found(read(after).program) == found(before), after
    return after.splitlines()[-1]


def test_conditions_compare_for_equality() -> None:
    assert ending("exists (0:r0=1 /\\ ~(0:r1=0))") == "exists (0:r0=1 /\\ ~(0:r1=0))"
    assert ending("~exists (0:r0=0:r1)") == "~exists (0:r0=0:r1)"
    assert ending("forall (0:r0 < 1)") == "forall (0:r0=0)"
    assert ending("exists (x=1 \\/ false)") == "exists (x=1)"
    assert ending("filter (0:r0=1)\nexists (0:r1=0)") == "exists (0:r1=0)"


def test_faults_are_not_looked_for_and_that_is_said() -> None:
    program = code(
        "int *p; int x;\nvoid P0(void) { WRITE_ONCE(p, &x); }\nvoid P1(void) { assert(*READ_ONCE(p) == 0); }"
    )
    exported = litmus(program)
    assert exported.notes == ("herd7 does not look for this: NULL dereference",)
    assert exported.notes[0] in exported.text
