"""What the prelude's macros and functions do: their values, and the accesses, barriers and locks that they are made of.

The facts are those of the kernel's include/linux, Documentation/atomic_bitops.txt and refcount-vs-atomic.rst, and of
POSIX.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.frontends.c.syntax.unit import Unit
from memmodel.frontends.c.text.includes import LIBRARY, Includes
from memmodel.frontends.c.text.preprocess import preprocess
from memmodel.result import Observation
from memmodel.source import SourceFile
from tests.frontends.c.harness import does, kinds, result

HEADERS = sorted(str(path.relative_to(LIBRARY)) for path in LIBRARY.rglob("*.h"))


@pytest.mark.parametrize("header", HEADERS)
def test_every_header_may_be_included_twice_and_all_its_definitions_are_c(header: str) -> None:
    text = f'#include "{header}"\n#include <{header}>\nvoid P0(void) {{ }}\n'
    unit = Unit(preprocess(SourceFile("harness.c", text), Includes(), {}))
    for name in unit.functions():
        assert unit.function(name) is not None
    for name in ("refcount_t", "local_t", "pthread_mutex_t", "pthread_t", "gfp_t"):
        assert unit.typedef(name) is not None


def test_no_header_says_where_else_it_is_from() -> None:
    for header in HEADERS:
        assert "SPDX" not in Path(LIBRARY / header).read_text(encoding="utf-8")


# ── values ───────────────────────────────────────────────────────────────────────────────────────


VALUES = (
    ("min(3, 5)", "3"),
    ("max(min(9, 7), 5)", "7"),
    ("min_t(u8, 256, 7)", "0"),
    ("max_t(int, -1, 1)", "1"),
    ("max(-1, 1)", "1"),
    ("clamp(9, 2, 6)", "6"),
    ("clamp(1, 2, 6)", "2"),
    ("min3(4, 2, 3)", "2"),
    ("abs(-4)", "4"),
    ("ALIGN(13, 8)", "16"),
    ("ALIGN(16, 8)", "16"),
    ("round_up(13u, 8)", "16"),
    ("round_down(13, 8)", "8"),
    ("roundup(13, 6)", "18"),
    ("rounddown(13, 6)", "12"),
    ("IS_ALIGNED(24, 8)", "1"),
    ("IS_ALIGNED(20, 8)", "0"),
    ("DIV_ROUND_UP(13, 4)", "4"),
    ("ARRAY_SIZE(array)", "6"),
    ("sizeof_field(struct pair, b)", "8"),
    ("offsetofend(struct pair, b)", "16"),
    ("container_of(&pair.b, struct pair, b) == &pair", "1"),
    ("struct_size(&list, items, 3)", "8 + 24"),
    ("BIT(5)", "32"),
    ("BIT_MASK(65)", "2"),
    ("BIT_WORD(65)", "1"),
    ("GENMASK(5, 3)", "0x38"),
    ("BITS_TO_LONGS(65)", "2"),
    ("is_power_of_2(64)", "1"),
    ("is_power_of_2(0)", "0"),
    ("is_power_of_2(6)", "0"),
    ("roundup_pow_of_two(5)", "8"),
    ("roundup_pow_of_two(8)", "8"),
    ("rounddown_pow_of_two(5)", "4"),
    ("fls(0)", "0"),
    ("fls(1)", "1"),
    ("fls64(1UL << 63)", "64"),
    ("fls64(0x1f0)", "9"),
    ("ilog2(1024)", "10"),
    ("order_base_2(5)", "3"),
    ("__ffs(0x18)", "3"),
    ("ffs(0)", "0"),
    ("likely(7)", "1"),
    ("WARN_ON(7)", "1"),
    ('WARN_ONCE(0, "%d", 1)', "0"),
    ("IS_ERR(ERR_PTR(-EINVAL))", "1"),
    ("IS_ERR(&pair)", "0"),
    ("PTR_ERR(ERR_PTR(-EAGAIN))", "-11"),
    ("U8_MAX + 1", "256"),
    ("U64_MAX == (u64)-1", "1"),
    ("S32_MIN < 0", "1"),
    ("upper_32_bits(0x500000000)", "5"),
    ("CIRC_CNT(1, 6, 8)", "3"),
    ("CIRC_SPACE(1, 6, 8)", "4"),
    ("CIRC_SPACE(0, 0, 8)", "7"),
    ("CIRC_CNT_TO_END(1, 6, 8)", "2"),
    ("CIRC_CNT_TO_END(7, 6, 8)", "1"),
    ("CIRC_SPACE_TO_END(6, 1, 8)", "2"),
    ("CIRC_SPACE_TO_END(6, 0, 8)", "1"),
    ("CIRC_SPACE_TO_END(1, 6, 8)", "4"),
)


@pytest.mark.parametrize(("operator", "right"), [("==", True), ("!=", False)])
def test_values(operator: str, right: bool) -> None:
    lines = [f"\tassert(({expression}) {operator} ({value}));" for expression, value in VALUES]
    text = """
    #include <linux/circ_buf.h>
    struct pair { int a; u64 b; } pair;
    struct { int a; u64 items[]; } list;
    int array[6];
    """
    found = result("\n".join((text, "void P0(void)", "{", *lines, "}")))
    failed = {note.message for note in found.failed_assertions}
    assert failed == (set() if right else {line.strip()[len("assert(") : -len(");")] for line in lines})


def test_swap_swaps() -> None:
    text = "void P0(void) { int a = 1, b = 2; swap(a, b); assert(a == %d && b == %d); }"
    assert result(text % (2, 1)).observation is Observation.NEVER
    assert result(text % (1, 2)).observation is Observation.ALWAYS


@pytest.mark.parametrize(
    ("expression", "reads"),
    [("min(READ_ONCE(x), 3)", 1), ("round_up(READ_ONCE(x), 8)", 1), ("swap(x, y)", 2), ("abs(READ_ONCE(x))", 1)],
)
def test_arguments_are_evaluated_once(expression: str, reads: int) -> None:
    assert sum(" = R[" in line for line in does(f"({expression});")) == reads


# ── accesses ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("y = data_race(x);", ["R[]", "W[]"]),
        ("smp_read_barrier_depends();", []),
        ('pr_warn("%d", x);', []),
        ("lockdep_assert_held(&y);", []),
        ("y = rcu_dereference_check(x, y);", ["R[once]", "W[]"]),
        ("y = rcu_dereference_protected(x, y);", ["R[]", "W[]"]),
        ("y = rcu_access_pointer(x);", ["R[once]", "W[]"]),
        ("rcu_assign_pointer(x, 1);", ["W[release]"]),
        ("rcu_assign_pointer(x, NULL);", ["W[once]"]),
        ("rcu_replace_pointer(x, 1, 1);", ["R[]", "W[release]"]),
        ("test_bit(1, &w);", ["R[once]"]),
        ("test_bit_acquire(1, &w);", ["R[acquire]"]),
        ("set_bit(1, &w);", ["RMW[noreturn][noreturn] data"]),
        ("clear_bit(1, &w);", ["RMW[noreturn][noreturn] data"]),
        ("change_bit(1, &w);", ["RMW[noreturn][noreturn] data"]),
        ("test_and_set_bit(1, &w);", ["RMW[mb][mb] data"]),
        ("test_and_clear_bit(1, &w);", ["RMW[mb][mb] data"]),
        ("test_and_change_bit(1, &w);", ["RMW[mb][mb] data"]),
        ("test_and_set_bit_lock(1, &w);", ["RMW[acquire][acquire] data"]),
        ("clear_bit_unlock(1, &w);", ["RMW[release][release] data"]),
        ("__clear_bit_unlock(1, &w);", ["R[once]", "W[release]"]),
        ("__set_bit(1, &w);", ["R[]", "W[]"]),
        ("__test_and_set_bit(1, &w);", ["R[]", "W[]"]),
        ("x = smp_cond_load_acquire(&y, VAL > 2);", ["R[acquire]", "W[]"]),
        ("x = smp_cond_load_relaxed(&y, VAL > 2);", ["R[once]", "W[]"]),
        ("atomic_cond_read_acquire(&a, VAL == 1);", ["R[acquire]"]),
        ("local_irq_save(w); local_irq_restore(w);", ["W[]"]),
        ("__local_inc(&a);", ["R[once]", "W[once]"]),
    ],
)
def test_what_is_accessed(body: str, expected: list[str]) -> None:
    assert kinds(body, "atomic_t a = ATOMIC_INIT(1);") == expected


@pytest.mark.parametrize(
    ("call", "returns", "leaves"),
    [
        ("test_bit(3, words)", 1, 8),
        ("test_bit(65, words)", 1, 8),
        ("test_bit(64, words)", 0, 8),
        ("test_and_set_bit(1, words)", 0, 10),
        ("test_and_set_bit(3, words)", 1, 8),
        ("test_and_clear_bit(3, words)", 1, 0),
        ("test_and_clear_bit(2, words)", 0, 8),
        ("test_and_change_bit(3, words)", 1, 0),
        ("test_and_set_bit_lock(0, words)", 0, 9),
        ("(set_bit(2, words), 0)", 0, 12),
        ("(clear_bit(3, words), 0)", 0, 0),
        ("(change_bit(0, words), 0)", 0, 9),
        ("(clear_bit_unlock(3, words), 0)", 0, 0),
        ("(__clear_bit_unlock(3, words), 0)", 0, 0),
        ("(__set_bit(63, words), 0)", 0, "8 | 1UL << 63"),
        ("(__clear_bit(3, words), 0)", 0, 0),
        ("(__change_bit(3, words), 0)", 0, 0),
        ("__test_and_set_bit(2, words)", 0, 12),
        ("__test_and_clear_bit(3, words)", 1, 0),
        ("__test_and_change_bit(3, words)", 1, 0),
        ("(assign_bit(3, words, false), 0)", 0, 0),
        ("(__assign_bit(1, words, true), 0)", 0, 10),
    ],
)
def test_what_operations_on_bits_return_and_leave(call: str, returns: int, leaves: int | str) -> None:
    text = "unsigned long words[2] = { 8, 2 };\nvoid P0(void) { int r = %s; assert(r == %d && words[0] == (%s)); }"
    assert result(text % (call, returns, leaves)).observation is Observation.NEVER
    assert result(text % (call, 1 - returns, leaves)).observation is Observation.ALWAYS


def test_waiting_for_a_condition_reads_until_it_holds() -> None:
    text = """
    int x, y;
    void P0(void) { y = 7; smp_store_release(&x, 3); }
    void P1(void) { assert(smp_cond_load_%s(&x, VAL > 2) == 3); assert(READ_ONCE(y) == 7); }
    """
    assert result(text % "acquire").observation is Observation.NEVER
    assert not result(text % "acquire").bounded
    assert result(text % "relaxed").observation is Observation.SOMETIMES


LOCKED = """
{declaration}
int count;
static void add(void) {{ {lock}; count = count + 1; {unlock}; }}
void P0(void) {{ add(); }}
void P1(void) {{ add(); }}
void final(void) {{ assert(count == 2); }}
"""


@pytest.mark.parametrize(
    ("declaration", "lock", "unlock"),
    [
        ("DEFINE_SPINLOCK(l);", "unsigned long f; spin_lock_irqsave(&l, f)", "spin_unlock_irqrestore(&l, f)"),
        ("DEFINE_RAW_SPINLOCK(l);", "raw_spin_lock_bh(&l)", "raw_spin_unlock_bh(&l)"),
        ("DEFINE_MUTEX(l);", "mutex_lock(&l)", "mutex_unlock(&l)"),
        ("pthread_mutex_t l = PTHREAD_MUTEX_INITIALIZER;", "pthread_mutex_lock(&l)", "pthread_mutex_unlock(&l)"),
        ("pthread_spinlock_t l;", "pthread_spin_lock(&l)", "pthread_spin_unlock(&l)"),
        ("long l;", "assume(!test_and_set_bit_lock(1, &l))", "clear_bit_unlock(1, &l)"),
    ],
)
def test_locks_keep_two_threads_apart(declaration: str, lock: str, unlock: str) -> None:
    found = result(LOCKED.format(declaration=declaration, lock=lock, unlock=unlock))
    assert found.observation is Observation.NEVER
    assert not found.flags and not found.no_executions
    found = result(LOCKED.format(declaration=declaration, lock="(void)0", unlock="(void)0"))
    assert found.observation is Observation.SOMETIMES
    assert "data-race" in found.flags


def test_a_bit_that_was_set_already_leaves_test_and_set_bit_without_any_order() -> None:
    text = """
    int data;
    unsigned long flags = %d;
    void P0(void) { WRITE_ONCE(data, 1); test_and_set_bit(0, &flags); WRITE_ONCE(y, 1); }
    int y;
    void P1(void) { int r = READ_ONCE(y); smp_rmb(); assert(!r | READ_ONCE(data)); }
    """
    assert result(text % 0).observation is Observation.NEVER
    assert result(text % 1).observation is Observation.SOMETIMES


def test_the_last_reference_sees_what_was_done_under_the_others() -> None:
    text = """
    refcount_t count = REFCOUNT_INIT(2);
    int data;
    void P0(void) { data = 1; if (refcount_dec_and_test(&count)) assert(data == 1); }
    void P1(void) { if (refcount_dec_and_test(&count)) assert(READ_ONCE(data) == 1); }
    """
    assert result(text).observation is Observation.NEVER
    broken = text.replace("refcount_dec_and_test(&count)", "atomic_fetch_sub_relaxed(1, &count.refs) == 1")
    assert result(broken).observation is Observation.SOMETIMES


def test_a_reference_to_what_is_gone_is_not_had() -> None:
    text = "refcount_t count;\nvoid P0(void) { assert(!refcount_inc_not_zero(&count)); }"
    assert result(text).observation is Observation.NEVER


# ── user space ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("int v; __atomic_load(&x, &v, __ATOMIC_ACQUIRE);", "v = R[acquire] &x"),
        ("int v = 2; __atomic_store(&x, &v, __ATOMIC_RELEASE);", "W[release] &x = v"),
        ("int v = 2, r; __atomic_exchange(&x, &v, &r, __ATOMIC_ACQ_REL);", "RMW[acquire][release] &x = v"),
        ("__sync_bool_compare_and_swap(&x, 1, 2);", "RMW[mb][mb] &x = 2 if (== old 1)"),
    ],
)
def test_builtins_on_pointers_to_values(body: str, expected: str) -> None:
    assert does(body) == [expected]


def test_c11_message_passing() -> None:
    text = """
    #include <stdatomic.h>
    #include <pthread.h>
    #include <assert.h>
    atomic_int ready;
    int data;
    void P0(void) { data = 1; atomic_store_explicit(&ready, 1, memory_order_%s); }
    void P1(void) { if (atomic_load_explicit(&ready, memory_order_acquire)) assert(data == 1); }
    """
    found = result(text % "release")
    assert found.observation is Observation.NEVER and not found.flags
    found = result(text % "relaxed")
    assert found.observation is Observation.SOMETIMES and "data-race" in found.flags


def test_a_weak_compare_and_exchange_alone_may_fail_though_nobody_else_writes() -> None:
    text = """
    #include <stdatomic.h>
    atomic_int x;
    void P0(void)
    {
        int old = 0;
        bool done = atomic_compare_exchange_%s_explicit(&x, &old, 1, memory_order_acq_rel, memory_order_acquire);
        assert(done);
    }
    """
    assert result(text % "strong").observation is Observation.NEVER
    assert result(text % "weak").observation is Observation.SOMETIMES


def test_words_of_other_checkers() -> None:
    text = """
    int x;
    void P0(void) { int b = __VERIFIER_nondet_bool(); __VERIFIER_assume(b); __VERIFIER_assert(b == %d); }
    """
    assert result(text % 1).observation is Observation.NEVER
    assert result(text % 0).observation is Observation.ALWAYS


# ── what the harness defines itself ──────────────────────────────────────────────────────────────


def test_a_function_of_the_harness_comes_before_the_preludes() -> None:
    assert does("set_bit(1, &w);", "static void set_bit(long n, unsigned long *p) { WRITE_ONCE(*p, n); }") == [
        "W[once] &w = 1"
    ]


def test_a_macro_of_the_harness_comes_before_the_preludes() -> None:
    assert does("WRITE_ONCE(x, min(1, 2));", "#define min(a, b) 9") == ["W[once] &x = 9"]
