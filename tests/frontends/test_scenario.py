"""scenario.toml: what a scenario says of its variants, and what is wrong with one, told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.errors import MemmodelError, SyntaxError, UsageError
from memmodel.frontends import scenario
from memmodel.source import SourceFile

TEXT = '''\
title = "A ring"
shows = "which barrier it needs"
unroll = 3

[[variant]]
name = "good"
says = "as it should be"
verdict = "Never"

[[variant]]
name = "no-barrier"
says = "the producer's barrier is gone"
define = { BROKEN = 1, SLOTS = "4" }
verdict = "Sometimes"
race = true
engines = ["smt"]
replace = [
  # a comment with ] and {
  { file = "ring.h", from = """
smp_wmb();
""", to = "" },
  { file = "ring.h", from = "[2]", to = "[4]" },
]
'''


def parse(text: str = TEXT) -> scenario.Scenario:
    return scenario.parse(SourceFile("rings/spsc/scenario.toml", text), "rings/spsc")


def test_a_scenario_names_its_variants_and_what_is_expected_of_each() -> None:
    found = parse()
    assert [item.path for item in found.variants] == ["rings/spsc:good", "rings/spsc:no-barrier"]
    good, broken = found.variants
    assert (good.harness, good.unroll, good.tree, good.engines) == (
        "rings/spsc/harness.c",
        3,
        False,
        ("smt", "enumerate"),
    )
    assert (good.expectation.verdict, good.expectation.race, good.expectation.fault) == ("Never", False, None)
    assert (broken.expectation.verdict, broken.expectation.race) == ("Sometimes", True)
    assert broken.expectation.span.start_label == "rings/spsc/scenario.toml:14:11"
    assert dict(broken.defines) == {"BROKEN": "1", "SLOTS": "4"}
    assert broken.engines == ("smt",)


def test_replacements_are_read_with_their_places() -> None:
    first, second = parse().variants[1].replacements
    assert (first.file, first.before, first.after) == ("ring.h", "smp_wmb();\n", "")
    assert (second.before, second.after) == ("[2]", "[4]")
    assert [first.span.line, second.span.line] == [19, 22]


def test_a_variant_may_have_its_own_harness_tree_bound_and_time() -> None:
    text = TEXT.replace("race = true\n", 'harness = "kernel.c"\ntree = true\nunroll = 1\ntimeout = 5\nfault = "NULL"\n')
    variant = parse(text).variants[1]
    assert (variant.harness, variant.tree, variant.unroll, variant.timeout) == ("rings/spsc/kernel.c", True, 1, 5.0)
    assert variant.expectation.fault == "NULL"


def test_fault_true_announces_any_fault() -> None:
    assert parse(TEXT.replace("race = true", "fault = true")).variants[1].expectation.fault == ""
    assert parse(TEXT.replace("race = true", "fault = false")).variants[1].expectation.fault is None


@pytest.mark.parametrize(
    ("before", "after", "place", "message"),
    [
        ("shows =", "show =", "2:1", "unknown key 'show' (did you mean 'shows'?)"),
        ("race = true", "rase = true", "15:1", "unknown key 'rase' (did you mean 'race'?)"),
        ('to = "[4]"', 'too = "[4]"', "22:3", "the replace has no 'to'"),
        ('"Sometimes"', '"Sometime"', "14:11", "'Sometime' is no verdict (did you mean 'Sometimes'?)"),
        ('"no-barrier"', '"good"', "11:8", "two variants have the name 'good'"),
        ('"no-barrier"', '"no barrier"', "11:8", "'no barrier' is no name of a variant"),
        ("race = true", 'race = "yes"', "15:8", "'race' is of the wrong kind (expected true or false)"),
        ("race = true", "race = yes", "15:8", "no TOML: invalid value"),
        ("unroll = 3", "unroll = -3", "3:10", "unroll is a number of iterations (from 0 to 1000)"),
        ("unroll = 3", "unroll = true", "3:10", "unroll is a number of iterations"),
        ("unroll = 3", "timeout = 0", "3:11", "timeout is a number of seconds"),
        ('["smt"]', '["smr"]', "16:11", "there is no engine 'smr'"),
        ("BROKEN = 1", "BROKEN = 1.5", "13:10", "the value of 'BROKEN' is neither a text nor a number"),
        ('says = "as it should be"\n', "", "5:1", "the variant has no 'says'"),
        ('verdict = "Never"\n', "", "5:1", "the variant has no 'verdict'"),
        ('title = "A ring"\n', "", "1:1", "the file has no 'title'"),
        ('from = "[2]"', 'from = ""', "22:3", "'from' is the text to be replaced"),
        ("race = true", 'fault = ""', "15:9", "fault is true, false, or part of the fault's message"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(before: str, after: str, place: str, message: str) -> None:
    assert before in TEXT
    with pytest.raises(SyntaxError) as caught:
        parse(TEXT.replace(before, after))
    assert str(caught.value).startswith(f"rings/spsc/scenario.toml:{place}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["", "title = ", 'title = "x', "title = 'a'\n", "[[variant", "[" * 100_000, "\x00"])
def test_no_text_is_too_bad_for_a_clear_error(text: str) -> None:
    with pytest.raises(MemmodelError):
        parse(text)


def test_a_wrong_name_of_a_variant_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'no-barrier'"):
        parse().variant("no-barier")
    with pytest.raises(UsageError, match="it has good, no-barrier"):
        parse().variant("xyzzy")


def test_a_path_names_a_variant_only_where_there_is_a_scenario(tmp_path: Path) -> None:
    assert scenario.find(f"{tmp_path}:good") is None
    (tmp_path / "scenario.toml").write_text(TEXT)
    found = scenario.find(f"{tmp_path}:good")
    assert found is not None
    assert found.says == "as it should be"
    assert scenario.find(str(tmp_path)) is None
