"""What is no C is shown where it stands, in words that say what is wrong."""

from __future__ import annotations

import pytest

from memmodel.errors import MemmodelError
from tests.frontends.c.texts import unit

_GOOD = """int x;
int y = 3;
void P0(void)
{
	int r;
	WRITE_ONCE(x, 1);
	if (y) {
		r = f(x, y);
	}
	for (int i = 0; i < 3; i++)
		y += a[i];
}

void P1(void)
{
	WRITE_ONCE(y, 1);
}
"""


def test_the_program_that_is_broken_below_is_c() -> None:
    found = unit(_GOOD)
    assert found.function("P0") is not None and found.function("P1") is not None


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("int r;", "int r", "5:6", "';' is missing after this"),
        ("int x;", "int x", "1:5", "';' is missing after this"),
        ("WRITE_ONCE(x, 1);", "WRITE_ONCE(x, 1)", "6:17", "';' is missing after this"),
        ("WRITE_ONCE(x, 1);", "WRITE_ONCE(x, 1;", "6:16", "')' is missing after this"),
        ("if (y) {", "if (y {", "7:6", "')' is missing after this"),
        ("a[i]", "a[i", "11:10", "']' is missing after this"),
        ("\t}\n\tfor", "\tfor", "11:1", "'}' is missing after this"),
        ("= 3;", "= ;", "2:7", "a value is missing after this"),
        ("r = f", "r = = f", "8:7", "this is no C here: '='"),
        ("f(x, y)", "f(x y)", "8:11", "this is no C here: 'y'"),
        ("y += a", "y =+= a", "11:7", "this is no C here: '='"),
        ("= 3;", "= 3x;", "2:10", "this is no C here: 'x'"),
        ("WRITE_ONCE(x, 1);", "x = 1 @ 2;", "6:8", "this is no C here: '@ 2'"),
        ("void P0(void)", "P0()", "3:1", "'P0' has no type"),
        ("void P0(void)", "void P0", "3:1", "this function has no parameters"),
        ("\t}\n\tfor", "\t}\n\t}\n\tfor", "11:2", "a statement outside of functions"),
        ("void P0(void)", "void P0(void", "3:12", "')' is missing after this"),
        ("void P0(void)\n{", "void P0(void)\n{\n\tlist_walk(p, q) {\n\t}", "5:16", "';' is missing after this"),
    ],
)
def test_an_error_is_where_it_is(old: str, new: str, place: str, message: str) -> None:
    assert old in _GOOD
    with pytest.raises(MemmodelError) as raised:
        unit(_GOOD.replace(old, new, 1)).function("P0")
    error = raised.value
    assert error.message.startswith(message) and error.hint
    assert error.span is not None and error.span.start_label == f"harness.c:{place}"


def test_a_macro_that_nothing_defines_is_suspected() -> None:
    with pytest.raises(MemmodelError) as raised:
        unit(_GOOD.replace("r = f(x, y);", "for_each_slot(x, y) r++;"))
    assert "or a macro that nothing defines: is 'for_each_slot' one?" in (raised.value.hint or "")


def test_a_type_given_to_an_unknown_macro_is_an_argument() -> None:
    found = unit(_GOOD.replace("r = f(x, y);", "r = read_field(x, struct s *, y);"))
    assert found.function("P0") is not None
