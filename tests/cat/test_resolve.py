"""Names, functions, recursion, includes and sorts: what a model's text comes to as terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memmodel.cat.evaluate import Evaluation
from memmodel.cat.terms import CheckKind, Op, Sort, base
from memmodel.errors import MemmodelError, ModelError, SyntaxError, Unsupported
from tests.cat.models_in_memory import Step, execution, members, model_of, named, pairs

NONE: frozenset[str] = frozenset()
PO = base("po", Sort.RELATION)
RF = base("rf", Sort.RELATION)
CO = base("co", Sort.RELATION)


def meaning(text: str, name: str = "x", *variants: str, **others: str) -> object:
    return named(model_of(text, *variants, **others), name)


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def test_equal_terms_are_one_object() -> None:
    assert meaning("let x = po ; (rf | co)") is meaning("let y = rf | co  let x = po ; y")


def test_a_later_let_shadows_from_there_on() -> None:
    model = model_of("let a = po  let b = a  let a = rf  let c = a")
    assert (named(model, "a"), named(model, "b"), named(model, "c")) == (RF, PO, RF)
    assert [d.name for d in model.definitions if d.name in "abc"] == ["a", "b", "c"]


def test_a_function_keeps_the_names_it_was_written_with() -> None:
    assert meaning("let a = po  let f(r) = a  let a = rf  let x = f(co)") is PO


def test_bindings_joined_by_and_do_not_see_each_other() -> None:
    model = model_of("let a = po  let a = rf and b = a")
    assert named(model, "b") is PO


def test_let_in_is_local() -> None:
    model = model_of("let x = let y = po in y")
    assert named(model, "x") is PO
    assert all(d.name != "y" for d in model.definitions)


@pytest.mark.parametrize(
    "text",
    [
        "let f(a, b) = b  let x = f(rf, po)",
        "let f a = a  let x = f po",
        "let f = fun a -> fun b -> b  let x = f rf po",
        "let f = fun (a, b) -> b  let x = f (rf, po)",
        "let f() = po  let x = f()",
        "let (a, x) = (rf, po)",
        "let x = try nonsense with po",
        "let x = try po with nonsense",
        "let f(a) = nonsense  let x = try f(rf) with po",
        "let f(_, b) = b  let x = f(rf, po)",
    ],
)
def test_ways_to_say_program_order(text: str) -> None:
    assert meaning(text) is PO


def test_annotations_name_sets_of_events() -> None:
    text = (
        "enum Colours = 'dark-red || 'blue  let x = Dark-red and y = tag2events('dark-red) and z = tag2events Colours"
    )
    model = model_of(text)
    red, blue = base("Dark-red", Sort.SET), base("Blue", Sort.SET)
    assert (named(model, "x"), named(model, "y")) == (red, red)
    assert named(model, "z").args == (red, blue)


def test_variants_choose() -> None:
    text = 'let x = if "new" && not "old" then po else rf'
    assert meaning(text, "x", "new") is PO
    assert meaning(text, "x", "new", "old") is RF
    text = 'if "a" || variant "b" let x = po else let x = rf end'
    assert meaning(text, "x", "b") is PO
    assert meaning(text, "x") is RF


# ── sets and relations ───────────────────────────────────────────────────────────────────────────


def test_zero_is_a_set_or_a_relation_as_the_place_demands() -> None:
    model = model_of("let a = R | 0 and b = po | {} and c = domain(0) and d = po ; 0 and e = [{}] | rf")
    assert (named(model, "a"), named(model, "b"), named(model, "e")) == (base("R", Sort.SET), PO, RF)
    assert (named(model, "c").sort, named(model, "d").sort) == (Sort.SET, Sort.RELATION)
    assert named(model, "c").op is named(model, "d").op is Op.EMPTY


def test_checks_say_what_they_forbid_and_what_they_flag() -> None:
    model = model_of("acyclic po as a  irreflexive po as b  ~empty po as c  flag ~empty R as d  empty rf")
    assert [(c.kind, c.negated, c.flag, c.name) for c in model.checks] == [
        (CheckKind.ACYCLIC, False, False, "a"),
        (CheckKind.IRREFLEXIVE, False, False, "b"),
        (CheckKind.EMPTY, True, False, "c"),
        (CheckKind.EMPTY, True, True, "d"),
        (CheckKind.EMPTY, False, False, "rf"),
    ]


def test_checks_on_nothing_stay_only_where_they_forbid_or_flag() -> None:
    model = model_of("acyclic 0 as a  flag ~empty 0 as b  ~empty 0 as c  flag empty 0 as d")
    assert [c.name for c in model.checks] == ["c", "d"]


def test_a_procedure_checks_where_it_is_called() -> None:
    within = "procedure within(a, b) = let c = a \\ b  empty c as inside end"
    model = model_of(f"{within}  call within(po, rf)  call within(rf, po) as other")
    assert [(c.name, str(c.term)) for c in model.checks] == [("inside", "(\\ po rf)"), ("other", "(\\ rf po)")]
    assert all(d.name != "c" for d in model.definitions)


# ── recursion ────────────────────────────────────────────────────────────────────────────────────

steps = st.sampled_from(("R", "W"))


@given(st.lists(st.lists(steps, max_size=4), max_size=3), st.integers(0, 2**16))
def test_transitive_closure_may_be_written_as_recursion(threads: list[list[str]], seed: int) -> None:
    model = model_of("let rec x = rf | (x ; x)  let y = rf+")
    run = execution([[(kind, NONE, 1) for kind in thread] for thread in threads])
    size = run.size
    rows = [(seed * (i + 3) >> i) & ((1 << size) - 1) for i in range(size)]
    run = Evaluation(run.frame, rows, [0] * size)
    assert pairs(run, named(model, "x")) == pairs(run, named(model, "y"))


def test_recursion_finds_out_which_of_its_names_are_sets() -> None:
    model = model_of("let rec a = b and b = c | b and c = domain(r) and r = [a] ; po | [R] ; po")
    sorts = {name: named(model, name).sort for name in "abcr"}
    assert sorts == {"a": Sort.SET, "b": Sort.SET, "c": Sort.SET, "r": Sort.RELATION}
    run = execution([[("R", NONE, 1), ("W", NONE, 1)], [("R", NONE, 1)]])
    assert members(run, named(model, "a")) == {0}


def test_recursion_without_a_beginning_is_empty() -> None:
    run = execution([[("R", NONE, 1), ("W", NONE, 1)]])
    assert pairs(run, named(model_of("let rec a = b and b = a"), "a")) == set()


RSCS = named(model_of('include "rcu.cat"'), "rcu-rscs")

LEFT_OVER = named(
    model_of("""
      let rec open = Rcu-lock \\ domain(pairs)
          and close = Rcu-unlock \\ range(pairs)
          and left = open | close
          and onward = [left] ; po ; [left]
          and pairs = pairs | (([open] ; po ; [close]) \\ (onward ; onward))
    """),
    "pairs",
)
"""Each round matches the neighbours among what the rounds before left over: it works only if a body sees what this
round gave to the names before it."""

BRACKETS = {"(": frozenset(("rcu-lock",)), ")": frozenset(("rcu-unlock",)), ".": NONE}


def matched(word: str) -> set[tuple[int, int]]:
    """Which bracket closes which, by a stack."""
    stack: list[int] = []
    found = set()
    for i, sign in enumerate(word):
        if sign == "(":
            stack.append(i)
        elif sign == ")" and stack:
            found.add((stack.pop(), i))
    return found


def bracket_events(word: str) -> list[list[Step]]:
    return [[("F", BRACKETS[sign], None) for sign in word]]


@given(st.text("().", max_size=9))
def test_read_side_critical_sections_nest_like_brackets(word: str) -> None:
    assert pairs(execution(bracket_events(word)), RSCS) == matched(word)


@given(st.text("().", max_size=9))
def test_recursion_that_subtracts_is_iterated_in_the_order_written(word: str) -> None:
    assert pairs(execution(bracket_events(word)), LEFT_OVER) == matched(word)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_includes_are_read_in_place_and_leave_the_title() -> None:
    model = model_of('"mine"  include "other.cat"  let x = y', other='"theirs"  let y = po')
    assert named(model, "x") is PO
    assert model.title == "mine"


def test_locks_mean_the_same_under_every_model() -> None:
    """A tree's own lock.cat enumerates orders of lock events; here they come from the engine."""
    model = model_of('include "lock.cat"  include "cross.cat"  include "cos.cat"')
    assert {"lock-atomic", "unmatched-locks", "unmatched-unlock", "mixed-lock-accesses"} == {
        c.name for c in model.checks
    }
    run = execution([[("R", frozenset(("LKR",)), 1), ("W", frozenset(("LKW",)), 1), ("W", frozenset(("UL",)), 1)]])
    assert members(run, named(model, "Acquire")) == {0}
    assert members(run, named(model, "Release")) == {2}
    assert pairs(run, named(model, "critical")) == {(1, 2)}


