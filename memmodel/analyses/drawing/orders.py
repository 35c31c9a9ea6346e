"""Two events of a thread in; the relations of the model that order the one before the other out, by the names that the
model gives them."""

from __future__ import annotations

from functools import cached_property

from memmodel.analyses import wording
from memmodel.analyses.nothing import describe
from memmodel.analyses.story import Execution
from memmodel.cat.relations import Rows
from memmodel.cat.terms import BASE_RELATIONS, Sort, base
from memmodel.events.graph import Event, EventKind

STRONG = ("mb", "gp")
FENCES = ("po-unlock-lock-po", "po-rel", "acq-po", "wmb", "rmb")
DEPENDENCIES = ("addr", "data", "ctrl")

_SILENT = frozenset(("rcu-lock", "rcu-unlock", "srcu-lock", "srcu-unlock", "barrier"))
"""Tags of fences that by themselves order nothing on a CPU."""

_DEPENDS = {"addr": "the address of {b} depends", "data": "what {b} writes depends", "ctrl": "whether {b} runs depends"}


class Orders:
    """The orders of one execution."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution

    @cached_property
    def relations(self) -> dict[str, Rows]:
        """The relations that are shown, strongest first; none of those that the model does not have."""
        defined = {definition.name: definition.term for definition in self._execution.model.definitions}
        found: dict[str, Rows] = {}
        for name in (*STRONG, *FENCES, *DEPENDENCIES):
            term = defined.get(name)
            if term is None and name in BASE_RELATIONS:
                term = base(name, Sort.RELATION)
            if term is not None and term.sort is Sort.RELATION:
                found[name] = self._execution.evaluation.relation(term)
        return found

    def names(self, first: int, second: int) -> list[str]:
        """What orders two events: a full barrier, else barriers and annotations, else dependencies that count."""
        holding = [name for name, rows in self.relations.items() if rows[first] >> second & 1]
        for group in (STRONG, FENCES):
            found = [name for name in holding if name in group]
            if found:
                return found if group is FENCES else found[:1]
        if not self.kept(first, second):
            return []
        found = [name for name in holding if name in DEPENDENCIES]
        return found or self._barriers(first, second)

    def kept(self, first: int, second: int) -> bool:
        """Whether the model keeps the two in program order."""
        return bool(self._execution.kept[first] >> second & 1)

    def _barriers(self, first: int, second: int) -> list[str]:
        """Tags of fences between, for models that name no relation after them. A model that keeps all of program order
        needs none."""
        if self._execution.model.name == "sc":
            return []
        between = (event for event in self._between(first, second) if event.kind is EventKind.FENCE)
        return list(dict.fromkeys(tag for event in between for tag in sorted(event.tags - _SILENT)))[:1]

    def _between(self, first: int, second: int) -> list[Event]:
        events, executed = self._execution.graph.events, self._execution.witness.execution.executed
        return [events[e] for e in range(first + 1, second) if executed >> e & 1]

    # ── sentences ────────────────────────────────────────────────────────────────────────────────

    def rule(self, name: str, first: int, second: int) -> str:
        """What orders the two, in a sentence."""
        a, b = self._name(first), self._name(second)
        if name in DEPENDENCIES:
            return wording.sentence(f"{_DEPENDS[name].format(b=b)} on what {a} reads")
        if name == "acq-po":
            return wording.sentence(f"{a} is an acquire: what follows it in its thread, as {b}, comes after it")
        if name == "po-rel":
            return wording.sentence(f"{b} is a release: what precedes it in its thread, as {a}, comes before it")
        if name == "po-unlock-lock-po":
            return wording.sentence(f"a lock is released and taken between {a} and {b}, which keeps them in order")
        return wording.sentence(f"{self._maker(name, first, second)} orders {a} before {b}")

    def unordered(self, first: int, second: int) -> str:
        """Of two events in program order that nothing named orders."""
        a, b = self._name(first), self._name(second)
        if self.kept(first, second):
            return wording.sentence(f"{a} comes before {b} in the program, an order that the model keeps")
        events = self._execution.graph.events
        if EventKind.FENCE in (events[first].kind, events[second].kind):
            return wording.sentence(f"{a} comes before {b} in the program")
        because, _ = describe(self._execution, first, second, False)
        return wording.sentence(f"{a} comes before {b} in the program, but {because}")

    def _maker(self, name: str, first: int, second: int) -> str:
        """The barrier, or the operation that is as strong as one."""
        tags = {"gp": ("sync-rcu", "sync-srcu"), "mb": ("mb", "before-atomic", "after-atomic", "after-spinlock")}
        wanted = frozenset(tags.get(name, (name,)))
        for event in self._between(first, second):
            if event.kind is EventKind.FENCE and event.tags & wanted:
                return self._name(event.id)
        if name == "mb":
            events = self._execution.graph.events
            strong = [e for e in (first, second) if "mb" in events[e].tags]
            strong += [e.id for e in self._between(first, second) if "mb" in e.tags]
            if strong:
                return f"{self._name(strong[0])}, which is fully ordered,"
        return f"a barrier between them ({name})"

    def _name(self, event: int) -> str:
        return str(wording.place(self._execution.done, self._execution.graph.events[event]))
