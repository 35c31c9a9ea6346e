"""What the shells offer, asked of the shells themselves."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from memmodel.analyses import rules
from memmodel.cat.models import available
from memmodel.cli import commands
from memmodel.cli.completion import SCRIPTS
from memmodel.reports import Format
from tests.cli.command import memmodel
from tests.cli.shells import SHELLS, installed

SHARE = Path(commands.__file__).parent.parent / "share"


@dataclass(frozen=True)
class Typed:
    """A line, what must be offered for its last word, and what must not be."""

    line: str
    offered: set[str]
    never: set[str]


TESTS, CODE, PATCHES, MODELS = {"ring.litmus", "ring.c"}, {"ring.h"}, {"ring.patch", "ring.mbox"}, {"ring.cat"}
OTHER = {"notes.txt"}
FOLDER = {"folder"}
EVERY = TESTS | CODE | PATCHES | MODELS | OTHER

TYPED = (
    Typed("memmodel ", set(commands.NAMES), EVERY),
    Typed("memmodel ch", {"check"}, {"fix", "audit"}),
    Typed("memmodel check --sta", {"--states"}, {"--count", "ring.c"}),
    Typed("memmodel check --format ", {item.value for item in Format}, EVERY),
    Typed("memmodel check -f js", {"json", "json-lines"}, {"text", "herd"}),
    Typed("memmodel check ri", TESTS, PATCHES | MODELS | CODE),
    Typed("memmodel check fo", FOLDER, EVERY),
    Typed("memmodel check one.litmus two.litmus ri", TESTS, PATCHES | MODELS),
    Typed("memmodel check --states ri", TESTS, PATCHES | MODELS),
    Typed("memmodel check one.litmus --cou", {"--count"}, {"--states"}),
    Typed("memmodel check folder/", {"folder/in.litmus"}, EVERY),
    Typed("memmodel review ri", PATCHES, TESTS | MODELS),
    Typed("memmodel pairs ri", {"ring.c", "ring.h"}, PATCHES | {"ring.litmus"}),
    Typed("memmodel check --model ", {known.name for known in available()} | MODELS, TESTS | PATCHES | OTHER),
    Typed("memmodel check --tree ", FOLDER, EVERY),
    Typed("memmodel check --output-file ", EVERY, set()),
    Typed("memmodel rule MM1", {rule.code for rule in rules.RULES}, {"MM001"}),
    Typed("memmodel completion ", set(SCRIPTS), EVERY),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("typed")
    for name in EVERY:
        (made / name).write_text("")
    (made / "folder").mkdir()
    (made / "folder" / "in.litmus").write_text("")
    return made


def in_full(offers: set[str], typed: Typed) -> set[str]:
    """With the folder in front, which zsh leaves out where it lists."""
    before = typed.line.split(" ")[-1].rpartition("/")
    return offers | {f"{before[0]}{before[1]}{offer}" for offer in offers}


@pytest.mark.parametrize("name", SHELLS)
def test_a_shell_offers_what_fits_and_nothing_else(name: str, folder: Path) -> None:
    if not installed(name):
        pytest.skip(f"{name} is not installed")
    offers = SHELLS[name](SHARE / SCRIPTS[name], [typed.line for typed in TYPED], folder)
    assert len(offers) == len(TYPED)
    for typed, offered in zip(TYPED, offers, strict=True):
        found = in_full(offered, typed)
        assert typed.offered <= found, (typed.line, offered)
        assert not typed.never & offered, (typed.line, offered)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_command_prints_the_script_that_is_packaged(name: str) -> None:
    ran = memmodel("completion", name)
    assert ran.status == 0
    assert ran.out == (SHARE / SCRIPTS[name]).read_text()


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_is_one_of_its_shell(name: str, tmp_path: Path) -> None:
    if not installed(name):
        pytest.skip(f"{name} is not installed")
    import subprocess

    assert subprocess.run([str(shutil.which(name)), "-n", str(SHARE / SCRIPTS[name])]).returncode == 0
