"""The way from one notebook to the next: in the notebooks, on their pages, in the index."""

import nbformat
import notebook_tools as tools
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.runner import links, pages

LISTED = {
    "01_a": "01 · First: what is it?",
    "02_b": "02 · Second & more",
    "labs/02_deeper": "Lab 02 · Deeper",
    "labs/02_wider": "Lab 02 · Wider",
    "03_c": "03 · Third",
}


@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_the_last_cell_leads_on(path):
    folder = links.folder()
    name = path.relative_to(folder).with_suffix("").as_posix()
    last = nbformat.read(path, as_version=4).cells[-1]
    assert (last.id, last.cell_type) == (links.CELL, "markdown")
    assert last.source == links.markdown(name, links.titles(folder))


def test_every_notebook_has_a_title_and_a_place():
    listed = links.titles(links.folder())
    assert len(listed) == len(tools.NOTEBOOKS) >= 11
    chapters = [name for name in listed if "/" not in name]
    assert chapters == [path.stem for path in tools.NOTEBOOKS if path.parent.name != "labs"]
    assert all(title.startswith(name[:2]) for name, title in listed.items() if "/" not in name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("01_a", "[02 · Second & more](02_b.ipynb) →"),
        (
            "02_b",
            "← [01 · First](01_a.ipynb) · [Lab 02 · Deeper](labs/02_deeper.ipynb)"
            " · [Lab 02 · Wider](labs/02_wider.ipynb) · [03 · Third](03_c.ipynb) →",
        ),
        (
            "labs/02_deeper",
            "← [02 · Second & more](../02_b.ipynb) · [Lab 02 · Wider](02_wider.ipynb)"
            " · [03 · Third](../03_c.ipynb) →",
        ),
        ("03_c", "← [02 · Second & more](02_b.ipynb)"),
    ],
)
def test_links_of_a_notebook(name, text):
    assert links.markdown(name, LISTED) == text


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of these notebooks, each with a link to another one in its prose."""
    folder = tmp_path / "notebooks"
    (folder / "labs").mkdir(parents=True)
    for name, title in LISTED.items():
        up = "../" if "/" in name else ""
        prose = f"See [the second]({up}02_b.ipynb) and [another](https://x.org/y.ipynb)."
        cells = [new_markdown_cell(f"# {title}\n\n{prose}"), new_code_cell("1")]
        cells.append(new_markdown_cell(links.markdown(name, LISTED), id=links.CELL))
        nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    monkeypatch.setattr(links, "folder", lambda: folder)
    return folder


def test_the_last_cells_are_written(course):
    path = course / "02_b.ipynb"
    before = path.read_bytes()
    nb = nbformat.read(path, as_version=4)
    nb.cells[-1].source = "old"
    nbformat.write(nb, path)
    links.write([])
    assert path.read_bytes() == before, "once more, in its place"
    nb.cells = nb.cells[:-1]
    nbformat.write(nb, path)
    links.write([path])
    assert path.read_bytes() == before


def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def broken(html):
    """Links of all pages below `html` that lead to no file or to no place in it."""
    found = []
    for path in html.rglob("*.html"):
        for link in soup(path).select("a[href]"):
            file, _, place = link["href"].partition("#")
            if file.startswith("https:") or not file:
                continue
            target = path.parent / file
            if not target.is_file() or (place and not soup(target).find(id=place)):
                found.append((path.name, link["href"]))
    return found


def test_pages_lead_to_each_other_in_whatever_order_they_are_made(course, tmp_path):
    html = tmp_path / "html"
    assert links.titles(course) == LISTED
    for name in ("02_b", "labs/02_deeper", "01_a", "labs/02_wider", "03_c"):
        pages.page(course / f"{name}.ipynb", html / f"{name}.html")
        assert broken(html) == [], name
    assert {path.relative_to(html).with_suffix("").as_posix() for path in html.rglob("*.html")} == {
        *LISTED,
        "index",
    }
    second = soup(html / "02_b.html")
    top, bottom = second.select("nav[aria-label=Chapters]")
    labs = "Lab 02 · Deeper · Lab 02 · Wider"
    assert top.text == f"All chapters · ← 01 · First · {labs} · 03 · Third →" == bottom.text
    assert [link["href"] for link in top.select("a")] == [
        *("index.html", "01_a.html", "labs/02_deeper.html", "labs/02_wider.html", "03_c.html")
    ]
    text = second.get_text()
    assert text.count("Lab 02 · Wider") == 2, "the notebook's own links are not shown once more"
    lab = soup(html / "labs" / "02_deeper.html")
    addresses = [link["href"] for link in lab.select("a[href]")]
    assert {"../index.html", "../02_b.html", "02_wider.html", "../03_c.html"} <= {*addresses}
    assert addresses.count("https://x.org/y.ipynb") == 1 and "../02_b.ipynb" not in addresses
    assert lab.title.text == "Lab 02 · Deeper" and lab.html["lang"] == "en"


def test_the_index_says_how_to_make_what_is_not_there(course, tmp_path):
    pages.page(course / "02_b.ipynb", tmp_path / "html" / "02_b.html")
    index = soup(tmp_path / "html" / "index.html")
    rows = {row["id"]: row for row in index.select("li")}
    assert [*rows] == [*LISTED]
    assert rows["02_b"].a["href"] == "02_b.html" and "not run yet" not in rows["02_b"].text
    assert rows["03_c"].code.text == "make run ARGS=03" and not rows["03_c"].a
    assert rows["labs/02_wider"].code.text == "make run ARGS=02_wider"


def test_a_notebook_without_a_heading_is_called_by_its_name(tmp_path):
    for i, text in enumerate(["{", "[]", '{"cells": []}', '{"cells": [{"source": ["plain"]}]}']):
        path = tmp_path / f"0{i}_x.ipynb"
        path.write_text(text)
        assert links.title(path) == f"0{i}_x"
