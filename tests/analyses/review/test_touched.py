"""Which functions a patch touches: by tokens, not by lines."""

from __future__ import annotations

from memmodel.analyses.review.barriers import Becomes, barrier_changes
from memmodel.analyses.review.touched import How, Touched, touched, touching
from tests.analyses.review.applying import applied

RING = """\
#include "ring.h"
#define MASK 7
#define AT(i) ((i) & MASK)
struct ring { unsigned long head; unsigned long tail; int slots[8]; };

/* Producer. */
static int put(struct ring *r, int value)
{
	unsigned long at = r->head;

	r->slots[AT(at)] = value;
	smp_wmb(); /* pairs with get() */
	WRITE_ONCE(r->head, at + 1);
	return 0;
}

int get(struct ring *r)
{
	unsigned long at = r->tail;
	int value;

	if (READ_ONCE(r->head) == at)
		return -1;
	smp_rmb();
	value = r->slots[0];
	r->tail = at + 1;
	return value;
}
"""
GET = RING[RING.index("int get") :]


def changed(old: str, new: str, count: int = -1) -> tuple[Touched, ...]:
    return touched(applied({"lib/ring.c": RING}, {"lib/ring.c": RING.replace(old, new, count)}))


def names(found: tuple[Touched, ...]) -> list[tuple[str, How, str]]:
    return [(item.function, item.how, item.through) for item in found]


def test_comments_and_white_space_touch_nothing() -> None:
    assert not changed("smp_wmb(); /* pairs with get() */", "smp_wmb();\n\n\t/* Another comment: smp_mb() */")
    assert not changed("/* Producer. */", "/*\n * int get(struct ring *r)\n * {\n */")


def test_a_token_of_the_body_does() -> None:
    (found,) = changed("smp_wmb()", "smp_mb()")
    assert (found.function, found.how, found.renamed_only, found.whole) == ("put", How.CHANGED, False, True)
    assert found.span_before is not None and "smp_wmb" in found.span_before.text
    assert found.span_after is not None and "smp_mb" in found.span_after.text
    assert (found.path_before, found.path_after) == ("lib/ring.c", "lib/ring.c")


def test_a_macro_touches_those_that_use_it_also_through_another() -> None:
    assert names(changed("MASK 7", "MASK 15")) == [("put", How.THROUGH, "#define MASK")]


def test_the_end_of_a_directive_is_no_white_space() -> None:
    assert names(changed("#define MASK 7\n", "#define MASK\n7\n")) == [("put", How.THROUGH, "#define MASK")]
    assert names(changed("AT(i) (", "AT (i) (")) == [("put", How.THROUGH, "#define AT")]
    assert not changed("#define MASK 7\n", "#define MASK \\\n\t7\n")


def test_a_field_touches_those_that_access_it() -> None:
    both = changed("unsigned long head;", "atomic_long_t head;")
    assert names(both) == [(name, How.THROUGH, "struct ring, field head") for name in ("put", "get")]
    assert names(changed("unsigned long tail;", "int tail;")) == [("get", How.THROUGH, "struct ring, field tail")]


def test_a_new_field_touches_nobody_who_does_not_use_it() -> None:
    assert not changed("unsigned long tail;", "unsigned long tail; int spare;")


def test_moves_touch_nothing() -> None:
    start, middle = RING.index("/* Producer"), RING.index("int get")
    swapped = RING[:start] + GET + "\n" + RING[start:middle]
    assert not touched(applied({"lib/ring.c": RING}, {"lib/ring.c": swapped}))
    apart = {"lib/ring.c": RING[:middle], "lib/get.c": '#include "ring.h"\n' + GET}
    assert not touched(applied({"lib/ring.c": RING, "lib/get.c": '#include "ring.h"\n'}, apart))


def test_a_move_with_a_change_is_a_change() -> None:
    middle = RING.index("int get")
    apart = {"lib/ring.c": RING[:middle], "lib/get.c": GET.replace("smp_rmb();", "")}
    (found,) = touched(applied({"lib/ring.c": RING}, apart))
    assert (found.how, found.path_before, found.path_after) == (How.CHANGED, "lib/ring.c", "lib/get.c")


