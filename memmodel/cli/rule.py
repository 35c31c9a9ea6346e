"""`memmodel rule`: the rules of `memmodel check` and `memmodel review`, listed or explained."""

from __future__ import annotations

import argparse
import json

from memmodel.analyses import rulebook
from memmodel.errors import UsageError
from memmodel.result import ExitStatus

EPILOG = """\
examples:
  # all codes
  memmodel rule
  # what one of them means, why it is bad, and what to write instead
  memmodel rule MM101

exit status:
  0  said
  2  there is no such rule
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "rule",
        help="list the rules of check and review, or explain one",
        description="List the codes with which `memmodel check` and `memmodel review` report; or explain one: "
        "what it finds, why that is bad, an example and what to write instead.",
        epilog=EPILOG,
    )
    parser.add_argument("code", nargs="?", metavar="CODE", help="a code, such as MM101, or a name")
    parser.add_argument("-f", "--format", choices=["text", "json"], default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Raises UsageError for a code that no rule has."""
    chosen = rulebook.every()
    if arguments.code is not None:
        rule = rulebook.find(arguments.code)
        if rule is None:
            raise UsageError(f"there is no rule {arguments.code!r}", hint="`memmodel rule` lists them")
        chosen = (rule,)
    if arguments.format == "json":
        listed = [
            {"code": r.code, "name": r.name, "summary": r.summary, "documentation": r.documentation} for r in chosen
        ]
        print(json.dumps({"rules": listed}, indent=1))
    elif arguments.code is not None:
        print(f"{chosen[0].code} {chosen[0].name}\n\n{chosen[0].documentation.strip()}")
    else:
        for rule in chosen:
            print(f"{rule.code}  {rule.name}\n       {rule.summary}")
    return ExitStatus.OK
