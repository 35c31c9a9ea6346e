"""The library of models in, the page on them out."""

from __future__ import annotations

from memmodel.cat.models import KERNEL_FOLDER, available, load
from tools.reference.markdown import table

INTRODUCTION = """\
# Models

What `--model` knows by name. An *axiom* forbids executions; a *flag* tells of something in an execution, such as a data
race, and forbids nothing. [how-to/own-model.md](../how-to/own-model.md) says how to write one.
"""


def page() -> str:
    parts = [INTRODUCTION]
    for known in available():
        name, title = known.name, known.title
        checks = load(name).model.checks
        axioms = [f"`{check.name}`" for check in checks if not check.flag]
        flags = [f"`{check.name}`" for check in checks if check.flag]
        parts.append(f"## {name}\n\n{title[0].upper()}{title[1:]}.\nWritten from: {known.source}.\n")
        parts.append(table(("", ""), [("axioms", ", ".join(axioms)), ("flags", ", ".join(flags))]))
    parts.append(
        "## Others\n\n"
        "`--model` also takes a file in the cat language (`my.cat`), a kernel's own folder "
        f"(`~/linux/{KERNEL_FOLDER}`),\nor the top of a kernel tree. Of a kernel's folder, `linux-kernel.cat`, "
        "`linux-kernel.bell` and `linux-kernel.def` are read as\nthe release has them.\n"
    )
    return "\n".join(parts)
