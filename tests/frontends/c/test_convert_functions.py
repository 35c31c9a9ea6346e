"""Functions, converted: statements, expressions, and one name for each variable."""

from __future__ import annotations

import pytest

from memmodel.errors import MemmodelError, SyntaxError, Unsupported
from memmodel.program.statements import walk
from memmodel.syntax import tree
from tests.frontends.c import printing
from tests.frontends.c.texts import unit

_BEFORE = (
    "typedef unsigned short word; struct s { int a, b[2]; struct s *next; int (*call)(int); }; int f(int); int g;\n"
)


def _function(body: str, parameters: str = "int x, struct s *p") -> tree.Function:
    found = unit(f"{_BEFORE}int tested({parameters}) {{ {body} }}").function("tested")
    assert found is not None
    return found


def _body(body: str) -> str:
    """The body printed again, in one line."""
    return " ".join(printing.statement(_function(body).body).split())[2:-3].strip()


def _value(expression: str) -> str:
    return _body(f"{expression};").removesuffix(";")


# ── expressions ──


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("(word)-x", "((word ) (- x))"),
        ("(x)-g", "(x - g)"),
        ("(word)(x) & g", "(((word ) x) & g)"),
        ("(f(x)) - 1", "((f)(x) - 1)"),
        ("(p->b[1]) * 2", "(((p)->b)[1] * 2)"),
        ("sizeof(word) * g", "(sizeof(word ) * g)"),
        ("sizeof (x) - 1", "(sizeof(x) - 1)"),
        ("sizeof(struct s *)", "sizeof(struct s *)"),
        ("sizeof(int[4])", "sizeof(int [4])"),
        ("sizeof x", "sizeof(x)"),
        ("offsetof(struct s, b[1])", "__builtin_offsetof(struct s , b[1])"),
        ("offsetof(word, a)", "__builtin_offsetof(word , a)"),
        ("x ? g : 2", "(x ? g : 2)"),
        ("x ?: 2", "(x ? x : 2)"),
        ("x = g, x += 1, x <<= 2", "((x = g), ((x += 1), (x <<= 2)))"),
        ("x++ + --g", "((x++) + (--g))"),
        ("!x++", "(! (x++))"),
        ("-~g--", "(- (~ (g--)))"),
        ("!(p->a)++", "(! ((p)->a++))"),
        ("*p->b++", "(* ((p)->b++))"),
        ("!--x", "(! (--x))"),
        ("*&x", "(* (& x))"),
        ("!~-+x", "(! (~ (- (+ x))))"),
        ("p->next->b[x].a", "((((p)->next)->b)[x]).a"),
        ("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"),
        ("x && g || !x", "((x && g) || (! x))"),
        ("(struct s){ .a = 1, .b[1] = 2 }", "(struct s ){.a = 1, .b[1] = 2}"),
        ("(int[]){ 1, 2 }", "(int []){1, 2}"),
        ("true + false", "(1 + 0)"),
        ("NULL", "NULL"),
        ("'a' + '\\n' + '\\377'", "((97 + 10) + -1)"),
        ("'\\\\'", "92"),
        ("0x1F + 017 + 0b11", "((31 + 15) + 3)"),
        ("0xffffffff", "4294967295u"),
        ("0xffffffffull", "4294967295ul"),
        ("10LLU", "10ul"),
        ('"a\\n" "b"', '"\\141\\012\\142"'),
        ("({ int y = 1; y; })", "({ int y = 1; y; })"),
        ("(*f)(x)", "(f)(x)"),
        ("p->call(x)", "((p)->call)(x)"),
        ("(f)(x)", "(f)(x)"),
        ('({ asm volatile("" ::: "memory"); })', "({ (barrier)(); })"),
        ("(__extension__ ({ x; }))", "({ x; })"),
        ("*(volatile const word *)&x", "(* ((volatile word *) (& x)))"),
        ("((int (*)(int))p->next)(x)", "(((int (*)()) (p)->next))(x)"),
    ],
)
def test_an_expression_means(written: str, meant: str) -> None:
    assert _value(written) == meant


def test_a_short_conditional_evaluates_its_test_once() -> None:
    assert _value("f(x) ?: 2") == "({ __auto_type value = (f)(x); (value ? value : 2); })"


def test_what_a_call_through_a_pointer_calls_is_an_expression() -> None:
    body = _function("cb(x); f(x); p->call(x);", "int x, int (*cb)(int), struct s *p").body.body
    calls = [s.expression for s in body if isinstance(s, tree.Evaluate) and isinstance(s.expression, tree.Call)]
    assert [call.function.text for call in calls] == ["cb", "f", "p->call"]
    assert [call.pointer is not None for call in calls] == [True, False, True]


@pytest.mark.parametrize(
    "written",
    ["1.5", "2e3f", "_Generic(x, int: 1)", "&&label", "_Alignof(int)", 'asm("nop")', "'ab'"],
)
def test_expressions_outside_the_subset_are_refused(written: str) -> None:
    with pytest.raises(Unsupported) as raised:
        _function(f"{written}; label: ;")
    assert raised.value.span is not None and raised.value.hint