def test_functions_come_and_go() -> None:
    middle = RING.index("int get")
    assert names(touched(applied({"r.c": RING[:middle]}, {"r.c": RING}))) == [("get", How.ADDED, "")]
    (gone,) = touched(applied({"r.c": RING}, {"r.c": RING[:middle]}))
    assert (gone.how, gone.span_after, gone.path_after) == (How.REMOVED, None, None)
    assert names(touched(applied({"r.c": RING}, {}))) == [("put", How.REMOVED, ""), ("get", How.REMOVED, "")]


def test_renaming_a_variable_is_only_that() -> None:
    (found,) = touched(applied({"r.c": GET}, {"r.c": GET.replace("value", "result")}))
    assert found.renamed_only
    (found,) = touched(
        applied({"r.c": GET}, {"r.c": GET.replace("struct ring *r", "struct ring *q").replace("r->", "q->")})
    )
    assert found.renamed_only


def test_what_is_not_renamed_everywhere_is_a_change() -> None:
    (found,) = touched(applied({"r.c": GET}, {"r.c": GET.replace("value = r", "at = r")}))
    assert not found.renamed_only


def test_another_field_primitive_or_global_is_no_renaming() -> None:
    for old, new in (("tail", "other"), ("smp_rmb", "smp_wmb"), ("READ_ONCE", "WRITE_ONCE"), ("ring *", "rings *")):
        (found,) = touched(applied({"r.c": GET}, {"r.c": GET.replace(old, new)}))
        assert not found.renamed_only, old
    before = "int one, two;\nint f(void)\n{\n\treturn one;\n}\n"
    (found,) = touched(applied({"r.c": before}, {"r.c": before.replace("return one", "return two")}))
    assert not found.renamed_only


def test_a_function_with_another_name_and_those_that_call_it() -> None:
    before = RING + "\nint twice(struct ring *r)\n{\n\treturn put(r, 1) + put(r, 2);\n}\n"
    found = touched(applied({"r.c": before}, {"r.c": before.replace("put(", "produce(")}))
    assert [(item.function_before, item.function, item.renamed_only) for item in found] == [
        ("put", "produce", True),
        ("twice", "twice", True),
    ]


def test_a_field_with_another_name_everywhere() -> None:
    found = changed("head", "in")
    assert [(item.function, item.how, item.renamed_only) for item in found] == [
        ("put", How.CHANGED, True),
        ("get", How.CHANGED, True),
    ]
    assert not changed("r->head", "r->in")[0].renamed_only
    swapped = RING.replace("r->head", "r->H").replace("r->tail", "r->head").replace("r->H", "r->tail")
    assert not any(item.renamed_only for item in touched(applied({"lib/ring.c": RING}, {"lib/ring.c": swapped})))


def test_an_if_around_a_function_touches_it() -> None:
    with_if = RING.replace("static int put", "#ifdef CONFIG_SMP\nstatic int put").replace("int get", "#endif\nint get")
    assert names(touched(applied({"r.c": RING}, {"r.c": with_if}))) == [("put", How.THROUGH, "#ifdef CONFIG_SMP")]


def test_variants_under_if_are_kept_apart() -> None:
    before = "#ifdef A\nint f(void)\n{\n\treturn 1;\n}\n#else\nint f(void)\n{\n\treturn 2;\n}\n#endif\n"
    (found,) = touched(applied({"r.c": before}, {"r.c": before.replace("return 2", "return 3")}))
    assert found.span_before is not None and "return 2" in found.span_before.text and found.span.line == 7


def test_a_header_touches_those_who_include_it() -> None:
    header = (
        "#ifndef RING_H\n#define RING_H\nstatic inline void publish(int *p)\n{\n\tsmp_wmb();\n\t*p = 1;\n}\n#endif\n"
    )
    user = '#include "ring.h"\nvoid done(int *p)\n{\n\tpublish(p);\n}\nvoid other(void)\n{\n}\n'
    stranger = "void publish(int *);\nvoid strange(int *p)\n{\n\tpublish(p);\n}\n"
    before = {"lib/ring.h": header, "lib/user.c": user, "lib/stranger.c": stranger}
    found = touching(applied(before, {**before, "lib/ring.h": header.replace("smp_wmb", "smp_mb")}))
    assert names(found.functions) == [("publish", How.CHANGED, ""), ("done", How.THROUGH, "publish()")]
    assert not found.skipped
    assert found.functions[1].path == "lib/user.c"


