"""One thread, instruction after instruction: its locals and its control flow in, draft events out."""

from __future__ import annotations

from typing import assert_never

from memmodel.errors import Unsupported
from memmodel.events import accesses
from memmodel.events.awaits import only_waits
from memmodel.events.builder import Builder
from memmodel.events.dependencies import (
    NONE,
    Local,
    Locals,
    Path,
    Sources,
    Step,
    control_beside,
    control_of,
    guard_of,
    merge_locals,
    union,
)
from memmodel.events.expressions import DivisionCheck, as_condition, evaluate
from memmodel.events.graph import Assertion, Assumption, Fault, FaultKind
from memmodel.events.loops import Unrolling
from memmodel.events.terms import FALSE, TRUE, Term, both, constant, either, negate
from memmodel.program import ir
from memmodel.records import dataclass, field
from memmodel.source import Span


@dataclass
class _Frame:
    """A Block being run: `arrivals` are the ways in which its end is reached."""

    label: str
    depth: int
    arrivals: list[tuple[Path, Locals]] = field(default_factory=list)


class Walker:
    """Runs one thread's body; the number after the last thread's is that of what runs after all. `path` is None where
    control cannot come."""

    def __init__(self, builder: Builder, program: ir.Program, thread: int, addresses: dict[str, int]) -> None:
        self.builder = builder
        self.thread = thread
        self.addresses = addresses
        self.program = program
        self.bound = program.unroll
        self.locals: Locals = {}
        self.path: Path | None = ()
        self.cut: Term = FALSE
        """Where the bound of a loop was passed before: nothing counts there any more."""
        self._waits: dict[int, bool] = {}
        self._frames: list[_Frame] = []
        self._escapes: list[tuple[_Frame, Path]] = []
        self._seen: tuple[Path | None, Term, Sources, frozenset[Term]] = ((), TRUE, NONE, frozenset())
        if thread < len(program.threads):
            for name, value in program.threads[thread].initial.items():
                self.locals[name] = evaluate(value, {}, addresses)

    # ── where we are ─────────────────────────────────────────────────────────────────────────────

    def _here(self) -> tuple[Path | None, Term, Sources, frozenset[Term]]:
        if self._seen[0] is not self.path:
            path = self.path or ()
            literals = frozenset(step.literal for step in path)
            self._seen = (self.path, guard_of(path), control_of(path), literals)
        return self._seen

    @property
    def guard(self) -> Term:
        """BOOL: control comes here."""
        return self._here()[1]

    @property
    def control(self) -> Sources:
        """The reads that decided whether control comes here."""
        return self._here()[2]

    @property
    def literals(self) -> frozenset[Term]:
        """BOOLs that hold here."""
        return self._here()[3]

    @property
    def counts(self) -> Term:
        """BOOL: control comes here, and no loop was cut off before."""
        return both(self.guard, negate(self.cut))

    def value(self, expression: ir.Expression, span: Span) -> Local:
        """The present value of `expression`; a division that may be by zero becomes a fault."""

        def check(divisor_is_zero: Term) -> None:
            condition = both(self.counts, divisor_is_zero)
            if condition is not FALSE:
                self.builder.faults.append(Fault(FaultKind.DIVISION, condition, self.thread, span))

        checked: DivisionCheck = check
        return evaluate(expression, self.locals, self.addresses, checked)

    def assign(self, target: str | None, term: Term, data: Sources, control: Sources = NONE) -> None:
        """Give a local its value; what controls the assignment is remembered with it."""
        if target is not None:
            self.locals[target] = Local(term, data, union(control, self.control))

    def assume(self, condition: Term, span: Span, lock: bool = False) -> None:
        """From here on `condition` holds."""
        implied = either(negate(self.counts), condition)
        if implied is not TRUE:
            self.builder.assumptions.append(Assumption(implied, span, lock))

    # ── instructions ─────────────────────────────────────────────────────────────────────────────

    def run(self, body: tuple[ir.Instruction, ...]) -> None:
        """All of `body`, as far as control gets."""
        for instruction in body:
            if self.path is None:
                return
            self.step(instruction)

    def step(self, instruction: ir.Instruction) -> None:
        match instruction:
            case ir.Assign(target, value, span):
                found = self.value(value, span)
                self.assign(target, found.term, found.data, found.control)
            case ir.Load():
                accesses.load(self, instruction)
            case ir.Store():
                accesses.store(self, instruction)
            case ir.ReadModifyWrite():
                accesses.read_modify_write(self, instruction)
            case ir.Fence():
                accesses.fence(self, instruction)
            case ir.Lock():
                accesses.lock(self, instruction)
            case ir.If():
                self.branch(instruction)
            case ir.Block():
                self.block(instruction)
            case ir.Exit():
                self._exit(instruction)
            case ir.Loop():
                Unrolling(self, instruction).run()
            case ir.Assume(condition, span):
                self.assume(as_condition(self.value(condition, span).term), span)
            case ir.Assert(condition, message, span, undefined):
                failed = both(self.counts, negate(as_condition(self.value(condition, span).term)))
                if failed is not FALSE and undefined is not None:
                    self.builder.faults.append(Fault(FaultKind(undefined.value), failed, self.thread, span))
                elif failed is not FALSE:
                    self.builder.assertions.append(Assertion(failed, message, self.thread, span))
            case ir.Choose(target, values, type_, _):
                self.assign(target, self.builder.choose(values, type_), NONE)
            case _:
                assert_never(instruction)

    def _exit(self, instruction: ir.Exit) -> None:
        frame = next((f for f in reversed(self._frames) if f.label == instruction.label), None)
        if frame is None:
            hint = "an Exit stands inside the Block that it leaves"
            raise Unsupported(f"there is no block {instruction.label!r} to leave here", instruction.span, hint)
        assert self.path is not None
        frame.arrivals.append((self.path[frame.depth :], self.locals))
        self._escapes.append((frame, self.path))
        self.path = None

    def only_waits(self, loop: ir.Loop) -> bool:
        """Whether the bound of `loop` is of no account."""
        known = self._waits.get(id(loop))
        if known is None:
            known = self._waits[id(loop)] = only_waits(loop, self.program, self.thread)
        return known

    # ── control flow ─────────────────────────────────────────────────────────────────────────────

    def decision(self, instruction: ir.If) -> tuple[Term, Sources]:
        """The condition of a branch (BOOL) and the reads that control its arms."""
        decided = self.value(instruction.condition, instruction.span)
        consulted = [evaluate(operand, self.locals, self.addresses) for operand in instruction.consulted]
        parts = [part for local in (decided, *consulted) for part in (local.data, local.control)]
        return as_condition(decided.term), union(*parts)

    def branch(self, instruction: ir.If, unroll: Unrolling | None = None) -> None:
        """An `if`: both arms, then the locals merged. `unroll`: runs the arms as the last iteration of a loop."""
        condition, sources = self.decision(instruction)
        base, before = self.path, self.locals
        assert base is not None
        run = unroll.last if unroll is not None else self.run
        ends: list[tuple[Path | None, Locals]] = []
        for literal, body in ((condition, instruction.then), (negate(condition), instruction.otherwise)):
            self.path, self.locals = None, dict(before)
            if literal is not FALSE:
                entered = base if literal is TRUE and not sources else (*base, Step(literal, sources))
                self.path = entered
                run(body)
                if literal is TRUE and self.path is entered:
                    self.path = base
            ends.append((self.path, self.locals))
        (then, then_locals), (otherwise, otherwise_locals) = ends
        if then is None or otherwise is None:
            self.path, self.locals = (otherwise, otherwise_locals) if then is None else (then, then_locals)
            return
        self.path = self._joined(base, then[len(base) :], otherwise[len(base) :])
        self.locals = self._merged(condition, then_locals, otherwise_locals)

    def _joined(self, base: Path, then: Path, otherwise: Path) -> Path:
        """The path after an `if` both of whose arms may be left at their end: if nothing else left them, no
        decision remains."""
        if len(then) == len(otherwise) == 1:
            return base
        first = guard_of(then[1:] if len(otherwise) == 1 else then)
        second = guard_of(otherwise[1:] if len(then) == 1 else otherwise)
        if len(then) == 1:
            first = then[0].literal
        elif len(otherwise) == 1:
            second = otherwise[0].literal
        return (*base, Step(either(first, second), control_beside((then, otherwise))))

    def _merged(self, condition: Term, then: Locals, otherwise: Locals) -> Locals:
        merged: Locals = {}
        for name in {**then, **otherwise}:
            one, other = then.get(name), otherwise.get(name)
            known = one or other
            assert known is not None
            zero = Local(constant(0, known.term.type))
            merged[name] = merge_locals(condition, one or zero, other or zero, self.builder.literals)
        return merged

    def block(self, instruction: ir.Block, unroll: Unrolling | None = None) -> None:
        """A Block: where its end is reached, the decisions made inside are forgotten."""
        base = self.path
        assert base is not None
        frame = _Frame(instruction.label, len(base))
        start = len(self._escapes)
        self._frames.append(frame)
        (unroll.last if unroll is not None else self.run)(instruction.body)
        self._frames.pop()
        arrivals = frame.arrivals
        if self.path is not None:
            arrivals.append((self.path[len(base) :], self.locals))
        beyond = [(target, path) for target, path in self._escapes[start:] if target is not frame]
        self._escapes[start:] = beyond
        if not arrivals:
            self.path = None
            return
        self.locals = arrivals[-1][1]
        for way, values in reversed(arrivals[:-1]):
            self.locals = self._merged(guard_of(way), values, self.locals)
        self.path = base
        if beyond:
            ways = [path[len(base) :] for _, path in beyond]
            gone = FALSE
            for way in ways:
                gone = either(gone, guard_of(way))
            self.path = (*base, Step(negate(gone), control_beside(ways)))
