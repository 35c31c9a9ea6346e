"""`memmodel completion`: the name of a shell in, the script that completes commands in it out."""

from __future__ import annotations

import argparse
import sys
from importlib.resources import files

from memmodel.result import ExitStatus

SCRIPTS = {
    "bash": "bash-completion/completions/memmodel",
    "zsh": "zsh/site-functions/_memmodel",
    "fish": "fish/vendor_completions.d/memmodel.fish",
}
"""By shell, the script below share/."""

EPILOG = """\
An installed memmodel brings the scripts along, and the shells find them if it is
installed where they look (/usr, /usr/local or, for bash and fish, ~/.local).
Elsewhere:

examples:
  # bash: put this into ~/.bashrc as `source <(memmodel completion bash)`
  memmodel completion bash
  # zsh: into a folder of $fpath, before compinit
  memmodel completion zsh > _memmodel
  # fish: into ~/.config/fish/completions
  memmodel completion fish > memmodel.fish

exit status:
  0  printed
  2  bad usage
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "completion",
        help="print what makes a shell complete commands, options and files",
        description="Print the script that makes a shell complete the commands, options and files of memmodel.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=list(SCRIPTS), metavar="SHELL", help="bash, zsh or fish")


def run(arguments: argparse.Namespace) -> int:
    shell: str = arguments.shell
    sys.stdout.write((files("memmodel") / "share" / SCRIPTS[shell]).read_text(encoding="utf-8"))
    return ExitStatus.OK
