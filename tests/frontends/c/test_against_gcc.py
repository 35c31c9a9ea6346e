"""What gcc makes of a function, and of its syntax tree printed again, is the same code."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.frontends.c import printing
from tests.frontends.c.random_functions import DECLARATIONS, Functions
from tests.frontends.c.texts import unit

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")

_OFFSETOF = "#define offsetof __builtin_offsetof\n"


def _gcc(source: str, *options: str) -> tuple[str, str]:
    command = ["gcc", "-std=gnu11", "-w", *options, "-x", "c", "-", "-o", "-"]
    done = subprocess.run(command, input=_OFFSETOF + source, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def _valid(functions: list[str]) -> str:
    """Those of the functions that gcc accepts, with their declarations."""
    _, complaints = _gcc(DECLARATIONS + "".join(functions), "-fsyntax-only")
    refused = set(re.findall(r"In function ‘(\w+)’|In function '(\w+)'", complaints))
    names = {name for pair in refused for name in pair if name}
    return DECLARATIONS + "".join(f for f in functions if f.split("(")[0].split()[-1] not in names)


@pytest.mark.parametrize("seed", range(8))
def test_a_tree_means_what_its_text_means(seed: int) -> None:
    source = _valid([Functions(seed * 100 + number).function(f"fn{number}") for number in range(10)])
    assert source.count("T fn") >= 5
    original, complaints = _gcc(source, "-O1", "-S")
    assert original, complaints
    printed, complaints = _gcc(DECLARATIONS + printing.unit(unit(source)), "-O1", "-S")
    assert printed, complaints
    assert printed == original


_STRUCTURES = """
typedef unsigned char u8; typedef unsigned long long u64;
enum { SIZE = 4, ALIGN = 1 << 4 };
struct plain { char c; int i; u8 tail[]; };
struct tight { char c; int i; short s[SIZE]; } __attribute__((packed));
struct __attribute__((packed)) before { char c; u64 l; };
struct wide { char c; } __attribute__((aligned(ALIGN)));
struct fields { char c; int i __attribute__((aligned(16))), j; _Alignas(32) char d; };
struct bits { unsigned a : 3, : 2, b : 4; int : 0; int c : 7; };
struct nested {
    struct { char x; union { long u; char v; }; };
    union { int a; struct inner { short s; char t; } b; } m[2];
    void (*call)(struct nested *, int), *where;
    const char *const names[3];
};
union either { char c; struct { int a, b; } ab; double *p; };
"""


def _layout(declarations: str, names: list[str]) -> str:
    sizes = ", ".join(f"sizeof({name}), _Alignof({name})" for name in names)
    offsets = "offsetof(struct nested, u), offsetof(struct nested, m[1].b.t), offsetof(struct nested, where)"
    return _gcc(f"{declarations}\nunsigned long table[] = {{ {sizes}, {offsets} }};", "-S")[0]


def test_structures_lie_in_memory_as_they_were_written() -> None:
    found = unit(_STRUCTURES)
    printed = ["typedef unsigned char u8; typedef unsigned long long u64; enum { SIZE = 4, ALIGN = 1 << 4 };"]
    keys = ["struct plain", "struct tight", "struct before", "struct wide", "struct fields", "struct bits"]
    keys += ["struct inner", "union either"]
    seen: set[str] = set()

    def show(key: str) -> None:
        structure = found.structure(key)
        assert structure is not None
        for field in structure.fields:
            if field.type.base.startswith(("struct ", "union ")) and field.type.base not in seen | {key}:
                show(field.type.base)
        seen.add(key)
        printed.append(printing.structure(structure))

    for key in [*keys, "struct nested"]:
        if key not in seen:
            show(key)
    text = "".join(printed)
    # gcc takes anonymous members without a tag only: -fms-extensions lets the printed tags be.
    names = [*keys, "struct nested"]
    original = _layout(_STRUCTURES, names)
    assert original
    sizes = ", ".join(f"sizeof({name}), _Alignof({name})" for name in names)
    offsets = "offsetof(struct nested, u), offsetof(struct nested, m[1].b.t), offsetof(struct nested, where)"
    table = f"\nunsigned long table[] = {{ {sizes}, {offsets} }};"
    again, complaints = _gcc(text + table, "-fms-extensions", "-S")
    assert again == original, complaints
