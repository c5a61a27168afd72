"""README's table of chapters, made of their titles and budgets: `make readme` writes it anew."""

import re
import tomllib
from pathlib import Path

import notebook_tools as tools

from course_utils import tables

README = tools.FOLDER.parent / "README.md"
MARKS = "<!-- chapters:begin -->", "<!-- chapters:end -->"


def duration(minutes: float) -> str:
    """ "30 s", "4 min", "1.5 h"."""
    if minutes < 1:
        return f"{60 * minutes:.0f} s"
    return f"{minutes:g} min" if minutes < 90 else f"{minutes / 60:.2g} h"


def row(path: Path, minutes: dict[str, float]) -> str:
    """A line of the table: title with its link, chapters to read before, time in each profile."""
    first = tools.read(path).cells[0].source
    title = first.splitlines()[0].removeprefix("# ").replace(" · ", " ")
    need = re.search(r"\*\*You need\*\*(.+?)(?:\*\*|$)", first, re.DOTALL)
    before = ", ".join(dict.fromkeys(re.findall(r"\b\d\d\b", need[1] if need else "")))
    lab = "↳ " if path.parent.name == "labs" else ""
    cells = [f"{lab}[{title}](notebooks/{path.relative_to(tools.FOLDER).as_posix()})"]
    cells += [before or "Python, a little NumPy", *map(duration, minutes.values())]
    return f"| {' | '.join(cells)} |"


def chapters() -> str:
    """The whole table, each lab under its chapter."""
    budgets = tomllib.loads((tools.FOLDER / "budgets.toml").read_text(encoding="utf-8"))
    paths = sorted(tools.NOTEBOOKS, key=lambda path: (path.name[:2], path.parent.name == "labs"))
    lines = [
        "| chapter | read before | `quick` | `lesson` | `full` |",
        "| --- | --- | --- | --- | --- |",
    ]
    return "\n".join(lines + [row(p, budgets[tools.known_as(p)]["minutes"]) for p in paths])


def parts(text: str) -> tuple[str, str, str]:
    """README before the table, the table, and after it."""
    assert [text.count(mark) for mark in MARKS] == [1, 1]
    return tables.marked(text, "chapters")


if __name__ == "__main__":
    tables.put(README, "chapters", chapters())
