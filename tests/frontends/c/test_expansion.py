"""Macros expand as C's rules say."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from memmodel.errors import SyntaxError
from memmodel.frontends.c.text.text import Origin
from memmodel.frontends.c.text.tokens import clean, tokens
from memmodel.source import SourceFile
from tests.frontends.c.expanded import expanded, own, refused, run


def after(definitions: str, use: str) -> str:
    """What `use` comes to, its tokens one blank apart."""
    return words(own(run(f"{definitions}\n{use}\n")))


def words(text: str) -> str:
    file = SourceFile("x", text)
    return " ".join(token.text for token in tokens(Origin(file, 0), clean(file), 0, len(text)))


def test_an_object_like_macro_is_replaced_as_a_whole_word_outside_strings() -> None:
    assert after("#define N 3", "N xN N1 \"N\" 'N' 0N a.N") == "3 xN N1 \"N\" 'N' 0N a . 3"


def test_a_function_like_macro_needs_its_parentheses() -> None:
    assert after("#define f(x) [x]", "f f(1) f (2) f\n(3) f;") == "f [ 1 ] [ 2 ] [ 3 ] f ;"


def test_arguments_are_split_at_commas_outside_parentheses() -> None:
    assert after("#define f(x, y) y x", "f((1, 2), g(3, 4))") == "g ( 3 , 4 ) ( 1 , 2 )"


def test_an_argument_may_be_empty() -> None:
    assert after("#define f(x, y) [x y]\n#define g() z\n#define h(x) <x>", "f(,) f(1,) g() g( ) h()") == (
        "[ ] [ 1 ] z z < >"
    )


def test_a_macro_is_not_expanded_within_itself() -> None:
    assert after("#define a a + b\n#define b a", "a b") == "a + a a + b"
    assert after("#define f(x) x + f(x)", "f(f(1))") == "1 + f ( 1 ) + f ( 1 + f ( 1 ) )"


def test_a_name_that_a_macro_leaves_may_take_what_follows_as_arguments() -> None:
    assert after("#define f g\n#define g(x) <x>", "f(1)") == "< 1 >"


def test_the_example_of_the_standard() -> None:
    definitions = """
#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
"""  # C11, 6.10.3.5, EXAMPLE 3
    assert after(definitions, "f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);") == words(
        "f(2 * (y+1)) + f(2 * (f(2 * (z[0])))) % f(2 * (0)) + t(1);"
    )
    assert after(definitions, "g(x+(3,4)-w) | h 5) & m\n(f)^m(m);") == words(
        "f(2 * (2+(3,4)-0,1)) | f(2 * (~ 5)) & f(2 * (0,1))^m(0,1);"
    )
    assert after(definitions, "p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };") == words(
        "int i[] = { 1, 23, 4, 5, };"
    )
    assert after(definitions, "char c[2][6] = { str(hello), str() };") == words('char c[2][6] = { "hello", "" };')


def test_a_pasted_name_is_looked_up_again() -> None:
    definitions = "#define cat(a, b) a ## b\n#define both(a, b) cat(a, b)\n#define xy 7"
    assert after(definitions, "cat(x, y) both(both(1, 2), 3)") == "7 123"


def test_operands_of_paste_and_string_are_not_expanded() -> None:
    definitions = "#define N 1\n#define cat(a) a ## _\n#define str(a) #a\n#define both(a) str(a) cat(a)"
    assert after(definitions, "cat(N) str(N) both(N)") == 'N_ "N" "1" 1_'


def test_a_string_keeps_one_blank_and_escapes_strings() -> None:
    assert after("#define str(x) #x", r"""str(  a   + "b\n"  '"' )""") == r'''"a + \"b\\n\" '\"'"'''


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("pr(a)", "p ( a )"),
        ("pr(a, 1)", "p ( a , 1 )"),
        ("pr(a, 1, 2)", "p ( a , 1 , 2 )"),
        ("pr(a, )", "p ( a , )"),  # given, though empty: GNU C keeps the comma
    ],
)
def test_the_comma_before_left_out_arguments_goes(call: str, result: str) -> None:
    for definition in (
        "#define pr(f, ...) p(f, ## __VA_ARGS__)",
        "#define pr(f, args...) p(f, ## args)",
    ):
        assert after(definition, call) == result


def test_va_opt_is_there_where_there_are_arguments() -> None:
    definition = "#define pr(f, ...) p(f __VA_OPT__(, (1) __VA_ARGS__))\n#define none"
    assert after(definition, "pr(a) pr(a, b, c) pr(a, none)") == "p ( a ) p ( a , ( 1 ) b , c ) p ( a )"


def test_a_macro_may_define_a_function_and_have_conditions_among_its_arguments() -> None:
    source = """#define CALL(name, t, a) static u64 name(t a)
