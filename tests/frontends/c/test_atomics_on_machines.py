"""What user space says in C11, or by GCC's builtins, is on each machine what the kernel says by its own primitives; and
what C11 has beyond those is what a compiler makes of it."""

from __future__ import annotations

import pytest

from memmodel.machines import registry
from memmodel.machines.translate import translate
from memmodel.program import ir
from memmodel.program.ir import Program
from memmodel.records import replace
from tests.machines.asking import code, shows

ALL = ("x86", "arm64-lse", "arm64-llsc", "riscv", "power")
NONE = (False,) * 5
WEAK = (False, True, True, True, True)
HEAD = "#include <stdatomic.h>\nint x, y, z;\n"


def events(statement: str, machine: str) -> list[str]:
    """The events of a statement on a machine: what it is, and its annotations; those of a failure after a bar."""
    found = registry.find(machine)
    assert found is not None
    program = code(f"{HEAD}void P0(void)\n{{\n\tint e = 0;\n\t{statement};\n}}\n")
    assert program.threads[0].body
    return list(_said(translate(program, found)))


def _said(program: Program) -> list[str]:
    said: list[str] = []

    def note(body: tuple[ir.Instruction, ...], mark: str = "") -> None:
        for item in body:
            match item:
                case ir.Load() | ir.Store() | ir.Fence():
                    said.append(f"{mark}{type(item).__name__} {sorted(item.tags)}")
                case ir.ReadModifyWrite():
                    failed = "" if item.failed_tags is None else f" | {sorted(item.failed_tags)}"
                    said.append(f"{mark}RMW {sorted(item.read_tags)} {sorted(item.write_tags)}{failed}")
                case ir.If():
                    note(item.then, f"{mark}if ")

    note(program.threads[0].body)
    return said


@pytest.mark.parametrize("machine", registry.MACHINES, ids=registry.name)
@pytest.mark.parametrize(
    ("user", "kernel"),
    [
        ("atomic_store_explicit(&x, 1, memory_order_release)", "smp_store_release(&x, 1)"),
        ("__atomic_store_n(&x, 1, __ATOMIC_RELEASE)", "smp_store_release(&x, 1)"),
        ("__sync_lock_release(&x)", "smp_store_release(&x, 0)"),
        ("atomic_store_explicit(&x, 1, memory_order_relaxed)", "WRITE_ONCE(x, 1)"),
        ("e = atomic_load_explicit(&x, memory_order_acquire)", "e = smp_load_acquire(&x)"),
        ("e = __atomic_load_n(&x, __ATOMIC_ACQUIRE)", "e = smp_load_acquire(&x)"),
        ("e = __atomic_load_n(&x, __ATOMIC_RELAXED)", "e = READ_ONCE(x)"),
        ("atomic_thread_fence(memory_order_seq_cst)", "smp_mb()"),
        ("__sync_synchronize()", "smp_mb()"),
        ("atomic_signal_fence(memory_order_seq_cst)", "barrier()"),
        ("e = atomic_exchange_explicit(&x, 1, memory_order_acquire)", "e = xchg_acquire(&x, 1)"),
        ("e = __sync_lock_test_and_set(&x, 1)", "e = xchg_acquire(&x, 1)"),
        ("e = __atomic_exchange_n(&x, 1, __ATOMIC_RELEASE)", "e = xchg_release(&x, 1)"),
        ("e = atomic_fetch_add_explicit(&x, 1, memory_order_relaxed)", "e = atomic_fetch_add_relaxed(1, &x)"),
        ("e = __atomic_fetch_or(&x, 1, __ATOMIC_RELEASE)", "e = atomic_fetch_or_release(1, &x)"),
        ("e = __sync_fetch_and_add(&x, 1)", "e = atomic_fetch_add(1, &x)"),
        ("e = __sync_val_compare_and_swap(&x, 0, 1)", "e = cmpxchg(&x, 0, 1)"),
    ],
)
def test_the_events_are_those_of_the_kernels_primitive(user: str, kernel: str, machine: registry.Machine) -> None:
    assert events(user, registry.name(machine)) == events(kernel, registry.name(machine))


def test_an_operation_that_acquires_and_releases_is_a_full_barrier_only_where_it_is_one_instruction() -> None:
    """amoadd.aqrl and ldaddal order what comes before with what comes after; ldaxr; stlxr and lwsync; …; isync do
    not."""
    text = f"""{HEAD}
void P0(void) {{ WRITE_ONCE(x, 1); atomic_fetch_add_explicit(&z, 1, memory_order_acq_rel); final_0 = READ_ONCE(y); }}
void P1(void) {{ WRITE_ONCE(y, 1); smp_mb(); final_1 = READ_ONCE(x); }}
void final(void) {{ assert(final_0 || final_1); }}
""".replace("int x, y, z;", "int x, y, z; ghost int final_0, final_1;")
    assert outcomes(text) == (False, False, True, False, True)


def test_a_failure_that_is_to_acquire_does_on_every_machine() -> None:
    """A compiler puts the barrier where both ways meet."""
    text = f"""{HEAD.replace("int x, y, z;", "int x, y, z; ghost int seen, got;")}
void P0(void) {{ WRITE_ONCE(x, 1); smp_store_release(&y, 1); }}
void P1(void) {{
	int e = 0;
	atomic_compare_exchange_strong_explicit(&y, &e, 2, memory_order_relaxed, ORDER);
	seen = e; got = READ_ONCE(x);
}}
void final(void) {{ assert(seen == 0 || got == 1); }}
"""
    assert outcomes(text.replace("ORDER", "memory_order_acquire")) == NONE
    assert outcomes(text.replace("ORDER", "memory_order_relaxed")) == WEAK


RING = """#include <stdatomic.h>
unsigned long position;
unsigned long done;
int slot[2];

/* The kernel's half. */
void P0(void)
{
	for (unsigned long i = 0; i < 3; i++) {
		if (i - smp_load_acquire(&done) >= 2)
			return;
		WRITE_ONCE(slot[i & 1], (int)i + 1);
		smp_store_release(&position, i + 1);
	}
}

/* The half of user space, which knows nothing of the kernel's primitives. */
void P1(void)
{
	unsigned long end = atomic_load_explicit(&position, ACQUIRE);

	for (unsigned long i = 0; i < end && i < 2; i++) {
		int value = __atomic_load_n(&slot[i & 1], __ATOMIC_RELAXED);

		assert(value == (int)i + 1);
		__atomic_store_n(&done, i + 1, RELEASE);
	}
}
"""


@pytest.mark.parametrize(
    ("acquire", "release", "machines"),
    [
        ("memory_order_acquire", "__ATOMIC_RELEASE", NONE),
        ("memory_order_relaxed", "__ATOMIC_RELEASE", WEAK),
        # A load is over before the store that gives its slot back: on POWER and the others only by a release.
        ("memory_order_acquire", "__ATOMIC_RELAXED", (False, True, True, True, True)),
    ],
)
def test_the_half_of_a_ring_in_user_space(acquire: str, release: str, machines: tuple[bool, ...]) -> None:
    assert outcomes(RING.replace("ACQUIRE)", f"{acquire})").replace("RELEASE)", f"{release})")) == machines


def outcomes(text: str) -> tuple[bool, ...]:
    """For each machine whether an assertion can fail."""
    program = code(text)
    return shows(replace(program, unroll=4), *ALL)
