"""`memmodel mapping`: an architecture's name in, what the kernel's primitives are compiled to there out."""

from __future__ import annotations

import argparse
import json
import sys

from memmodel.errors import UsageError
from memmodel.result import ExitStatus

EPILOG = """\
Each row: what the kernel asks for, the instructions, and the number of the file that says so. Of several ways to
compile for an architecture the usual one is shown; name another as in arm64-llsc.

examples:
  # what arm64 does, with the atomic instructions of Armv8.1
  memmodel mapping arm64
  # and with pairs of exclusives
  memmodel mapping arm64-llsc
  # the tables that there are
  memmodel mapping

exit status:
  0  always, but
  2  for an architecture that there is no table for
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "mapping",
        help="print what the kernel's primitives are compiled to on an architecture",
        description="Print the table by which --arch and the models of architectures read a kernel program.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("machine", nargs="?", metavar="ARCH", help="x86, arm64, riscv, power, or one of their variants")
    add("-f", "--format", choices=["text", "json"], default="text", help="default: %(default)s")


def run(arguments: argparse.Namespace) -> int:
    """Raises UsageError for a table that there is not."""
    from memmodel.machines import registry
    from memmodel.reports import mapping

    if arguments.machine is None:
        machines = registry.MACHINES
        text = json.dumps(mapping.list_json(machines), indent=1) + "\n" if arguments.format == "json" else None
        sys.stdout.write(text or mapping.listed(machines))
        return ExitStatus.OK
    machine = registry.find(arguments.machine)
    if machine is None:
        known = ", ".join(registry.name(one) for one in registry.MACHINES)
        raise UsageError(f"no table for {arguments.machine!r}", hint=f"there are {known}")
    as_json = arguments.format == "json"
    sys.stdout.write(json.dumps(mapping.as_json(machine), indent=1) + "\n" if as_json else mapping.table(machine))
    return ExitStatus.OK
