"""A generated program in, the same program as a C harness out, and what the C front end makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.errors import MemmodelError
from memmodel.events.unroll import unroll
from memmodel.frontends.c.load import load as load_c
from memmodel.program.ir import Assert, Instruction, Program
from memmodel.program.load import load as load_litmus
from memmodel.records import replace
from memmodel.result import Result
from memmodel.source import SourceFile
from tests.differential.program import Case, Clause, registers

LKMM = models.load("lkmm").model
CONNECTIVES = {"/\\": "&&", "\\/": "||"}


@dataclass(frozen=True)
class Both:
    """What a program is found to be, from litmus text and from C. `differences` names what is not the same."""

    litmus: Result
    c: Result
    asserted: Result
    """From C, with the condition as an assertion of final()."""
    text: str

    @property
    def undecided(self) -> bool:
        return any(result.timed_out for result in (self.litmus, self.c, self.asserted))

    @property
    def differences(self) -> list[str]:
        fields = ("observation", "flags", "states", "no_executions", "deadlock", "cut", "bounded")
        found = [name for name in fields if getattr(self.litmus, name) != getattr(self.c, name)]
        if self.asserted.observation is not self.litmus.observation:
            found.append(f"asserted {self.asserted.observation}, litmus {self.litmus.observation}")
        return found


def compare(case: Case, timeout: float = 5.0) -> Both:
    """Decide a program both ways. Raises MemmodelError with the C text as its hint where C is refused."""
    litmus = load_litmus(SourceFile("case.litmus", case.render())).program
    text = harness(case)
    try:
        program = load_c(SourceFile("case.c", text), folder=None, tree=None, defines={}).program
    except MemmodelError as error:
        raise AssertionError(f"{error}\n{text}") from error
    asked = replace(
        program,
        quantifier=litmus.quantifier,
        condition=litmus.condition,
        observables=litmus.observables,
        filter=litmus.filter,
        finish=(),
    )
    mine = replace(program, finish=tuple(i for i in program.finish if not _of_lock(i)))
    return Both(_decide(litmus, timeout), _decide(asked, timeout), _decide(mine, timeout), text)


def _of_lock(instruction: Instruction) -> bool:
    """Whether this is a check that the front end adds: that a lock is released."""
    return isinstance(instruction, Assert) and "released" in instruction.message


def _decide(program: Program, timeout: float) -> Result:
    states = bool(program.observables)
    return SmtEngine().run(unroll(program), LKMM, Request(states=states, timeout=timeout))


def harness(case: Case) -> str:
    """The C text. Registers have the same names; `end_0_r1` is a ghost that keeps what P0's r1 ends as."""
    names = [v.name for v in case.variables]
    out = []
    for variable in case.variables:
        initial = f" = {'&' if variable.type.endswith('*') else ''}{variable.initial}" if variable.initial else ""
        if variable.type == "atomic_t " and initial:
            initial = f" = ATOMIC_INIT({variable.initial})"
        out.append(f"{variable.type}{variable.name}{initial};")
    for number, body in enumerate(case.threads):
        out += [f"ghost int {'*' if name[0] == 'a' else ''}end_{number}_{name};" for name in registers(body)]
    for number, (start, body) in enumerate(zip(_bodies(case), case.threads, strict=True)):
        out += ["", f"void P{number}(void)", "{"]
        out += [f"\tint {'*' if name[0] == 'a' else ''}{name};" for name in registers(body)]
        out += [f"\t{_in_c(line, names)}" for line in start]
        out += [f"\tend_{number}_{name} = {name};" for name in registers(body)]
        out += ["}"]
    condition = f" {CONNECTIVES[case.connective]} ".join(_clause(clause, names) for clause in case.clauses) or "1"
    out += ["", "void final(void)", "{"]
    if case.filter is not None:
        out.append(f"\tassume({_clause(case.filter, names)});")
    out += [f"\tassert(!({condition}));", "}", ""]
    return "\n".join(out)


def _bodies(case: Case) -> list[list[str]]:
    """The lines of each thread, as the litmus text has them between the declarations and the closing brace."""
    bodies: list[list[str]] = []
    for part in re.split(r"\nP\d+\(.*\)\n\{\n", case.render())[1:]:
        lines = part[: part.index("\n}\n")].split("\n") if "\n}\n" in part else part[: part.index("}")].split("\n")
        bodies.append([x.removeprefix("\t") for x in lines if x.strip() and not re.match(r"\tint \*?[arsk]\d+;", x)])
    return bodies


def _in_c(line: str, names: list[str]) -> str:
    """A statement over globals: `*x` is `x` there, and the pointer `x` is `&x`."""
    every = "|".join(names)
    return re.sub(rf"\*({every})\b|(?<![\w.])({every})\b", lambda m: m[1] or f"&{m[2]}", line)


def _clause(clause: Clause, names: list[str]) -> str:
    place = clause.name if clause.thread is None else f"end_{clause.thread}_{clause.name}"
    value = f"&{clause.value}" if clause.value in names else clause.value
    if clause.thread is None and clause.name in "cd":
        place = f"atomic_read(&{place})"
    return f"{place} {'==' if clause.operator == '=' else clause.operator} {value}"
