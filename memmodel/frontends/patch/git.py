"""A range of commits of a repository in; its patches, and the files as they are before the first of them, out.

The working tree may stand anywhere: what differs from the files before the first commit is laid over it, and nothing is
checked out or written. git is run so that nothing in a repository's configuration makes it start another program.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from memmodel import errors
from memmodel.files import Files
from memmodel.frontends.patch.decode import decoded
from memmodel.frontends.patch.diff import changes
from memmodel.frontends.patch.patch import Patch
from memmodel.records import dataclass
from memmodel.source import SourceFile

_MOST_COMMITS = 1000
_MOST_BYTES = 150_000_000
_SECONDS = 120
_KEPT_VARIABLES = (
    "GIT_CEILING_DIRECTORIES",
    "GIT_EXEC_PATH",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.quotePath=true",
    "core.untrackedCache=false",
    "log.showSignature=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
)
_DIFF = (
    *("-r", "-p", "--root", "--no-commit-id", "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames"),
    *("--unified=3", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers"),
    *("--full-index", "--submodule=short", "--ignore-submodules=none", "-O/dev/null"),
)


def from_git(range_: str, repository: Path) -> tuple[Files, tuple[Patch, ...]]:
    """The files before the range, and the patches of its commits in order. `range_`: `HEAD~3..HEAD`, `v1..v2`, or the
    name of one commit. Raises UsageError where there is no such repository or range, and for a merge."""
    git = _Git(repository, range_)
    commits = git.commits(range_)
    patches = tuple(git.patch(commit, number, len(commits)) for number, commit in enumerate(commits, start=1))
    touched = {
        path for patch in patches for change in patch.changes for path in (change.old, change.new) if path is not None
    }
    return git.files_before(commits[0], touched), patches


@dataclass(frozen=True)
class _Commit:
    sha: str
    parent: str | None


class _Git:
    def __init__(self, repository: Path, range_: str) -> None:
        self.place = repository
        self.no_filters: tuple[str, ...] = ()
        if not repository.is_dir():
            raise errors.UsageError(f"{repository} is no folder", hint="the folder of a git repository was expected")
        none = f"there is no file {range_}, and git finds no repository in {repository}"
        if self._run("rev-parse", "--is-bare-repository", missing=none).strip() == b"true":
            raise errors.UsageError(
                f"the git repository {repository} has no working tree",
                hint="give the folder of a clone with one (--tree)",
            )
        self.place = Path(os.fsdecode(self._run("rev-parse", "--show-toplevel").removesuffix(b"\n")))
        self.no_filters = self._filters()

    def _filters(self) -> tuple[str, ...]:
        """The settings that name programs through which git would send the files of the working tree."""
        names = decoded(self._run("config", "--list", "--name-only", "-z")).split("\0")
        return tuple(sorted({name for name in names if name.startswith("filter.")}))

    def _run(self, *arguments: str, given: bytes = b"", missing: str | None = None) -> bytes:
        """What git prints. `missing`: the message where it fails, instead of git's own."""
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        command = ["git", "--no-pager", "--literal-pathspecs", *settings, "-C", str(self.place), *arguments]
        try:
            done = subprocess.run(
                command,
                input=given,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
                env=_environment(self.no_filters),
            )
        except FileNotFoundError:
            raise errors.UsageError("git is not installed", hint="give the patches as files instead") from None
        except subprocess.TimeoutExpired:
            raise errors.UsageError(f"git {arguments[0]} took more than {_SECONDS} seconds in {self.place}") from None
        except (OSError, ValueError) as error:
            raise errors.UsageError(f"git cannot be run: {error}") from None
        if done.returncode != 0:
            lines = decoded(done.stderr).strip().split("\n")
            said = next((line for line in lines if line.startswith("fatal: ")), lines[0]).removeprefix("fatal: ")
            raise errors.UsageError(missing or f"git {arguments[0]} failed in {self.place}", hint=said or None)
        return done.stdout

    def commits(self, range_: str) -> list[_Commit]:
        """The commits of the range, the oldest first: each the parent of the next."""
        if "..." in range_:
            raise errors.UsageError(f"{range_}: a range with three dots has two sides", hint="give it as BASE..END")
        base, dots, end = range_.partition("..")
        if dots:
            first, last = self._commit(base or "HEAD", range_), self._commit(end or "HEAD", range_)
            listed = self._run(
                "rev-list", "--parents", "--topo-order", f"--max-count={_MOST_COMMITS + 1}", last, f"^{first}"
            )
        else:
            listed = self._run("rev-list", "--parents", "--max-count=1", self._commit(range_, range_))
        found = [_commit(line.decode().split(), range_) for line in reversed(listed.splitlines())]
        if not found:
            raise errors.UsageError(
                f"there is no commit in {range_}", hint="are the ends of the range the wrong way round?"
            )
        if len(found) > _MOST_COMMITS:
            raise errors.UsageError(f"{range_} has more than {_MOST_COMMITS} commits", hint="give a part of it")
        if found[0].parent is None and self._run("rev-parse", "--is-shallow-repository").strip() == b"true":
            raise errors.UsageError(
                f"{range_}: the history of {self.place} ends at {found[0].sha[:12]}",
                hint="fetch the commit before it as well: git fetch --deepen=1",
            )
        return found

    def _commit(self, name: str, range_: str) -> str:
        if name.startswith("-") or not name.isprintable():
            raise errors.UsageError(f"{range_!r} names no commit", hint="expected: BASE..END or the name of a commit")
        found = self._run(
            *("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"),
            missing=f"there is no commit {name} in {self.place}",
        )
        return found.decode().strip()

    def patch(self, commit: _Commit, number: int, count: int) -> Patch:
        """The patch of a commit, in the form of a mail: its lines are what the numbers count."""
        form = "%an <%ae>%x00%aD%x00%s%x00%b"
        said = self._run(
            "log", "-1", "--no-color", "--no-notes", "--encoding=UTF-8", f"--format={form}", commit.sha, "--"
        )
        author, date, subject, body = (decoded(said).rstrip("\n").split("\0") + [""] * 4)[:4]
        head = f"From: {author}\nDate: {date}\nSubject: {subject}\n\n{body.strip()}\n---\n\n"
        diff = decoded(self._run("diff-tree", *_DIFF, commit.sha, "--"))
        source = SourceFile(commit.sha[:12], head + diff)
        return Patch(
            source=source,
            subject=subject,
            author=author,
            message_id="",
            date=date,
            position=(number, count) if count > 1 else None,
            changes=changes(source, head.count("\n") + 1),
        )

    def files_before(self, first: _Commit, touched: set[str]) -> Files:
        """The working tree with the files as they are before `first` laid over it, where they differ or are touched."""
        base = first.parent or self._run("hash-object", "-t", "tree", "--stdin").decode().strip()
        differing = self._run(
            "diff-index", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules", "-z", base
        )
        wanted = touched | {_path(name) for name in differing.split(b"\0") if name}
        blobs = self._blobs(base)
        texts = self._texts([blobs[path] for path in sorted(wanted) if path in blobs])
        changed: dict[str, str | None] = {}
        for path in sorted(wanted):
            changed[path] = texts.get(blobs[path]) if path in blobs else None
        return Files(self.place, changed)

    def _blobs(self, tree: str) -> dict[str, str]:
        """The plain files of a tree: the name of the contents by path."""
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", tree)
        found = {}
        for entry in listed.split(b"\0"):
            kind, _, path = entry.partition(b"\t")
            if kind.startswith(b"100"):
                found[_path(path)] = kind.split()[2].decode()
        return found

    def _texts(self, blobs: list[str]) -> dict[str, str]:
        given = "".join(f"{blob}\n" for blob in blobs).encode()
        sizes = [int(line.split()[2]) for line in self._run("cat-file", "--batch-check", given=given).splitlines()]
        if sum(sizes) > _MOST_BYTES:
            raise errors.UsageError(
                f"the working tree differs in {len(blobs)} files from the one that the range begins with",
                hint="check out a commit that is nearer (git worktree add), and give its folder with --tree",
            )
        data, at, found = self._run("cat-file", "--batch", given=given), 0, {}
        for blob, size in zip(blobs, sizes, strict=True):
            at = data.index(b"\n", at) + 1
            found[blob] = data[at : at + size].decode("utf-8", "replace").replace("\r\n", "\n")
            at += size + 1
        return found


def _commit(names: list[str], range_: str) -> _Commit:
    if len(names) > 2:
        raise errors.UsageError(
            f"{range_}: the commit {names[0][:12]} is a merge, which is no patch",
            hint="give the commits on one side of it: BASE..END without merges",
        )
    return _Commit(names[0], names[1] if len(names) == 2 else None)


def _path(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _environment(no_filters: tuple[str, ...]) -> dict[str, str]:
    """Ours without what would send git elsewhere or make it run programs, and messages in English."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT_VARIABLES or name.startswith("GIT_CONFIG_")
    }
    given = kept.get("GIT_CONFIG_COUNT", "0")
    count = int(given) if given.isdecimal() else 0
    for number, name in enumerate(no_filters, start=count):
        kept[f"GIT_CONFIG_KEY_{number}"] = name
        kept[f"GIT_CONFIG_VALUE_{number}"] = "false" if name.endswith(".required") else ""
    kept["GIT_CONFIG_COUNT"] = str(count + len(no_filters))
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
