"""A notebook read from its file, and written in nbformat's fixed form."""

from pathlib import Path
from typing import TYPE_CHECKING

from course_utils import config

if TYPE_CHECKING:
    from nbformat import NotebookNode


def read(path: Path) -> "NotebookNode":
    """The notebook in `path`; ValueError, in one sentence, where there is none."""
    import nbformat

    try:
        nb = nbformat.read(path, as_version=4)
        nb.cells.copy()  # a list of them
        return nb
    except Exception as error:  # no file, no JSON, `[]`, a cell without a type: all one here
        what = f"{path.name} is not a readable notebook"
        raise ValueError(f"{what} ({type(error).__name__})") from None


def write(nb: "NotebookNode", path: Path) -> None:
    """Write `nb` beside `path`, in nbformat's fixed form (sorted keys, indent 1), and rename."""
    import nbformat

    text = nbformat.writes(nb).rstrip("\n") + "\n"
    config.write_beside(path, lambda p: p.write_text(text, encoding="utf-8", newline="\n"))
