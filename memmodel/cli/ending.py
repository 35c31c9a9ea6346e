"""How a run may end that found no verdict: exit statuses as shells have them, 128 and the number of a signal."""

INTERRUPTED = 130
"""SIGINT: the user has had enough."""

BROKEN_PIPE = 141
"""SIGPIPE: whoever read our output has had enough."""
