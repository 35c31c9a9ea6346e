"""python -m tools.reference: write the pages under docs/reference anew."""

from tools.reference import FOLDER, PAGES, made

for name in PAGES:
    (FOLDER / name).write_text(made(name))
