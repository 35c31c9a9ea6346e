"""The pytest plugin, in projects of its own, run as a user runs pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import junitparser
import pytest

from tests.cli.command import MP, MP_ORDERED

pytest_plugins = ["pytester"]

REVERSED = MP.replace("Result: Sometimes", "Result: Never")
"""Message passing without barriers that claims to be ordered: line 4 is wrong."""

RACE = """\
C race

(* Result: Sometimes DATARACE *)

{}

P0(int *x)
{
	*x = 1;
}

P1(int *x)
{
	int r0 = READ_ONCE(*x);
}

exists (1:r0=1)
"""

HARNESS = """\
int x, y;

void P0(void)
{
	WRITE_ONCE(x, 1);
#ifdef ORDERED
	smp_wmb();
#endif
	WRITE_ONCE(y, 1);
}

void P1(void)
{
	int r0 = READ_ONCE(y);

	smp_rmb();
	assert(!r0 || READ_ONCE(x));
}
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with two tests: one right, one wrong."""
    pytester.makefile(".litmus", ordered=MP_ORDERED, reversed=REVERSED)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Without what is not ours, and takes its time to load."""
    needless = ("cacheprovider", "hypothesispytest", "anyio")
    words = [word for name in needless for word in ("-p", f"no:{name}")]
    return project.runpytest_subprocess(*words, *arguments, timeout=120)


def test_a_test_passes_whose_verdict_is_as_its_header_says(project: pytest.Pytester) -> None:
    run(project, "ordered.litmus").assert_outcomes(passed=1)


def test_a_failure_is_the_explanation_with_its_lines(project: pytest.Pytester) -> None:
    result = run(project, "reversed.litmus")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "reversed.litmus:4:12: expected Never, found Sometimes",
            "*In this order things become visible:*",
            "*WRITE_ONCE(*y, 1)*",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_the_explanation_is_that_of_memmodel_explain(project: pytest.Pytester) -> None:
    explained = subprocess.run(
        [sys.executable, "-m", "memmodel", "explain", "reversed.litmus"],
        capture_output=True,
        text=True,
        cwd=project.path,
        check=False,
    )
    assert explained.stdout.strip()
    assert explained.stdout.strip() in run(project, "reversed.litmus").stdout.str()


def test_an_announced_race_is_an_item_of_its_own(project: pytest.Pytester) -> None:
    project.makefile(".litmus", race=RACE)
    result = run(project, "-v", "race.litmus")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["race.litmus::verdict PASSED*", "race.litmus::race PASSED*"])


def test_a_missing_race_fails_the_item_of_the_race_alone(project: pytest.Pytester) -> None:
    project.makefile(".litmus", race=RACE.replace("*x = 1", "WRITE_ONCE(*x, 1)"))
    result = run(project, "-v", "race.litmus")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["race.litmus::verdict PASSED*", "race.litmus::race FAILED*", "*announces a data race*"]
    )


def test_a_race_that_is_not_announced_fails_the_verdict(project: pytest.Pytester) -> None:
    project.makefile(".litmus", race=RACE.replace(" DATARACE", ""))
    result = run(project, "race.litmus")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*race.litmus:*data race*"])


def test_a_variant_of_a_scenario_is_an_item(project: pytest.Pytester) -> None:
    folder = project.mkdir("mp")
    (folder / "harness.c").write_text(HARNESS)
    (folder / "scenario.toml").write_text(
        'title = "message passing"\n'
        '[[variant]]\nname = "ordered"\nsays = "both barriers"\ndefine = { ORDERED = 1 }\nverdict = "Never"\n'
        '[[variant]]\nname = "half"\nsays = "one barrier"\nverdict = "Never"\n'
        '[[variant]]\nname = "in-a-tree"\nsays = "the kernel\'s"\ntree = true\nverdict = "Never"\n'
    )
    result = run(project, "-v", "-rs", "mp")
    result.assert_outcomes(passed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "mp/scenario.toml::ordered PASSED*",
            "mp/scenario.toml::half FAILED*",
            "*expected Never, found *",
            "SKIPPED*needs a kernel tree*",
        ]
    )


