"""Words typed so far in, what bash, zsh and fish offer to complete them with out; each shell is the real one."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

Offers = list[set[str]]
"""For each line, what is offered. A folder has no slash at its end."""

_BASH = """\
source "$1"; shift
for line in "$@"; do
  echo "== "
  read -ra COMP_WORDS <<< "$line"
  [[ $line == *" " ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
  $(complete -p memmodel | sed 's/.*-F \\([^ ]*\\).*/\\1/')
  printf '%s\\n' "${COMPREPLY[@]}"
done
"""

_FISH = """\
source $argv[1]
for line in $argv[2..-1]
  echo "== "
  complete -C $line | cut -f1
end
"""

_ZSH = """\
zmodload zsh/zpty
# A prompt that is not typed: what is sent before it is there goes to the terminal, not to the editor of the line.
zpty inner "TERM=dumb PS1='<%(?.ready.ready)>' zsh -f -i"
zpty -r -m inner out '*<ready>*'
ask() { zpty -w inner "$1; echo DONE-\\$((1+1))"; zpty -r -m inner out '*DONE-2*<ready>*' }
ask "unset zle_bracketed_paste; LISTMAX=9999; fpath=($1:h \\$fpath); cd ${(q)PWD}"
ask "autoload -Uz compinit; compinit -D -u"
shift
for line in "$@"; do
  zpty -w -n inner "$line"$'\\C-d'  # list what there is
  ask $'\\C-u:'  # and take the line back
  print -r -- "== "
  print -r -- "$out"
done
zpty -d inner
"""


def bash(script: Path, lines: Sequence[str], folder: Path) -> Offers:
    return _parts(_run(["bash", "--norc", "-c", _BASH, "bash", str(script), *lines], folder))


def fish(script: Path, lines: Sequence[str], folder: Path) -> Offers:
    return _parts(_run(["fish", "--no-config", "-c", _FISH, str(script), *lines], folder))


def zsh(script: Path, lines: Sequence[str], folder: Path) -> Offers:
    """Of what the screen shows: also the words typed, and descriptions."""
    text = _run(["zsh", "-f", "-c", _ZSH, "zsh", str(script), *lines], folder)
    return [{word.rstrip("/") for part in offers for word in part.split()} for offers in _parts(text)]


SHELLS: dict[str, Callable[[Path, Sequence[str], Path], Offers]] = {"bash": bash, "zsh": zsh, "fish": fish}


def installed(name: str) -> bool:
    return shutil.which(name) is not None


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r|\x07", "", done.stdout)


def _parts(text: str) -> Offers:
    return [{line.rstrip("/") for line in part.splitlines() if line} for part in text.split("== \n")[1:]]
