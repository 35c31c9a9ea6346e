"""Mutated litmus text: whatever it is, the front end says so in an error of ours, or reads a legal program."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memmodel.errors import MemmodelError
from memmodel.program.load import load
from memmodel.program.spec import check
from memmodel.source import SourceFile

SEEDS = (
    """C ring
"a producer and a consumer"
Unroll=3
(*
 * Result: Sometimes DATARACE
 *)
{ int slot[2]={0,1}; int *p=&slot; atomic_t busy=ATOMIC_INIT(1); 0:r9=p; spinlock_t lock; struct pair q; }
struct pair { int a; u64 b[2]; };
static int twice(int *from, int by) { if (by) return READ_ONCE(*from) * 2; return by ? 1 : 0; }
P0(int *slot, int **p, atomic_t *busy, spinlock_t *lock, struct pair *q)
{
	int r0 = 1, r1;
	int *r2;

	spin_lock(lock);
	r2 = rcu_dereference(*p);
	*r2 = r0 + (r1 ^ 0x10);
	for (r1 = 0; r1 < 2; r1++) {
		if (atomic_cmpxchg(busy, 1, 0) == 1 && !slot[r1])
			break;
		q->b[r1] -= -1;
	}
	spin_unlock(lock);
	if (r0 != 1)
		goto out;
	smp_store_release(&q->a, twice(slot, r0));
out:
	smp_mb();
}
P1(int *slot, atomic_t *busy, spinlock_t *lock)
{
	int r0;

	r0 = spin_trylock(lock);
	while (!(r0 = atomic_add_unless(busy, 1, 0)))
		barrier();
	do { WRITE_ONCE(slot[0], (long)r0 << 3); } while (0);
}
locations [slot; 1:r0; busy;]
filter (busy=1)
exists (slot={1,2} /\\ ~(0:r0=1:r0 \\/ slot[1]!=3) /\\ 0:r2=slot => true)
""",
    """C plain
{ x=1; [y]=2 }
P0(int *x, int *y) { *x = *y; WRITE_ONCE(*y, READ_ONCE(*x)); }
P1(int *x) { int r = xchg(x, 3) % 2; rcu_read_lock(); (void)r; rcu_read_unlock(); }
~exists (x=0 \\/ [y]=[x])
""",
)
TOKENS = (
    *"(){}[];:,*&=+-/%|^~!<>?.\\\"'#0123456789",
    *("(*", "*)", "//", "/*", "*/", "->", "++", "&&", "==", "/\\", "\\/", "=>", "\n", " "),
    *("int", "struct", "if", "else", "while", "for", "goto", "return", "break", "exists", "forall", "filter"),
    *("P0", "P7", "x", "slot", "0:r0", "smp_mb()", "READ_ONCE", "0x", "99999999999999999999", "é", "\0"),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A seed with some pieces cut out, doubled, moved or replaced by tokens."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        piece = text[start:end]
        new = draw(st.one_of(st.sampled_from(TOKENS), st.just(""), st.just(piece * 2), st.text(max_size=3)))
        text = text[:start] + new + text[end:]
    return text


def read(text: str) -> bool:
    """Whether the text is a litmus test; any exception but ours, and any illegal program, escapes."""
    try:
        program = load(SourceFile("fuzz", text)).program
    except MemmodelError as error:
        assert error.span is not None
        assert error.span.excerpt()
        return False
    check(program)
    return True


def test_the_seeds_are_litmus_tests() -> None:
    assert all(read(seed) for seed in SEEDS)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_mutated_text_is_read_or_refused_with_its_place(text: str) -> None:
    read(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    read("C t\n{ " + text)