def test_a_scenario_that_cannot_be_read_is_an_error_with_its_place(project: pytest.Pytester) -> None:
    folder = project.mkdir("mp")
    (folder / "scenario.toml").write_text('title = "x"\n[[variant]]\nname = "a"\nsays = "b"\nverdict = "Newer"\n')
    result = run(project, "mp")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*scenario.toml:5:11: error: 'Newer' is no verdict*", "*did you mean 'Never'*"])
    assert "Traceback" not in result.stdout.str()


def test_a_scenario_toml_of_another_program_is_left_alone(project: pytest.Pytester) -> None:
    (project.mkdir("other") / "scenario.toml").write_text("[game]\nlevel = 3\n")
    assert run(project, "other").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_bad_input_fails_with_the_line_in_question(project: pytest.Pytester) -> None:
    project.makefile(".litmus", typo=MP.replace("READ_ONCE(*y)", "READ_ONC(*y)"))
    result = run(project, "typo.litmus")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["typo.litmus:17:*unknown primitive 'READ_ONC'*", "*did you mean 'READ_ONCE'*"])


def test_a_file_that_is_no_text_fails_and_breaks_nothing(project: pytest.Pytester) -> None:
    (project.path / "binary.litmus").write_bytes(b"\0\xff" * 100)
    run(project).assert_outcomes(passed=1, failed=2)


def test_what_is_not_decided_in_time_fails_and_says_so(project: pytest.Pytester) -> None:
    body = "(int *x)\n{\n\tint r0 = xchg(x, 1);\n\tint r1 = xchg(x, 2);\n}\n\n"
    threads = "".join(f"P{number}{body}" for number in range(8))
    (project.path / "endless.litmus").write_text(f"C endless\n\n{{}}\n\n{threads}exists (0:r0=99)\n")
    result = run(project, "--memmodel-timeout", "2", "--memmodel-engine", "enumerate", "-k", "endless or ordered")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*not decided (timeout)*"])


def test_the_model_is_that_of_the_command_line(project: pytest.Pytester) -> None:
    run(project, "--memmodel-model", "sc").assert_outcomes(passed=2)


def test_the_model_is_that_of_the_ini_file_from_any_folder(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nmemmodel_model = models/total.cat\n")
    (project.mkdir("models") / "total.cat").write_text('"total"\nacyclic po | rf | co | fr as sc\n')
    project.mkdir("below")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "..", "-q"],
        cwd=project.path / "below",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--memmodel-timeout", "soon"], "*'soon' is not a number of seconds*"),
        (["--memmodel-engine", "steam"], "*'steam' is no choice*"),
        (["--memmodel-model", "lkm"], "*lkm*"),
    ],
    ids=["timeout", "engine", "model"],
)
def test_a_value_that_is_none_is_refused_in_words(project: pytest.Pytester, arguments: list[str], words: str) -> None:
    result = run(project, "ordered.litmus", *arguments)
    assert result.ret != 0
    result.stdout.fnmatch_lines([words])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_memmodel_toml_counts_and_the_command_line_counts_more(project: pytest.Pytester) -> None:
    (project.path / "memmodel.toml").write_text('model = "sc"\n')
    run(project).assert_outcomes(passed=2)
    run(project, "--memmodel-model", "lkmm").assert_outcomes(passed=1, failed=1)


def test_what_memmodel_toml_expects_counts(project: pytest.Pytester) -> None:
    (project.path / "memmodel.toml").write_text(
        '[[expect]]\nfiles = ["reversed.litmus"]\nverdict = "Sometimes"\n'
        '[[expect]]\nfiles = ["ordered.litmus"]\nverdict = "Never"\nrace = true\n'
    )
    result = run(project, "-v")
    result.stdout.fnmatch_lines(["ordered.litmus::verdict FAILED*", "reversed.litmus::verdict PASSED*"])
    result.assert_outcomes(passed=1, failed=1)


