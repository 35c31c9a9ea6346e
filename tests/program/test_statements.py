"""What C statements become: structured control flow in which every jump leaves a block."""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError, Unsupported
from tests.program.programs import instructions, lowered


def test_a_while_loop_is_left_by_its_test() -> None:
    assert instructions("int r0; while (r0 < 2) r0 = r0 + 1;") == [
        "break: {loop {if (< r0 2) {r0 = (+ r0 1)} else {exit break}}}"
    ]


def test_a_do_loop_tests_after_its_body() -> None:
    assert instructions("int r0; do { r0 = READ_ONCE(*x); } while (r0);") == [
        "break: {loop {r0 = R[once] &x; if (!= r0 0) {} else {exit break}}}"
    ]


def test_a_for_loop_steps_after_its_body_and_after_continue() -> None:
    assert instructions("for (int i = 0; i < 3; i++) { if (i) continue; *x = i; }") == [
        "i = 0",
        "break: {loop {if (< i 3) {continue: {if (!= i 0) {exit continue} else {}; W[] &x = i}; "
        "value = i; i = (+ value 1)} else {exit break}}}",
    ]


def test_accesses_in_a_test_are_repeated_at_every_turn() -> None:
    assert instructions("while (READ_ONCE(*x)) ;") == [
        "break: {loop {load = R[once] &x; if (!= load 0) {} else {exit break}}}"
    ]


def test_break_leaves_the_inner_loop() -> None:
    written = instructions("while (1) { while (1) break; *x = 1; }")
    assert written == [
        "break: {loop {if 1 {break: {loop {if 1 {exit break} else {exit break}}}; W[] &x = 1} else {exit break}}}"
    ]


def test_return_leaves_the_process() -> None:
    result = lowered("if (READ_ONCE(*x)) return; *y = 1;")
    assert instructions("if (READ_ONCE(*x)) return; *y = 1;") == [
        "return: {load = R[once] &x; if (!= load 0) {exit return} else {}; W[] &y = 1}"
    ]
    assert "herd7" in result.warnings[0].message


def test_a_forward_goto_leaves_the_block_that_ends_at_its_label() -> None:
    assert instructions("if (READ_ONCE(*x)) goto out; *y = 1; out: smp_mb();") == [
        "out: {load = R[once] &x; if (!= load 0) {exit out} else {}; W[] &y = 1}",
        "F[mb]",
    ]


def test_gotos_to_several_labels_nest() -> None:
    assert instructions("if (*x) goto b; if (*y) goto a; *x = 1; a: *x = 2; b: *x = 3;") == [
        "b: {a: {load = R[] &x; if (!= load 0) {exit b} else {}; load = R[] &y; if (!= load 0) {exit a} else {}; "
        "W[] &x = 1}; W[] &x = 2}",
        "W[] &x = 3",
    ]


@pytest.mark.parametrize("body", ["again: *x = 1; goto again;", "goto in; if (*x) { in: *y = 1; }", "goto nowhere;"])
def test_other_gotos_are_unsupported(body: str) -> None:
    with pytest.raises(Unsupported, match="goto"):
        lowered(body)


@pytest.mark.parametrize("word", ["break", "continue"])
def test_jumps_outside_a_loop_are_errors(word: str) -> None:
    with pytest.raises(SyntaxError, match="outside a loop"):
        lowered(f"{word};")


def test_continue_as_a_register_is_one_as_in_herd7() -> None:
    assert instructions("continue = 0;") == ["continue = 0"]


HELPER = "int add(int *p, int by) { int r = READ_ONCE(*p); if (by) return r + by; return 0; }"


def test_a_helper_function_is_inlined_with_variables_of_its_own() -> None:
    written = instructions("int r = 1; int s = add(x, r); WRITE_ONCE(*y, r + s);", before=HELPER)
    assert written == [
        "r = 1",
        "add.by = r",
        "return: {add.r = R[once] &x; if (!= add.by 0) {add.return = (+ add.r add.by); exit return} else {}; "
        "add.return = 0; exit return}",
        "s = add.return",
        "W[once] &y = (+ r s)",
    ]


def test_two_calls_of_a_helper_do_not_share_variables() -> None:
    body = lowered("r1 = add(x, 1); r2 = add(y, 2);", before=HELPER).program.threads[0].body
    names = {getattr(item, "target", None) for item in body}
    assert {"r1", "r2"} <= names


def test_recursion_is_unsupported() -> None:
    with pytest.raises(Unsupported, match="calls itself"):
        lowered("f(1);", before="int f(int a) { return g(a); }\nint g(int a) { return f(a); }")


def test_helpers_that_double_at_every_level_are_refused() -> None:
    levels = "".join(f"void f{i}(int *p) {{ f{i - 1}(p); f{i - 1}(p); }}\n" for i in range(1, 40))
    with pytest.raises(Unsupported, match="too large"):
        lowered("f39(x);", before="void f0(int *p) { WRITE_ONCE(*p, 1); }\n" + levels)


def test_a_variable_declared_twice_is_one_with_a_warning() -> None:
    result = lowered("int r0 = 1; if (*x) { int r0 = 2; } *y = r0;")
    assert any("declared again" in warning.message for warning in result.warnings)


def test_siblings_may_declare_the_same_name_in_peace() -> None:
    assert not lowered("if (*x) { int r0 = 2; } else { int r0 = 3; }").warnings


@pytest.mark.parametrize("body", ["int a[3];", "struct srcu_struct *p; int q = 0; void v;", "struct s { int a; } v;"])
def test_local_aggregates_are_refused(body: str) -> None:
    with pytest.raises((Unsupported, SyntaxError)):
        lowered(body)


def test_helpers_nested_too_deeply_are_refused() -> None:
    levels = "".join(f"int f{i}(int *p) {{ if (*p) return f{i - 1}(p); return 0; }}\n" for i in range(1, 200))
    with pytest.raises(Unsupported, match="too deeply"):
        lowered("r0 = f199(x);", before="int f0(int *p) { return READ_ONCE(*p); }\n" + levels)


def test_a_variable_that_is_copied_keeps_what_it_was_loaded_with() -> None:
    assert instructions("int r0 = READ_ONCE(*x); int r1 = r0; *x = r0;") == [
        "r0 = R[once] &x",
        "r1 = r0",
        "W[] &x = r0",
    ]


def test_in_a_loop_the_side_of_a_conditional_that_is_not_chosen_is_forgotten() -> None:
    written = instructions("int r0; for (int i = 0; i < 2; i++) r0 = i ? 1 : READ_ONCE(*x);")
    assert "if value {value = 1; value = 0} else {load = R[once] &x; value = load; value = 0}" in written[1]
