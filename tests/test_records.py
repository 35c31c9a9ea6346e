"""A dataclass of ours and the standard library's, made of the same class, behave the same."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

from memmodel import records

Decorator = Callable[..., Any]

BOTH = pytest.mark.parametrize("decorator", [dataclasses.dataclass, records._dataclass], ids=["standard", "ours"])


def event(decorator: Decorator, **options: bool) -> Any:
    class Event:
        thread: int
        tags: frozenset[str] = frozenset()
        sources: list[int] = field(default_factory=list)
        note: str = field(default="", compare=False, repr=False)
        hidden: int = field(default=7, init=False)
        fresh: dict[str, int] = field(default_factory=dict, init=False, compare=False)

    return decorator(**options)(Event)


@BOTH
@pytest.mark.parametrize("frozen", [False, True])
def test_fields_are_set_by_place_by_name_and_by_default(decorator: Decorator, frozen: bool) -> None:
    kind = event(decorator, frozen=frozen)
    one = kind(1, frozenset("a"), note="n")
    assert (one.thread, one.tags, one.sources, one.note, one.hidden, one.fresh) == (1, {"a"}, [], "n", 7, {})
    assert kind(2).sources is not one.sources, "each instance has a list of its own"
    assert kind(2, sources=one.sources).sources is one.sources
    assert repr(one).endswith(".Event(thread=1, tags=frozenset({'a'}), sources=[], hidden=7, fresh={})")


@BOTH
@pytest.mark.parametrize("arguments", [(), (1, 2, 3, 4, 5, 6)])
def test_a_wrong_number_of_arguments_is_a_type_error(decorator: Decorator, arguments: tuple[int, ...]) -> None:
    kind = event(decorator, frozen=True)
    for _ in range(2):  # at the first instance and later
        with pytest.raises(TypeError, match="argument"):
            kind(*arguments)
    with pytest.raises(TypeError, match="colour"):
        kind(1, colour="red")


@BOTH
def test_equal_are_instances_of_one_class_with_equal_compared_fields(decorator: Decorator) -> None:
    kind = event(decorator, frozen=True)
    assert kind(1, note="a") == kind(1, note="b")
    assert kind(1) != kind(2)
    assert kind(1) != event(decorator, frozen=True)(1), "another class"
    assert kind(1) != 1


def single(decorator: Decorator, **options: bool) -> Any:
    class Single:
        value: object

    return decorator(**options)(Single)


@BOTH
def test_frozen_instances_hash_as_they_compare(decorator: Decorator) -> None:
    kind = single(decorator, frozen=True)
    assert len({kind(1), kind(1), kind(2)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(kind([]))
    with pytest.raises(TypeError, match="unhashable"):
        hash(single(decorator)(1))
    assert single(decorator, eq=False)(1) != single(decorator, eq=False)(1)
    assert hash(single(decorator, eq=False)(1))


@BOTH
def test_a_class_without_fields_has_equal_instances(decorator: Decorator) -> None:
    class Nothing:
        pass

    kind = decorator(frozen=True)(Nothing)
    assert kind() == kind() and hash(kind()) == hash(kind())


@BOTH
def test_frozen_instances_stay_as_they_are(decorator: Decorator) -> None:
    frozen, open_ = single(decorator, frozen=True)(1), single(decorator)(1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'value'"):
        frozen.value = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'value'"):
        del frozen.value
    open_.value = 2
    assert (frozen.value, open_.value) == (1, 2)


@BOTH
def test_the_library_knows_the_class(decorator: Decorator) -> None:
    kind = event(decorator, frozen=True)
    assert dataclasses.is_dataclass(kind)
    assert [one.name for one in dataclasses.fields(kind)][:2] == ["thread", "tags"]
    assert dataclasses.replace(kind(1, note="n"), thread=3) == kind(3)
    assert dataclasses.replace(kind(1, note="n"), thread=3).note == "n"
    match kind(4, frozenset("b")):
        case kind(thread, tags):
            assert (thread, tags) == (4, {"b"})
        case _:
            pytest.fail("no match")


@BOTH
def test_what_a_class_defines_itself_is_kept(decorator: Decorator) -> None:
    class Own:
        value: int
        doubled: int = field(default=0, init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "doubled", 2 * self.value)

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "own"

    kind = decorator(frozen=True)(Own)
    assert kind(2).doubled == 4
    assert kind(2) == kind(3)
    assert hash(kind(2)) != hash(kind(3)), "fields are hashed, as the library does"
    assert repr(kind(2)) == "own"


@BOTH
def test_a_class_inherits_fields(decorator: Decorator) -> None:
    class Below(event(decorator, frozen=True)):  # type: ignore[misc]
        extra: int = 0

    kind = decorator(frozen=True)(Below)
    assert (kind(1, extra=5).thread, kind(1, extra=5).extra) == (1, 5)
    assert kind(1, extra=5) != kind(1, extra=6)


@records.dataclass(frozen=True)
class Sent:
    """Of the module, so that pickle can name it."""

    value: int


def test_an_instance_crosses_process_borders() -> None:
    assert pickle.loads(pickle.dumps(Sent(3))) == Sent(3)
