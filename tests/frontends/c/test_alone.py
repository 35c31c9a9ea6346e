"""A function on its own becomes a program of its accesses, in order, and says what was assumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.errors import SyntaxError, Unsupported
from memmodel.events.graph import EventKind
from memmodel.events.unroll import unroll
from memmodel.frontends.c.alone.alone import Lone, alone
from memmodel.frontends.c.lowering.storage import every
from memmodel.program import spec
from memmodel.program.ir import Choose, Fence, Instruction, Load, Lock, ReadModifyWrite, Store
from memmodel.source import SourceFile

HEADER = """\
#ifndef _LINUX_RING_H
#define _LINUX_RING_H
#define RING_FLAG 4
#define ring_mask ring_mask_of_all
extern unsigned long ring_mask_of_all;
struct ring { struct ring *next; unsigned int head; unsigned int busy:1, full:1; struct unknown_lock lock; };
struct outer { long before; struct ring ring; long after; };
struct ring *ring_find(int id);
void ring_kick(struct ring *r);
#ifdef CONFIG_SMP
int ring_cpus(struct ring *r);
#else
static inline int ring_cpus(struct ring *r) { smp_mb(); return 1; }
#endif
static inline unsigned int ring_head(struct ring *r)
{
	return READ_ONCE(r->head);
}
#endif
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "include/linux").mkdir(parents=True)
    (tmp_path / "include/linux/ring.h").write_text(HEADER.replace(" struct unknown_lock lock;", ""))
    (tmp_path / "kernel").mkdir()
    return tmp_path


def lower(tree: Path, code: str, function: str = "f", line: int | None = None) -> Lone:
    text = f"#include <linux/ring.h>\n{code}"
    path = tree / "kernel/code.c"
    path.write_text(text)
    found = alone(SourceFile("kernel/code.c", text), function, tree, path, line)
    spec.check(found.program)
    unroll(found.program)
    return found


def accesses(found: Lone) -> list[str]:
    """Each access and fence in order, as its kind and its tags."""
    return [_told(node) for node in every(found.program.threads[0].body) if _told(node)]


def _told(node: Instruction) -> str:
    match node:
        case Load():
            return " ".join(("load", *sorted(node.tags)))
        case Store():
            return " ".join(("store", *sorted(node.tags)))
        case ReadModifyWrite():
            return " ".join(("rmw", *sorted(node.read_tags)))
        case Fence():
            return " ".join(("fence", *sorted(node.tags)))
        case Lock():
            return node.kind.value
        case _:
            return ""


def written(found: Lone) -> list[str]:
    """The writes of the function that are events: those that have an address that may be a cell."""
    events = unroll(found.program).events
    return [" ".join(("store", *sorted(e.tags))) for e in events if e.kind is EventKind.WRITE and e.thread >= 0]


def test_accesses_keep_their_order_and_tags(tree: Path) -> None:
    code = "void f(struct ring *r, atomic_t *a) { int n = READ_ONCE(r->head); smp_wmb(); r->head = n; atomic_inc(a); }"
    assert accesses(lower(tree, code)) == ["load once", "fence wmb", "store", "rmw noreturn"]


def test_functions_of_headers_are_inlined(tree: Path) -> None:
    found = lower(tree, "int f(struct ring *r) { return ring_head(r); }")
    assert accesses(found) == ["load once"]
    assert found.opaque == ()


def test_a_body_for_another_configuration_is_not_taken(tree: Path) -> None:
    found = lower(tree, "int f(struct ring *r) { return ring_cpus(r); }")
    assert accesses(found) == []
    assert found.opaque == ("ring_cpus",)


def test_what_nobody_defines_has_any_result_and_is_told(tree: Path) -> None:
    found = lower(tree, "int f(struct ring *r) { ring_kick(r); return nowhere_declared(r->head); }")
    assert found.opaque == ("nowhere_declared", "ring_kick")
    assert accesses(found) == ["load"]
    assert any(isinstance(node, Choose) for node in every(found.program.threads[0].body))


def test_a_pointer_that_is_returned_leads_to_an_object(tree: Path) -> None:
    found = lower(tree, "void f(int id) { struct ring *r = ring_find(id); if (r) WRITE_ONCE(r->head, 1); }")
    assert written(found) == ["store once"]


def test_a_function_that_is_passed_is_no_access(tree: Path) -> None:
    found = lower(tree, "int f(struct ring *r, int (*work)(struct ring *)) { return work(r); }")
    assert accesses(found) == []


def test_a_function_that_calls_itself_is_cut_there(tree: Path) -> None:
    found = lower(tree, "int f(struct ring *r) { return READ_ONCE(r->head) ? f(r->next) : 0; }")
    assert found.opaque == ("f",)


def test_pointers_in_structures_lead_to_objects(tree: Path) -> None:
    found = lower(tree, "void f(struct ring *r) { r->next->next->head = 1; }")
    assert accesses(found) == ["load", "load", "store"]
    assert written(found) == ["store"]


def test_what_is_passed_may_be_part_of_something_larger(tree: Path) -> None:
    found = lower(tree, "void f(struct ring *r) { container_of(r, struct outer, ring)->after = 1; }")
    assert unroll(found.program).faults == ()
    assert written(found) == ["store"]


def test_a_bit_field_is_told_to_be_a_word(tree: Path) -> None:
    found = lower(tree, "int f(struct ring *r) { return r->full; }")
    assert found.opaque == ("struct ring.full",)
    assert accesses(found) == ["load"]


