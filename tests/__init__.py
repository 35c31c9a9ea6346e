"""Tests: the tree mirrors memmodel/."""
