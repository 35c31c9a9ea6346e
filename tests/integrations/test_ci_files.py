"""The files for CI servers: valid by the servers' own schemas, and their commands run in a project."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import junitparser
import pytest
import yaml

from tests.cli.command import MP, MP_ORDERED

TOP = Path(__file__).parents[2]
EXAMPLES = TOP / "docs" / "ci"


@dataclass(frozen=True)
class Project:
    """A folder with a test that is right and one that is wrong, on a machine that has memmodel."""

    folder: Path
    bin: Path

    def bash(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a script as CI servers do: the first command that fails ends it."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}", **environment},
            check=False,
        )

    def failing(self) -> None:
        (self.folder / "litmus" / "wrong.litmus").write_text(MP.replace("Sometimes", "Never"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """What installs memmodel does nothing here: it is there."""
    tools = tmp_path / "bin"
    tools.mkdir()
    script(tools / "memmodel", f'exec {shlex.quote(sys.executable)} -m memmodel "$@"')
    script(tools / "pip", "exit 0")
    # `python3 -m venv FOLDER` makes a folder with the same two.
    script(
        tools / "python3", f'test "$1 $2" = "-m venv" && mkdir -p "$3/bin" && cp {shlex.quote(str(tools))}/* "$3/bin"'
    )
    folder = tmp_path / "project"
    for name in ("litmus", "scenarios/mp"):
        (folder / name).mkdir(parents=True)
    (folder / "litmus" / "right.litmus").write_text(MP_ORDERED)
    (folder / "scenarios/mp/harness.c").write_text("int x;\nvoid P0(void)\n{\n\tassert(!READ_ONCE(x));\n}\n")
    (folder / "scenarios/mp/scenario.toml").write_text(
        'title = "t"\n[[variant]]\nname = "zero"\nsays = "what is not written is zero"\nverdict = "Never"\n'
    )
    return Project(folder, tools)


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("vendor.github-actions", TOP / "action.yml"),
        ("vendor.github-workflows", EXAMPLES / "github.yml"),
        ("vendor.gitlab-ci", EXAMPLES / "gitlab-ci.yml"),
    ],
    ids=["action", "workflow", "gitlab"],
)
def test_a_file_is_valid_by_the_schema_of_its_server(schema: str, path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# ── GitHub ───────────────────────────────────────────────────────────────────────────────────────


def action() -> dict[str, dict[str, dict[str, str]]]:
    loaded = yaml.safe_load((TOP / "action.yml").read_text())
    assert isinstance(loaded, dict)
    return loaded


def act(project: Project, tmp_path: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run the step of the action that checks, with these inputs; what it did, and its output `status`."""
    (step,) = (step for step in action()["runs"]["steps"] if step.get("id") == "check")
    given = {name: inputs.get(name.replace("-", "_"), one["default"]) for name, one in action()["inputs"].items()}
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], value)
        for name, value in step["env"].items()
    }
    assert not any("${{" in value for value in (*environment.values(), step["run"]))
    temporary = tmp_path / "runner"
    shutil.copytree(project.bin, temporary / "memmodel" / "bin", dirs_exist_ok=True)
    output = tmp_path / "output"
    output.write_text("")
    done = project.bash(step["run"], RUNNER_TEMP=str(temporary), GITHUB_OUTPUT=str(output), **environment)
    return done, output.read_text()


def test_the_action_annotates_lines_and_keeps_the_status(project: Project, tmp_path: Path) -> None:
    done, output = act(project, tmp_path, paths="litmus scenarios")
    assert (done.returncode, output) == (0, "status=0\n")
    project.failing()
    done, output = act(project, tmp_path, paths="litmus scenarios")
    assert (done.returncode, output) == (1, "status=1\n")
    assert re.search(r"^::error .*file=litmus/wrong\.litmus,line=4,", done.stdout, re.MULTILINE)


def test_the_action_writes_sarif_instead_where_a_file_is_named(project: Project, tmp_path: Path) -> None:
    project.failing()
    done, output = act(project, tmp_path, paths="litmus", sarif_file="memmodel.sarif")
    assert (done.returncode, output) == (1, "status=1\n")
    assert "::error" not in done.stdout
    assert "memmodel: there are findings, listed in memmodel.sarif" in done.stdout
    (run,) = json.loads((project.folder / "memmodel.sarif").read_text())["runs"]
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "litmus/wrong.litmus"


