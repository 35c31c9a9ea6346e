"""`python -m memmodel`: the same as the command."""

from memmodel.cli.main import entry

entry()
