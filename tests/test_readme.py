"""README: what it shows of the chapters is theirs, its links lead somewhere, its commands exist."""

import re
import shutil
import subprocess
import sys

import nbformat
import notebook_tools as tools
import pytest
import readme_tools
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.cli import main

ROOT = readme_tools.README.parent
TEXT = readme_tools.README.read_text(encoding="utf-8")
FIRST_SCREEN = TEXT.partition("\n## ")[0]


def code(text):
    """Blocks and spans of code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def test_first_screen_shows_something_and_both_ways_in():
    assert len(FIRST_SCREEN.split()) < 330
    title, what, *_ = FIRST_SCREEN.split("\n\n")
    assert title.startswith("# ") and len(re.findall(r"[.!?](?:\s|$)", what)) == 2
    assert re.search(r"!\[.+\]\(notebooks/pictures/", FIRST_SCREEN), "a picture"
    assert re.search(r"\]\(notebooks/\d\d_\w+\.ipynb\)", FIRST_SCREEN), "a chapter to read at once"
    assert all(line in code(FIRST_SCREEN) for line in ("git clone ", "make lab ", "make run "))


def test_table_of_chapters_is_made_of_their_titles_and_budgets():
    """`make readme` writes it anew."""
    assert readme_tools.parts(TEXT)[1].strip() == readme_tools.chapters()


@pytest.mark.parametrize(
    ("name", "need", "row"),
    [
        ("05_a", "chapters 02 (x), 04, and 02 again. **Time** 60 minutes",
         "[05 A](notebooks/05_a.ipynb) | 02, 04"),
        ("labs/05_b", "nothing",
         "↳ [05 A](notebooks/labs/05_b.ipynb) | Python, a little NumPy"),
    ],
)  # fmt: skip
def test_rows_of_chapters_and_labs(tmp_path, monkeypatch, name, need, row):
    monkeypatch.setattr(tools, "FOLDER", tmp_path)
    path = tmp_path / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    title = new_markdown_cell(f"# 05 · A\n\nText.\n\n**You need** {need}")
    nbformat.write(new_notebook(cells=[title]), path)
    minutes = {"quick": 0.5, "lesson": 1, "full": 100}
    assert readme_tools.row(path, minutes) == f"| {row} | 30 s | 1 min | 1.7 h |"


def test_results_are_folded_away():
    before = TEXT.partition("<!-- results:begin -->")[0]
    assert before.count("<details>") == before.count("</details>") + 1


def test_links_lead_somewhere():
    links = re.findall(r"\]\((?!https?://)([^)#\s]+)", TEXT)
    assert len(links) > 12
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_pictures_say_what_they_show():
    pictures = re.findall(r"!\[([^\]]*)\]", TEXT)
    assert pictures and all(len(alt) > 20 for alt in pictures)


def test_commands_are_there(capsys):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {"lab", "run"} <= set(re.findall(r"\bmake ([a-z-]+)\b", code(TEXT))) <= targets
    helped = re.search(r"^help:\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    assert set(re.findall(r"make ([a-z-]+)", helped)) == targets - {"help"}
    named = set(re.findall(r"-m course_utils ([a-z]+)", code(TEXT)))
    assert {"fetch", "doctor"} <= named
    for command in named:
        with pytest.raises(SystemExit, match="0"):
            main([command, "--help"])
        assert f"course_utils {command}" in capsys.readouterr().out


@pytest.mark.skipif(not shutil.which("make"), reason="make")
def test_copies_for_a_class_have_no_solutions_and_no_outputs(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("ready", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    cells = [
        new_code_cell("print(1)", execution_count=1),
        new_markdown_cell("2", metadata={"tags": ["solution"]}),
    ]
    cells[0].outputs = [nbformat.v4.new_output("stream", text="1\n")]
    for folder in ("notebooks", "notebooks/labs"):
        (tmp_path / folder).mkdir()
        nbformat.write(new_notebook(cells=cells), tmp_path / folder / "01_a.ipynb")
    command = ["make", "class", f"PY={sys.executable}", "READY=ready"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    for name in ("01_a.ipynb", "labs/01_a.ipynb"):
        copy = nbformat.read(tmp_path / "build" / "class" / name, as_version=4)
        assert [(cell.source, cell.get("outputs")) for cell in copy.cells] == [("print(1)", [])]
