"""`memmodel kbuild`: called with gcc's flags, as the kernel's Makefiles call a checker."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import Ran, memmodel

MISPLACED = """\
struct ring {
	atomic_t busy;
	unsigned long consumer;
};

void ring_release(struct ring *ring, unsigned long position)
{
	WRITE_ONCE(ring->consumer, position);
	smp_mb__before_atomic();
	atomic_set(&ring->busy, 0);
}
"""
"""The kernel's documents: smp_mb__before_atomic() is for read-modify-writes, and atomic_set() is none."""

HALF = """\
struct box {
	int full;
	int item;
};

void box_put(struct box *box, int item)
{
	WRITE_ONCE(box->item, item);
	WRITE_ONCE(box->full, 1);
}

int box_take(struct box *box)
{
	if (!smp_load_acquire(&box->full))
		return 0;
	return READ_ONCE(box->item);
}
"""
"""The acquire has no release: what it acquires may be seen before what it announces."""

CLEAN = HALF.replace("WRITE_ONCE(box->full, 1)", "smp_store_release(&box->full, 1)")

LINE = re.compile(r"^(\S+?):(\d+):(\d+): (warning|note|error): (.*)$")

FLAGS = """\
-D__linux__ -Dlinux -D__STDC__ -Dunix -D__unix__ -Wbitwise -Wno-return-void -Wno-unknown-attribute
-Wp,-MMD,drivers/ring/.ring.o.d -nostdinc -I./arch/x86/include -I./arch/x86/include/generated -I./include
-I./arch/x86/include/uapi -include ./include/linux/kconfig.h -include ./include/linux/compiler_types.h
-D__KERNEL__ -fmacro-prefix-map=./= -Wall -Wundef -Werror=strict-prototypes -std=gnu11 -mno-sse -m64
-falign-jumps=1 -mpreferred-stack-boundary=3 -march=core2 -fno-strict-aliasing -O2 --param=allow-store-data-races=0
-fstack-protector-strong -Wframe-larger-than=2048 -ftrivial-auto-var-init=zero -pg -mrecord-mcount -mfentry
-DCC_USING_FENTRY -DMODULE -DKBUILD_BASENAME="ring" -DKBUILD_MODNAME="ring" -D__KBUILD_MODNAME=kmod_ring
"""
"""What kbuild passes to a checker on x86, in its order: sparse's own macros, then the compiler's flags."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree that looks like the kernel's, as far as the flags say."""
    for folder in ("include/linux", "arch/x86/include", "drivers/ring"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "include/linux/kconfig.h").write_text("")
    return tmp_path


def kbuild(tree: Path, text: str, *options: str) -> Ran:
    """Check one file of the tree from its top, as `make` does."""
    (tree / "drivers/ring/ring.c").write_text(text)
    return called(tree, *options, *FLAGS.split(), "drivers/ring/ring.c")


def called(folder: Path, *words: str) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "memmodel", "kbuild", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def warnings(text: str) -> list[tuple[str, int, str]]:
    """File, line and code of each warning, by the form that gcc and sparse print."""
    matches = [LINE.match(line) for line in text.splitlines()]
    assert all(matches), text
    found = [match for match in matches if match is not None and match[4] == "warning"]
    return [(match[1], int(match[2]), match[5][-7:]) for match in found]


def test_a_barrier_that_orders_nothing_is_a_warning_in_gccs_form(tree: Path) -> None:
    ran = kbuild(tree, MISPLACED)
    assert warnings(ran.err) == [("drivers/ring/ring.c", 9, "[MM101]")]
    assert (ran.out, ran.status) == ("", 0)


def test_an_order_that_one_side_lacks_is_a_warning(tree: Path) -> None:
    ran = kbuild(tree, HALF)
    ((file, line, code),) = warnings(ran.err)
    assert (file, code) == ("drivers/ring/ring.c", "[MM202]")
    assert HALF.splitlines()[line - 1].strip() in ("WRITE_ONCE(box->item, item);", "WRITE_ONCE(box->full, 1);")
    assert ran.status == 0


def test_a_file_without_any_flags_is_checked_by_itself(tmp_path: Path) -> None:
    (tmp_path / "ring.c").write_text(MISPLACED)
    ran = called(tmp_path, "ring.c")
    assert ran.status == 0
    assert [code for _, _, code in warnings(ran.out + ran.err)] == ["[MM101]"]


def test_nothing_is_said_of_a_clean_file(tree: Path) -> None:
    assert kbuild(tree, CLEAN) == Ran(0, "", "")


def test_werror_fails_on_a_warning_and_on_nothing_else(tree: Path) -> None:
    assert kbuild(tree, MISPLACED, "--werror").status == 1
    assert kbuild(tree, CLEAN, "--werror").status == 0


