"""A comment with a reason keeps a warning from being told; one without, or in vain, is told itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.analyses.checking import check_file
from memmodel.analyses.suppressions import reason
from memmodel.diagnostic import Diagnostic
from memmodel.engines.task import Options, Task
from memmodel.source import SourceFile
from tests.cli.command import memmodel

RELEASE = """\
C release
{header}
{{}}

P0(int *x, int *y)
{{
	WRITE_ONCE(*x, 1);{before}
	smp_store_release(y, 1);{behind}
}}

P1(int *x, int *y)
{{
	int r0 = READ_ONCE(*y);
	int r1 = READ_ONCE(*x);
}}

exists (1:r0=1 /\\ 1:r1=0)
"""
"""Its reader orders nothing, which MM105 remarks."""

HARNESS = """\
#include "ring.h"
#include <assert.h>

int data;

void P0(void)
{{
	WRITE_ONCE(data, 1);
	publish();{behind}
}}

void P1(void)
{{
	int r0 = READ_ONCE(ready);
	int r1 = READ_ONCE(data);
}}

void final(void)
{{
	assert(ready == 1);
}}
"""

HEADER = """\
int ready;

static void publish(void)
{{
	smp_store_release(&ready, 1);{comment}
}}
"""


def diagnostics(file: Path, **options: object) -> tuple[Diagnostic, ...]:
    return check_file(Task(str(file), Options(**options)), lambda report: None).diagnostics  # type: ignore[arg-type]


def told(items: tuple[Diagnostic, ...]) -> list[tuple[str | None, str]]:
    return [(item.code, item.message) for item in items if item.suppressed is None]


def suppressed(items: tuple[Diagnostic, ...]) -> list[tuple[str | None, str]]:
    return [(item.code, item.suppressed) for item in items if item.suppressed is not None]


@pytest.fixture
def litmus(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(header: str = "", before: str = "", behind: str = "") -> Path:
        file = tmp_path / "release.litmus"
        file.write_text(RELEASE.format(header=header, before=before, behind=behind))
        return file

    return write


def test_without_a_comment_it_is_told(litmus) -> None:  # type: ignore[no-untyped-def]
    assert [code for code, _ in told(diagnostics(litmus()))] == ["MM105"]


@pytest.mark.parametrize(
    "place",
    [
        {"behind": "  // memmodel: ignore[MM105] the reader is firmware"},
        {"behind": "  /* memmodel: ignore[MM105] the reader is firmware */"},
        {"behind": "  //memmodel:ignore [ mm105 ]: the reader is firmware  "},
        {"behind": "  // memmodel: ignore[release-without-acquire] the reader is firmware"},
        {"before": "\n\t// memmodel: ignore[MM105] the reader is firmware"},
        {"before": "\n\t/* memmodel: ignore[MM105] the reader is firmware */\n\t// as is\n\t/* known\n\t   to all */"},
        {"before": "\n\t/*\n\t * Known to all.\n\t * memmodel: ignore[MM105] the reader is firmware\n\t */"},
        {"header": "(* memmodel: ignore-file[MM105] the reader is firmware *)"},
        {"header": "(*\n * A test (* of a kind *).\n * memmodel: ignore-file[MM105] the reader is firmware\n *)"},
        {"behind": "\n\n\t// memmodel: ignore-file[MM105] the reader is firmware"},
    ],
)
def test_a_comment_with_a_reason_marks_it(place: dict[str, str], litmus) -> None:  # type: ignore[no-untyped-def]
    found = diagnostics(litmus(**place))
    assert suppressed(found) == [("MM105", "the reader is firmware")]
    assert told(found) == []


@pytest.mark.parametrize(
    ("place", "message", "hint"),
    [
        ({"behind": " // memmodel: ignore[MM105]"}, "nothing is ignored without a reason", "write the reason"),
        ({"behind": " /* memmodel: ignore[MM105] */"}, "nothing is ignored without a reason", "write the reason"),
        ({"behind": " // memmodel: ignore the reader"}, "this comment does not say what to ignore", "ignore[MM101]"),
        ({"behind": " // memmodel: ignore[] the reader"}, "this comment does not say what to ignore", "ignore[MM101]"),
        ({"behind": " // memmodel: ignroe[MM105] x"}, "this comment does not say what to ignore", "ignore[MM101]"),
        ({"behind": " // memmodel: ignore[MM1O5] x"}, "there is no rule 'MM1O5'", "did you mean 'MM105'?"),
        ({"behind": " // memmodel: ignore[MM1] x"}, "there is no rule 'MM1'", ""),
        ({"behind": " // memmodel: ignore[MM001] x"}, "MM001 is an outcome, and cannot be ignored", "expected"),
        ({"behind": " // memmodel: ignore[MM101] x"}, "there is no MM101 here to ignore", "take it out"),
        ({"before": " // memmodel: ignore[MM105] x"}, "there is no MM105 here to ignore", "take it out"),
        ({"before": "\n// memmodel: ignore[MM105] x\n"}, "there is no MM105 here to ignore", "take it out"),
        ({"header": "(* memmodel: ignore[MM105] x *)"}, "there is no MM105 here to ignore", "take it out"),
        ({"header": "(* memmodel: ignore-file[MM101] x *)"}, "there is no MM101 here to ignore", "take it out"),
    ],
)
def test_one_that_does_nothing_is_told_with_its_place(
    place: dict[str, str],
    message: str,
    hint: str,
    litmus,  # type: ignore[no-untyped-def]
) -> None:
    file = litmus(**place)
    found = diagnostics(file)
    assert told(found)[0][0] == "MM105" and suppressed(found) == []
    odd = [item for item in found if item.code == "MM012"]
    assert [item.message for item in odd] == [message]
    assert hint in (odd[0].hint or "")
    assert odd[0].place is not None
    line = file.read_text().splitlines()[odd[0].place.line - 1]
    assert line[odd[0].place.column - 1 :].startswith("memmodel:")


def test_of_several_codes_each_is_accounted_for(litmus) -> None:  # type: ignore[no-untyped-def]
    found = diagnostics(litmus(behind="// memmodel: ignore[MM105, MM101, MM203] the reader is firmware"))
    assert suppressed(found) == [("MM105", "the reader is firmware")]
    assert told(found) == [("MM012", "there is no MM101 here to ignore")]  # of MM203 only a review knows


def test_under_a_model_of_which_the_rules_say_nothing_no_comment_is_in_vain(litmus) -> None:  # type: ignore[no-untyped-def]
    file = litmus(behind="// memmodel: ignore[MM105] the reader is firmware")
    assert diagnostics(file, model="sc") == ()


def test_a_text_that_only_looks_like_a_comment_is_none(tmp_path: Path) -> None:
    file = tmp_path / "a.litmus"
    dereference = RELEASE.format(header="", before="", behind=" // memmodel: ignore[MM105] so").replace(
        "READ_ONCE(*x)", "READ_ONCE((*x))"
    )
    file.write_text(dereference)
    assert suppressed(diagnostics(file)) == [("MM105", "so")]
    source = SourceFile("a.c", 'char *s = "// memmodel: ignore[MM105] no";\n')
    assert reason(source.span(0, 4), "MM105") is None


def test_what_is_suppressed_stays_in_the_report_and_is_not_printed(litmus) -> None:  # type: ignore[no-untyped-def]
    file = litmus(behind="// memmodel: ignore[MM105] the reader is firmware")
    (entry,) = memmodel("check", "--format", "json", str(file)).results()
    assert "warnings" not in entry
    (found,) = entry["suppressed"]  # type: ignore[misc]
    assert (found["code"], found["why"]) == ("MM105", "the reader is firmware")  # type: ignore[index]
    assert "warning" not in memmodel("check", str(file)).out


# ── C, which is read from several files ──────────────────────────────────────────────────────────


def c_program(folder: Path, comment: str = "", behind: str = "") -> Path:
    (folder / "ring.h").write_text(HEADER.format(comment=comment))
    (folder / "ring.c").write_text(HARNESS.format(behind=behind))
    return folder / "ring.c"


def test_in_c_the_comment_stands_where_the_diagnostic_does(tmp_path: Path) -> None:
    assert [code for code, _ in told(diagnostics(c_program(tmp_path)))] == ["MM105"]
    found = diagnostics(c_program(tmp_path, comment=" /* memmodel: ignore[MM105] firmware reads it */"))
    assert suppressed(found) == [("MM105", "firmware reads it")] and told(found) == []


def test_a_header_may_be_there_for_others_too_so_that_nothing_in_it_is_in_vain(tmp_path: Path) -> None:
    found = diagnostics(c_program(tmp_path, comment=" // memmodel: ignore[MM101, MM105] firmware reads it"))
    assert told(found) == []
    found = diagnostics(c_program(tmp_path, behind=" // memmodel: ignore[MM101] firmware reads it"))
    assert ("MM012", "there is no MM101 here to ignore") in told(found)
    found = diagnostics(c_program(tmp_path, comment=" // memmodel: ignore[MM105]"))
    assert [code for code, _ in told(found)] == ["MM105", "MM012"]


# ── a review ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("comment", "is_told"),
    [
        ("// memmodel: ignore[MM201] lost on purpose", False),
        ("// memmodel: ignore[MM202] lost on purpose", True),
        ("// memmodel: ignore[MM201]", True),
    ],
)
def test_a_place_in_a_patched_file_has_its_reason(comment: str, is_told: bool) -> None:
    source = SourceFile("ring.c", f"int a;\n{comment}\nint b;\n")
    start = source.text.index("int b")
    assert (reason(source.span(start, start + 5), "MM201") is None) is is_told