@pytest.mark.parametrize(
    "code", ['asm("" : "=r"(x))', 'asm("mfence" ::: "memory")', 'asm goto ("" :::: out)', 'asm("")']
)
def test_assembly_that_does_more_than_hold_the_compiler_back_is_refused(code: str) -> None:
    with pytest.raises(Unsupported, match="assembly"):
        _function(f"{code}; out: ;")


@pytest.mark.parametrize("number", ["18446744073709551616", "0x1ffffffffffffffff", "9" * 5000])
def test_a_number_that_no_type_holds_is_refused(number: str) -> None:
    with pytest.raises(SyntaxError, match="too large"):
        _function(f"x = {number};")


# ── statements ──


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("if (x) g = 1; else if (g) g = 2; else g = 3;", None),
        ("for (int i = 0, *q = &x; i < 3; i++) f(i);", None),
        ("while (x) { if (g) break; continue; }", None),
        ("do x++; while (x < 3);", None),
        ("switch (x) { case 1: case 2 ... 4: f(x); break; default: f(1); }", None),
        ("if (x) goto out; f(x); out: return x;", None),
        ("int a[2][3] = { { 1 }, [1] = { [2] = 3 } }; int (*q)(int) = f;", None),
        (";", ";"),
        ("return;", "return ;"),
        ("int local_prototype(int); f(x);", "(f)(x);"),
        ("__typeof__(x) y = 1; typeof(word *) z;", "__typeof__(x) y = 1; word *z;"),
        ("__auto_type y = x;", "__auto_type y = x;"),
        ("int a[4] = { [1 ... 1 + 1] = x, 3 };", "int a[4] = {[1] = x, [2] = x, 3};"),
    ],
)
def test_a_statement_means(written: str, meant: str | None) -> None:
    # Printed and converted again, it is the same: printing adds parentheses and braces, and nothing else.
    shown = _body(written)
    assert shown == meant if meant is not None else _normal(_body(shown)) == _normal(shown)


def _normal(text: str) -> str:
    return "".join(c for c in text if c not in " ;(){}")


def test_cases_stand_before_what_they_label() -> None:
    switch = _function("switch (x) { case 1 ... 3: f(1); default: ; }").body.body[0]
    assert isinstance(switch, tree.Switch)
    first, _, default, _ = switch.body.body
    assert isinstance(first, tree.Case) and isinstance(default, tree.Case)
    assert isinstance(first.value, tree.Number) and isinstance(first.last, tree.Number)
    assert (first.value.value, first.last.value, default.value) == (1, 3, None)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("extern int y;", "'extern' in a function"),
        ("typedef int y;", "typedef in a function"),
        ("int y[x];", "length is computed"),
        ("int inner(void) { return 1; }", "function in a function"),
        ("goto *p;", "computed goto"),
        ("int y __attribute__((cleanup(f)));", "cleanup"),
        ("int a[4] = { [0 ... f(1)] = 1 };", "range of elements"),
        ("int a[4] = { [0 ... 99999999] = 1 };", "so many elements"),
        ("int a[4] = { [2 ... 1] = 1 };", "empty range"),
        ("int a[4] = { [0 ... 1] = x++ };", "does something"),
        ("int a[4][4] = { [0 ... 1][2] = 1 };", "this designator"),
        ("int word; x = (word)-1;", "used as a type"),
    ],
)
def test_statements_outside_the_subset_are_refused(written: str, message: str) -> None:
    with pytest.raises((Unsupported, SyntaxError), match=message) as raised:
        _function(written)
    assert raised.value.span is not None and raised.value.hint


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("int y; int y;", "declared twice"),
        ("a: ; a: ;", "stands twice"),
        ("case 1: ;", "outside a switch"),
        ("0x = 3;", "no C here"),
    ],
)
def test_statements_that_are_no_c_are_refused(written: str, message: str) -> None:
    with pytest.raises(SyntaxError, match=message):
        _function(written)


# ── functions ──


def test_parameters_have_their_stars_in() -> None:
    function = _function("", "int, char *names[], int (*cb)(int), void done(void), const struct s *p, ...")
    shapes = [(p.name, p.type.base, p.type.pointers) for p in function.parameters]
    assert shapes == [
        ("", "int", 0),
        ("names", "char", 2),
        ("cb", "function", 1),
        ("done", "function", 1),
        ("p", "struct s", 1),
    ]
    assert function.variadic
    assert not _function("", "void").parameters


def test_a_result_has_its_stars_in() -> None:
    function = unit("static inline const char **f(void) { return 0; }").function("f")
    assert function is not None and function.result is not None
    assert (function.result.base, function.result.pointers) == ("char", 2)


# ── names ──


def _names(function: tree.Function) -> list[str]:
    """The names that are declared and used, in the order written."""
    return [n.text if isinstance(n, tree.Name) else n.name for n in walk(function.body) if _names_something(n)]


def _names_something(node: object) -> bool:
    return isinstance(node, (tree.Name, tree.Declarator))


