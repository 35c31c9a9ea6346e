"""Z3 behind literals: clauses go in as text, single clauses and answers through the API."""

from __future__ import annotations

import time
from collections.abc import Iterable

import z3

from memmodel.engines.encode_values import Link
from memmodel.engines.literals import TRUE, Literals


class OutOfTime(Exception):
    """The deadline passed."""


def start() -> None:
    """Build now, once, what Z3 takes 10 ms to build for its first formula: processes forked later share it."""
    z3.main_ctx()


class Solver:
    """An incremental solver over the literals of `literals`; `deadline` is a time.monotonic() value or None."""

    def __init__(self, literals: Literals, link: Link, deadline: float | None) -> None:
        self._literals = literals
        self._link = link
        self._deadline = deadline
        self._solver = z3.SolverFor("QF_FD")
        self._context = self._solver.ctx.ref()
        self._model: z3.ModelRef | None = None
        self._answers: dict[int, bool] = {}
        self._declared: set[int] = set()
        """Variables that the solver's parser knows: it remembers them from one text to the next."""
        self.checks = 0

    def check(self, assumptions: Iterable[int]) -> bool:
        """Whether the formula is satisfiable with these literals true. Raises OutOfTime."""
        self.watch()
        self._flush()
        if self._deadline is not None:
            left = max(1, int((self._deadline - time.monotonic()) * 1000))
            self._solver.set("timeout", left)
        self.checks += 1
        answer = self._solver.check(*(self._link.name(a) for a in assumptions if a != TRUE))
        if answer == z3.unknown:
            reason = self._solver.reason_unknown()
            if "interrupt" in reason:
                raise KeyboardInterrupt
            raise OutOfTime
        self._answers = {TRUE: True}
        self._model = self._solver.model() if answer == z3.sat else None
        return self._model is not None

    def watch(self) -> None:
        """Raises OutOfTime past the deadline."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise OutOfTime

    def true(self, literal: int) -> bool:
        """Whether the literal holds in the last model."""
        variable = abs(literal)
        known = self._answers.get(variable)
        if known is None:
            assert self._model is not None
            name = self._link.name(variable)
            out = (z3.Ast * 1)()
            z3.Z3_model_eval(self._context, self._model.model, name.ast, True, out)
            known = self._answers[variable] = z3.Z3_get_bool_value(self._context, out[0]) == 1
        return known if literal > 0 else not known

    def number(self, vector: z3.BitVecRef) -> int:
        """The value of a bit-vector in the last model, unsigned."""
        assert self._model is not None
        return int(self._model.eval(vector, model_completion=True).as_long())

    def _flush(self) -> None:
        clauses = self._literals.take()
        if len(clauses) <= 12:
            for clause in clauses:
                self._solver.add(z3.Or([self._link.name(literal) for literal in clause]))
        else:
            self._solver.from_string(_smtlib(clauses, self._declared))
        for assertion in self._link.assertions:
            self._solver.add(assertion)
        self._link.assertions.clear()


def _smtlib(clauses: list[tuple[int, ...]], declared: set[int]) -> str:
    """Clauses in SMT-LIB 2, declaring what is not yet in `declared` (and putting it there)."""
    variables = sorted({abs(literal) for clause in clauses for literal in clause})
    names = {v: f"v{v}" for v in variables}
    names.update({-v: f"(not v{v})" for v in variables})
    lines = [f"(declare-const v{v} Bool)" for v in variables if v not in declared]
    declared.update(variables)
    for clause in clauses:
        if len(clause) == 1:
            lines.append(f"(assert {names[clause[0]]})")
        elif clause:
            lines.append(f"(assert (or {' '.join(names[literal] for literal in clause)}))")
        else:
            lines.append("(assert false)")
    return "\n".join(lines)