def test_the_action_takes_options_and_the_projects_configuration(project: Project, tmp_path: Path) -> None:
    project.failing()
    (project.folder / "memmodel.toml").write_text('paths = ["litmus"]\n')
    assert act(project, tmp_path)[0].returncode == 1
    assert act(project, tmp_path, options="--model sc")[0].returncode == 0
    assert act(project, tmp_path, options="--model sc --baseline none.json")[0].returncode == 2


def test_the_action_reads_words_not_commands(project: Project, tmp_path: Path) -> None:
    act(project, tmp_path, paths="litmus; touch made $(touch made) `touch made`")
    assert not (project.folder / "made").exists()


def test_the_workflow_passes_inputs_that_the_action_has() -> None:
    (job,) = yaml.safe_load((EXAMPLES / "github.yml").read_text())["jobs"].values()
    ours, upload = (step for step in job["steps"] if "with" in step)
    assert set(ours["with"]) <= set(action()["inputs"])
    assert upload["uses"].startswith("github/codeql-action/upload-sarif@")
    assert upload["with"]["sarif_file"] == ours["with"]["sarif-file"]
    assert upload["if"].startswith("always()")


@pytest.mark.slow
def test_the_action_installs_what_it_is_part_of(tmp_path: Path) -> None:
    (step,) = (step for step in action()["runs"]["steps"] if step.get("name") == "Install memmodel")
    environment = {**os.environ, "PYTHON": sys.executable, "SOURCE": str(TOP), "RUNNER_TEMP": str(tmp_path)}
    subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], env=environment, check=True)
    done = subprocess.run([tmp_path / "memmodel/bin/memmodel", "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"memmodel ")


# ── GitLab and Jenkins ───────────────────────────────────────────────────────────────────────────


def gitlab() -> str:
    (job,) = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text()).values()
    assert job["artifacts"] == {"when": "always", "reports": {"junit": "memmodel.xml"}}
    return "\n".join(job["script"])


def jenkins() -> str:
    text = (EXAMPLES / "Jenkinsfile").read_text()
    assert "junit 'memmodel.xml'" in text
    (found,) = re.findall(r"sh '''(.*?)'''", text, re.DOTALL)
    return str(found)


@pytest.mark.parametrize("commands", [gitlab, jenkins])
def test_a_server_is_left_a_junit_report_and_the_status(project: Project, commands: object) -> None:
    assert callable(commands)
    done = project.bash(commands())
    assert done.returncode == 0, done.stderr
    assert outcomes(project) == {"litmus/right.litmus": True, "scenarios/mp:zero": True}
    project.failing()
    assert project.bash(commands()).returncode == 1
    assert outcomes(project) == {"litmus/right.litmus": True, "litmus/wrong.litmus": False, "scenarios/mp:zero": True}


def outcomes(project: Project) -> dict[str, bool]:
    """Whether each file passed, as the report has it."""
    report = junitparser.JUnitXml.fromfile(str(project.folder / "memmodel.xml"))
    return {suite.name: all(case.is_passed for case in suite) for suite in report}


# ── pre-commit ───────────────────────────────────────────────────────────────────────────────────


def test_the_hook_is_valid_and_takes_litmus_files_alone() -> None:
    path = TOP / ".pre-commit-hooks.yaml"
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", str(path)], check=True)
    (hook,) = yaml.safe_load(path.read_text())
    assert [bool(re.search(hook["files"], name)) for name in ("a/b.litmus", "b.c", "b.litmus.out")] == [
        True,
        False,
        False,
    ]


@pytest.mark.slow
def test_pre_commit_refuses_a_commit_with_a_wrong_test(tmp_path: Path) -> None:
    """With the project as it was committed last, which pre-commit clones and installs."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "right.litmus").write_text(MP_ORDERED)
    (tmp_path / "wrong.litmus").write_text(MP.replace("Sometimes", "Never"))
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=TOP, capture_output=True, text=True, check=True)
    (tmp_path / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {TOP}\n    rev: {revision.stdout.strip()}\n    hooks:\n      - id: memmodel-check\n"
    )
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")}

    def commit(*names: str) -> subprocess.CompletedProcess[str]:
        subprocess.run(["git", "add", *names], cwd=tmp_path, check=True)
        words = ["git", *identity, "commit", "-q", "-m", "x"]
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)

    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=tmp_path, env=environment, check=True)
    assert commit("right.litmus", ".pre-commit-config.yaml").returncode == 0
    refused = commit("wrong.litmus")
    assert refused.returncode != 0
    assert "expected Never, found Sometimes" in refused.stdout + refused.stderr