def test_what_fails_as_its_baseline_has_it_is_no_failure(project: pytest.Pytester) -> None:
    words = [sys.executable, "-m", "memmodel", "baseline", ".", "-o", "baseline.json", "--no-cache"]
    subprocess.run(words, cwd=project.path, check=True)
    (project.path / "memmodel.toml").write_text('baseline = "baseline.json"\n')
    run(project).assert_outcomes(passed=2)
    project.makefile(".litmus", ordered=REVERSED)
    result = run(project)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["ordered.litmus:4:12: changed since the baseline: Never -> Sometimes*"])


def test_collecting_decides_nothing(project: pytest.Pytester) -> None:
    result = run(project, "--collect-only", "-q")
    result.stdout.fnmatch_lines(["ordered.litmus::verdict", "reversed.litmus::verdict", "2 tests collected*"])


def test_the_plugin_can_be_turned_off(project: pytest.Pytester) -> None:
    assert run(project, "-p", "no:memmodel").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("chosen", "passed", "failed"),
    [
        (["-k", "ordered"], 1, 0),
        (["-k", "verdict and not ordered"], 0, 1),
        (["-m", "litmus"], 1, 1),
        (["-m", "memmodel"], 1, 1),
        (["-m", "scenario"], 0, 0),
    ],
    ids=["name", "not-that-name", "litmus", "memmodel", "scenario"],
)
def test_items_are_chosen_by_name_and_marker(
    project: pytest.Pytester, chosen: list[str], passed: int, failed: int
) -> None:
    result = run(project, "--strict-markers", *chosen)
    result.assert_outcomes(passed=passed, failed=failed, deselected=2 - passed - failed)


def test_processes_share_the_work(project: pytest.Pytester) -> None:
    project.makefile(".litmus", race=RACE)
    result = run(project, "-n", "2")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["reversed.litmus:4:12: expected Never, found Sometimes", "*become visible*"])


def test_the_junit_report_has_the_explanation_and_what_was_found(project: pytest.Pytester) -> None:
    run(project, "--junitxml", "report.xml")
    (suite,) = junitparser.JUnitXml.fromfile(str(project.path / "report.xml"))
    cases = {case.classname: case for case in suite}
    assert set(cases) == {"ordered.litmus", "reversed.litmus"}
    assert cases["ordered.litmus"].is_passed
    (failure,) = cases["reversed.litmus"].result
    assert failure.text.startswith("reversed.litmus:4:12: expected Never, found Sometimes")
    assert "become visible" in failure.text
    found = {item.name: item.value for item in cases["reversed.litmus"].child(junitparser.Properties)}
    assert found == {"model": "lkmm", "verdict": "Sometimes", "outcome": "fail"}


def test_other_tests_of_a_project_go_on_as_before(project: pytest.Pytester) -> None:
    project.makepyfile("def test_of_python():\n    assert 1 + 1 == 2\n")
    run(project, "-W", "error").assert_outcomes(passed=2, failed=1)


def test_nothing_is_loaded_for_a_project_without_litmus_tests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    assert not {'z3', 'lark', 'memmodel.engines', 'memmodel.integrations.pytest_items'} & set(sys.modules)\n"
        "    assert 'memmodel.integrations.pytest_plugin' in sys.modules\n"
    )
    run(pytester).assert_outcomes(passed=1)


def test_this_project_leaves_the_plugin_out(pytestconfig: pytest.Config) -> None:
    assert not pytestconfig.pluginmanager.has_plugin("memmodel"), "its own tests would collect all of its examples"
    assert Path(pytestconfig.rootpath, "pyproject.toml").is_file()
