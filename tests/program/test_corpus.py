"""Every test of the shared corpus, and of a kernel tree where one is named, reads and lowers to a legal program."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import pytest

from memmodel.program.load import load
from memmodel.program.spec import check
from memmodel.source import SourceFile

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
LIBRARY = Path(__file__).parents[2] / "litmus"


def program_of(path: Path):  # type: ignore[no-untyped-def]
    return load(SourceFile(str(path), path.read_text())).program


def test_the_test_library_lowers_to_legal_programs() -> None:
    paths = sorted(LIBRARY.rglob("*.litmus"))
    assert paths
    for path in paths:
        check(program_of(path))


def test_the_corpus_lowers_to_legal_programs() -> None:
    paths = sorted(CORPUS.rglob("*.litmus"))
    if not paths:
        pytest.skip("../shared/corpus is not there: nothing was checked")
    for path in paths:
        check(program_of(path))
    assert len(paths) >= 950


def test_a_kernel_trees_tests_lower_to_legal_programs() -> None:
    tree = os.environ.get("KERNEL_TREE")
    if not tree:
        pytest.skip("KERNEL_TREE names no kernel tree: nothing was checked")
    paths = [p for folder in ("tools/memory-model", "Documentation") for p in Path(tree, folder).rglob("*.litmus")]
    assert paths
    for path in paths:
        check(program_of(path))


def test_states_list_the_same_places_in_the_same_order_as_herd7() -> None:
    oracle = CORPUS / "oracle.tsv"
    if not oracle.exists():
        pytest.skip("../shared/corpus is not there: nothing was checked")
    csv.field_size_limit(1 << 30)
    compared = 0
    with oracle.open(newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            states = json.loads(row["states"] or "[]")
            if not states:
                continue
            recorded = [part.split("=")[0].strip(" []") for part in states[0].split(";") if "=" in part]
            recorded = [re.sub(r"\[(\w+)$", r"[\1]", place) for place in recorded]
            labels = [o.label for o in program_of(CORPUS / "lkmm" / row["file"]).observables]
            assert labels == recorded, row["file"]
            compared += 1
    assert compared > 900
