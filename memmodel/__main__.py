"""`python -m memmodel`: the same as the command."""

import sys

from memmodel.cli.main import main

sys.exit(main())
