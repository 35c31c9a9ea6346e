"""What each outcome gives in, the page on exit statuses out."""

from __future__ import annotations

from memmodel.cli.commands import GROUPS
from memmodel.cli.ending import BROKEN_PIPE, INTERRUPTED
from memmodel.result import ExitStatus, Outcome
from tools.reference.commands import status_table, statuses, subparsers
from tools.reference.markdown import table

MEANS = {
    ExitStatus.OK: "all is well",
    ExitStatus.FINDING: "a finding",
    ExitStatus.BAD_INPUT: "bad usage or input",
    ExitStatus.UNDECIDED: "not decided",
}
OUTCOMES = {
    Outcome.PASS: "as expected, or decided where nothing is expected",
    Outcome.FAIL: "another verdict than expected, a failed assertion or a fault in C",
    Outcome.RACE: "a data race that is not announced",
    Outcome.DEADLOCK: "a lock is never released",
    Outcome.VACUOUS: "no execution at all",
    Outcome.BOUNDED: "Never or Always, but only up to the bound of a loop",
    Outcome.TIMEOUT: "time or memory ran out",
    Outcome.UNSUPPORTED: "something in it cannot be decided here",
    Outcome.ERROR: "it cannot be read, or is not what it claims to be",
}


def page() -> str:
    commands = [name for group in GROUPS for name in group.names]
    found = subparsers()
    parts = [
        "# Exit status\n",
        "The same four for all commands; what each command means by them is below.\n",
        table(
            ("status", "means"),
            [
                *((f"{int(status)}", MEANS[status]) for status in ExitStatus),
                (str(INTERRUPTED), "interrupted (Ctrl-C, or a polite kill); what was found by then is printed"),
                (str(BROKEN_PIPE), "whoever read the output has gone"),
            ],
        ),
        "Of a run over many files the worst counts, in the order 2, 1, 3, 0.\n",
        "## How a file fares\n",
        "The first word of a line of `memmodel check`, and `outcome` in JSON:\n",
        table(
            ("outcome", "means", "status"),
            [(item.value, OUTCOMES[item], str(int(item.status))) for item in Outcome],
        ),
        "## By command\n",
    ]
    for name in commands:
        section = statuses(found[name])
        if section is not None:
            parts.append(f"**memmodel {name}**\n\n{status_table(section)}")
    return "\n".join(parts)
