"""The architectures that there are tables for, from the strongest to the weakest."""

from __future__ import annotations

ARCHITECTURES = ("x86", "arm64", "riscv", "power")