def test_a_comment_with_a_reason_silences_a_warning(tree: Path) -> None:
    line = "\tsmp_mb__before_atomic();"
    silenced = MISPLACED.replace(line, f"\t/* memmodel: ignore[MM101] kept for an old compiler */\n{line}")
    assert silenced != MISPLACED
    assert kbuild(tree, silenced) == Ran(0, "", "")


def test_rules_are_selected_as_in_check(tree: Path) -> None:
    assert kbuild(tree, MISPLACED + HALF, "--ignore", "MM202").err.count("[MM") == 1
    assert [code for _, _, code in warnings(kbuild(tree, MISPLACED + HALF).err)] == ["[MM101]", "[MM202]"]


def test_a_build_in_another_folder_is_told_the_paths_that_it_gave(tree: Path) -> None:
    build = tree / "build"
    build.mkdir()
    (tree / "drivers/ring/ring.c").write_text(MISPLACED)
    ran = called(build, "-I../include", "-I./include", "../drivers/ring/ring.c")
    assert warnings(ran.err) == [("../drivers/ring/ring.c", 9, "[MM101]")]
    assert all(line.startswith("../drivers/ring/ring.c:") for line in ran.err.splitlines())


def test_a_module_outside_the_tree_is_checked_too(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    module = tmp_path_factory.mktemp("module") / "ring.c"
    module.write_text(MISPLACED)
    ran = called(tree, "-I./include", str(module))
    assert warnings(ran.err) == [(str(module), 9, "[MM101]")]


@pytest.mark.parametrize("path", ["missing.c", "start.S", "."], ids=["missing", "assembly", "folder"])
def test_what_cannot_be_read_is_left_alone_unless_asked(tree: Path, path: str) -> None:
    (tree / "start.S").write_text("nop\n")
    assert called(tree, "-O2", path) == Ran(0, "", "")
    ran = called(tree, "--verbose", "-O2", path)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith(f"memmodel: {path}: no")


@pytest.mark.parametrize(
    "text",
    ["int f(\n", "/* no end\n", "#define f(x) f(x)\nint g(void) { return f(1) }\n", "\0\1\2", ""],
    ids=["no-end", "comment", "macro", "binary", "empty"],
)
def test_a_text_that_is_no_c_stops_no_build(tree: Path, text: str) -> None:
    assert kbuild(tree, text) == Ran(0, "", "")


def test_time_is_limited(tree: Path) -> None:
    body = "".join(f"\tWRITE_ONCE(box->item, READ_ONCE(box->full) + {n});\n\tsmp_wmb();\n" for n in range(30))
    functions = "".join(f"void put_{n}(struct box *box)\n{{\n{body}}}\n" for n in range(12))
    ran = kbuild(tree, MISPLACED + HALF + functions, "--timeout", "2", "--verbose")
    assert ran.status == 0
    assert [code for _, _, code in warnings("\n".join(x for x in ran.err.splitlines() if LINE.match(x)))][:1] == [
        "[MM101]"
    ]
    assert re.search("^memmodel: .*(in time for|time limit)", ran.err, re.MULTILINE)


def test_usage_that_is_wrong_is_told() -> None:
    ran = memmodel("kbuild")
    assert ran.status == 2
    assert "FILE" in ran.err
    assert memmodel("kbuild", "--timeout", "soon", "a.c").status == 2


def test_a_model_that_there_is_not_is_told(tree: Path) -> None:
    ran = kbuild(tree, CLEAN, "--model", "lkm")
    assert (ran.status, ran.out) == (2, "")
    assert "lkm" in ran.err


MAKEFILE = """\
# Calls a checker the way the kernel does: C=1 for what is compiled anew, C=2 for all.
CHECK ?= sparse
CHECKFLAGS := -D__linux__ -Wbitwise $(CF)
c_flags = -Wp,-MMD,$(@D)/.$(@F).d -nostdinc -I./include -D__KERNEL__ -O2 -DKBUILD_MODNAME='"$(basename $(@F))"'
objects := drivers/ring/ring.o drivers/ring/box.o

all: $(objects)

%.o: %.c FORCE
	$(if $(filter 1 2,$(C)),$(CHECK) $(CHECKFLAGS) $(c_flags) $<)
	touch $@

FORCE:
"""


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_runs_it_as_a_checker(tree: Path) -> None:
    (tree / "Makefile").write_text(MAKEFILE)
    (tree / "drivers/ring/ring.c").write_text(MISPLACED)
    (tree / "drivers/ring/box.c").write_text(CLEAN)
    command = f"{sys.executable} -m memmodel kbuild"

    def make(check: str) -> subprocess.CompletedProcess[str]:
        words = ["make", "--silent", "C=1", f"CHECK={check}"]
        return subprocess.run(words, cwd=tree, capture_output=True, text=True, env={**os.environ}, check=False)

    built = make(command)
    assert built.returncode == 0
    assert warnings(built.stderr) == [("drivers/ring/ring.c", 9, "[MM101]")]
    assert (tree / "drivers/ring/box.o").exists()
    assert make(f"{command} --werror").returncode != 0
