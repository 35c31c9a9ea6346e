"""A kernel tree's own definition of the primitives, in the conventions of older and newer models."""

from __future__ import annotations

import pytest

from memmodel.errors import MemmodelError, Unsupported
from memmodel.program.definitions import read
from memmodel.program.primitives import DEFAULT, PrimitiveTable, Tags
from memmodel.source import SourceFile
from tests.program.programs import lowered, written

OLDER = """
// in lower case; a comment
READ_ONCE(X) __load{once}(X)
WRITE_ONCE(X,V) { __store{once}(X,V); }
smp_load_acquire(X) __load{acquire}(*X)
smp_store_release(X,V) { __store{release}(*X,V); }
smp_store_mb(X,V) { __store{once}(X,V); __fence{mb}; }
smp_mb() { __fence{mb}; }
xchg(X,V) __xchg{mb}(X,V)
xchg_acquire(X,V) __xchg{acquire}(X,V)
xchg_release(X,V) __xchg{release}(X,V)
cmpxchg(X,V,W) __cmpxchg{mb}(X,V,W)
cmpxchg_acquire(X,V,W) __cmpxchg{acquire}(X,V,W)
spin_lock(X) { __lock(X); }
spin_trylock(X) __trylock(X)
srcu_read_lock(X) __srcu{srcu-lock}(X)
srcu_read_unlock(X,Y) { __srcu{srcu-unlock}(X,Y); }
synchronize_srcu(X) { __srcu{sync-srcu}(X); }
atomic_read(X) READ_ONCE(*X)
atomic_set(X,V) { WRITE_ONCE(*X,V); }
atomic_inc(X) { __atomic_op(X,+,1); }
atomic_add_return(V,X) __atomic_op_return{mb}(X,+,V)
atomic_dec_and_test(X) __atomic_op_return{mb}(X,-,1) == 0
"""
NEWER = """
READ_ONCE(X) __load{ONCE}(X)
xchg(X,V) __xchg{MB}(X,V)
cmpxchg(X,V,W) __cmpxchg{MB}(X,V,W)
atomic_andnot(V,X) { __atomic_op{NORETURN}(X,&~,V); }
smp_mb() { __fence{MB}; }
"""

ONCE, MB = frozenset(("once",)), frozenset(("mb",))


def table(text: str, version: int) -> PrimitiveTable:
    return read(SourceFile("linux-kernel.def", text), version)


def tags(found: PrimitiveTable, name: str) -> Tags:
    primitive = found.find(name)
    assert primitive is not None
    return primitive.steps[0].tags


def test_older_models_put_fences_around_what_is_fully_ordered() -> None:
    assert tags(table(OLDER, 1), "xchg") == Tags(ONCE, ONCE, None, MB)
    assert tags(table(OLDER, 1), "cmpxchg") == Tags(ONCE, ONCE, ONCE, MB)


def test_older_models_mark_one_event_of_an_acquire_or_release() -> None:
    older = table(OLDER, 1)
    assert tags(older, "xchg_acquire") == Tags(frozenset(("acquire",)), ONCE)
    assert tags(older, "xchg_release") == Tags(ONCE, frozenset(("release",)))
    assert tags(older, "cmpxchg_acquire") == Tags(frozenset(("acquire",)), ONCE, ONCE)


def test_older_models_mark_the_read_of_what_returns_nothing() -> None:
    assert tags(table(OLDER, 1), "atomic_inc") == Tags(frozenset(("noreturn",)), ONCE)


def test_newer_models_mark_both_events_as_spelled() -> None:
    newer = table(NEWER, 2)
    upper = frozenset(("MB",))
    assert tags(newer, "xchg") == tags(newer, "cmpxchg") == Tags(upper, upper)
    assert tags(newer, "atomic_andnot").read == frozenset(("NORETURN",))


@pytest.mark.parametrize(
    "call",
    [
        "READ_ONCE(*x)",
        "WRITE_ONCE(*x, 1)",
        "smp_load_acquire(x)",
        "smp_store_release(x, 1)",
        "smp_store_mb(*x, 1)",
        "smp_mb()",
        "spin_lock(x)",
        "spin_trylock(x)",
        "srcu_read_lock(x)",
        "srcu_read_unlock(x, 1)",
        "synchronize_srcu(x)",
        "atomic_read(x)",
        "atomic_set(x, 1)",
    ],
)
def test_simple_primitives_mean_the_same_as_in_the_default_table(call: str) -> None:
    body = f"{call};"
    ours = lowered(body).program.threads[0].body
    theirs = lowered(body, primitives=table(OLDER, 1)).program.threads[0].body
    assert written(theirs) == written(ours)


def test_a_macro_may_compare_its_result() -> None:
    body = lowered("r0 = atomic_dec_and_test(x);", primitives=table(OLDER, 1)).program.threads[0].body
    assert written(body)[-1] == "r0 = (== value 0)"


def test_what_an_older_tree_lacks_takes_its_annotations_from_what_it_has() -> None:
    older = table(OLDER, 1)
    assert tags(older, "atomic_and") == tags(older, "atomic_inc")
    assert tags(older, "atomic_fetch_andnot") == tags(older, "xchg")
    assert tags(older, "atomic_try_cmpxchg_acquire") == tags(older, "cmpxchg_acquire")
    assert tags(older, "atomic_add_unless") == tags(older, "cmpxchg")


def test_what_nothing_in_the_tree_tells_of_stays_unknown() -> None:
    assert DEFAULT.find("smp_mb__after_spinlock") is not None
    assert table(OLDER, 1).find("smp_mb__after_spinlock") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f(X __load{once}(X)", "','"),
        ("f(X) { __load{once}(X) }", "';'"),
        ("f(X) { __load{once}(X);", "end of file"),
        ("f(X) __magic{once}(X)", "__magic"),
        ("f(X) g(X)\ng(X) f(X)", "uses itself"),
        ("f(X) __load{once}(Y)", "other than a parameter"),
        ("f(X) __atomic_op_return{mb}(X,@,1)", "operator"),
        ("f(X,Y) g(X)\ng(X,Y) __load{once}(X)", "takes 2"),
        ("f(X) __load{once}(X) == Y", "a number|'Y'"),
    ],
)
def test_bad_definitions_are_errors_with_their_place(text: str, message: str) -> None:
    with pytest.raises(MemmodelError, match=message) as caught:
        table(text, 1)
    assert caught.value.span is not None


def test_with_fences_around_an_operation_even_its_address_is_in_no_order() -> None:
    """The read that gives the address stands between the fences in herd7, and before them in C."""
    body, others = "xchg(READ_ONCE(*p), 1);", {"parameters": "int *x, int **p", "initial": "p=x;"}
    with pytest.raises(Unsupported, match="among the operands"):
        lowered(body, primitives=table(OLDER, 1), **others)
    lowered(body, primitives=table(NEWER, 2), **others)
