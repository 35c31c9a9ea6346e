"""Options that all tests share."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from hypothesis import settings

# A loaded machine is slow; that is no failure. CI tries the same examples each time, so that what turns red there is
# what was changed; everyone else tries new ones.
settings.register_profile("memmodel", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("memmodel")

# Started in the background by a shell, tests would hand an ignored Ctrl-C down to the commands that they interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


# What an earlier run found is no test of this one; those of the cache ask for it.
os.environ["MEMMODEL_NO_CACHE"] = "1"


LONGEST = "tests/test_docs.py"
"""Its pages take up to half a minute each: begun last, they would be waited for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="rewrite the stored outputs")
