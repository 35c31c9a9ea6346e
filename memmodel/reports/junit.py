"""File reports in, JUnit's XML out, as CI servers read it: a suite for each file, a case for each model.

A finding is a failure; what could not be read or decided is an error, with the name of its rule as the type. The text
begins with line and column, and has the execution. Warnings of a case are its output. All characters are ASCII, others
as references, so that it is the same in every encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from memmodel.diagnostic import Diagnostic, Severity
from memmodel.records import dataclass, field
from memmodel.reports import Rules, Run
from memmodel.reports.diagnostic import render
from memmodel.reports.execution import step_lines
from memmodel.reports.told import Told, told
from memmodel.result import ExitStatus, FileReport, Outcome

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, not even as a reference."""


@dataclass
class _Suite:
    cases: list[str] = field(default_factory=list)
    failures: int = 0
    errors: int = 0
    seconds: float = 0.0

    def counts(self) -> dict[str, str]:
        return {
            "tests": f"{len(self.cases)}",
            "failures": f"{self.failures}",
            "errors": f"{self.errors}",
            "skipped": "0",
            "time": f"{self.seconds:.3f}",
        }


class JunitWriter:
    """Everything at the end, so that the output is one valid document, also after an interruption."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._suites: dict[str, _Suite] = {}

    def file(self, report: FileReport) -> str:
        suite = self._suites.setdefault(report.file, _Suite())
        suite.cases.append(_text_of(_case(report, list(told(report, self._rules)))))
        suite.failures += report.outcome.status is ExitStatus.FINDING
        suite.errors += report.outcome.status in (ExitStatus.BAD_INPUT, ExitStatus.UNDECIDED)
        suite.seconds += report.seconds
        return ""

    def complaints(self, report: FileReport) -> str:
        return ""

    def end(self, run: Run) -> str:
        suites = self._suites.values()
        whole = _Suite(
            [case for suite in suites for case in suite.cases],
            sum(suite.failures for suite in suites),
            sum(suite.errors for suite in suites),
            run.seconds,
        )
        head = _opening("testsuites", {"name": "memmodel", **whole.counts()})
        return "".join([_HEAD, head, *self._written(), "</testsuites>\n"])

    def _written(self) -> Iterator[str]:
        for file, suite in self._suites.items():
            yield _opening("testsuite", {"name": file, **suite.counts()})
            yield from suite.cases
            yield "</testsuite>\n"


def _case(report: FileReport, found: list[Told]) -> ElementTree.Element:
    place = report.place
    where = {"file": place.file, "line": f"{place.line}"} if place is not None else {}
    name = f"{report.model}/{report.name}" if report.name else report.model
    case = _element("testcase", {"classname": report.file, "name": name, "time": f"{report.seconds:.3f}", **where})
    if report.outcome is not Outcome.PASS:
        first = found[0]
        kind = "failure" if report.outcome.status is ExitStatus.FINDING else "error"
        said = {"type": first.name, "message": first.message}
        case.append(_element(kind, said, f"{_position(first)}{first.message}\n\n{_shown(first)}"))
        found = found[1:]
    if found:
        case.append(_element("system-out", {}, "\n".join(_shown(one) for one in found)))
    return case


def _position(one: Told) -> str:
    return f"{one.line}:{one.column}: " if one.item.place is not None else ""


def _shown(one: Told) -> str:
    """The diagnostic with its line, the other places that it speaks about, the execution and the change."""
    item = one.item
    text = render(item)
    for other in item.related:
        text += render(Diagnostic(Severity.NOTE, other.label, other.place))
    if item.steps:
        lines = "".join(f"{line}\n" for line in step_lines(item.steps, one.file))
        text += f"\nAn execution in which it happens:\n{lines}"
    if item.remedy:
        text += f"\nsuggested: {item.remedy}\n"
    return text


def _element(name: str, attributes: dict[str, str], text: str | None = None) -> ElementTree.Element:
    element = ElementTree.Element(name, {key: _clean(value) for key, value in attributes.items()})
    element.text = _clean(text) if text is not None else None
    return element


def _opening(name: str, attributes: dict[str, str]) -> str:
    """The tag alone: what stands inside is text already."""
    return _text_of(_element(name, attributes)).replace(" />", ">")


def _text_of(element: ElementTree.Element) -> str:
    data: bytes = ElementTree.tostring(element, encoding="us-ascii")
    return f"{data.decode('ascii')}\n"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
