"""The parameters of a function in, C that calls it with objects of its own out."""

from __future__ import annotations

from memmodel.frontends.c.alone.surroundings import ANY, CALLED_BACK
from memmodel.records import dataclass
from memmodel.syntax import tree

PASSED_BYTES = 128
"""Of an area that is passed and has no type."""

_BYTES = ("void", "char", "unsigned char", "u8", "__u8")


@dataclass(frozen=True)
class Passed:
    """An object that a thread passes to its function. `pointed`: a pointer to it is passed, and says its type."""

    name: str
    pointed: bool
    label: str


def call(name: str, number: int, function: tree.Function, callers: bool = False) -> tuple[str, tuple[Passed, ...]]:
    """A function called `name`, which thread `number` runs, and what it passes. The callee's name stands in parentheses
    because there may be a macro of that name. `callers`: what callers may do before and after is there too."""
    objects, arguments = [], []
    passed: list[Passed] = []
    for index, parameter in enumerate(function.parameters):
        type_ = parameter.type
        base = type_.base.removeprefix("const ")
        object_ = f"__passed_{number}_{parameter.name or index}"
        label = f"{function.name}.{parameter.name or index}"
        structure = base.startswith(("struct ", "union "))
        if type_.pointers and base == "function":
            arguments.append(CALLED_BACK)
        elif type_.pointers == 1 and base in _BYTES:
            objects.append(f"char {object_}[{PASSED_BYTES}];")
            arguments.append(object_)
            passed.append(Passed(object_, False, label))
        elif type_.pointers:
            objects.append(f"{base} {'*' * (type_.pointers - 1)}{object_};")
            arguments.append(f"&{object_}")
            passed.append(Passed(object_, type_.pointers == 1, label))
        elif structure:
            objects.append(f"{base} {object_};")
            arguments.append(object_)
            passed.append(Passed(object_, False, label))
        else:
            arguments.append(f"{ANY}()")
    called = f"({function.name})({', '.join(arguments)})"
    body = f"{called};"
    if callers:
        body = _around(function, number, called)
        objects += [f"long {CALLER_WROTE}{n}[2];" for n in (0, 1) if number == 0]
    text = f"{' '.join(objects)}\nvoid {name}(void) {{ {body} }}\n"
    return text, tuple(passed)


CALLER_WROTE = "__caller_wrote_"
"""What the caller of a thread's function wrote before the call, and that of the other reads after its own; with the
number of the thread behind it."""


def _around(function: tree.Function, number: int, called: str) -> str:
    """The call, with what a caller may do before it and, where the function returns a pointer, reads through it."""
    before = f"WRITE_ONCE({CALLER_WROTE}{number}[0], 1);"
    if function.result is None or not function.result.pointers:
        return f"{before} {called};"
    after = f"READ_ONCE({CALLER_WROTE}{1 - number}[(unsigned long)__caller_got]);"
    return f"{before} void *__caller_got = (void *){called}; {after}"
