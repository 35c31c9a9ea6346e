"""The names that every model starts with, before its first line."""

from __future__ import annotations

from memmodel.cat import build
from memmodel.cat.terms import BASE_RELATIONS, BASE_SETS, ID, Sort, base
from memmodel.cat.values import Foreign, Orders, Primitive, TagsToEvents, Value

FOREIGN = ("map", "cross", "linearisations", "classes-loc", "partition", "co_locs", "cross_orders", "fold")
"""Known, and not supported: they serve to enumerate orders of writes, which the engines do themselves."""


def initial() -> dict[str, Value]:
    """The provided sets, relations and functions."""
    names: dict[str, Value] = {name: base(name, Sort.SET) for name in BASE_SETS}
    names.update((name, base(name, Sort.RELATION)) for name in BASE_RELATIONS)
    names["id"] = ID
    for primitive in (
        Primitive("domain", Sort.RELATION, build.domain),
        Primitive("range", Sort.RELATION, build.codomain),
        Primitive("different-values", Sort.RELATION, build.different_values),
    ):
        names[primitive.name] = primitive
    names["tag2events"] = names["tag2instrs"] = TagsToEvents()
    names.update((name, Orders(name)) for name in ("generate_cos", "generate_orders"))
    names.update((name, Foreign(name)) for name in FOREIGN)
    return names
