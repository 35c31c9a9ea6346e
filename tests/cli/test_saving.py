"""What is written to a file is there whole, or the file is as it was."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from memmodel.cli.saving import Target
from memmodel.errors import UsageError

OLD = "what was there\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    file = tmp_path / "results"
    file.write_text(OLD)
    return file


def target(path: Path | str) -> Target:
    return Target(str(path), "--output-file")


def test_a_file_is_made_or_replaced(tmp_path: Path, place: Path) -> None:
    for path in (place, tmp_path / "new"):
        target(path).write("é \ud800\n")
        assert path.read_bytes() == "é \\ud800\n".encode()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["new", "results"]


def test_asking_whether_it_can_be_written_changes_nothing(tmp_path: Path, place: Path) -> None:
    target(place).probe()
    target(tmp_path / "new").probe()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("results", OLD)]


def test_rights_are_kept_and_those_of_a_new_file_are_the_usual_ones(tmp_path: Path, place: Path) -> None:
    place.chmod(0o640)
    target(place).write("x")
    before = os.umask(0o027)
    try:
        target(tmp_path / "new").write("x")
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_a_link_goes_on_pointing_to_the_file(tmp_path: Path, place: Path) -> None:
    link = tmp_path / "latest"
    link.symlink_to(place)
    target(link).write("new")
    assert link.is_symlink()
    assert place.read_text() == "new"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing/results", "No such file or directory (there is no folder "),
        ("results/below", "Not a directory (there is no folder "),
        ("", "it is a folder"),
        ("r" * 300, "File name too long"),
        ("a\0b", "null byte"),
    ],
)
def test_what_cannot_be_written_is_known_before(tmp_path: Path, place: Path, name: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        target(f"{tmp_path}/{name}").probe()
    assert str(caught.value).startswith(f"--output-file {tmp_path}")
    assert "cannot be written: " in str(caught.value)
    assert why in str(caught.value)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("results", OLD)]


def test_a_file_without_a_name_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="it has no name"):
        target("").probe()


def test_a_folder_of_the_system_takes_no_files() -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        target("/proc/self/results").probe()


def test_a_file_that_may_not_be_written_is_not_replaced(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.chmod(0o444)
    if os.geteuid() == 0:  # who may write everything

        def access(path: str, mode: int) -> bool:
            return mode != os.W_OK or bool(stat.S_IMODE(os.stat(path).st_mode) & 0o222)  # noqa: PTH116

        monkeypatch.setattr(os, "access", access)
    for attempt in (target(place).probe, lambda: target(place).write("x")):
        with pytest.raises(UsageError, match="cannot be written: Permission denied"):
            attempt()
    assert place.read_text() == OLD


@pytest.mark.parametrize("name", ["a.litmus", "ring.c", "own.cat"])
def test_a_source_is_not_overwritten_with_results(tmp_path: Path, name: str) -> None:
    target(tmp_path / name).probe()
    (tmp_path / name).write_text(OLD)
    with pytest.raises(UsageError, match="is there already"):
        target(tmp_path / name).probe()


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_what_is_open_already_is_written_to_where_it_stands(place: Path, name: str) -> None:
    program = (
        "import os, sys\n"
        "from memmodel.cli.saving import Target\n"
        "os.write(1, b'before ')\n"
        "target = Target(sys.argv[1], '--output-file')\n"
        "target.probe()\n"
        "target.write('results ')\n"
        "os.write(1, b'after')\n"
    )
    with place.open("w") as file:
        subprocess.run([sys.executable, "-c", program, name], stdout=file, timeout=60, check=True)
    assert place.read_text() == "before results after"


def test_a_device_is_written_to_directly() -> None:
    target(os.devnull).probe()
    target(os.devnull).write("x")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116  (it is still one)


def test_a_pipe_is_written_to_directly(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    target(pipe).probe()
    target(pipe).write("through\n")
    assert reader.communicate(timeout=30)[0] == "through\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_device_is_told() -> None:
    with pytest.raises(UsageError, match="No space left on device"):
        target("/dev/full").write("x")


def test_a_write_that_fails_half_way_leaves_the_old_file(tmp_path: Path, place: Path) -> None:
    limit, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
        with pytest.raises(UsageError, match="File too large"):
            target(place).write("x" * 8192)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("results", OLD)]


def test_a_process_killed_while_it_writes_leaves_the_old_file(tmp_path: Path, place: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from memmodel.cli import saving\n"
        "os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)\n"
        "saving.Target(sys.argv[1], '--output-file').write('new' * 100000)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(place)], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert place.read_text() == OLD
