"""The options that memmodel adds to pytest: alone in a file, since pytest asks for them in every project."""

OPTIONS = {
    "model": ("M", "the memory model of litmus tests and scenarios: a name or a .cat file; default: lkmm"),
    "engine": ("E", "smt (default), enumerate, or both, compared"),
    "unroll": ("N", "run loops at most N times; default: the file's own, else 2"),
    "timeout": ("S", "seconds for each litmus test; default: the scenario's, else 60"),
    "memory": ("MB", "megabytes for each litmus test; default: 2048"),
    "tree": ("DIR", "the kernel's sources, for scenarios that need them"),
}
"""By name, what stands for the value and what the option says: --memmodel-NAME, and memmodel_NAME in the ini-file."""
