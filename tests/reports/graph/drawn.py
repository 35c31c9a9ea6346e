"""Pictures for the tests of drawing: of tests of the library, and any that fit together."""

from __future__ import annotations

import time
from functools import lru_cache

from hypothesis import strategies as st

from memmodel.analyses.drawing import best_picture
from memmodel.analyses.explain import Question
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.picture import INITIAL, Box, BoxKind, Edge, Picture
from tests.analyses.explaining import library, model

SAMPLE = (
    "classic/MP",
    "classic/MP+wmb+rmb",
    "classic/IRIW+acquire+acquire",
    "classic/SB",
    "classic/CoRR",
    "classic/3.SB+mb+mb+mb",
    "deps/LB+data+data",
    "locks/lock-counter",
    "plain/MP+plain",
    "plain/read-then-release",
    "rcu/LB+sync+rscs",
    "rcu/4.LB+sync+sync+rscs+rscs",
    "ring/drain-none",
    "ring/drain-wmb",
)
"""Tests with all that a picture can have: each relation, cycles of each axiom, one to four threads."""


@lru_cache
def picture(name: str) -> Picture:
    """The picture of a test of the library, as `ring/drain-none`."""
    program = library(name)
    question = Question(program, model(), time.monotonic() + 60)
    result = SmtEngine().run(question.graph, question.model, Request(timeout=60.0))
    found = best_picture(question, result, f"{name}.litmus")
    assert found is not None
    return found


_RELATIONS = ("po", "rf", "co", "fr", "addr", "mb", "po-rel", "acq-po", "race", "po-unlock-lock-po")
_CODE = st.text(st.characters(codec="utf-8"), max_size=70)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Pictures of up to four threads, with any text and any edges."""
    threads = draw(st.integers(1, 4))
    owners = [INITIAL] * draw(st.integers(0, 3))
    for thread in range(threads):
        owners += [thread] * draw(st.integers(0, 5))
    boxes = tuple(
        Box(number, thread, BoxKind.READ, draw(_CODE), (), draw(_CODE), "a.c", number, number, draw(st.booleans()))
        for number, thread in enumerate(owners)
    )
    edges: list[Edge] = []
    inner = [box.number for box in boxes if box.thread != INITIAL]
    for _ in range(draw(st.integers(0, 12)) if inner else 0):
        first, second = draw(st.integers(0, len(boxes) - 1)), draw(st.sampled_from(inner))
        if first != second:
            edges.append(Edge(draw(st.sampled_from(_RELATIONS)), first, second, draw(_CODE), draw(st.booleans())))
    names = tuple(draw(_CODE) for _ in range(threads))
    words = [draw(_CODE) for _ in range(4)]
    return Picture(
        "a.c", words[0], "lkmm", "Never", words[1], False, words[2], words[3], names, boxes, tuple(edges), (), ()
    )
