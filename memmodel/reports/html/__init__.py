"""File reports or a picture in, one HTML page out that needs nothing else: no network, no other file."""

from memmodel.reports.html.single import page
from memmodel.reports.html.writer import HtmlWriter

__all__ = ["HtmlWriter", "page"]
