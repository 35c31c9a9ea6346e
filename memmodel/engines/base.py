"""What every engine offers: an event graph and a model in, a Result out."""

from __future__ import annotations

from typing import Protocol

from memmodel.cat.terms import Model
from memmodel.events.graph import EventGraph
from memmodel.records import dataclass, replace
from memmodel.result import Result


@dataclass(frozen=True)
class Request:
    """What is wanted besides the verdict and the flags."""

    states: bool = False
    """Every reachable final state."""
    count: bool = False
    """The numbers of executions with and without the condition."""
    timeout: float | None = None
    """Seconds; past them the Result has observation None and timed_out, with what was found so far."""


LOCK_AXIOMS = frozenset(("unmatched-locks", "lock-nest", "nested-is-locked"))
"""Axioms of lock files that say nothing but that a held lock is not taken."""


def without_lock_axioms(model: Model) -> Model:
    """The model with which an engine asks whether a program without executions would have some if locks could be
    taken while they are held: then it deadlocks."""
    return replace(model, checks=tuple(check for check in model.checks if check.name not in LOCK_AXIOMS))


class Engine(Protocol):
    name: str

    def run(self, graph: EventGraph, model: Model, request: Request) -> Result:
        """Decide `graph` under `model`. Raises Unsupported for what the engine cannot decide, and
        EngineError if a witness does not survive its re-check."""
        ...