def test_choosing_a_coherence_order_only_says_what_it_extends() -> None:
    assert model_of("with co from generate_cos(co0)  acyclic co").axioms[0].term is CO
    (extends, _) = model_of("with co from generate_cos(po & (W * W))  acyclic co").axioms
    two_writes: list[Step] = [("W", NONE, 1), ("W", NONE, 1)]
    assert execution([two_writes], co=[2, 0]).holds(extends)
    assert not execution([two_writes], co=[0, 1]).holds(extends)
    assert execution([[("W", NONE, 1), ("W", NONE, 2)]]).holds(extends)


# ── errors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "kind", "line", "column", "said"),
    [
        ("acyclic po | rff", ModelError, 1, 14, "did you mean 'rf'"),
        ("empty Rcu-lok", ModelError, 1, 7, "did you mean 'Rcu-lock'"),
        ("let s = R\nacyclic s ; po", ModelError, 2, 9, "needs a relation, and this is a set"),
        ("let s = [po]", ModelError, 1, 10, "needs a set, and this is a relation"),
        ("acyclic po | R", ModelError, 1, 14, "needs a relation, and this is a set"),
        ("acyclic R", ModelError, 1, 9, "'acyclic' needs a relation"),
        ("let x = S * po", ModelError, 1, 9, "unknown name 'S'"),
        ("let f(a, b) = a\nlet x = f(po)", ModelError, 2, 10, "takes 2 arguments, 1 given"),
        ("let f(a) = a  let x = f(po, rf)", ModelError, 1, 24, "takes 1 argument, 2 given"),
        ("let f(r) = r ; r\nlet x = f(R)", ModelError, 1, 12, "needs a relation"),
        ("let x = po rf", ModelError, 1, 9, "not a function"),
        ("let f(r) = r  let x = f | po", ModelError, 1, 23, "the function 'f'"),
        ("let rec a = [a]", ModelError, 1, 13, "needs a relation, and this is a set"),
        ("let rec f(a) = a", Unsupported, 1, 9, "recursive function"),
        ("call nothing(po)", ModelError, 1, 1, "no procedure 'nothing'"),
        ('include "nowhere.cat"', ModelError, 1, 1, "no file 'nowhere.cat'"),
        ("let x = 'once | po", ModelError, 1, 9, "annotation"),
        ("let x = tag2events(po)", ModelError, 1, 19, "needs annotations"),
        ("let x = ~0", ModelError, 1, 9, "all events or all pairs"),
        ("with x from linearisations(W, po)", Unsupported, 1, 1, "generate_cos"),
        ("with rf from generate_cos(po)", Unsupported, 1, 1, "generate_cos"),
        ("let x = generate_cos(po)", Unsupported, 1, 9, "with co from"),
        ("let x = map po rf", Unsupported, 1, 9, "'map' is not supported"),
        ("let x = po ++ 0", Unsupported, 1, 9, "'++'"),
        ("let x = {po}", Unsupported, 1, 9, "lists its elements"),
        ("let f s = match s with {} -> 0 || e ++ t -> 0 end  let x = f po", Unsupported, 1, 11, "match"),
        ("forall e in R do empty po end", Unsupported, 1, 1, "'forall'"),
        ("assert empty po as x", Unsupported, 1, 1, "'assert'"),
        ("let x = if po = rf then po else rf", Unsupported, 1, 12, "comparing"),
        ("procedure rec p(a) = empty a end", Unsupported, 1, 1, "recursive procedure"),
    ],
)
def test_errors_say_where_and_what(text: str, kind: type[MemmodelError], line: int, column: int, said: str) -> None:
    with pytest.raises(kind) as caught:
        model_of(text)
    span = caught.value.span
    assert span is not None
    assert (span.line, span.column) == (line, column)
    assert said in str(caught.value)


