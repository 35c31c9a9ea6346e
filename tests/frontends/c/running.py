"""C in, verdicts out: what tests of lowering run."""

from __future__ import annotations

from memmodel.cat import models
from memmodel.engines.base import Request
from memmodel.engines.smt import SmtEngine
from memmodel.events.unroll import unroll
from memmodel.frontends.c.load import load
from memmodel.program import spec
from memmodel.program.lower import Lowered
from memmodel.result import Observation, Result
from memmodel.source import SourceFile


def lowered(text: str, bound: int | None = None) -> Lowered:
    """The program that `text` means; it is a legal one."""
    found = load(SourceFile("harness.c", text), folder=None, tree=None, defines={}, unroll=bound)
    spec.check(found.program)
    return found


def run(text: str, bound: int | None = None) -> Result:
    """What there is to say about a harness under the kernel's model."""
    return SmtEngine().run(unroll(lowered(text, bound).program), models.load("lkmm").model, Request())


def fails(text: str, bound: int | None = None) -> bool:
    """Whether an assertion can fail."""
    result = run(text, bound)
    assert not result.bounded, "the bound must be large enough for a test to say anything"
    assert not result.faults
    return result.observation is not Observation.NEVER


def check_holds(body: str, outside: str = "", bound: int = 12) -> None:
    """`body` runs to its end, and none of its assertions fails."""
    text = f"{outside}\nvoid P0(void)\n{{\n{body}\n"
    assert not fails(text + "}\n", bound)
    assert fails(text + "assert(0);\n}\n", bound)
