"""Tables as text, and between the marks of a Markdown file."""

from collections.abc import Sequence
from pathlib import Path

from course_utils import config


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """The rows of a table as text, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def marked(text: str, name: str) -> tuple[str, str, str]:
    """`text` before, between and behind `<!-- name:begin -->` and `<!-- name:end -->`.

    Examples
    --------
    >>> marked("a <!-- t:begin -->table<!-- t:end --> b", "t")
    ('a <!-- t:begin -->', 'table', '<!-- t:end --> b')
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, rest = text.split(begin)
    inside, after = rest.split(end)
    return before + begin, inside, end + after


def put(path: Path, name: str, table: str) -> None:
    """Write `table` into the file `path`, between the marks of `name`."""
    before, _, after = marked(path.read_text(encoding="utf-8"), name)
    text = f"{before}\n{table}\n{after}"
    config.write_beside(path, lambda p: p.write_text(text, encoding="utf-8", newline="\n"))
