"""The survey lowers each function that contains an ordering primitive, and says why one does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.kernel_functions import functions
from bench.survey import Finding, Outcome, report, survey

CODE = """\
#include <linux/ring.h>

int clean(struct ring *r)
{
	return READ_ONCE(r->head);
}

int dropped(struct ring *r)
{
	if (0)
		smp_mb();
	return READ_ONCE(r->head);
}

void assembly(void)
{
	asm volatile("cpuid");
	smp_mb();
}

int broken(struct ring *r)
{
	return READ_ONCE(r->head) +;
}

int without(struct ring *r)
{
	return r->head;
}
"""


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Finding]:
    for name, text in {"include/linux/ring.h": "struct ring { int head; };\n", "kernel/code.c": CODE}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    chosen = functions(tmp_path, ("kernel",))
    return {item.function: item for some in survey(tmp_path, chosen, 20.0, 1) for item in some}


def test_only_functions_with_a_primitive_are_looked_at(found: dict[str, Finding]) -> None:
    assert sorted(found) == ["assembly", "broken", "clean", "dropped"]


def test_each_has_its_outcome(found: dict[str, Finding]) -> None:
    outcomes = {name: item.outcome for name, item in found.items()}
    assert outcomes == {
        "assembly": Outcome.UNSUPPORTED,
        "broken": Outcome.SYNTAX,
        "clean": Outcome.CLEAN,
        "dropped": Outcome.CLEAN,
    }


def test_a_primitive_that_no_instruction_comes_from_is_told(found: dict[str, Finding]) -> None:
    assert found["dropped"].missing == (11,)
    assert found["clean"].missing == ()


def test_the_report_counts_and_gives_reasons(found: dict[str, Finding]) -> None:
    text = report(list(found.values()), 1.0)
    assert "| lowers cleanly | 2 | 50.0 % |" in text
    assert "| 1 | assembly |" in text


@pytest.mark.skipif("KERNEL_TREE" not in os.environ, reason="needs a kernel tree: make kernel-tree, KERNEL_TREE=DIR")
def test_a_sample_of_the_kernel_lowers() -> None:
    """No crash, no hang, and the share that docs/survey.md speaks of, with room for a small sample."""
    tree = Path(os.environ["KERNEL_TREE"])
    chosen = functions(tree)[::97]
    found = [item for some in survey(tree, chosen, 20.0, 2) for item in some]
    assert len(found) == len(chosen)
    assert [item.message for item in found if item.outcome is Outcome.CRASH] == []
    assert sum(item.outcome is Outcome.CLEAN for item in found) >= 0.6 * len(found)
