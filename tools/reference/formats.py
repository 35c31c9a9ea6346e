"""The output formats in, the page that says what each is for, with a real example, out."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from memmodel.reports import Format, writer
from memmodel.result import ExitStatus
from tools.reference.markdown import fenced, filled, table

EXAMPLE = Path(__file__).parents[2] / "docs" / "reference" / "example" / "hand-over.litmus"
MOST = 90
"""Lines of an example; of those that are longer, the first."""

FOR = {
    Format.TEXT: "people at a terminal",
    Format.CONCISE: "editors and scripts that know gcc's lines",
    Format.HERD: "the kernel's own scripts, which know herd7's",
    Format.JSON: "programs: one document",
    Format.JSON_LINES: "programs: a line for each file, as soon as it is done",
    Format.JUNIT: "CI servers: GitLab, Jenkins and others",
    Format.GITHUB: "GitHub Actions: annotations beside the code",
    Format.SARIF: "GitHub's code scanning, editors, other servers",
    Format.CHECKPATCH: "whoever reads the lines of the kernel's checkpatch.pl",
    Format.HTML: "people, as a page that needs nothing else",
}
LANGUAGES = {
    Format.JSON: "json",
    Format.JSON_LINES: "json",
    Format.JUNIT: "xml",
    Format.SARIF: "json",
    Format.HTML: "html",
}
INTRODUCTION = """\
# Formats of `memmodel check`

`--format NAME` chooses one, `--output-file FILE` writes it there, whole or not at all. The examples are what this test
prints:
"""
LATER = """\
## Other commands

`memmodel show` draws SVG, HTML, PNG and dot ([how-to/pictures.md](../how-to/pictures.md)). `memmodel review` has
formats of its own ([review-formats.md](../review-formats.md)). The others print text, or one JSON object with
`--format json`.
"""


def page() -> str:
    parts = [INTRODUCTION, fenced(EXAMPLE.read_text(), "c") + "\n"]
    parts.append(table(("name", "for"), [(f"[{item.value}](#{item.value})", FOR[item]) for item in Format]))
    parts += [_section(item) for item in Format]
    return "\n".join([*parts, LATER])


def _section(format_: Format) -> str:
    module = inspect.getmodule(type(writer(format_)))
    assert module is not None and module.__doc__ is not None
    parts = [f"## {format_.value}", f"For {FOR[format_]}."]
    rest = module.__doc__.strip().partition("\n\n")[2]
    said = [part for part in rest.split("\n\n") if part and not part.startswith("    ")]  # an example follows
    parts += [filled(part) for part in said]
    if format_ is not Format.HTML:
        parts.append(fenced(_cut(_printed(format_)), LANGUAGES.get(format_, "")))
    return "\n\n".join(parts) + "\n"


def _printed(format_: Format) -> str:
    """What the command prints for the example, with times that do not change."""
    words = ["check", "--no-config", "--no-cache", "--format", format_.value, EXAMPLE.name]
    done = subprocess.run(
        [sys.executable, "-m", "memmodel", *words],
        cwd=EXAMPLE.parent,
        capture_output=True,
        text=True,
        check=False,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("MEMMODEL_")}, "COLUMNS": "100"},
    )
    assert done.returncode == ExitStatus.FINDING, done.stderr
    if format_ is Format.SARIF:
        return _shape(done.stdout)
    text = done.stdout if format_ is not Format.JSON else json.dumps(json.loads(done.stdout), indent=1)
    text = re.sub(r'("seconds": |time=")[\d.]+', r"\g<1>0.1", text)
    return re.sub(r"(Time \S+ |in )\d+\.\d+", r"\g<1>0.10", text)


def _shape(text: str) -> str:
    """A SARIF log with the first of its results alone, and of that the flow of the first thread."""
    log = json.loads(text)
    (run,) = log["runs"]
    rule = {key: run["tool"]["driver"]["rules"][0][key] for key in ("id", "name")}
    run["tool"] = {"driver": {"name": run["tool"]["driver"]["name"], "rules": [rule, "..."]}}
    first = run["results"][0]
    for flow in first.get("codeFlows", []):
        steps = flow["threadFlows"][0]["locations"]
        flow["threadFlows"] = [{**flow["threadFlows"][0], "locations": [*steps[:1], "..."]}, "..."]
    shown = {"ruleId", "level", "message", "locations", "partialFingerprints", "codeFlows"}
    result = {key: value for key, value in first.items() if key in shown}
    return json.dumps(
        {"version": log["version"], "runs": [{"tool": run["tool"], "results": [result, "..."]}]}, indent=1
    )


def _cut(text: str) -> str:
    lines = [line if len(line) <= 160 else f"{line[:150]} [...]" for line in text.splitlines()]
    return "\n".join(lines if len(lines) <= MOST else [*lines[: MOST - 1], "[...]"])
