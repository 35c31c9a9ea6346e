"""Definitions are found by name in headers, the nearest and the enabled one first."""

from __future__ import annotations

from pathlib import Path

import pytest

from memmodel.files import Files
from memmodel.frontends.c.alone.beginnings import Kind
from memmodel.frontends.c.alone.index import Headers, Index
from memmodel.source import SourceFile

RING = """\
#ifndef _LINUX_RING_H
#define _LINUX_RING_H
#include <linux/base.h>

/* struct ring { not this one; }; */
struct ring {
	u32 head;
	union { int a; long b; } u;	/* } */
} ____cacheline_aligned;

typedef struct {
	int counter;
} count_t;
typedef void (*ring_fn)(struct ring *, int);
typedef unsigned long mask_t[4];

enum ring_state { RING_IDLE, RING_BUSY = (1 << 3), RING_LAST, };

#define RING_SIZE(r) \\
	((r)->mask + \\
	1)
#define size_of_ring 8

#ifdef CONFIG_DEBUG_RING
static inline int ring_check(struct ring *r) { return slow(r); }
#else
static inline int ring_check(struct ring *r)
{
	if (r->head == '}')
		return 0;
	return 1;
}
#endif

static __always_inline __attribute__((const)) unsigned int
ring_next(unsigned int i)
{
	return i + 1;
}
static inline int ring_declared_only(void);
extern unsigned long volatile __aligned(8) ring_clock;
extern enum ring_states { RING_ON, RING_OFF } ring_state_now;
#ifdef CONFIG_DEBUG_RING
#include <net/zdebug.h>
#endif
#endif
"""


@pytest.fixture
def index(tmp_path: Path) -> Index:
    tree = tmp_path / "tree"
    files = {
        "include/linux/ring.h": RING,
        "include/linux/base.h": "typedef unsigned int u32;\n#define len 3\n",
        "include/net/other.h": (
            "struct ring { int other; };\nstruct far { int x; };\n#define pos 1\n#define FAR_MAX 9\n"
        ),
        "include/net/zdebug.h": "struct far { int debugging; };\n",
        "kernel/part.h": "int part(void);\n",
        "kernel/local.h": "struct local { int y; };\n",
        "kernel/code.c": '#include <linux/ring.h>\n#include "local.h"\n#include "part.h"\n',
    }
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    path = tree / "kernel/code.c"
    return Index(Headers(tree), SourceFile("kernel/code.c", path.read_text()), path)


def text(index: Index, name: str, kind: Kind) -> str:
    found = index.find(name, kind)
    assert found is not None
    return found.text


def test_a_structure_ends_behind_its_attributes(index: Index) -> None:
    found = text(index, "struct ring", Kind.TAG)
    assert found.startswith("struct ring {\n\tu32 head;")
    assert found.endswith("} ____cacheline_aligned;")


def test_the_headers_that_the_file_includes_come_first(index: Index) -> None:
    found = index.find("struct ring", Kind.TAG)
    assert found is not None
    assert found.file.name == "include/linux/ring.h"


def test_what_an_include_under_a_closed_if_names_is_not_included(index: Index) -> None:
    assert [path.name for path in index.included] == ["ring.h", "local.h", "part.h", "base.h"]


def test_a_header_that_a_c_file_includes_has_what_that_file_includes(index: Index) -> None:
    path = index.path.parent / "part.h"
    part = Index(index.headers, SourceFile("kernel/part.h", path.read_text()), path)
    found = part.find("struct ring", Kind.TAG)
    assert found is not None
    assert found.file.name == "include/linux/ring.h"


def test_any_header_of_the_tree_will_do_where_none_is_included(index: Index) -> None:
    assert text(index, "struct far", Kind.TAG) == "struct far { int x; };"


def test_headers_in_quotes_are_looked_for_beside_the_file(index: Index) -> None:
    assert text(index, "struct local", Kind.TAG) == "struct local { int y; };"


def test_what_an_included_header_includes_counts_too(index: Index) -> None:
    assert text(index, "u32", Kind.TYPEDEF) == "typedef unsigned int u32;"


@pytest.mark.parametrize("name", ["count_t", "ring_fn", "mask_t"])
def test_typedefs_go_by_the_name_that_they_define(index: Index, name: str) -> None:
    assert name in text(index, name, Kind.TYPEDEF)


def test_an_enumerator_leads_to_its_enumeration(index: Index) -> None:
    assert text(index, "RING_LAST", Kind.ENUMERATOR) == text(index, "enum ring_state", Kind.TAG)


