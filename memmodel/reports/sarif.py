"""File reports in, a SARIF 2.1.0 log out, for GitHub's code scanning and for editors.

There is one run, and a result for each diagnostic; a file that is as expected gives none. What the text asks not to be
told is a suppressed result. A file that could not be decided is a notification, too. `properties` of a result say which
test it is about, and how that fared.
"""

from __future__ import annotations

from collections.abc import Mapping

from memmodel.analyses import outcome_rules
from memmodel.analyses.documented import Documented
from memmodel.diagnostic import Change, Diagnostic, Place, Severity, Step
from memmodel.reports import Rules, Run
from memmodel.reports import sarif_parts as parts
from memmodel.reports.fingerprints import Fingerprints
from memmodel.reports.json_values import Json, dumps
from memmodel.reports.paths import from_root
from memmodel.reports.review.wording import sentence
from memmodel.reports.told import Told, everything
from memmodel.result import ExitStatus, FileReport

FINGERPRINT = "memmodelDiagnostic/v1"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}

_Object = Mapping[str, Json]


class SarifWriter:
    """Everything at the end, so that the output is one valid document, also after an interruption. `root`: the folder
    from which paths are given."""

    def __init__(self, rules: Rules, root: str) -> None:
        self._rules = rules
        self._root = root
        self._used: dict[str, Documented] = {}
        self._prints = Fingerprints()
        self._results: list[str] = []  # as text, which takes less memory
        self._notifications: list[Json] = []
        self._successful = True

    def file(self, report: FileReport) -> str:
        for number, one in enumerate(everything(report, self._rules)):
            result = self._result(one, report)
            self._results.append(dumps(result))
            internal = one.code == outcome_rules.INTERNAL.code
            if number == 0 and (internal or report.outcome.status is ExitStatus.UNDECIDED):
                self._notifications.append(self._notification(one, internal))
                self._successful = self._successful and not internal
        return ""

    def complaints(self, report: FileReport) -> str:
        return ""

    def end(self, run: Run) -> str:
        if run.interrupted:
            said = {"text": "The run was interrupted: files are missing."}
            self._notifications.append({"level": "error", "message": said})
        invocation: _Object = {
            "executionSuccessful": self._successful and not run.interrupted,
            "toolExecutionNotifications": self._notifications,
        }
        told: _Object = {
            "tool": {"driver": parts.driver(self._used.values())},
            "invocations": [invocation],
            "originalUriBaseIds": {parts.ROOT: {"description": {"text": "The top directory of the project."}}},
            "columnKind": parts.COLUMNS,
        }
        results = ",\n".join(self._results)
        whole = f'{dumps(told).removesuffix("}")}, "results": [\n{results}]}}'
        return dumps(parts.log({})).replace("{}", whole) + "\n"

    def _result(self, one: Told, report: FileReport) -> _Object:
        item = one.item
        result: dict[str, Json] = {
            **self._reference("ruleId", "ruleIndex", one.code),
            "level": _LEVELS[one.severity],
            "message": _message(one),
            "locations": [self._location(one)],
            "partialFingerprints": {FINGERPRINT: self._print(one, report)},
            "properties": _properties(report),
        }
        if item.related:
            places = ((other.label, self._place(other.place)) for other in item.related)
            result["relatedLocations"] = [parts.related(i, where, label) for i, (label, where) in enumerate(places, 1)]
        if item.steps:
            result["codeFlows"] = [parts.flow(self._step(step) for step in item.steps)]
        if item.changes:
            changes = [self._change(change) for change in item.changes]
            result["fixes"] = [parts.fix(sentence(item.remedy or "write this instead"), changes)]
        if item.suppressed is not None:
            result["suppressions"] = [{"kind": "inSource", "justification": item.suppressed}]
        return result

    def _reference(self, key: str, index: str, code: str) -> dict[str, Json]:
        """The rule by its code, and by its place among those of the log, where it is known."""
        rule = self._rules(code)
        if rule is None:
            return {key: code}
        self._used.setdefault(code, rule)
        return {key: code, index: list(self._used).index(code)}

    def _notification(self, one: Told, internal: bool) -> _Object:
        return {
            "level": "error" if internal else "warning",
            "message": {"text": parts.plain(sentence(one.message))},
            "associatedRule": self._reference("id", "index", one.code),
            "locations": [self._location(one)],
        }

    def _print(self, one: Told, report: FileReport) -> str:
        """The rule, the file and test, and the text of the line: its number may change."""
        place = one.item.place
        text = place.excerpt if place is not None else ""
        return self._prints.of(one.code, from_root(one.file, self._root), report.name, text)

    def _location(self, one: Told) -> dict[str, Json]:
        return self._place(one.item.place) if one.item.place else parts.location(from_root(one.file, self._root))

    def _place(self, place: Place) -> dict[str, Json]:
        where = parts.region(place.line, place.column, place.line, place.end_column)
        return parts.location(from_root(place.file, self._root), where)

    def _step(self, step: Step) -> parts.Flowing:
        return parts.Flowing(step.thread, step.text, self._place(step.place) if step.place else {}, step.reordered)

    def _change(self, change: Change) -> parts.Replacing:
        region = change.region
        where = parts.region(region.line, region.column, region.end_line, region.end_column)
        return parts.Replacing(from_root(region.file, self._root), where, change.replacement)


def _message(one: Told) -> _Object:
    item: Diagnostic = one.item
    said = [sentence(one.message), *([sentence(item.hint)] if item.hint else [])]
    if item.remedy:
        said.append(f"Suggested: {item.remedy}.")
    return {"text": parts.plain(" ".join(said)), "markdown": "\n\n".join(parts.markdown(part) for part in said)}


def _properties(report: FileReport) -> _Object:
    return {
        "file": report.file,
        "test": report.name,
        "model": report.model,
        "outcome": report.outcome.value,
        "observation": report.observation.value if report.observation else None,
        "expected": report.expected,
    }
