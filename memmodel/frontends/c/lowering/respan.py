"""Instructions of the package's own headers in, the same at the place of the call out."""

from __future__ import annotations

from memmodel.program.ir import Block, If, Instruction, Loop
from memmodel.records import replace
from memmodel.source import Span


def respanned(body: tuple[Instruction, ...], span: Span) -> tuple[Instruction, ...]:
    """`body`, all of it said to be at `span`."""
    return tuple(_respanned(node, span) for node in body)


def _respanned(node: Instruction, span: Span) -> Instruction:
    match node:
        case If():
            return replace(node, then=respanned(node.then, span), otherwise=respanned(node.otherwise, span), span=span)
        case Block() | Loop():
            return replace(node, body=respanned(node.body, span), span=span)
        case _:
            return replace(node, span=span)