def test_each_variable_of_a_function_has_a_name_of_its_own() -> None:
    function = _function("int y = x; { int y = x, x = y; y = x; } y = x; for (int y = 0; y; ) { int y; y = 1; } y = 2;")
    assert _names(function) == (
        ["y", "x", "y#2", "x", "x#2", "y#2", "y#2", "x#2", "y", "x", "y#3", "y#3", "y#4", "y#4", "y"]
    )


def test_a_variable_is_known_in_its_own_initial_value() -> None:
    assert _names(_function("int y; { int y = y; }")) == ["y", "y#2", "y#2"]


def test_a_local_that_shares_its_name_with_something_global_is_renamed() -> None:
    assert _names(_function("g = 1; { int g = 2; g = 3; } g = 4;")) == ["g", "g#2", "g#2", "g"]
    assert _names(_function("int g = 2; g = 3;")) == ["g", "g"]


def test_types_and_enumerators_of_a_block_are_its_own() -> None:
    found = unit("""
        struct s { int a; }; enum { A = 1 };
        int f(void) { struct s o; { struct s { long b; } i; enum { A = 2 }; i.b = A; } struct s e; return A; }
    """)
    function = found.function("f")
    assert function is not None
    types = [n.type.base for n in walk(function.body) if isinstance(n, tree.Declaration)]
    assert types[0] == types[2] == "struct s" and types[1] != "struct s"
    inner = found.structure(types[1])
    assert inner is not None and inner.fields[0].type.base == "long"
    names = [n.text for n in walk(function.body) if isinstance(n, tree.Name) and n.text.startswith("A")]
    values = [v.value for name in names if isinstance(v := found.enumerator(name), tree.Number)]
    assert values == [2, 1]


def test_a_label_of_a_block_is_its_own() -> None:
    function = _function("({ __label__ out; goto out; out: ; }); ({ __label__ out; goto out; out: ; }); out: goto out;")
    jumps = [n.label for n in walk(function.body) if isinstance(n, tree.Jump)]
    labels = [n.name for n in walk(function.body) if isinstance(n, tree.Label)]
    assert jumps == labels and len(set(labels)) == 3


# ── spans and depth ──


def test_spans_are_those_of_the_source() -> None:
    body = _function("x = (word)-g + sizeof(word) * 2; if (x) return typeof_x(x); g = ((x)) - 1;").body.body
    assign, branch, last = body
    assert isinstance(assign, tree.Evaluate) and assign.span.text == "x = (word)-g + sizeof(word) * 2"
    assert isinstance(branch, tree.If) and branch.span.text == "if (x)"
    assert isinstance(branch.then, tree.Jump) and branch.then.span.text == "return typeof_x(x)"
    assert last.span.text == "g = ((x)) - 1"
    assert isinstance(assign.expression, tree.Assignment) and isinstance(assign.expression.value, tree.Binary)
    assert assign.expression.value.left.span.text == "(word)-g"
    assert assign.expression.value.right.span.text == "sizeof(word) * 2"


@pytest.mark.parametrize(
    "body",
    [
        "x = " + "(" * 5000 + "1" + ")" * 5000 + ";",
        "x = " + "-" * 5001 + " 1;",
        "x = 1" + " + 1" * 5000 + ";",
        "{" * 5000 + "}" * 5000,
        "if (x) ; else " * 5000 + ";",
        "x = " + "f(" * 5000 + "1" + ")" * 5000 + ";",
        "x = " + "({ " * 500 + "1" + "; })" * 500 + ";",
        "x = " + "x ? 1 : " * 5000 + "2;",
        "x" + ", x" * 5000 + ";",
        "x" + "[1]" * 5000 + ";",
        "while (x) " * 500 + ";",
    ],
)
def test_what_is_nested_without_end_is_refused(body: str) -> None:
    with pytest.raises(Unsupported, match="nested too deeply"):
        _function(body)


@pytest.mark.parametrize(
    "body",
    [
        "x = " + "(" * 90 + "1" + ")" * 90 + ";",
        "x = 1" + " + 1" * 90 + ";",
        "if (x) ; else " * 90 + ";",
        "{" * 90 + "}" * 90,
        "x = " + "({ " * 40 + "1" + "; })" * 40 + ";",
    ],
)
def test_what_people_write_is_not_too_deep(body: str) -> None:
    assert _function(body).body.body


def test_conversion_raises_nothing_but_our_own_errors() -> None:
    """Functions with any one word left out or doubled."""
    body = "for (int i = 0; i < (word)-x; i++) { p->b[i] = sizeof(word) * 2; if (x) goto out; } out: return p ? 1 : 2;"
    words = body.replace("(", " ( ").replace(")", " ) ").replace(";", " ; ").split()
    accepted = 0
    for number in range(len(words)):
        for changed in (words[:number] + words[number + 1 :], words[: number + 1] + words[number:]):
            try:
                _function(" ".join(changed))
                accepted += 1
            except MemmodelError as error:
                assert error.span is not None
    assert 0 < accepted < len(words)
