"""One search with Z3: propose an execution, check it against the model concretely, learn why not, go on.

Guards, values, reads-from, coherence order, coherence per location and atomicity are in the formula from the start. The
rest of the model is evaluated on each execution that Z3 proposes; a broken axiom gives reasons (cat/reasons.py), each
reason becomes a clause, and the search goes on until an execution survives or none is left. This is the lazy scheme
of CAAT (Haas, Meyer, Ponce de León, OOPSLA 2022). What survives is replayed and judged by the model as written before
anyone hears of it.
"""

from __future__ import annotations

from itertools import pairwise

from memmodel.cat.evaluate import Evaluation, judge
from memmodel.cat.facts import Derived, Fact, FactKind, Facts
from memmodel.cat.frame import Frame
from memmodel.cat.reasons import Reasons
from memmodel.cat.terms import Model
from memmodel.engines.eager import add_cycles
from memmodel.engines.encode import Encoding
from memmodel.engines.literals import TRUE
from memmodel.engines.narrow import Narrowed, is_atomicity, is_coherence, narrow
from memmodel.engines.ranges import Ranges
from memmodel.engines.solver import Solver
from memmodel.errors import EngineError
from memmodel.events.execution import Execution, NotAnExecution, Replay, replay
from memmodel.events.graph import EventGraph
from memmodel.events.terms import Kind, Term
from memmodel.program.ir import Operator
from memmodel.records import dataclass
from memmodel.result import State, Witness

REASONS_PER_MODEL = 32
"""Most clauses learnt from one proposed execution."""


@dataclass(frozen=True)
class Candidate:
    """An execution that the solver proposed, and its evaluation under the narrowed model."""

    execution: Execution
    evaluation: Evaluation


