"""The way from one notebook to the next, in notebooks and on pages.

`python -m course_utils.runner.links [NOTEBOOK ...]` writes the last cell of these, or of all, anew.
"""

import html
import json
import os
import re
import sys
from pathlib import Path, PurePosixPath

from course_utils import config
from course_utils.runner import notebook_file

CELL = "previous-next"  # the id of a notebook's last cell
STYLE = Path(__file__).with_name("page.css")
_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Convnets, Measured</title>
<style>{style}</style>
</head>
<body class="index">
<main>
<h1>Convnets, Measured</h1>
<ul>
{rows}
</ul>
</main>
</body>
</html>
"""


def folder() -> Path | None:
    """Where the notebooks are."""
    root = config.checkout()
    return root / "notebooks" if root else None


def titles(notebooks: Path) -> dict[str, str]:
    """`05_lenet_mnist` or `labs/05_how_much_data` -> its heading; each lab follows its chapter."""
    paths = [*notebooks.glob("[0-9][0-9]_*.ipynb"), *notebooks.glob("labs/[0-9][0-9]_*.ipynb")]
    paths.sort(key=lambda path: (path.name[:2], path.parent != notebooks, path.name))
    return {path.relative_to(notebooks).with_suffix("").as_posix(): title(path) for path in paths}


def title(notebook: Path) -> str:
    """The heading of a notebook, without marks; its name where it has none."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        first = "".join(cells[0]["source"])
    except (ValueError, LookupError, TypeError):  # no notebook: whoever executes it says so
        first = ""
    found = re.match(r"#\s+(.+)", first)
    return re.sub(r"[*_`]", "", found[1]).strip() if found else notebook.stem


def around(name: str, listed: dict[str, str]) -> dict[str, str]:
    """The names of the chapter before `name` and after it, of its labs, of a lab's chapter.

    Returns name -> what stands before and behind its title, in the order of reading.
    """
    chapters = [other for other in listed if "/" not in other]
    number = PurePosixPath(name).name[:2]
    before = [other for other in chapters if other[:2] < number]
    after = [other for other in chapters if other[:2] > number]
    labs = [other for other in listed if "/" in other and other[5:7] == number and other != name]
    back = before[-1:] if "/" not in name else [o for o in chapters if o[:2] == number]
    marks = dict.fromkeys(back, "← {}") | dict.fromkeys(labs, "{}")
    return marks | dict.fromkeys(after[:1], "{} →")


def markdown(name: str, listed: dict[str, str]) -> str:
    """The last cell of notebook `name`: links to those around it."""
    start = PurePosixPath(name).parent
    parts = []
    for other, mark in around(name, listed).items():
        target = os.path.relpath(f"{other}.ipynb", start).replace(os.sep, "/")
        parts.append(mark.format(f"[{short(listed[other])}]({target})"))
    return " · ".join(parts)


def write(notebooks: list[Path]) -> None:
    """Give these notebooks their last cell, which leads on."""
    import nbformat

    top = folder()
    listed = titles(top)
    for path in notebooks or [top / f"{name}.ipynb" for name in listed]:
        nb = notebook_file.read(path)
        name = path.resolve().relative_to(top).with_suffix("").as_posix()
        last = nbformat.v4.new_markdown_cell(markdown(name, listed), id=CELL)
        nb.cells = [cell for cell in nb.cells if cell.get("id") != CELL] + [last]
        notebook_file.write(nb, path)


def short(heading: str) -> str:
    """`05 · LeNet: can a network read?` -> `05 · LeNet`."""
    return heading.partition(":")[0].strip()


def page_of(name: str, start: Path, pages: Path) -> str:
    """The address of the page of `name`, seen from the folder `start` below `pages`.

    Where there is none yet, its place in the index, which says how to make it.
    """
    there = (pages / f"{name}.html").is_file()
    target = pages / (f"{name}.html" if there else "index.html")
    address = os.path.relpath(target, start).replace(os.sep, "/")
    return address if there else f"{address}#{name}"


def bar(name: str, listed: dict[str, str], start: Path, pages: Path) -> str:
    """The same as `markdown` as HTML, and a link to the index."""
    index = os.path.relpath(pages / "index.html", start).replace(os.sep, "/")
    parts = [f'<a href="{index}">All chapters</a>']
    for other, mark in around(name, listed).items():
        text = mark.format(html.escape(short(listed[other])))
        parts.append(f'<a href="{page_of(other, start, pages)}">{text}</a>')
    return f'<nav aria-label="Chapters">{" · ".join(parts)}</nav>'


def converted(body: str, name: str, pages: Path) -> str:
    """`body`, the page of `name`, with links to pages in the place of links to notebooks."""
    start = (pages / name).parent

    def page(link: re.Match) -> str:
        try:
            other = Path(os.path.normpath(start / link[1])).relative_to(pages).as_posix()
        except ValueError:  # a notebook outside
            return link[0]
        return f'href="{page_of(other, start, pages)}"'

    return re.sub(r'href="([^":?#]+)\.ipynb"', page, body)


def known(name: str, listed: dict[str, str], pages: Path) -> None:
    """A page `name` is there now: those made before it lead to it and no longer to the index."""
    for path in (pages / f"{other}.html" for other in listed):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        up = "../" if path.parent != pages else ""
        direct = f'href="{page_of(name, path.parent, pages)}"'
        after = text.replace(f'href="{up}index.html#{name}"', direct)
        if after != text:
            config.write_beside(path, lambda p, after=after: p.write_text(after, encoding="utf-8"))


def index(listed: dict[str, str], pages: Path) -> str:
    """The page of all chapters and labs: a link to each that was run, for others how to."""
    rows = []
    for name, heading in listed.items():
        shown = html.escape(heading)
        if (pages / f"{name}.html").is_file():
            shown = f'<a href="{name}.html">{shown}</a>'
        else:
            run = f"make run ARGS={PurePosixPath(name).name if '/' in name else name[:2]}"
            shown += f" <small>not run yet: <code>{run}</code></small>"
        kind = ' class="lab"' if "/" in name else ""
        rows.append(f'<li id="{name}"{kind}>{shown}</li>')
    return _INDEX.format(style=STYLE.read_text(encoding="utf-8"), rows="\n".join(rows))


if __name__ == "__main__":
    write([*map(Path, sys.argv[1:])])
