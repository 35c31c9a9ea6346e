"""Which functions of a C file contain an ordering primitive, told from the text alone."""

from __future__ import annotations

from pathlib import Path

from bench.kernel_functions import in_text

CODE = """\
#define HIDDEN(x) static int hidden_##x(void) { return READ_ONCE(x); }
static int table[] = { READ_ONCE_LOOKALIKE(1) };

static int plain(int *p)
{
	/* READ_ONCE(*p) would do */
	return p["READ_ONCE(x)"[0]];
}

static __always_inline __attribute__((noinline)) struct thing *
first(struct thing *t) __acquires(&t->lock)
{
	return READ_ONCE(t->next);
}

SYSCALL_DEFINE2(second, int, a, int, b)
{
	smp_mb();
#ifdef CONFIG_X
	if (a) {
#else
	if (b) {
#endif
		WRITE_ONCE(x, 1);
	}
}

void third(void) {
	if (atomic_dec_and_test(&x))
		smp_processor_id();
}

int fourth(void)
{
	return spin_trylock(&lock) && smp_processor_id() && atomic_notifier_call_chain(&c, 0, 0);
}
"""


def test_functions_that_contain_a_primitive_are_found() -> None:
    found = [(f.name, f.title, f.line, f.end_line) for f in in_text(CODE, Path("x.c"))]
    assert found == [
        ("first", "first", 10, 14),
        ("", "SYSCALL_DEFINE2(second)", 16, 26),
        ("third", "third", 28, 31),
    ]
