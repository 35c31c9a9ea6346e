"""What the parser makes of litmus text: the tree, and the place of everything in it."""

from __future__ import annotations

import pytest

from memmodel.source import SourceFile
from memmodel.syntax import tree
from memmodel.syntax.litmus import parse


def litmus(code: str = "P0(int *x) { }", initial: str = "", condition: str = "exists (x=0)") -> tree.LitmusFile:
    return parse(SourceFile("t.litmus", f"C t\n{{ {initial} }}\n{code}\n{condition}\n"))


def expression(text: str) -> tree.Expression:
    statement = litmus(f"P0(int *x) {{ {text}; }}").functions[0].body.body[0]
    assert isinstance(statement, tree.Evaluate) and statement.expression is not None
    return statement.expression


def shape(node: tree.Expression) -> str:
    """The tree as a fully parenthesised expression."""
    match node:
        case tree.Binary():
            return f"({shape(node.left)} {node.operator} {shape(node.right)})"
        case tree.Unary():
            return f"({node.operator}{shape(node.operand)})"
        case tree.Conditional():
            return f"({shape(node.test)} ? {shape(node.then)} : {shape(node.otherwise)})"
        case tree.Assignment():
            return f"({shape(node.target)} {node.operator}= {shape(node.value)})"
        case tree.Cast():
            return f"(({node.type.base}{'*' * node.type.pointers}) {shape(node.operand)})"
        case tree.Index():
            return f"{shape(node.base)}[{shape(node.index)}]"
        case tree.Member():
            return f"{shape(node.base)}{'->' if node.arrow else '.'}{node.name}"
        case tree.Call():
            return f"{node.function.text}({', '.join(map(shape, node.arguments))})"
        case tree.Name():
            return node.text
        case tree.Number():
            return str(node.value)
        case tree.Increment():
            return f"({'pre' if node.prefix else 'post'}{node.operator} {shape(node.target)})"
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a * b + c", "((a * b) + c)"),
        ("a - b - c", "((a - b) - c)"),
        ("a & b == c", "(a & (b == c))"),
        ("a | b ^ c & d", "(a | (b ^ (c & d)))"),
        ("a || b && c | d", "(a || (b && (c | d)))"),
        ("a << 1 + b", "(a << (1 + b))"),
        ("a < b == c < d", "((a < b) == (c < d))"),
        ("a + b < c << d", "((a + b) < (c << d))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a = b = c", "(a = (b = c))"),
        ("a += b ? c : d", "(a += (b ? c : d))"),
        ("-a * !b", "((-a) * (!b))"),
        ("r0 -1", "(r0 - 1)"),
        ("(int) a + b", "((int) a) + b".join(("(", ")"))),
        ("(struct s *) p", "((struct s*) p)"),
        ("(unsigned long int) a", "((unsigned long) a)"),
        ("*p++", "(*(post+ p))"),
        ("--*p", "(pre- (*p))"),
        ("a[i]->f.g", "a[i]->f.g"),
        ("&a[1]", "(&a[1])"),
        ("f(a, g(b), 1)", "f(a, g(b), 1)"),
        ("a & -b", "(a & (-b))"),
        ("a * *b", "(a * (*b))"),
    ],
)
def test_operators_bind_as_in_c(text: str, meaning: str) -> None:
    assert shape(expression(text)) == meaning


@pytest.mark.parametrize(("text", "value"), [("0x1F", 31), ("42", 42), ("7UL", 7), ("0X0a", 10), ("00", 0)])
def test_numbers_are_read_as_c_reads_them(text: str, value: int) -> None:
    number = expression(text)
    assert isinstance(number, tree.Number)
    assert number.value == value


def test_every_node_knows_its_text() -> None:
    call = expression("WRITE_ONCE(*x, r0 + 1)")
    assert isinstance(call, tree.Call)
    assert call.span.text == "WRITE_ONCE(*x, r0 + 1)"
    assert [argument.span.text for argument in call.arguments] == ["*x", "r0 + 1"]
    assert call.span.line == 3
    assert call.span.start_label == "t.litmus:3:14"


def test_comments_of_all_kinds_are_skipped_and_keep_their_width() -> None:
    file = parse(
        SourceFile(
            "t",
            "(* head (* nested *) *)\nC t\n(* { *)\n{ x=1; (* } *) }\n(* between *)\n"
            "P0(int *x) /* } */ { // { exists\n  r0 = (*x); /* exists */ }\nexists (* ( *) (0:r0=1)",
        )
    )
    assert file.name == "t"
    assert len(file.initial) == 1
    statement = file.functions[0].body.body[0]
    assert statement.span.text == "r0 = (*x"
    assert file.condition is not None
    assert file.condition.span.text == "exists (* ( *) (0:r0=1"


def test_a_parenthesis_before_a_dereference_is_no_comment() -> None:
    assert shape(expression("r0 = (*x) + (*y)")) == "(r0 = ((*x) + (*y)))"


