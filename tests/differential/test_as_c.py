"""The same program, as litmus text and as C: verdict, flags and states are equal."""

from __future__ import annotations

import pytest

from tests.differential.as_c import compare
from tests.differential.generate import generate
from tests.sampling import in_parts, one_in

FEW = range(40)
MANY = in_parts(range(300_000, 302_000), 50)


def differing(seeds: range) -> list[str]:
    found, undecided = [], 0
    for seed in seeds:
        both = compare(generate(seed))
        undecided += both.undecided
        if not both.undecided and both.differences:
            found.append(f"seed {seed}: {both.differences}\n{both.text}")
    assert undecided <= max(1, len(seeds) / 50)
    return found


def test_c_and_litmus_agree_on_a_few_programs() -> None:
    assert not differing(FEW)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", one_in(16, MANY))
def test_c_and_litmus_agree_on_two_thousand_programs(seeds: range) -> None:
    assert not differing(seeds)
