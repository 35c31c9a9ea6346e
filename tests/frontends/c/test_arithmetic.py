"""#if decides as C does: in 64 bits, with unsigned values where one operand is, and undefined names as 0."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from memmodel.errors import SyntaxError
from tests.frontends.c.expanded import expanded, refused, run

DEFINITIONS = "#define FIVE 5\n#define ADD(a, b) a + b\n#define EMPTY\n"


def holds(expression: str) -> bool:
    return expanded(f"{DEFINITIONS}#if {expression}\nyes\n#else\nno\n#endif\n") == "yes"


@pytest.mark.parametrize(
    "expression",
    [
        "1",
        "-1",
        "!UNDEFINED",
        "UNDEFINED == 0",
        "FIVE == 5",
        "ADD(1, 2) * 3 == 7",
        "1 + 2 * 3 == 7",
        "(1 + 2) * 3 == 9",
        "10 - 4 - 3 == 3",
        "1 ? 2 : 0",
        "0 ? 0 : 0 ? 0 : 1",
        "0x10 == 16 && 010 == 8 && 0b101 == 5",
        "10UL == 10 && 10llu == 10",
        "-1 > 0u",
        "-1 < 0",
        "18446744073709551615u == -1",
        "9223372036854775807 + 1 < 0",
        "-7 / 2 == -3 && -7 % 2 == -1",
        "(1 << 63) < 0",
        "-8 >> 1 == -4",
        "~0 == -1",
        "'a' == 97 && '\\n' == 10 && '\\0' == 0 && '\\x41' == 65",
        "0 && 1 / 0 || 1",
        "1 || 1 / 0",
        "1 ? 1 : 1 / 0",
        "defined FIVE && defined(EMPTY) && !defined UNDEFINED",
        "IS_ENABLED(CONFIG_X) == 0",
    ],
)
def test_holds(expression: str) -> None:
    assert holds(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "the #if ends too early"),
        ("1 +", "the #if ends too early"),
        ("(1", "the end of the line in an #if"),
        ("1 2", "`2` in an #if"),
        ("* 2", "`*` in an #if"),
        ("1 / 0", "division by zero in an #if"),
        ("1 % UNDEFINED", "division by zero in an #if"),
        ("1.5", "1.5 in an #if"),
        ("08", "08 in an #if"),
        ("99999999999999999999", "99999999999999999999 does not fit into 64 bits"),
        ('"text"', '`"text"` in an #if'),
        ("UNDEFINED(3)", "UNDEFINED is not a macro that takes arguments"),
        ("defined", "`defined` of nothing"),
        ("defined(A", "`defined` of nothing"),
        ("defined(3)", "`defined` of what is not a name"),
        ("1 ? 2", "the end of the line in an #if"),
    ],
)
def test_is_refused(expression: str, message: str) -> None:
    error = refused(f"{DEFINITIONS}#if {expression}\n#endif\n")
    assert error.message == message
    assert error.span is not None
    assert error.span.line == 4


def test_no_depth_of_nesting_is_a_crash() -> None:
    assert "nested" in refused("#if " + "(" * 10_000 + "1" + ")" * 10_000 + "\n#endif\n").message
    assert holds("!" * 10_000 + "1")
    assert holds("(" * 20 + "1" + ")" * 20)


VALUES = "0 1 2 3u 0x10 7UL 017 18446744073709551615U 9223372036854775807 'a' UNDEFINED FIVE ADD(1,2) defined(FIVE)"
OPERATORS = "+ - * / % << >> < > <= >= == != & | ^ && ||"


def expression(source: random.Random, depth: int) -> str:
    """A random one."""
    chance = source.random()
    if depth == 0 or chance < 0.2:
        return source.choice(VALUES.split())
    parts = [expression(source, depth - 1) for _ in range(3)]
    if chance < 0.3:
        return f"{source.choice('!~-+')} {parts[0]}"
    if chance < 0.4:
        return f"({parts[0]})"
    if chance < 0.5:
        return f"({parts[0]} ? {parts[1]} : {parts[2]})"
    operator = source.choice(OPERATORS.split())
    return f"{parts[0]} {operator} {parts[1]}"


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is the other preprocessor")
def test_random_expressions_come_to_what_gcc_makes_of_them() -> None:
    verdicts = set()
    for seed in range(30):
        text = expression(random.Random(seed), 4)
        source = f"{DEFINITIONS}#if {text}\nyes\n#else\nno\n#endif\n"
        other = subprocess.run(
            ["gcc", "-E", "-P", "-w", "-x", "c", "-"], input=source, capture_output=True, text=True, check=False
        )
        if other.returncode:
            with pytest.raises(SyntaxError):
                run(source)
            verdicts.add("refused")
        else:
            assert holds(text) == (other.stdout.strip() == "yes"), text
            verdicts.add(other.stdout.strip())
    assert verdicts == {"yes", "no", "refused"}
