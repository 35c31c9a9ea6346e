"""Short litmus texts to programs, and instructions written out so that tests can state them."""

from __future__ import annotations

from memmodel.program import ir
from memmodel.program.load import load
from memmodel.program.lower import Lowered
from memmodel.program.primitives import DEFAULT, PrimitiveTable
from memmodel.program.spec import check
from memmodel.source import SourceFile


def lowered(
    body: str,
    parameters: str = "int *x, int *y",
    initial: str = "",
    condition: str = "exists (true)",
    before: str = "",
    primitives: PrimitiveTable = DEFAULT,
) -> Lowered:
    """A test of one process with this body; a legal program."""
    text = f"C t\n{{ {initial} }}\n{before}\nP0({parameters})\n{{\n{body}\n}}\n{condition}\n"
    result = load(SourceFile("t", text), primitives)
    check(result.program)
    return result


def instructions(body: str, **others: str) -> list[str]:
    """The instructions of such a test, each written out."""
    return written(lowered(body, **others).program.threads[0].body)  # type: ignore[arg-type]


def written(body: tuple[ir.Instruction, ...]) -> list[str]:
    return [write(instruction) for instruction in body]


def write(node: ir.Instruction) -> str:
    """An instruction in a compact notation, locals and labels with their numbers dropped."""
    match node:
        case ir.Assign():
            return f"{name(node.target)} = {value(node.value)}"
        case ir.Load():
            return f"{name(node.target or '_')} = R{tags(node.tags)} {value(node.address)}"
        case ir.Store():
            return f"W{tags(node.tags)} {value(node.address)} = {value(node.value)}"
        case ir.Fence():
            return f"F{tags(node.tags)}" + (f" {value(node.address)}" if node.address else "")
        case ir.ReadModifyWrite():
            condition = f" if {value(node.condition)}" if node.condition else ""
            data = " data" if node.carries_data else ""
            text = f"RMW{tags(node.read_tags)}{tags(node.write_tags)}{data} {value(node.address)} = {value(node.value)}"
            return text + condition
        case ir.Lock():
            return f"{node.kind.value} {value(node.address)}" + (f" -> {name(node.target)}" if node.target else "")
        case ir.If():
            arms = f"{{{'; '.join(written(node.then))}}} else {{{'; '.join(written(node.otherwise))}}}"
            return f"if {value(node.condition)} {arms}"
        case ir.Block():
            return f"{name(node.label)}: {{{'; '.join(written(node.body))}}}"
        case ir.Exit():
            return f"exit {name(node.label)}"
        case ir.Loop():
            return f"loop {{{'; '.join(written(node.body))}}}"
    raise AssertionError(node)


def name(text: str) -> str:
    return text.split("$")[0] + ("." + text.split(".")[-1] if "$" in text and "." in text else "")


def tags(found: frozenset[str]) -> str:
    return f"[{','.join(sorted(found))}]"


def value(node: ir.Expression) -> str:
    match node:
        case ir.Constant():
            return str(node.value)
        case ir.Local():
            return name(node.name)
        case ir.Address():
            return f"&{node.object}" + (f"+{node.offset}" if node.offset else "")
        case ir.FinalLocal():
            return f"{node.thread}:{node.name}"
        case ir.FinalMemory():
            return f"[{node.object}+{node.offset}]" if node.offset else f"[{node.object}]"
        case ir.Operation():
            return f"({' '.join((node.operator.value, *map(value, node.operands)))})"
