"""What is said of a line in, a name for it out that is the same wherever the line has moved to."""

from __future__ import annotations

import hashlib
from collections import Counter


class Fingerprints:
    """Those of one run: what is alike in all its parts is told apart by its turn."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, *parts: str) -> str:
        """A hash of the parts, and which of those alike it is: `0f3c…:1`. Blanks are nothing but blanks."""
        text = "\0".join(" ".join(part.split()) for part in parts)
        found = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
        self._seen[found] += 1
        return f"{found}:{self._seen[found]}"
