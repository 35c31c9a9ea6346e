"""A file report in, one line of JSON out as soon as the file is done: the object of --format json's `results`."""

from __future__ import annotations

from memmodel.reports import Run
from memmodel.reports.json import as_json, complaints
from memmodel.reports.json_values import dumps
from memmodel.result import FileReport


class JsonLinesWriter:
    def file(self, report: FileReport) -> str:
        return f"{dumps(as_json(report))}\n"

    def complaints(self, report: FileReport) -> str:
        return complaints(report)

    def end(self, run: Run) -> str:
        return ""
