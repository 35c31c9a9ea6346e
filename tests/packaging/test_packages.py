"""The archives hold what they must and nothing else, and run where nothing else is installed."""

from __future__ import annotations

import email
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import memmodel
from memmodel.cli import commands
from memmodel.cli.completion import SCRIPTS
from tests.packaging.building import DECOYS, ROOT, Place, copy, environment, once, run, succeed

pytestmark = pytest.mark.slow

NAME = f"memmodel-{memmodel.__version__}"
MEGABYTE = 1 << 20
HARNESS = """\
#include <linux/atomic.h>
#include <assert.h>

int slot, head;

void P0(void)
{
	slot = 42;
	smp_store_release(&head, 1);
}

void P1(void)
{
	if (smp_load_acquire(&head))
		assert(slot == 42);
}
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "packages", copy) / "source"


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = once(tmp_path_factory, "tools", lambda folder: environment(folder / "venv", "build", "pipx", "uv"))
    return made / "venv" / "bin"


def build(source: Path, folder: Path, tools: Path) -> None:
    succeed([str(tools / "python"), "-m", "build", "--outdir", str(folder), str(source)], folder, [tools])


@pytest.fixture(scope="module")
def archives(source: Path, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel, the latter built from the former."""
    return once(tmp_path_factory, "archives", lambda folder: build(source, folder, tools))


LATER = pytest.mark.thorough
"""An environment takes half a minute to fill: CI has that of the wheel, which is built from the sdist."""


@pytest.fixture(
    scope="module", params=["wheel", pytest.param("sdist", marks=LATER), pytest.param("source", marks=LATER)]
)
def place(
    request: pytest.FixtureRequest, archives: Path, source: Path, tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """memmodel in an environment that has nothing else, by each way to install it with pip."""
    what = {
        "wheel": archives / f"{NAME}-py3-none-any.whl",
        "sdist": archives / f"{NAME}.tar.gz",
        "source": source,
    }[request.param]
    made = once(tmp_path_factory, request.param, lambda folder: environment(folder / "venv", str(what))) / "venv"
    return Place(made / "bin", made / "share")


@pytest.fixture
def begun(place: Place, tmp_path: Path) -> Path:
    """A folder that `memmodel init` has made."""
    done = place.memmodel("init", "here", folder=tmp_path)
    assert done.status == 0, done.err
    return tmp_path / "here"


def test_the_sdist_holds_the_sources_and_no_more(archives: Path) -> None:
    path = archives / f"{NAME}.tar.gz"
    with tarfile.open(path) as archive:
        names = [name.removeprefix(f"{NAME}/") for name in archive.getnames()]
    folders = {"bench", "docs", "litmus", "memmodel", "scenarios", "tests", "tools", "typings"}
    files = {
        ".pre-commit-hooks.yaml",
        "action.yml",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "README.md",
        "pyproject.toml",
    }
    assert {name.partition("/")[0] for name in names} - {".gitignore", "PKG-INFO"} == folders | files
    assert not [name for name in names if name in DECOYS or "__pycache__" in name or "_cache/" in name]
    assert path.stat().st_size < 4 * MEGABYTE


def test_the_sdist_has_every_file_of_the_package(archives: Path, source: Path) -> None:
    with tarfile.open(archives / f"{NAME}.tar.gz") as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}
    there = {path.relative_to(source).as_posix() for path in (source / "memmodel").rglob("*") if path.is_file()}
    assert there - names - set(DECOYS) == set()


def test_the_wheel_holds_the_package_and_what_shells_and_man_read(archives: Path) -> None:
    path = archives / f"{NAME}-py3-none-any.whl"
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    data = f"{NAME}.data/data/share"
    assert {name.partition("/")[0] for name in names} == {"memmodel", f"{NAME}.data", f"{NAME}.dist-info"}
    assert {f"{data}/{script}" for script in SCRIPTS.values()} <= names
    assert {f"{data}/man/man1/memmodel-{name}.1" for name in commands.NAMES} <= names
    assert {"memmodel/py.typed", "memmodel/cat/library/lkmm.cat"} <= names
    assert not [name for name in names if name.endswith((".pyc", ".orig", ".part"))]
    assert path.stat().st_size < 3 * MEGABYTE


def test_the_wheel_says_what_it_is(archives: Path) -> None:
    with zipfile.ZipFile(archives / f"{NAME}-py3-none-any.whl") as archive:
        said = email.message_from_bytes(archive.read(f"{NAME}.dist-info/METADATA"))
        assert f"{NAME}.dist-info/licenses/LICENSE" in archive.namelist()
    assert (said["Name"], said["Version"]) == ("memmodel", memmodel.__version__)
    assert said["License-Expression"] == "MIT"
    assert said["Requires-Python"] == ">=3.11"


