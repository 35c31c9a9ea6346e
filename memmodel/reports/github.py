"""File reports in, workflow commands of GitHub Actions out: each line becomes an annotation beside the code.

    ::error file=a.litmus,line=4,col=12,endLine=4,endColumn=17,title=MM001 unexpected-verdict::expected Never, …

See "Workflow commands for GitHub Actions" in GitHub's documentation. GitHub shows the first ten errors and the first
ten warnings of a step beside the code, and all in the log.
"""

from __future__ import annotations

from memmodel.diagnostic import Severity
from memmodel.reports import Rules, Run
from memmodel.reports.paths import from_root
from memmodel.reports.review.printable import one_line
from memmodel.reports.told import Told, path_text, told
from memmodel.result import FileReport

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class GithubWriter:
    """`root`: the folder that paths are given from."""

    def __init__(self, rules: Rules, root: str) -> None:
        self._rules = rules
        self._root = root

    def file(self, report: FileReport) -> str:
        return "".join(f"{self._command(one)}\n" for one in told(report, self._rules))

    def complaints(self, report: FileReport) -> str:
        return ""

    def end(self, run: Run) -> str:
        return ""

    def _command(self, one: Told) -> str:
        properties = {"file": from_root(one.file, self._root)}
        if one.item.place is not None:
            properties |= {
                "line": f"{one.line}",
                "col": f"{one.column}",
                "endLine": f"{one.line}",
                "endColumn": f"{one.item.place.end_column}",
            }
        properties["title"] = f"{one.code} {one.name}"
        told = ",".join(f"{key}={_property(path_text(value))}" for key, value in properties.items())
        return f"::{_COMMANDS[one.severity]} {told}::{_data(self._message(one))}"

    def _message(self, one: Told) -> str:
        lines = [one.message]
        for related in one.item.related:
            place = related.place
            lines.append(f"{from_root(place.file, self._root)}:{place.line}: {one_line(related.label)}")
        lines += [one_line(one.item.hint)] if one.item.hint else []
        lines += [f"suggested: {one_line(one.item.remedy)}"] if one.item.remedy else []
        return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