def test_macros_of_included_headers_are_expanded(tree: Path) -> None:
    assert accesses(lower(tree, "unsigned long f(void) { return ring_mask & RING_FLAG; }")) == ["load"]


def test_tracing_is_not_evaluated(tree: Path) -> None:
    assert accesses(lower(tree, "void f(struct ring *r) { trace_ring_used(r->head); smp_mb(); }")) == ["fence mb"]


def test_one_cpus_variables_are_plain(tree: Path) -> None:
    code = "DEFINE_PER_CPU(int, count);\nvoid f(void) { this_cpu_inc(count); }"
    assert accesses(lower(tree, code)) == ["load", "store"]


@pytest.mark.parametrize("spelled", ["volatile unsigned long", "unsigned long volatile", "unsigned volatile long"])
def test_volatile_counts_wherever_it_stands(tree: Path, spelled: str) -> None:
    assert accesses(lower(tree, f"{spelled} clock;\nunsigned long f(void) {{ return clock; }}")) == ["load once"]


def test_the_bit_operations_are_the_packages_own(tree: Path) -> None:
    (tree / "include/linux/bitops.h").write_text("#define test_bit(nr, addr) bitop(_test_bit, nr, addr)\n")
    code = "#include <linux/bitops.h>\nint f(unsigned long *word) { return test_bit(1, word); }"
    found = lower(tree, code)
    assert accesses(found) == ["load once"]
    assert found.opaque == ()


def test_an_enumeration_that_a_file_fills_in_has_no_known_values(tree: Path) -> None:
    (tree / "include/linux/ring.h").write_text("enum kind {\n#include <linux/kinds.h>\nKIND_COUNT\n};\n")
    found = lower(tree, "int f(int *p) { return KIND_COUNT > 0 ? READ_ONCE(*p) : 0; }")
    assert accesses(found) == ["load once"]
    assert found.opaque == ("KIND_COUNT",)


def test_what_an_include_would_bring_into_a_definition_is_an_error(tree: Path) -> None:
    with pytest.raises(SyntaxError, match="this is no C here"):
        lower(tree, "int f(int n) { switch (n) {\n#include <linux/cases.h>\n} return 0; }")


def test_the_file_that_defines_a_primitive_means_its_own(tree: Path) -> None:
    found = lower(tree, "int x;\nvoid synchronize_rcu(void) { smp_mb(); WRITE_ONCE(x, 1); }", "synchronize_rcu")
    assert accesses(found) == ["fence mb", "store once"]


def test_what_is_printed_is_read(tree: Path) -> None:
    found = lower(tree, 'void f(struct ring *r) { pr_info("%u", r->head); pr_debug("%u", r->head); }')
    assert accesses(found) == ["load"]
    assert found.opaque == ()


def test_a_local_that_an_unknown_function_may_set_holds_anything(tree: Path) -> None:
    found = lower(tree, "int f(int *p) { struct ring r; ring_kick(&r); return *p + r.head; }")
    assert found.opaque == ("r.head", "ring_kick")
    first = found.program.threads[0].body[0]
    assert isinstance(first, Choose)
    assert first.values == (0, 1, 4294967295)


def test_static_variables_of_functions_are_shared(tree: Path) -> None:
    code = "int f(void) { static int n; return READ_ONCE(n); }"
    found = lower(tree, code)
    assert accesses(found) == ["load once"]
    assert [item.name.split("@")[0] for item in found.program.objects] == ["n"]


TWICE = """\
#ifdef CONFIG_DEBUG_RING
int f(struct ring *r) { smp_mb(); return 0; }
#else
int f(struct ring *r) { return 0; }
#endif
#ifdef CONFIG_OTHER
int g(struct ring *r) { smp_wmb(); return 0; }
#endif
"""


def test_the_definition_that_is_asked_for_counts(tree: Path) -> None:
    assert accesses(lower(tree, TWICE)) == []
    assert accesses(lower(tree, TWICE, line=3)) == ["fence mb"]
    assert accesses(lower(tree, TWICE, line=5)) == []


def test_a_function_that_the_configuration_leaves_out_is_lowered_with_it(tree: Path) -> None:
    assert accesses(lower(tree, TWICE, "g")) == ["fence wmb"]


def test_an_unknown_structure_has_the_fields_that_the_file_uses(tree: Path) -> None:
    found = lower(tree, "void f(struct nowhere *n) { WRITE_ONCE(n->field, n->other); }")
    assert accesses(found) == ["load", "store once"]


def test_without_a_tree_the_file_must_say_it_all(tmp_path: Path) -> None:
    text = "struct s { int x; };\nint f(struct s *s) { return READ_ONCE(s->x); }\n"
    found = alone(SourceFile("code.c", text), "f", None, tmp_path / "code.c")
    assert accesses(found) == ["load once"]


def test_a_function_that_is_not_there_is_an_error(tree: Path) -> None:
    with pytest.raises(SyntaxError, match="'h' is not defined"):
        lower(tree, "void f(void) { }", "h")


def test_what_is_outside_the_subset_is_an_error_with_its_place(tree: Path) -> None:
    with pytest.raises(Unsupported) as caught:
        lower(tree, 'void f(struct ring *r) {\n\tasm volatile("cpuid");\n}')
    assert caught.value.span is not None
    assert caught.value.span.line == 3