class Search:
    """The state of one search: encoding, solver, and what was learnt."""

    def __init__(
        self, graph: EventGraph, model: Model, deadline: float | None, limit: int | None = None, eager: bool = True
    ) -> None:
        """`eager`: cycles known beforehand become clauses; without, each is met in an execution that is proposed."""
        self.graph = graph
        self.model = model
        coherent = any(is_coherence(c) for c in model.axioms)
        atomic = any(is_atomicity(c) for c in model.axioms)
        self.ranges = Ranges(graph, coherent) if limit is None else Ranges(graph, coherent, limit)
        self.encoding = Encoding(graph, self.ranges, coherent, atomic)
        self.literals = self.encoding.literals
        self.solver = Solver(self.literals, self.encoding.link, deadline)
        self.narrowed: Narrowed = narrow(graph, model, self.ranges, coherent)
        if eager:
            add_cycles(self.encoding, self.narrowed)
        self._frames: dict[tuple[object, ...], Frame] = {}
        self._derived: dict[Frame, Derived] = {}
        self._conditions = {
            name: [self.encoding.values.literal(d.condition) for d in dependencies]
            for name, dependencies in self.narrowed.tables.dependencies.items()
        }
        self._guessed = _deciding_reads(graph)
        self._choices = _choices(graph)
        for term in self._choices:  # also one that only a cell holds which nobody reads
            self.encoding.values.encode(term)

    # ── proposing and checking ───────────────────────────────────────────────────────────────────

    def propose(self, *assumptions: int) -> Candidate | None:
        """An execution that fits all that is in the formula so far and these literals; the model was not asked yet."""
        if any(a == -TRUE for a in assumptions) or not self.solver.check(assumptions):
            return None
        return self._candidate()

    def find(self, *assumptions: int) -> Candidate | None:
        """An execution that the model allows and in which the literals hold; None if there is none."""
        while candidate := self.propose(*assumptions):
            reasons = self._objections(candidate)
            if not reasons:
                return candidate
            for facts in reasons:
                self.forbid(facts, candidate)
        return None

    def _objections(self, candidate: Candidate) -> list[Facts]:
        for check in self.narrowed.axioms:
            self.solver.watch()
            if not candidate.evaluation.holds(check):
                return self.reasons(candidate).violations(check, REASONS_PER_MODEL)
        return []

    def reasons(self, candidate: Candidate) -> Reasons:
        derived = self._derived.setdefault(candidate.evaluation.frame, {})
        return Reasons(candidate.evaluation, self.narrowed.bounds, self.narrowed.fixed, derived)

    def _candidate(self) -> Candidate:
        solver, encoding = self.solver, self.encoding
        executed = sum(1 << e for e, guard in enumerate(encoding.guards) if solver.true(guard))
        addresses = tuple(
            self._place(event) if executed >> event & 1 else None for event in range(len(encoding.guards))
        )
        active = {
            name: sum(1 << i for i, literal in enumerate(literals) if solver.true(literal))
            for name, literals in self._conditions.items()
        }
        key = (executed, addresses, tuple(active.values()))
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = Frame(self.narrowed.tables, executed, addresses, active)
        rf_rows = [0] * len(addresses)
        rf: list[tuple[int, int]] = []
        for read in encoding.reads:
            if executed >> read.id & 1:
                source = next(w for w, literal in encoding.rf[read.id].items() if solver.true(literal))
                rf.append((source, read.id))
                rf_rows[source] |= 1 << read.id
        orders, co_rows = self._coherence(executed, addresses)
        execution = Execution(executed, tuple(rf), orders, self._chosen(), self._guesses())
        return Candidate(execution, Evaluation(frame, rf_rows, co_rows))

    def _place(self, event: int) -> int | None:
        place = self.encoding.places[event]
        return next((cell for cell, literal in place.items() if self.solver.true(literal)), None)

    def _coherence(
        self, executed: int, addresses: tuple[int | None, ...]
    ) -> tuple[tuple[tuple[int, ...], ...], list[int]]:
        """The order of the executed writes of each cell, and co as rows."""
        cells: dict[int, list[int]] = {}
        for write in self.encoding.writes:
            address = addresses[write.id]
            if executed >> write.id & 1 and address is not None:
                cells.setdefault(address, []).append(write.id)
        rows = [0] * len(addresses)
        orders: list[tuple[int, ...]] = []
        for writes in cells.values():
            for i, first in enumerate(writes):
                for second in writes[i + 1 :]:
                    if self.solver.true(self.encoding.order(first, second)):
                        rows[first] |= 1 << second
                    else:
                        rows[second] |= 1 << first
            orders.append(tuple(sorted(writes, key=lambda w: -rows[w].bit_count())))
        return tuple(orders), rows

    def _chosen(self) -> tuple[tuple[int, int], ...]:
        return tuple((term.choice[0], self._value(term)) for term in self._choices)

    def _guesses(self) -> tuple[tuple[int, int], ...]:
        return tuple((term.number, self._value(term)) for term in self._guessed)

    def _value(self, term: Term) -> int:
        """The value of a read or choice in the solver's model."""
        encoded = self.encoding.values.encode(term)
        if isinstance(encoded, dict):
            return next(value for value, literal in encoded.items() if self.solver.true(literal))
        return term.type.wrap(self.solver.number(encoded))

    # ── learning ─────────────────────────────────────────────────────────────────────────────────

    def forbid(self, facts: Facts, candidate: Candidate, *unless: int) -> None:
        """No execution has all these facts (or one of the literals `unless` holds)."""
        self.literals.clause([*unless, *(-literal for literal in self.literals_of(facts, candidate))])

    def literals_of(self, facts: Facts, candidate: Candidate) -> list[int]:
        found: list[int] = []
        for fact in facts:
            if fact.kind is FactKind.PATH:
                found.extend(self._path(candidate))
            elif fact.kind is FactKind.FULL:
                found.extend(self.whole(candidate))
            else:
                literal = self._literal(fact)
                found.append(literal if fact.holds else -literal)
        return found

    def _literal(self, fact: Fact) -> int:
        encoding = self.encoding
        match fact.kind:
            case FactKind.EXECUTED:
                return encoding.guards[fact.first]
            case FactKind.SAME:
                return encoding.same(fact.first, fact.second)
            case FactKind.RF:
                return encoding.rf[fact.second].get(fact.first, -TRUE)
            case FactKind.ORDER:
                return encoding.order(fact.first, fact.second)
            case FactKind.FROM_READ:
                return encoding.from_read(fact.first, fact.second)
            case FactKind.EQUAL:
                return encoding.equal(fact.first, fact.second)
            case FactKind.ADDR:
                return self._conditions["addr"][fact.first]
            case FactKind.DATA:
                return self._conditions["data"][fact.first]
            case FactKind.CTRL:
                return self._conditions["ctrl"][fact.first]
        raise AssertionError(fact)

    def _path(self, candidate: Candidate) -> list[int]:
        """Which events run, where, with which dependencies."""
        frame = candidate.evaluation.frame
        found = [g if frame.executed >> e & 1 else -g for e, g in enumerate(self.encoding.guards)]
        for event, address in enumerate(frame.addresses):
            if address is not None:
                found.append(self.encoding.places[event][address])
        for name, literals in self._conditions.items():
            found.extend(lit if frame.active[name] >> i & 1 else -lit for i, lit in enumerate(literals))
        return found

    def whole(self, candidate: Candidate) -> list[int]:
        """All of an execution: reads-from and coherence, choices, and the reads that decide (where control and
        reads-from close a cycle, one reads-from fits several values)."""
        found = [self.encoding.rf[read][write] for write, read in candidate.execution.rf]
        for order in candidate.execution.co:
            found.extend(self.encoding.order(a, b) for a, b in pairwise(order))
        for term, (_, value) in zip(self._choices, candidate.execution.choices, strict=True):
            found.append(self.encoding.values.equals(term, value))
        for term, (_, value) in zip(self._guessed, candidate.execution.guesses, strict=True):
            found.append(self.encoding.values.equals(term, value))
        return found

    # ── confirming ───────────────────────────────────────────────────────────────────────────────

    def confirm(self, candidate: Candidate) -> Witness | None:
        """The witness, after replay and judgement by the model as written; None (and learnt) if its values come
        out of thin air. Raises EngineError if the model says otherwise than the search did."""
        done = self.replayed(candidate)
        if done is None:
            return None
        judgement = judge(self.model, done)
        if not judgement.allowed:
            self._disagree(f"axioms {', '.join(judgement.violated)} forbid a proposed execution", candidate)
        if self.flags_raised(candidate, done) != judgement.flags:
            self._disagree("the flags of an execution differ when re-checked", candidate)
        return self.witness(done, judgement.flags)

    def flags_raised(self, candidate: Candidate, done: Replay) -> frozenset[str]:
        """The flags of an allowed execution, by the narrowed model."""
        evaluation = candidate.evaluation
        evaluation.values = done.values
        return frozenset(c.name for c in self.narrowed.flags if evaluation.holds(c))

    def replayed(self, candidate: Candidate) -> Replay | None:
        """The replay; None (and learnt) if the values chase each other. Raises EngineError if it does not fit."""
        try:
            return replay(self.graph, candidate.execution)
        except NotAnExecution as reason:
            if not reason.cycle:
                self._disagree(str(reason), candidate)
            source = {read: write for write, read in candidate.execution.rf}
            edges = frozenset(Fact(FactKind.RF, source[event], event) for event in reason.cycle if event in source)
            self.forbid(edges | {Fact(FactKind.PATH)}, candidate)
            return None

    def witness(self, done: Replay, flags: frozenset[str]) -> Witness:
        return Witness(done.execution, done.values, done.addresses, self.state(done), flags)

    def state(self, done: Replay) -> State:
        return self.graph.state(done.value)

    def _disagree(self, message: str, candidate: Candidate) -> None:
        raise EngineError(
            f"test {self.graph.program.name} under {self.model.name}: {message}",
            hint=f"please report the test with this execution: {candidate.execution}",
        )

    def first(self, *assumptions: int) -> Witness | None:
        """A confirmed execution in which the literals hold."""
        while candidate := self.find(*assumptions):
            witness = self.confirm(candidate)
            if witness is not None:
                return witness
        return None


def _deciding_reads(graph: EventGraph) -> tuple[Term, ...]:
    """READ terms in tests of merged values."""
    found: dict[Term, None] = {}
    seen: set[Term] = set()
    stack = [t for e in graph.events for t in (e.value, e.address) if t is not None]
    while stack:
        term = stack.pop()
        if term in seen:
            continue
        seen.add(term)
        if term.payload is Operator.ITE:
            found.update(dict.fromkeys(t for t in term.operands[0].support if t.kind is Kind.READ))
        stack.extend(term.operands)
    return tuple(sorted({t.number: t for t in found}.values(), key=lambda t: t.number))


def _choices(graph: EventGraph) -> tuple[Term, ...]:
    terms = [t for e in graph.events for t in (e.guard, e.value, e.address) if t is not None]
    terms += [a.condition for a in graph.assumptions]
    return tuple(dict.fromkeys(c for t in terms for c in sorted_choices(t)))


def sorted_choices(term: Term) -> list[Term]:
    return sorted((t for t in term.support if t.kind is Kind.CHOICE), key=lambda t: t.choice[0])