@pytest.mark.parametrize("keyword", ["locations [x; 0:r0;]", "filter (x=1)", "~exists (x=1)", "forall (x=1)", "(x=1)"])
def test_the_condition_begins_where_the_code_ends(keyword: str) -> None:
    assert [f.name for f in litmus(condition=keyword).functions] == ["P0"]


def test_the_header_may_hold_settings_a_description_and_free_text() -> None:
    file = parse(
        SourceFile("d/t.litmus", 'C --\n"what it is for"\nUnroll=4\nHash = abc \nsome free text\n{ }\nP0(int *x) { }\n')
    )
    assert file.name == "t"
    assert [(s.key, s.value) for s in file.settings] == [("Unroll", "4"), ("Hash", "abc")]
    assert file.condition is None


def test_all_forms_of_initial_values() -> None:
    file = litmus(
        initial="x; y=1; [z]=2; int w=0x10; int *p=&y; q=y; int a[2]={1,-2}; 0:r1=3; int 0:r2=4; P0:r3=y; "
        "atomic_t v=ATOMIC_INIT(3); spinlock_t s; struct srcu_struct ss; unknown_t u=5; *n=y"
    )
    items = {item.name: item for item in file.initial}
    assert items["x"].value is None
    assert items["w"].type is not None and items["w"].type.base == "int"
    assert isinstance(items["w"].value, tree.Number) and items["w"].value.value == 16
    for name in ("p", "q", "r3", "n"):
        value = items[name].value
        assert isinstance(value, tree.Unary) and value.operator == "&"
        assert isinstance(value.operand, tree.Name) and value.operand.text == "y"
    assert items["a"].dimensions == (2,)
    assert isinstance(items["a"].value, tree.Braces) and len(items["a"].value.items) == 2
    assert (items["r1"].thread, items["r2"].thread, items["r3"].thread, items["x"].thread) == (0, 0, 0, None)
    assert isinstance(items["v"].value, tree.Number) and items["v"].value.value == 3
    assert items["ss"].type is not None and items["ss"].type.base == "struct srcu_struct"


def test_implication_binds_tighter_than_conjunction_as_in_herd7() -> None:
    file = litmus(condition=r"exists (x=1 /\ x=2 => x=3 \/ x=4)")
    assert file.condition is not None
    whole = file.condition.proposition
    assert isinstance(whole, tree.Connected) and whole.connective is tree.Connective.OR
    assert isinstance(whole.left, tree.Connected) and whole.left.connective is tree.Connective.AND
    assert isinstance(whole.left.right, tree.Connected) and whole.left.right.connective is tree.Connective.IMPLIES


def test_negation_covers_one_comparison() -> None:
    file = litmus(condition=r"exists (~x=1 /\ not x=2)")
    assert file.condition is not None
    whole = file.condition.proposition
    assert isinstance(whole, tree.Connected)
    assert isinstance(whole.left, tree.Negation) and isinstance(whole.right, tree.Negation)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("0:r0=y", tree.AddressOf),
        ("0:r0=&y", tree.AddressOf),
        ("x=[y]", tree.Location),
        ("x=*y", tree.Location),
        ("0:r0=1:r1", tree.Register),
        ("x={1,2}", tree.Values),
        ("x=-3", tree.Integer),
    ],
)
def test_a_bare_name_on_the_right_is_an_address(text: str, right: type) -> None:
    file = litmus(condition=f"exists ({text})")
    assert file.condition is not None and isinstance(file.condition.proposition, tree.Comparison)
    assert isinstance(file.condition.proposition.right, right)


def test_a_condition_of_thousands_of_parts_is_read() -> None:
    file = litmus(condition="exists (" + r" \/ ".join(f"x={i}" for i in range(3000)) + ")")
    assert file.condition is not None


def test_break_and_continue_are_jumps_only_as_statements() -> None:
    body = litmus("P0(int *x) { while (1) { break; } continue = 1; }").functions[0].body.body
    loop, assignment = body
    assert isinstance(loop, tree.While) and isinstance(loop.body, tree.Compound)
    assert isinstance(loop.body.body[0], tree.Jump)
    assert isinstance(assignment, tree.Evaluate)


def test_an_else_belongs_to_the_nearest_if() -> None:
    outer = litmus("P0(int *x) { if (a) if (b) ; else c = 1; }").functions[0].body.body[0]
    assert isinstance(outer, tree.If) and outer.otherwise is None
    assert isinstance(outer.then, tree.If) and outer.then.otherwise is not None


@pytest.mark.parametrize(
    ("line", "verdict", "race"),
    [
        ("(* Result: Never *)", "Never", False),
        (" * Result: Sometimes DATARACE", "Sometimes", True),
        ("(* Result: DEADLOCK *)", "DEADLOCK", False),
    ],
)
def test_the_expected_verdict_is_that_of_the_header(line: str, verdict: str, race: bool) -> None:
    header = line if line.startswith("(") else f"(*\n{line}\n * Result: Always\n *)"
    file = parse(SourceFile("t", f"C t\n{header}\n{{ }}\nP0(int *x) {{ }}\nexists (x=0)"))
    assert file.expected is not None
    assert (file.expected.verdict, file.expected.race) == (verdict, race)