@LATER
def test_to_build_twice_gives_the_same_bytes(archives: Path, source: Path, tools: Path, tmp_path: Path) -> None:
    build(source, tmp_path, tools)
    for path in archives.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_it_says_its_version(place: Place, tmp_path: Path) -> None:
    done = place.memmodel("--version", folder=tmp_path)
    assert (done.status, done.out) == (0, f"memmodel {memmodel.__version__}\n")


def test_it_checks_a_litmus_test(place: Place, begun: Path) -> None:
    done = place.memmodel("check", folder=begun)
    assert done.status == 0, done.err
    assert "1 pass" in done.out


def test_it_checks_c_code_with_the_headers_that_it_brings(place: Place, tmp_path: Path) -> None:
    (tmp_path / "ring.c").write_text(HARNESS)
    assert place.memmodel("check", "ring.c", folder=tmp_path).status == 0
    (tmp_path / "ring.c").write_text(HARNESS.replace("smp_store_release(&head, 1)", "WRITE_ONCE(head, 1)"))
    assert place.memmodel("check", "ring.c", folder=tmp_path).status == 1


def test_it_has_its_models_and_rules(place: Place, tmp_path: Path) -> None:
    listed = place.memmodel("models", folder=tmp_path)
    assert {line.split()[0] for line in listed.out.splitlines()} >= {"lkmm", "sc", "tso"}
    assert place.memmodel("rule", "MM101", folder=tmp_path).out.startswith("MM101 ")


def test_it_draws_and_writes_reports(place: Place, begun: Path) -> None:
    assert place.memmodel("show", "litmus/hand-over.litmus", "-o", "shown.svg", folder=begun).status == 0
    assert "<svg" in (begun / "shown.svg").read_text()
    for name, sign in (("html", "<!doctype html"), ("sarif", '"2.1.0"'), ("junit", "<testsuite")):
        done = place.memmodel("check", "--format", name, folder=begun)
        assert done.status == 0, done.err
        assert sign in done.out.lower()


def test_it_audits_and_explains(place: Place, begun: Path) -> None:
    done = place.memmodel("audit", "litmus/hand-over.litmus", "-f", "json", folder=begun)
    assert done.status == 0, done.err
    assert json.loads(done.out)["results"]
    assert "pairing:" in place.memmodel("explain", "litmus/hand-over.litmus", folder=begun).out


@pytest.mark.parametrize("name", commands.NAMES)
def test_every_subcommand_has_its_help(place: Place, tmp_path: Path, name: str) -> None:
    done = place.memmodel(name, "--help", folder=tmp_path)
    assert (done.status, done.err) == (0, "")


def test_shells_and_man_find_their_files(place: Place, tmp_path: Path) -> None:
    for shell, script in SCRIPTS.items():
        printed = place.memmodel("completion", shell, folder=tmp_path).out
        assert (place.share / script).read_text() == printed
    pages = {path.stem for path in (place.share / "man/man1").iterdir()}
    assert pages == {"memmodel", *(f"memmodel-{name}" for name in commands.NAMES)}
    man = shutil.which("man")
    if man is not None:
        folder = str(place.programs)
        shown = subprocess.run(
            [man, "-w", "memmodel-check"], env={"PATH": f"{folder}:/usr/bin:/bin"}, capture_output=True, text=True
        )
        assert Path(shown.stdout.strip()) == place.share / "man/man1/memmodel-check.1"


def test_types_are_found_by_those_who_import_it(place: Place) -> None:
    asked = "import memmodel, pathlib; print(pathlib.Path(memmodel.__file__).with_name('py.typed').is_file())"
    assert succeed([str(place.programs / "python"), "-P", "-c", asked], place.programs, []) == "True\n"


@LATER
def test_pipx_installs_it_with_pages_and_completions(source: Path, tools: Path, tmp_path: Path) -> None:
    places = {
        "PIPX_HOME": str(tmp_path / "home"),
        "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_MAN_DIR": str(tmp_path / "man"),
        "PIPX_COMPLETION_DIR": str(tmp_path / "share"),
        "PIPX_DEFAULT_PYTHON": sys.executable,
    }
    succeed([str(tools / "pipx"), "install", "."], source, [tools], **places)
    done = run([str(tmp_path / "bin" / "memmodel"), "--version"], tmp_path, [])
    assert done.out == f"memmodel {memmodel.__version__}\n"
    assert (tmp_path / "man/man1/memmodel.1").is_file()
    assert (tmp_path / "share/bash-completion/completions/memmodel").is_file()


@LATER
def test_uvx_runs_it_without_installing(source: Path, tools: Path, tmp_path: Path) -> None:
    litmus = ROOT / "litmus/classic/MP+wmb+rmb.litmus"
    words = ["--python", sys.executable, "--from", ".", "memmodel", "check", str(litmus)]
    programs = [tools, Path("/usr/bin"), Path("/bin")]  # what uv makes of a command is a shell script
    out = succeed([str(tools / "uvx"), *words], source, programs, UV_TOOL_DIR=str(tmp_path / "tools"))
    assert "1 file: 1 pass" in out
