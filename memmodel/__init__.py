"""memmodel decides whether the barriers in lock-free kernel code are right, and says why."""

__version__ = "0.1.0"
