"""JSON values, and their text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

_NOT_ASCII = re.compile(r"[^\x00-\x7e]")


def dumps(value: Json, indent: int | None = None) -> str:
    """The value as JSON, on one line without `indent`. What a terminal may take for a command is written as an escape,
    also where JSON would allow it as it is."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _NOT_ASCII.sub(lambda found: _shown(found.group()), text)


def _shown(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]
