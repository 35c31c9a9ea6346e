"""The cat language: what binds tighter, what is a comment, a name, an error."""

from __future__ import annotations

import pytest

from memmodel.errors import SyntaxError
from memmodel.source import SourceFile
from memmodel.syntax import cat_tree as cat
from memmodel.syntax.cat import blank_comments, parse


def tree(text: str) -> cat.CatFile:
    return parse(SourceFile("m.cat", text))


def shown(node: cat.Expression) -> str:
    """An expression with all its brackets."""
    match node:
        case cat.Name() | cat.Tag():
            return node.name
        case cat.Zero():
            return "0"
        case cat.Universe():
            return "_"
        case cat.Apply():
            return f"{shown(node.function)}<{shown(node.argument)}>"
        case cat.Tuple():
            return ", ".join(map(shown, node.items))
        case cat.Operation(operator=cat.Operator.IDENTITY):
            return f"[{shown(node.operands[0])}]"
        case cat.Operation() if len(node.operands) == 1:
            return f"({node.operator.value} {shown(node.operands[0])})"
        case cat.Operation():
            return f"({f' {node.operator.value} '.join(map(shown, node.operands))})"
    return type(node).__name__


def expression(text: str) -> str:
    (statement,) = tree(f"let x = {text}").statements
    assert isinstance(statement, cat.Let)
    return shown(statement.bindings[0].body)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a | b ; c", "(a | (b ; c))"),
        ("a ; b | c", "((a ; b) | c)"),
        ("a ; b \\ c", "(a ; (b \\ c))"),
        ("a \\ b & c", "(a \\ (b & c))"),
        ("a & b \\ c", "((a & b) \\ c)"),
        ("a \\ b \\ c", "(a \\ b \\ c)"),
        ("a | b ++ c", "(a | (b ++ c))"),
        ("a ++ b ; c", "(a ++ (b ; c))"),
        ("a & b ; c", "((a & b) ; c)"),
        ("a & S * T", "(a & (S * T))"),
        ("S * T ; a", "((S * T) ; a)"),
        ("a* ; b", "((^* a) ; b)"),
        ("a*", "(^* a)"),
        ("a*+", "(^+ (^* a))"),
        ("a?^-1", "(^-1 (? a))"),
        ("r^-1 ; r", "((^-1 r) ; r)"),
        ("r ^ -1", "(^-1 r)"),
        ("~a & b", "((~ a) & b)"),
        ("~a | b", "((~ a) | b)"),
        ("~a^-1", "(~ (^-1 a))"),
        ("~ ~a", "(~ (~ a))"),
        ("[S] ; r ; [T]", "([S] ; r ; [T])"),
        ("[~S]", "[(~ S)]"),
        ("(a | b) ; c", "((a | b) ; c)"),
        ("f(a) ; b", "(f<a> ; b)"),
        ("f a | b", "(f<a> | b)"),
        ("f a b", "f<a><b>"),
        ("f(a, b)", "f<a, b>"),
        ("f (a | b)*", "(^* f<(a | b)>)"),
        ("domain r \\ range r", "(domain<r> \\ range<r>)"),
        ("tag2events('rcu-lock)", "tag2events<rcu-lock>"),
        ("a & {}", "(a & 0)"),
        ("begin a | b end ; c", "((a | b) ; c)"),
        ("po-loc' ; a.b", "(po-loc' ; a.b)"),
        ("_RMW & R * _", "(_RMW & (R * _))"),
    ],
)
def test_precedence_is_that_of_the_language(text: str, meaning: str) -> None:
    assert expression(text) == meaning


def test_a_product_after_which_nothing_follows_is_a_closure() -> None:
    first, second = tree("let a = r*\nlet b = S * T").statements
    assert isinstance(first, cat.Let)
    assert isinstance(second, cat.Let)
    assert shown(first.bindings[0].body) == "(^* r)"
    assert shown(second.bindings[0].body) == "(S * T)"


def test_comments_nest_and_may_end_with_the_line() -> None:
    text = "(* one (* two *) still *) let a = b // rest (* not opened\n# all of this\nacyclic a"
    assert [type(s) for s in tree(text).statements] == [cat.Let, cat.Check]


def test_what_looks_like_a_comment_in_a_string_is_none() -> None:
    assert tree('"a (* b // c"\nacyclic po').title == "a (* b // c"


