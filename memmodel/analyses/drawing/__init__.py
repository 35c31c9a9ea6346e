"""A program and a model in, the execution to be drawn for them out."""

from memmodel.analyses.drawing.draw import best_picture, picture_of

__all__ = ["best_picture", "picture_of"]
