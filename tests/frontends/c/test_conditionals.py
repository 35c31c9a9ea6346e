"""Which arm of an `#if` counts."""

from __future__ import annotations

import pytest

from memmodel.frontends.c.alone.conditionals import enabled, opening
from memmodel.source import SourceFile


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("#ifdef CONFIG_SMP", True),
        ("#ifndef CONFIG_SMP", False),
        ("#ifdef CONFIG_DEBUG_SPINLOCK", False),
        ("#ifndef _LINUX_GUARD_H", True),
        ("#if defined(CONFIG_SMP) && !defined(CONFIG_DEBUG_LIST)", True),
        ("#if defined CONFIG_SMP || SOMETHING > 3", True),
        ("#if IS_ENABLED(CONFIG_KASAN)", False),
        ("#if BITS_PER_LONG == 64", True),
        ("#if BITS_PER_LONG \\\n < 64", False),
        ("#if (1 << 3) == 8 /* comment */", True),
        ("#if __has_attribute(x) + 1 - 1", False),
        ("#if 0", False),
        ("#if", False),
    ],
)
def test_the_first_arm_counts_where_its_condition_holds(condition: str, holds: bool) -> None:
    text = f"{condition}\nfirst\n#else\nsecond\n#endif\nafter\n"
    file = SourceFile("x.h", text)
    assert enabled(file, text.index("first")) is holds
    assert enabled(file, text.index("second")) is not holds
    assert enabled(file, text.index("after"))


def test_one_arm_of_several_counts() -> None:
    text = "#if 0\na\n#elif defined(CONFIG_64BIT)\nb\n#elif 1\nc\n#else\nd\n#endif\n"
    file = SourceFile("x.h", text)
    assert [enabled(file, text.index(f"\n{arm}\n") + 1) for arm in "abcd"] == [False, True, False, False]


def test_what_is_inside_a_closed_arm_is_closed() -> None:
    text = "#if 0\n#if 1\ninner\n#endif\n#endif\n"
    assert not enabled(SourceFile("x.h", text), text.index("inner"))


def test_a_stray_endif_is_no_crash() -> None:
    assert enabled(SourceFile("x.h", "#endif\n#else\nx\n"), 14)


def test_the_names_that_open_an_arm_are_proposed() -> None:
    text = "#ifdef CONFIG_A\n#if !defined(CONFIG_SMP) && IS_ENABLED(CONFIG_B)\nx\n#else\ny\n#endif\n#endif\nz\n"
    file = SourceFile("x.c", text)
    assert opening(file, text.index("x\n")) == ({"CONFIG_A", "CONFIG_B"}, {"CONFIG_SMP"})
    assert opening(file, text.index("z\n")) == (frozenset(), frozenset())


def test_an_else_is_opened_by_taking_a_name_away() -> None:
    text = "#ifdef CONFIG_SMP\nx\n#else\ny\n#endif\n"
    assert opening(SourceFile("x.c", text), text.index("y\n")) == (frozenset(), {"CONFIG_SMP"})