def test_a_macro_has_all_its_lines(index: Index) -> None:
    assert index.macro("RING_SIZE") == "#define RING_SIZE(r) \\\n\t((r)->mask + \\\n\t1)"


def test_of_two_definitions_the_one_whose_condition_holds_counts(index: Index) -> None:
    found = text(index, "ring_check", Kind.FUNCTION)
    assert found.endswith("return 1;\n}")


def test_attributes_do_not_hide_the_name_of_a_function(index: Index) -> None:
    assert text(index, "ring_next", Kind.FUNCTION).endswith("return i + 1;\n}")


def test_a_prototype_is_no_definition(index: Index) -> None:
    assert index.find("ring_declared_only", Kind.FUNCTION) is None


def test_variables_are_found(index: Index) -> None:
    assert text(index, "ring_state_now", Kind.VARIABLE) == text(index, "RING_OFF", Kind.ENUMERATOR)
    assert text(index, "ring_clock", Kind.VARIABLE).startswith("extern unsigned long volatile")


def test_a_macro_in_small_letters_counts_only_where_it_is_included(index: Index) -> None:
    assert index.macro("len") == "#define len 3"
    assert index.macro("pos") is None
    assert index.macro("FAR_MAX") == "#define FAR_MAX 9"


def test_an_unknown_name_is_not_found(index: Index) -> None:
    assert index.find("struct nowhere", Kind.TAG) is None
    assert index.macro("NOWHERE") is None


def test_no_tree_is_no_error() -> None:
    index = Index(Headers(None), SourceFile("x.c", "int x;"), Path("nowhere/x.c"))
    assert index.find("struct ring", Kind.TAG) is None


# ── files beside the tree ────────────────────────────────────────────────────────────────────────


def beside(index: Index, changes: dict[str, str | None]) -> Index:
    """The same file among the headers of a changed tree, of which all had been read before."""
    before = index.headers
    assert before.by_name
    return Index(before.with_files(before.files.with_changes(changes)), index.source, index.path)


def test_a_changed_header_is_read_from_beside_the_tree(index: Index) -> None:
    after = beside(index, {"include/linux/ring.h": "struct ring { int changed; };\n"})
    assert text(after, "struct ring", Kind.TAG) == "struct ring { int changed; };"
    assert after.find("RING_SIZE", Kind.MACRO) is None
    assert text(index, "struct ring", Kind.TAG).startswith("struct ring {\n\tu32 head;")


def test_an_added_header_is_found_and_a_removed_one_is_not(index: Index) -> None:
    after = beside(index, {"include/linux/added.h": "struct added { int x; };\n", "include/net/other.h": None})
    found = after.find("struct added", Kind.TAG)
    assert found is not None
    assert found.file.name == "include/linux/added.h"
    assert after.find("FAR_MAX", Kind.MACRO) is None
    assert after.find("struct far", Kind.TAG) is not None  # of the other header that has one


def test_headers_beside_the_file_are_those_of_the_changed_tree(index: Index) -> None:
    after = beside(index, {"kernel/new.h": "struct new { int x; };\n", "kernel/local.h": None})
    assert after.find("struct new", Kind.TAG) is not None
    assert after.find("struct local", Kind.TAG) is None


def test_what_a_changed_tree_shares_is_what_it_would_read_itself(index: Index) -> None:
    changes = {
        "include/linux/added.h": "struct far { long first; };\n",
        "include/linux/ring.h": "struct ring { int changed; };\n",
        "include/net/zdebug.h": None,
    }
    shared = beside(index, changes).headers
    fresh = Headers(shared.files)
    assert [header.path for header in shared.all] == [header.path for header in fresh.all]
    assert {name: [header.path for header in found] for name, found in shared.by_name.items()} == {
        name: [header.path for header in found] for name, found in fresh.by_name.items()
    }
    (base,) = (header for header in shared.all if header.path.name == "base.h")
    assert any(header is base for header in index.headers.all)
    back = shared.with_files(index.headers.files)
    assert back.by_name.keys() == index.headers.by_name.keys()


def test_without_a_tree_the_files_of_a_patch_are_headers() -> None:
    files = Files(changed={"include/linux/ring.h": RING, "kernel/code.c": "#include <linux/ring.h>\n"})
    path = files.root / "kernel/code.c"
    index = Index(Headers(files), SourceFile("kernel/code.c", files.read(path) or ""), path)
    assert index.find("struct ring", Kind.TAG) is not None
    assert index.included_files == {"include/linux/ring.h"}
