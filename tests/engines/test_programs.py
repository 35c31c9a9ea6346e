"""C code is read from files that a patch changes beside the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.engines.isolate import run_isolated
from memmodel.engines.programs import program_of
from memmodel.engines.task import Options, Task
from memmodel.errors import SyntaxError
from memmodel.files import Files
from memmodel.program.primitives import DEFAULT
from memmodel.result import Observation

SCENARIO = """\
title = "one value"
tree = true
[[variant]]
name = "kernel"
says = "the kernel's value"
verdict = "Never"
[[variant]]
name = "replaced"
says = "another"
verdict = "Never"
replace = [{ file = "kernel/value.h", from = "VALUE 1", to = "VALUE 2" }]
"""

HARNESS = """\
#include "kernel/value.h"
int x;
void P0(void) { x = VALUE; }
void final(void) { assert(x == VALUE_EXPECTED); }
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in (
        ("tree/kernel/value.h", "#define VALUE 1\n#define VALUE_EXPECTED 1\n"),
        ("rings/one/scenario.toml", SCENARIO),
        ("rings/one/harness.c", HARNESS),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "tree"


def task(tree: Path, changes: dict[str, str | None], variant: str = "kernel") -> Task:
    return Task(f"{tree.parent}/rings/one:{variant}", Options(), None, Files(tree, changes))


def verdict(of: Task) -> Observation | None:
    (report,) = run_isolated([of])
    return report.observation


def test_a_program_is_made_from_the_changed_text(tree: Path) -> None:
    assert verdict(task(tree, {})) is Observation.NEVER
    changed = {"kernel/value.h": "#define VALUE 3\n#define VALUE_EXPECTED 4\n"}
    assert verdict(task(tree, changed)) is Observation.ALWAYS


def test_what_a_patch_adds_can_be_included(tree: Path) -> None:
    changed = {
        "kernel/value.h": '#include "added.h"\n#define VALUE_EXPECTED ADDED\n',
        "include/added.h": "#define VALUE 7\n#define ADDED 7\n",
    }
    harness = Path(f"{tree.parent}/rings/one/harness.c")
    harness.write_text("#include <added.h>\n" + HARNESS)
    assert verdict(task(tree, changed)) is Observation.NEVER


def test_what_a_patch_removes_cannot_be_included(tree: Path) -> None:
    with pytest.raises(SyntaxError, match=r"no kernel/value\.h to #include"):
        program_of(task(tree, {"kernel/value.h": None}), DEFAULT)


def test_a_text_to_replace_is_looked_for_in_the_changed_file(tree: Path) -> None:
    assert verdict(task(tree, {}, "replaced")) is Observation.ALWAYS
    with pytest.raises(SyntaxError, match=r"the text to replace in kernel/value\.h is not there"):
        program_of(task(tree, {"kernel/value.h": "#define VALUE 5\n#define VALUE_EXPECTED 5\n"}, "replaced"), DEFAULT)


def test_the_files_of_a_patch_do_without_a_tree(tree: Path) -> None:
    text = (tree / "kernel/value.h").read_text()
    alone = Task(f"{tree.parent}/rings/one:kernel", Options(), None, Files(changed={"kernel/value.h": text}))
    assert verdict(alone) is Observation.NEVER
    with pytest.raises(SyntaxError, match=r"no kernel/value\.h to #include"):
        program_of(Task(alone.file, Options(), None, Files()), DEFAULT)


def test_a_harness_in_the_tree_is_changed_too(tree: Path) -> None:
    (tree / "ring.c").write_text(HARNESS)
    files = Files(tree, {"ring.c": HARNESS.replace("x = VALUE", "x = 0")})
    assert verdict(Task(f"{tree}/ring.c", Options(), None, files)) is Observation.ALWAYS
    assert verdict(Task(f"{tree}/ring.c", Options(), None, Files(tree))) is Observation.NEVER
