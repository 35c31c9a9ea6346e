"""Ranges of commits of a repository whose working tree stands elsewhere."""

import os
import subprocess
from pathlib import Path

import pytest

from memmodel import errors
from memmodel.files import Files
from memmodel.frontends.patch.apply import apply
from memmodel.frontends.patch.git import from_git

LINES = [f"line {number}\n" for number in range(1, 31)]


class Repository:
    def __init__(self, place: Path) -> None:
        self.place = place
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in WHO}
        environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        command = ["git", "-C", str(self.place), *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    def write(self, name: str, text: str) -> None:
        (self.place / name).parent.mkdir(parents=True, exist_ok=True)
        (self.place / name).write_text(text)

    def commit(self, subject: str, *, body: str = "Why.") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject, "-m", body)
        return self.git("rev-parse", "HEAD")

    def texts(self, revision: str) -> dict[str, str]:
        names = self.git("ls-tree", "-r", "--name-only", "-z", revision).split("\0")
        return {name: self.git("show", f"{revision}:{name}") for name in names if name}


WHO = (("NAME", "Jörg"), ("EMAIL", "j@example.org"), ("DATE", "2026-01-05T10:00:00+0100"))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Four commits: HEAD~3 is the base of most ranges here."""
    found = Repository(tmp_path)
    found.write("lib/f.c", "".join(LINES))
    found.write("keep.c", "keep\n")
    found.write("old.c", "".join(f"old {line}" for line in LINES))
    found.commit("base")
    found.git("tag", "v1")
    found.write("lib/f.c", "".join(LINES).replace("line 7\n", "LINE 7\n"))
    found.write("new täst.c", "new\n")
    found.commit("first: größer", body="--- a/fake.c\n+++ b/fake.c\n@@ -1 +1 @@\n-a\n+b")
    found.git("mv", "old.c", "moved.c")
    found.write("moved.c", (found.place / "moved.c").read_text().replace("old line 9\n", "9\n"))
    found.commit("second")
    found.git("rm", "-q", "keep.c")
    found.write("logo.png", "\0\1\2")
    found.commit("third")
    found.git("tag", "-a", "v2", "-m", "v2")
    return found


def seen(files: Files, names: set[str]) -> dict[str, str]:
    found = {name: files.read(files.root / name) for name in names}
    return {name: text.strip() for name, text in found.items() if text is not None}


NAMES = {"lib/f.c", "keep.c", "old.c", "moved.c", "new täst.c"}


def of_sources(texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if name in NAMES}


def test_the_patches_of_a_range_in_order(repository: Repository) -> None:
    _, patches = from_git("HEAD~3..HEAD", repository.place)
    assert [patch.subject for patch in patches] == ["first: größer", "second", "third"]
    assert [patch.position for patch in patches] == [(1, 3), (2, 3), (3, 3)]
    assert {patch.author for patch in patches} == {"Jörg <j@example.org>"}
    assert {patch.date for patch in patches} == {"Mon, 5 Jan 2026 10:00:00 +0100"}
    assert [patch.source.name for patch in patches] == [
        repository.git("rev-parse", f"HEAD~{back}")[:12] for back in (2, 1, 0)
    ]


def test_what_a_message_quotes_is_no_change(repository: Repository) -> None:
    _, (first, _, _) = from_git("HEAD~3..HEAD", repository.place)
    assert {change.path for change in first.changes} == {"lib/f.c", "new täst.c"}
    assert "--- a/fake.c" in first.source.text
    assert first.source.line(first.changes[0].number).startswith("diff --git a/lib/f.c")


@pytest.mark.parametrize("range_", ["HEAD~3..HEAD", "HEAD~3..", "v1..v2", "v1..main"])
def test_the_files_are_those_before_the_range(repository: Repository, range_: str) -> None:
    files, patches = from_git(range_, repository.place / "lib")
    assert seen(files, NAMES) == of_sources(repository.texts("v1"))
    for number, patch in enumerate(patches):
        files = apply(patch, files).after
        assert seen(files, NAMES) == of_sources(repository.texts(f"HEAD~{2 - number}"))


def test_one_commit(repository: Repository) -> None:
    name = repository.git("rev-parse", "HEAD~1")[:10]
    files, (patch,) = from_git(name, repository.place)
    assert (patch.subject, patch.position) == ("second", None)
    assert seen(files, NAMES) == of_sources(repository.texts("HEAD~2"))


def test_the_first_commit_of_all(repository: Repository) -> None:
    files, (patch,) = from_git("v1", repository.place)
    assert seen(files, NAMES) == {}
    assert seen(apply(patch, files).after, NAMES) == of_sources(repository.texts("v1"))


def test_the_working_tree_may_stand_anywhere(repository: Repository) -> None:
    repository.git("checkout", "-q", "v1")
    repository.write("moved.c", "untracked\n")
    repository.write("lib/f.c", "edited\n")
    (repository.place / "keep.c").unlink()
    state = repository.git("status", "--porcelain")
    files, patches = from_git("v1..v2", repository.place)
    assert seen(files, NAMES) == of_sources(repository.texts("v1"))
    for patch in patches:
        files = apply(patch, files).after
    assert seen(files, NAMES) == of_sources(repository.texts("v2"))
    assert repository.git("status", "--porcelain") == state
    assert (repository.place / "lib/f.c").read_text() == "edited\n"


def test_configuration_and_environment_change_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = from_git("v1..v2", repository.place)[1]
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    (repository.place / ".git/info").mkdir(exist_ok=True)
    (repository.place / ".git/info/attributes").write_text("*.c diff=trap filter=trap\n")
    for setting in (
        *(f"diff.external={trap}", f"diff.trap.textconv={trap}", f"diff.trap.command={trap}", f"core.pager={trap}"),
        *(f"core.fsmonitor={trap}", f"filter.trap.clean={trap}", f"filter.trap.smudge={trap}", f"gpg.program={trap}"),
        *("diff.noprefix=true", "diff.mnemonicPrefix=true", "color.ui=always", "diff.context=0", "diff.renames=false"),
        *(
            "filter.trap.required=true",
            f"filter.a=b.process={trap}",
            "log.showSignature=true",
            "core.quotePath=false",
            "diff.algorithm=histogram",
            "diff.submodule=diff",
        ),
        *("i18n.logOutputEncoding=latin1", "log.date=iso", "format.pretty=oneline", "diff.wordRegex=."),
    ):
        name, _, value = setting.rpartition("=")
        repository.git("config", name, value)
    for name in ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER"):
        monkeypatch.setenv(name, str(trap))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    repository.write("lib/f.c", "edited\n")
    files, found = from_git("v1..v2", repository.place)
    assert found == expected
    assert files.read(repository.place / "lib/f.c") == "".join(LINES)
    assert not (tmp_path / "sprung").exists()


def test_merges_are_refused(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "side", "v1")
    repository.write("side.c", "side\n")
    repository.commit("side")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "merged", "side")
    for range_ in ("v1..main", "main"):
        with pytest.raises(errors.UsageError, match="is a merge"):
            from_git(range_, repository.place)
    assert [patch.subject for patch in from_git("v1..side", repository.place)[1]] == ["side"]


@pytest.mark.parametrize(
    ("range_", "words"),
    [
        ("nonsense", "there is no commit nonsense"),
        ("v1..nonsense", "there is no commit nonsense"),
        ("v2..v1", "there is no commit in v2..v1"),
        ("v1...v2", "three dots"),
        ("--output=x", "names no commit"),
        ("v1..--all", "names no commit"),
        ("a\0b", "names no commit"),
        ("a\nb", "names no commit"),
        ("v1:lib/f.c", "there is no commit"),
        ("lib/f.c", "there is no commit"),
        ("", "there is no commit"),
    ],
)
def test_what_names_no_commits_is_an_error(repository: Repository, range_: str, words: str) -> None:
    with pytest.raises(errors.UsageError, match=words):
        from_git(range_, repository.place)


def test_no_repository(tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.UsageError, match="is no folder"):
        from_git("HEAD", tmp_path / "nothing")
    bare = tmp_path / "bare"
    repository.git("clone", "-q", "--bare", ".", str(bare))
    with pytest.raises(errors.UsageError, match="no working tree"):
        from_git("HEAD", bare)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(errors.UsageError, match="git finds no repository in") as caught:
        from_git(
            "HEAD", repository.place / "lib" if not (repository.place / ".git").rename(tmp_path / "g") else tmp_path
        )
    assert "not a git repository" in (caught.value.hint or "")


def test_a_history_that_is_cut_off(tmp_path: Path, repository: Repository) -> None:
    shallow = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth=2", f"file://{repository.place}", str(shallow))
    assert len(from_git("HEAD", shallow)[1]) == 1
    with pytest.raises(errors.UsageError, match="history of"):
        from_git("HEAD~1", shallow)


def test_without_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(errors.UsageError, match="git is not installed"):
        from_git("HEAD", repository.place)
