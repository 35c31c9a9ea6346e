"""Bad litmus text: each error names the place, what is there and what should be."""

from __future__ import annotations

import time

import pytest

from memmodel.errors import MemmodelError, SyntaxError, Unsupported
from memmodel.source import SourceFile
from memmodel.syntax.litmus import MAXIMUM_DEPTH, parse

HEAD = "C t\n{ }\n"


def failure(text: str) -> MemmodelError:
    with pytest.raises(MemmodelError) as caught:
        parse(SourceFile("t", text))
    assert caught.value.span is not None
    return caught.value


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("", "1:1", "empty", "C NAME"),
        (" \n\n", "1:1", "empty", "C NAME"),
        ("\x7fELF\0\0", "1:5", "not a text file", "UTF-8"),
        ("AArch64 MP\n{ }\n", "1:1", "'AArch64'", "only C"),
        ("C t\n", "1:4", "no initial state", "{ }"),
        ("C t\nP0(int *x) { }\n", "2:1", "no initial state", "before the first process"),
        ("C t\n{ x=1; \nP0(int *x) \n", "2:1", "never ends", "'}'"),
        ("C t\n{ x=1 y=2; }\nP0(int *x) { }\n", "2:7", "'y'", "';'"),
        (HEAD, "2:3", "no process", "P0("),
        (HEAD + "P1(int *x) { }", "3:1", "P0 is missing", "without gaps"),
        (HEAD + "P0(int *x) { }\nP2(int *x) { }", "4:1", "P1 is missing", "without gaps"),
        (HEAD + "P0(int *x) { }\nP0(int *x) { }", "4:1", "P0 is defined twice", "line 3"),
        (HEAD + "P0(int *x) { r0 = 1\n  r1 = 2; }", "3:19", "missing ';' before 'r1'", "';'"),
        (HEAD + "P0(int *x) { r0 = 1 }", "3:21", "'}'", "';'"),
        (HEAD + "P0(int *x) { r0 = ; }", "3:19", "';'", "an expression"),
        (HEAD + "P0(int *x) { if x { } }", "3:17", "'x'", "'('"),
        (HEAD + "P0(int *x) { r0 = f(1; }", "3:20", "'(' is never closed", "')'"),
        (HEAD + "P0(int *x) { r0 = f(1)); }", "3:23", "')' closes nothing", "remove it"),
        (HEAD + "P0(int *x) { r0 = 1;\nexists (x=1)", "3:12", "'{' is never closed", "'}'"),
        (HEAD + "P0(int *x) { } }", "3:16", "'}' closes nothing", "remove it"),
        (HEAD + "P0(int *x) { /* r0 = 1; }", "3:14", "comment never ends", "*/"),
        ("C t\n{ (* (* *) }\nP0(int *x) { }", "2:3", "comment never ends", "*)"),
        (HEAD + "P0(foo *x) { }", "3:4", "'foo'", "a type"),
        (HEAD + "P0(int *x) { unsigned signed r0; }", "3:14", "no type", "unsigned long"),
        (HEAD + "P0(int *x) { r0 = 018; }", "3:19", "ambiguous", "octal"),
        (HEAD + "f(int *x) { }", "3:1", "neither a process nor a function", "P0"),
        (HEAD + "P0(int *x) { }\nexists (x=1)\nexists (x=2)", "5:1", "second condition", "line 4"),
        (HEAD + "P0(int *x) { }\nfilter (x=1) filter (x=2)", "4:14", "second filter", "line 4"),
        (HEAD + "P0(int *x) { }\nexists (x=1 /\\ )", "4:16", "')'", "a condition"),
        (HEAD + "P0(int *x) { }\nexists (x=1", "4:12", "end of file", "')'"),
        (HEAD + "P0(int *x) { }\nexists (r0:x=1)", "4:9", "'r0' is no process", "'1:r0'"),
        (HEAD + "P0(int *x) { }\nexist (x=1)", "4:1", "'exist'", "did you mean 'exists'?"),
        ("C t\n(* Result: Nevr *)\n{ }\nP0(int *x) { }", "2:12", "'Nevr' is no verdict", "Never"),
    ],
)
def test_errors_say_where_what_and_what_instead(text: str, place: str, message: str, hint: str) -> None:
    error = failure(text)
    assert isinstance(error, SyntaxError)
    assert error.span is not None and error.span.start_label == f"t:{place}"
    assert message in error.message
    assert error.hint is not None and hint in error.hint


@pytest.mark.parametrize("code", ["switch (r0) { }", "#define X 1", "r0 = sizeof(int);"])
def test_c_that_is_not_read_is_unsupported_by_name(code: str) -> None:
    error = failure(f"{HEAD}P0(int *x) {{ {code} }}")
    assert isinstance(error, Unsupported)
    assert code.split()[0].split("(")[0] in error.message or "sizeof" in error.message


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "P0(int *x) { r0 = " + "-" * 5_000 + "1; }",
        HEAD + "P0(int *x) { r0 = " + "1 + " * 5_000 + "1; }",
        HEAD + "P0(int *x) { " + "if (1) " * 5_000 + "; }",
        HEAD + "P0(int *x) { " + "if (1) ; else " * 5_000 + "; }",
        HEAD + "P0(int *x) { " + "{" * 5_000 + "}" * 5_000 + " }",
        HEAD + "P0(int *x) { r0 = " + "a[" * 5_000 + "1" + "]" * 5_000 + "; }",
        HEAD + "P0(int *x) { r0 = " + "a ? b : " * 5_000 + "1; }",
        HEAD + "P0(int *x) { }\nexists (" + "~" * 5_000 + "x=1)",
        HEAD + "P0(int *x) { }\nexists (" + "x=1 => " * 5_000 + "x=1)",
    ],
)
def test_deep_nesting_is_refused_without_recursion(text: str) -> None:
    error = failure(text)
    assert str(MAXIMUM_DEPTH) in (error.hint or "")


@pytest.mark.parametrize("filler", ["x", " ", "{", "(* ", "\n", "P0(", "=1;", "é", '"'])
def test_ten_megabytes_are_refused_at_once(filler: str) -> None:
    start = time.perf_counter()
    failure("C t\n{ }\n" + filler * ((10 << 20) // len(filler)))
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "filler", ["x", "{", "}", "(* ", "*)", "\n", "P0(", "x=1;", "é", '"', "/", "0", "~", "exists "]
)
def test_what_is_just_below_the_limit_takes_no_minutes(filler: str) -> None:
    start = time.perf_counter()
    failure("C t\n" + filler * ((1 << 18) // len(filler)))
    failure("C t\n{ }\n" + filler * ((1 << 18) // len(filler)))
    assert time.perf_counter() - start < 10
