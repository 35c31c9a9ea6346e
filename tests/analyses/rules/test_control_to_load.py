"""MM107: control dependencies order no loads (Documentation/memory-barriers.txt, on control dependencies)."""

from __future__ import annotations

import pytest

from tests.analyses.rules.programs import (
    ACQUIRE,
    Inspected,
    assert_forbidden_when_ordered,
    inspected,
    litmus,
)

CODE = "MM107"
WRITER = "WRITE_ONCE(*x, 1);\nsmp_wmb();\nWRITE_ONCE(*y, 1);"
BRANCH = "int r0 = READ_ONCE(*y);\nint r1;\nif (r0) {\nr1 = READ_ONCE(*x);\n}"
BAD = "1:r0=1 /\\ 1:r1=0"


def read_by(reader: str, writer: str = WRITER) -> Inspected:
    return inspected(litmus(BAD, writer, reader))


@pytest.mark.parametrize(
    "reader",
    [
        BRANCH,
        BRANCH.replace("READ_ONCE(*y)", "xchg_relaxed(y, 2)"),
        BRANCH.replace("READ_ONCE(*x)", "smp_load_acquire(x)"),
        BRANCH.replace("if (r0) {", "if (r0) {\nWRITE_ONCE(*z, 1);"),
    ],
)
@pytest.mark.parametrize("writer", [WRITER, WRITER.replace("wmb", "mb")])
def test_a_branch_before_a_load(reader: str, writer: str) -> None:
    seen = read_by(reader, writer)
    (finding,) = seen.findings
    assert finding.code == CODE
    ((_, first),) = [(related.label, related.span) for related in finding.related]
    assert_forbidden_when_ordered(seen, finding, first, ACQUIRE | {"RMW"} if "xchg" in first.text else ACQUIRE)


@pytest.mark.parametrize(
    "reader",
    [
        BRANCH.replace("READ_ONCE(*y)", "smp_load_acquire(y)"),
        BRANCH.replace("if (r0) {", "if (r0) {\nsmp_rmb();"),
        BRANCH.replace("r1 = READ_ONCE(*x)", "WRITE_ONCE(*x, 2)"),
    ],
)
def test_a_branch_that_is_not_leaned_on(reader: str) -> None:
    assert CODE not in read_by(reader).codes


def test_nothing_is_said_where_the_writer_orders_nothing_either() -> None:
    """Ordering the loads alone would not help."""
    assert CODE not in read_by(BRANCH, "WRITE_ONCE(*x, 1);\nWRITE_ONCE(*y, 1);").codes


def test_nothing_is_said_of_an_outcome_that_does_not_need_the_order() -> None:
    text = litmus("1:r0=0", WRITER, BRANCH)
    assert CODE not in inspected(text).codes


def test_the_counterexample_counts_where_all_executions_must_meet_the_condition() -> None:
    text = litmus(BAD, WRITER, BRANCH).replace(f"exists ({BAD})", "forall (1:r0=0 \\/ 1:r1=1)")
    assert inspected(text).codes == [CODE]