def test_users_of_a_public_header_elsewhere_are_said_to_be_left_out() -> None:
    before = {
        "include/linux/ring.h": "#define STEP 1\n",
        "lib/r.c": "#include <linux/ring.h>\nint f(void)\n{\n\treturn STEP;\n}\n",
    }
    found = touching(applied(before, {**before, "include/linux/ring.h": "#define STEP 2\n"}))
    assert [item.what for item in found.skipped] == ["what else uses include/linux/ring.h"]


def test_a_limit_is_said() -> None:
    users = "".join(f"int f{n}(void)\n{{\n\treturn STEP;\n}}\n" for n in range(5))
    found = touching(applied({"r.c": "#define STEP 1\n" + users}, {"r.c": "#define STEP 2\n" + users}), 3)
    assert [item.function for item in found.functions] == ["f0", "f1", "f2"]
    assert found.skipped[0].what.startswith("2 more functions")


def test_without_a_tree_a_function_whose_head_is_not_shown_is_not_whole() -> None:
    new = RING.replace("smp_rmb();", "smp_mb();")
    (found,) = touched(applied({"r.c": RING}, {"r.c": new}, "int get(struct ring *r)", partial=True))
    assert (found.function, found.how, found.whole) == ("get", How.CHANGED, False)
    assert "smp_mb" in found.span.text


def test_without_a_tree_what_stands_around_is_known_before_and_after() -> None:
    new = RING.replace("\tsmp_rmb();\n", "\tsmp_rmb();\n\tsmp_mb();\n")
    patch = applied({"r.c": RING}, {"r.c": new}, "int get(struct ring *r)", partial=True)
    (found,) = touched(patch)
    assert found.span_before is not None and "smp_rmb" in found.span_before.text
    assert [(item.kind, item.name_after) for item in barrier_changes(patch, (found,))] == [(Becomes.ADDED, "smp_mb")]


def test_without_a_tree_what_follows_a_function_is_not_in_it() -> None:
    before = "int f(void)\n{\n\treturn 1;\n}\n"
    patch = applied({"r.c": before}, {"r.c": before + "EXPORT_SYMBOL(f);\nint a = 2;\n"}, "int e(void)", partial=True)
    found = touching(patch)
    assert not found.functions and [item.what for item in found.skipped] == ["changed code outside every function"]


def test_without_a_tree_the_rest_of_a_comment_is_no_code() -> None:
    before = "/*\n" + "".join(f" * word {n}\n" for n in range(9)) + " */\nint f(void)\n{\n\treturn 1;\n}\n"
    assert not touching(applied({"r.c": before}, {"r.c": before.replace("word 7", "text 7")}, partial=True)).functions


def test_what_a_macro_makes_is_a_function_by_the_name_that_it_is_given() -> None:
    before = "BPF_CALL_2(ring_drain, int, a, int, b)\n{\n\tsmp_mb();\n\treturn a;\n}\n"
    (found,) = touched(applied({"r.c": before}, {"r.c": before.replace("\tsmp_mb();\n", "")}))
    assert (found.function, found.how, found.whole) == ("ring_drain", How.CHANGED, True)


def test_a_type_on_a_line_of_its_own() -> None:
    before = "static int\nfirst(int a)\n{\n\treturn a;\n}\n\nstruct ring *\nsecond(int a)\n{\n\treturn 0;\n}\n"
    (found,) = touched(applied({"r.c": before}, {"r.c": before.replace("return a", "return -a")}))
    assert (found.function, found.span.line) == ("first", 1)
    (found,) = touched(applied({"r.c": before}, {"r.c": before.replace("return 0", "return 1")}))
    assert found.function == "second"


def test_only_c_files_count() -> None:
    assert not touched(applied({"Makefile": "obj-y := a.o\n"}, {"Makefile": "obj-y := b.o\n"}))


def test_code_in_no_function_is_told_of() -> None:
    found = touching(applied({"r.c": "int a = 1;\n"}, {"r.c": "int a = 2;\n"}))
    assert not found.functions and found.skipped[0].what == "changed code outside every function"