#define SUM(a, b) ((a) + (b))
CALL(take, struct ring *, rb)
{
\treturn SUM(1,
#ifdef MORE
\t\t3
#else
\t\t4
#endif
\t\t);
}
"""
    assert words(expanded(source)) == words("static u64 take(struct ring *rb) { return ((1) + (4)); }")
    assert "( 3 )" in words(expanded(source, defines={"MORE": ""}))


def test_tokens_that_a_macro_brings_together_stay_apart() -> None:
    assert "--" not in expanded("#define MINUS -\n#define NOTHING\nint x = -MINUS 1 -NOTHING-2;\n")


def test_a_continued_line_is_one_even_within_a_token() -> None:
    assert after("#define one_plus(x) \\\n  1 + \\\n  x", "one_\\\nplus(2)") == "1 + 2"


# ── errors ───────────────────────────────────────────────────────────────────────────────────────


def test_too_few_and_too_many_arguments_are_told_at_the_call() -> None:
    error = refused("#define f(a, b) a\nint x = 1 + f(2);\n")
    assert error.message == "the macro f takes 2 arguments, and is called with 1"
    assert error.span is not None
    assert (error.span.line, error.span.text) == (2, "f(2)")
    assert "harness.c:1:9" in (error.hint or "")
    assert "at least 1 argument, and is called with 0" not in refused("#define f(a) a\nf(1, 2)\n").message
    assert refused("#define f() a\nf(1)\n").message == "the macro f takes 0 arguments, and is called with 1"
    assert refused("#define f(a, b, ...) a\nf(1)\n").message.startswith("the macro f takes at least 2 arguments")


def test_a_call_without_end_is_told_at_its_name() -> None:
    error = refused("#define f(a) a\nint x = f(1;\nint y;\n")
    assert error.message == "the call of the macro f is not closed"
    assert error.span is not None
    assert error.span.start_label == "harness.c:2:9"


def test_a_paste_that_makes_no_token_is_refused() -> None:
    assert refused("#define f(a) a ## +\nf(x)\n").message == "in the macro f, x ## + is not a token"


@pytest.mark.parametrize("head", ["(", "(a", "(a,", "(a b)", "(1)", "(a, a)", "(..., a)", "(a,)"])
def test_wrong_parameters_are_refused(head: str) -> None:
    assert "parameters of the macro f" in refused(f"#define f{head}\n").message


def test_endless_macros_end_with_an_error_at_the_call() -> None:
    doubling = "#define E0 x\n" + "".join(f"#define E{n + 1} E{n} E{n}\n" for n in range(60))
    error = refused(doubling + "int before;\nE60\n")
    assert "does not come to an end" in error.message
    assert error.span is not None
    assert error.span.text == "E60"
    nothing = doubling.replace("#define E0 x", "#define E0")
    assert "does not come to an end" in refused(nothing + "E60\n").message
    twice = "#define f(x) x x\n"
    assert "does not come to an end" in refused(twice + "f(" * 30 + "1" + ")" * 30 + "\n").message


def test_calls_nested_too_deeply_are_refused_and_not_too_deeply_are_not() -> None:
    definition = "#define f(x) x\n"
    assert words(expanded(definition + "f(" * 50 + "1" + ")" * 50 + "\n")) == "1"
    assert "nested" in refused(definition + "f(" * 5000 + "1" + ")" * 5000 + "\n").message


# ── against another preprocessor ─────────────────────────────────────────────────────────────────


ARGUMENTS = {"A": None, "B": None, "C": 1, "D": 1, "E": 2, "F": 2, "G": 1, "H": 0}
VARIADIC = ("G", "H")


class Program:
    """Random macros and calls of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        lines = [self.definition(name) for name in ARGUMENTS if self.random.random() < 0.9]
        return "\n".join([*lines, "begin", *(f"{self.body([])};" for _ in range(6))]) + "\n"

    def definition(self, name: str) -> str:
        count = ARGUMENTS[name]
        parameters = ["p", "q"][: count or 0]
        if count is None:
            return f"#define {name} {self.body([])}"
        if name not in VARIADIC:
            return f"#define {name}({', '.join(parameters)}) {self.body(parameters)}"
        end = self.random.choice(["", ", ## __VA_ARGS__", "__VA_OPT__(z __VA_ARGS__) k"])
        return f"#define {name}({', '.join([*parameters, '...'])}) {self.body([*parameters, '__VA_ARGS__'])} {end}"

    def body(self, parameters: list[str], depth: int = 0, comma: bool = True) -> str:
        return " ".join(
            self.part(parameters, depth, comma) for _ in range(self.random.randint(0, 4 if depth < 2 else 2))
        )

    def part(self, parameters: list[str], depth: int, comma: bool) -> str:
        chance = self.random.random()
        if chance < 0.36 and parameters:
            part = self.random.choice(parameters)
            return (
                part if self.random.random() < 0.7 else f"{part} ## {self.random.choice([*parameters, 'k', '7', 'A'])}"
            )
        if chance < 0.45:
            return self.random.choice(list(ARGUMENTS))
        if chance < 0.7 and depth < 4:
            return self.call(parameters, depth)
        if chance < 0.78 and depth < 3:
            return f"({self.body(parameters, depth + 1)})"
        return "," if chance < 0.82 and comma else self.random.choice(["x", "y", "1", "+", "-", '"s"', "A1"])

    def call(self, parameters: list[str], depth: int) -> str:
        name = self.random.choice(list(ARGUMENTS))
        count = ARGUMENTS[name]
        if count is None:
            return name
        count += self.random.randint(0, 3) if name in VARIADIC else 0
        return f"{name}({', '.join(self.body(parameters, depth + 1, comma=False) for _ in range(count))})"


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is the other preprocessor")
def test_random_macros_come_to_what_gcc_makes_of_them() -> None:
    agreed = 0
    for seed in range(30):
        source = Program(seed).text()
        other = subprocess.run(
            ["gcc", "-E", "-P", "-std=gnu11", "-x", "c", "-"], input=source, capture_output=True, text=True, check=False
        )
        if other.returncode:
            with pytest.raises(SyntaxError):
                run(source)
        else:
            assert words(own(run(source))) == words(other.stdout), source
            agreed += 1
    assert agreed > 10