def test_a_function_that_is_never_called_may_hold_anything() -> None:
    """Files enumerate orders in functions that nothing here calls."""
    assert meaning("let f s = match s with {} -> 0 || e ++ t -> g e ++ f t end  let x = po") is PO


def test_a_cycle_of_includes_is_told_with_the_files_on_it() -> None:
    with pytest.raises(ModelError) as caught:
        model_of('include "a.cat"', a='include "b.cat"', b='\n include "a.cat"')
    assert "a cycle of includes (a.cat includes b.cat includes a.cat)" in str(caught.value)
    assert caught.value.span is not None
    assert caught.value.span.start_label == "b.cat:2:2"


@pytest.mark.parametrize(
    "text",
    [
        "let x = " + "~" * 5000 + "po",
        "let x = " + "[domain(" * 2000 + "po" + ")]" * 2000,
        "let a0 = po " + " ".join(f"let a{i + 1} = a{i} ; a{i} | rf" for i in range(300)),
        "let f0(x) = x | (x ; rf) "
        + " ".join(f"let f{i + 1}(x) = f{i}(f{i}(x))" for i in range(40))
        + " let y = f40(po)",
        "let f0(x) = x " + " ".join(f"let f{i + 1}(x) = f{i}(x) | f{i}(x)" for i in range(40)) + " let y = f40(po)",
        "let x = " + "let rec a = " * 40 + "po" + " in a" * 40,
    ],
)
def test_what_is_too_deep_or_too_much_is_an_error(text: str) -> None:
    with pytest.raises(ModelError, match=r"too deep|without end"):
        model_of(text)


def test_includes_that_double_end_in_an_error() -> None:
    texts = {f"f{i}": f'include "f{i + 1}.cat" ' * 2 for i in range(28)} | {"f28": "let x = po"}
    with pytest.raises(ModelError, match="without end"):
        model_of('include "f0.cat"', **texts)


def test_syntax_errors_in_an_included_file_name_that_file() -> None:
    with pytest.raises(SyntaxError) as caught:
        model_of('include "other.cat"', other="let = po")
    assert str(caught.value).startswith("other.cat:1:5:")