def test_blanking_comments_moves_nothing() -> None:
    source = SourceFile("m.cat", "let a (* x\n y *) = b")
    blank = blank_comments(source)
    assert len(blank) == len(source.text)
    assert blank.index("=") == source.text.index("=")
    assert blank.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('"A title"\n', "A title"),
        ('X86 "another"\n', "another"),
        ("withname let a = po", "withname"),
        ("acyclic po", ""),
        ("", ""),
    ],
)
def test_title(text: str, title: str) -> None:
    assert tree(text).title == title


@pytest.mark.parametrize(
    ("text", "word", "negated", "qualifier", "name"),
    [
        ("acyclic r as a", cat.CheckWord.ACYCLIC, False, cat.Qualifier.NONE, "a"),
        ("irreflexive r", cat.CheckWord.IRREFLEXIVE, False, cat.Qualifier.NONE, None),
        ("empty r as an-empty", cat.CheckWord.EMPTY, False, cat.Qualifier.NONE, "an-empty"),
        ("~empty r as b", cat.CheckWord.EMPTY, True, cat.Qualifier.NONE, "b"),
        ("flag ~empty r as c", cat.CheckWord.EMPTY, True, cat.Qualifier.FLAG, "c"),
        ("flag acyclic r as d", cat.CheckWord.ACYCLIC, False, cat.Qualifier.FLAG, "d"),
        ("undefined_unless empty r as e", cat.CheckWord.EMPTY, False, cat.Qualifier.UNDEFINED_UNLESS, "e"),
    ],
)
def test_checks(text: str, word: cat.CheckWord, negated: bool, qualifier: cat.Qualifier, name: str | None) -> None:
    (check,) = tree(text).statements
    assert isinstance(check, cat.Check)
    assert (check.word, check.negated, check.qualifier, check.name) == (word, negated, qualifier, name)
    assert check.span.text == text


@pytest.mark.parametrize(
    "text",
    [
        "show a, b, c",
        "show a | b as c",
        "unshow a",
        "instructions R[{'once, 'acquire}]",
        "instructions F[Barriers]",
        "default R['once]",
        "debug a",
    ],
)
def test_what_bears_on_no_verdict_is_read_and_passed_over(text: str) -> None:
    (statement,) = tree(text).statements
    assert isinstance(statement, cat.Remark)
    assert statement.span.text == text


def test_functions_take_parameters_in_three_spellings() -> None:
    (statement,) = tree("let f(a, b) = a and g a = a and h() = b and (c, _) = d").statements
    assert isinstance(statement, cat.Let)
    parameters = [b.parameters.names if b.parameters else None for b in statement.bindings]
    assert parameters == [("a", "b"), ("a",), (), None]
    assert statement.bindings[3].pattern.names == ("c", None)


def test_an_enum_lists_tags() -> None:
    (statement,) = tree("enum Barriers = || 'wmb || 'after-atomic").statements
    assert isinstance(statement, cat.Enumeration)
    assert [tag.name for tag in statement.tags] == ["wmb", "after-atomic"]


def test_spans_cover_what_they_name() -> None:
    source = SourceFile("m.cat", "let a = po\n\n  let f(r) = (r ; po) | r*\n")
    statement = parse(source).statements[1]
    assert isinstance(statement, cat.Let)
    body = statement.bindings[0].body
    assert statement.span.text == "let f(r) = (r ; po) | r*"
    assert (statement.span.line, statement.span.column) == (3, 3)
    assert isinstance(body, cat.Operation)
    assert body.span.text == "(r ; po) | r*"
    assert [operand.span.text for operand in body.operands] == ["(r ; po)", "r*"]


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("let a =", 1, 8, "expected an expression"),
        ("let a = po |\nlet b = rf", 2, 1, "unexpected 'let'"),
        ("acyclic po ; ) as x", 1, 14, "unexpected ')'"),
        ("acyclic po as", 1, 14, "expected a name"),
        ("let x = 1", 1, 9, "unexpected '1'"),
        ("enum A = b", 1, 10, "expected a tag"),
        ("include lock", 1, 9, "expected a string"),
        ("let f x y = x", 1, 9, "expected '='"),
        ("let a = po @ rf", 1, 12, "unexpected '@'"),
        ("let a = (po", 1, 12, "unexpected end of file"),
        ("\nlet a = po (* never\n closed", 2, 12, "does not end"),
        ("let acyclic = po", 1, 5, "unexpected 'acyclic'"),
    ],
)
def test_syntax_errors_say_where_and_what(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        tree(text)
    span = caught.value.span
    assert span is not None
    assert (span.line, span.column) == (line, column)
    assert said in str(caught.value)
