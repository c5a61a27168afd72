"""Every chapter and lab keeps to its contract; and the rules that say so can tell a breach."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import notebook_tools as tools
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

each_notebook = pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)


def test_there_is_a_chapter():
    assert tools.NOTEBOOKS


@each_notebook
@pytest.mark.parametrize("rule", tools.RULES, ids=lambda rule: rule.__name__)
def test_chapter(path, rule):
    assert rule(tools.read(path)) == []


@each_notebook
def test_chapter_is_a_small_valid_notebook(path):
    assert path.stat().st_size < tools.LARGEST
    nbformat.validate(nbformat.read(path, as_version=4))


def readme_shows(folder):
    """Names in a folder below `notebooks` that README shows or links to."""
    readme = (tools.FOLDER.parent / "README.md").read_text(encoding="utf-8")
    return set(re.findall(rf"notebooks/{folder}/([^)\s\"]+)", readme))


def title_pictures(path):
    """Names of the pictures in the first cell of a chapter or lab."""
    return re.findall(r"\]\((?:\.\./)?pictures/([^)]+)\)", tools.read(path).cells[0].source)


def test_pictures_are_those_that_chapters_open_with():
    from course_utils.runner import pages

    made = {}
    for path in tools.NOTEBOOKS:
        made |= pages.pictures(tools.read(path), path)
    stored = {p.name: p.read_bytes() for p in (tools.FOLDER / "pictures").glob("*")}
    assert stored == made
    opening = {picture for path in tools.NOTEBOOKS for picture in title_pictures(path)}
    assert readme_shows("pictures") <= opening == set(made) != set()


def test_readme_pages_are_those_of_the_chapters_and_need_nothing_from_outside():
    """`make reference` writes the page of each playable figure in a cell tagged `page`."""
    made = {
        f"{path.name[:2]}_{cell.id}.html"
        for path in tools.NOTEBOOKS
        for cell in tools.code(tools.read(path), "page")
    }
    stored = {p.name: p.read_text(encoding="utf-8") for p in (tools.FOLDER / "pages").glob("*")}
    assert set(stored) == readme_shows("pages") == made
    for name, page in stored.items():
        assert page.startswith("<!doctype html>"), name
        assert outside(page) == [], name
        assert len(page.encode()) <= 200_000, name


def outside(page):
    """Addresses that the page would fetch something from."""
    page = page.replace("http://www.w3.org/2000/svg", "")  # a name: nothing is fetched
    return re.findall(r"(?:https?:)?//[\w.]+\.\w+|\b(?:fetch|import)\(", page)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<script src="https://x.org/a.js">', ["https://x.org"]),
        ("<style>url(//x.org/a)</style>", ["//x.org"]),
        ("fetch('/a')", ["fetch("]),
        ("// a comment\nprefetch('data:image/png;base64,//8=')", []),
    ],
)
def test_what_a_page_needs_from_outside_is_found(page, found):
    assert outside(page) == found


@each_notebook
def test_solutions_are_right(path, monkeypatch):
    """Each solution in the place of its stub. (nbval runs the stubs: they are not attempted.)"""
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    monkeypatch.setenv("COURSE_STRICT", "1")
    chapter = tools.read(path)
    stored = {cell.id: tools.text(cell).strip() for cell in tools.code(chapter, "check")}
    assert stored == dict.fromkeys(stored, "not attempted")
    assert len(stored) >= tools.least_exercises(chapter)
    nb = tools.solved(chapter)
    tools.execute(nb, timeout=120)
    answers = {cell.id: tools.text(cell).strip() for cell in tools.code(nb, "check")}
    assert answers == dict.fromkeys(stored, "right")


@pytest.mark.slow
@each_notebook
def test_tags_are_those_that_a_quick_drawn_run_needs(path, tmp_path, monkeypatch):
    from course_utils.runner import schedule

    monkeypatch.setenv("COURSE_BUILD", str(tmp_path))
    monkeypatch.setenv("COURSE_STRICT", "1")
    options = {"profile": "quick", "source": "synthetic", "jobs": 1, "folder": tools.FOLDER}
    assert schedule.run([path.stem], **options) == 0
    made = tmp_path / "notebooks" / path.relative_to(tools.FOLDER)
    again = nbformat.read(made, as_version=4)
    assert tools.tagging(nbformat.read(path, as_version=4), again) == []


# --- labs -----------------------------------------------------------------------------------------


@pytest.fixture
def labs(tmp_path):
    """A folder of notebooks with a chapter, and a lab that compares what it was run with."""
    folder = tmp_path / "notebooks"
    (folder / "labs").mkdir(parents=True)
    shutil.copy(tools.FOLDER / "conftest.py", folder)
    (tmp_path / "tests").mkdir()
    shutil.copy(Path(__file__).with_name("nbval_sanitize.cfg"), tmp_path / "tests")
    shown = "import os, numpy\nprint(os.environ['COURSE_PROFILE'], os.environ['COURSE_SOURCE'])"
    for path, out in (("01_a", "quick synthetic"), ("labs/01_b", "quick real")):
        nb = new_notebook(cells=[cell("shown", shown, out=f"{out}\n", execution_count=1)])
        nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(nb, folder / f"{path}.ipynb")
    return folder


def test_labs_are_found_after_the_chapters(labs):
    (labs / "labs" / "notes.ipynb").touch()
    found = tools.notebooks(labs)
    assert [p.relative_to(labs).as_posix() for p in found] == ["01_a.ipynb", "labs/01_b.ipynb"]
    assert [tools.known_as(path) for path in found] == ["01", "01_b"]
    assert [tools.least_exercises(tools.read(path)) for path in found] == [4, 2]


def test_nbval_compares_labs_in_the_same_environment(labs):
    """The lab's stored output is of real data: it differs, as the chapter's does not."""
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", str(labs)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=labs)
    assert "1 failed, 1 passed" in done.stdout
    assert "labs/01_b.ipynb::Cell 0" in done.stdout.replace("\\", "/")


def test_a_lab_needs_half_the_exercises(chapter):
    del chapter.cells[-8:-2]
    assert tools.practice(chapter) == ["only 2 exercises"]
    chapter.metadata["known_as"] = "01_lab"
    assert tools.practice(chapter) == []
    del chapter.cells[-5:-2]
    assert tools.practice(chapter) == ["only 1 exercises"]


# --- the rules themselves, on a small notebook ----------------------------------------------------


def cell(name, source, *tags, out=None, **more):
    outputs = [new_output("stream", name="stdout", text=out)] if out else []
    made = new_code_cell(source, id=name, outputs=outputs, **more)
    made.metadata["tags"] = list(tags)
    return made


def note(name, source, *tags):
    return new_markdown_cell(source, id=name, metadata={"tags": list(tags)})


def fold(code):
    return f"<details><summary>Solution</summary>\n\n```python\n{code}\n```\n\n</details>"


SETUP = f"from course_utils import course\n{tools.START.format('01')}\nprint('ready')"


@pytest.fixture
def chapter():
    """A chapter that keeps to every rule: the sum of two numbers."""
    cells = [
        note("title", "# Sums"),
        cell("parameters", tools.PARAMETERS, "parameters", tools.FOLDED),
        cell("setup", SETUP, "setup", tools.FOLDED, out="ready\n"),
        cell("values", "def add(a, b):\n    return a + b\n\n\none = 1", "defines"),
        cell("this-run", "print(one * 3)", tools.IGNORED, out="3\n"),
    ]
    for i in range(1, 5):
        check = f"print('right' if two{i} == 2 else 'not attempted')"
        cells += [
            cell(f"ex{i}-stub", f"two{i} = ...", "exercise"),
            cell(f"ex{i}-check", check, "check", out="not attempted\n"),
            note(f"ex{i}-solution", fold(f"two{i} = add(one, one)"), "solution"),
        ]
    cells += [
        cell("guess", "half = predict('How much?', ['half', 'all'])"),
        cell("end", "half.answer('half')\ncourse.surprises()"),
    ]
    nb = new_notebook(cells=cells)
    nb.metadata["known_as"] = "01"
    for number, one in enumerate(tools.code(nb), start=1):
        one.execution_count = number
        if number < 3:
            one.metadata["jupyter"] = {"source_hidden": True}
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    return nb


@pytest.mark.parametrize("rule", tools.RULES, ids=lambda rule: rule.__name__)
def test_rule_accepts_a_good_chapter(rule, chapter):
    assert rule(chapter) == []


def by_id(nb, name):
    return next(c for c in nb.cells if c.id == name)


def edit(name, **changes):
    return lambda nb: by_id(nb, name).update(changes)


def tag(name, *tags):
    return lambda nb: by_id(nb, name).metadata.update(tags=list(tags))


def show(cell_id, kind, **what):
    return lambda nb: by_id(nb, cell_id).outputs.append(new_output(kind, **what))


def drop(name):
    return lambda nb: nb.cells.remove(by_id(nb, name))


def ignore_most(nb):
    for one in tools.code(nb)[:-4]:
        one.metadata.tags.append(tools.IGNORED)


ERROR = {"ename": "ValueError", "evalue": "no", "traceback": []}
HTML = {"data": {"text/html": "<td>C:\\Users\\ann\\x</td>"}}
BREACHES = [
    ("opening", edit("title", source="Sums"), "not the title"),
    ("opening", drop("parameters"), "not tagged parameters"),
    ("opening", tag("setup", tools.FOLDED), "not tagged setup"),
    ("opening", tag("setup", "setup"), "setup: not folded"),
    ("opening", edit("parameters", metadata={}), "parameters: not folded"),
    ("opening", edit("parameters", source="epochs = None"), "parameters: not 'profile = None"),
    (
        "opening",
        edit("setup", source=SETUP.replace("01", "02")),
        'without the line \'budget = course.start("01"',
    ),
    ("opening", edit("setup", source="x = 1\n" * 4 + SETUP), "10 lines of set-up, at most 8"),
    ("ids", edit("values", id="3f2a9c1e"), "not made of words"),
    ("ids", edit("values", id="deadbeef"), "not made of words"),
    ("ids", edit("values", id="this-run"), "used twice"),
    ("lengths", edit("values", source="x = 1\n" * 16), "16 lines of code, at most 15"),
    ("lengths", edit("ex1-stub", source="x = 1\n" * 26), "26 lines of code, at most 25"),
    ("idiom", edit("values", source="tf.keras.Input((1,))"), "tf.keras"),
    ("idiom", edit("values", source="m.fit_generator(g)"), "fit_generator"),
    ("outputs", edit("setup", execution_count=None), "execution count None, not 2"),
    ("outputs", edit("setup", execution_count=7), "execution count 7, not 2"),
    ("outputs", show("setup", "error", **ERROR), "stored error ValueError"),
    ("outputs", show("setup", "stream", name="stderr", text="W"), "stored stderr 'W'"),
    ("privacy", edit("values", source="open('/home/ann/x')"), "'/home'"),
    ("privacy", edit("title", source="# See /tmp/x"), "'/tmp'"),
    ("privacy", show("setup", "stream", name="stdout", text="in /root/data"), "'/root'"),
    ("privacy", show("setup", "display_data", **HTML), "Users"),
    ("privacy", lambda nb: nb.metadata.update(papermill={}), "papermill's metadata"),
    ("compared", ignore_most, "only 4 of 14 code cells"),
    ("practice", lambda nb: nb.cells.__delitem__(slice(-3, None)), "only 3 exercises"),
    ("practice", edit("ex2-check", id="ex2-test"), "ex2-test is not its check"),
    ("practice", tag("ex2-solution"), "ex2-solution is not its solution"),
    ("practice", edit("ex2-solution", source="```python\ntwo2 = 2\n```"), "not one folded"),
    ("practice", tag("ex2-stub"), "without a stub"),
    ("practice", edit("ex2-solution", source=fold("a\n```\n```python\nb")), "not one folded"),
    ("predictions", edit("end", source="course.surprises()"), "half: predicted and not answered"),
    ("predictions", edit("end", source="half.answer('half')"), "end: without course.surprises()"),
    ("predictions", edit("guess", source="predict('?', 'ab')"), "the one in guess: predicted"),
    ("independence", edit("ex2-stub", source="two2 = two1"), "ex2-stub: uses two1 of ex1-stub"),
    ("independence", edit("ex2-check", source="def f():\n    return two1"), "uses two1"),
]


@pytest.mark.parametrize(("rule", "change", "words"), BREACHES)
def test_rule_names_the_breach(rule, change, words, chapter):
    change(chapter)
    found = getattr(tools, rule)(chapter)
    assert any(words in breach for breach in found), found


def test_every_rule_has_a_breach():
    assert {rule for rule, *_ in BREACHES} == {rule.__name__ for rule in tools.RULES}


def test_a_name_of_an_exercise_may_be_bound_anew(chapter):
    edit("ex2-check", source="print([two1 for two1 in range(two2)])")(chapter)
    assert tools.independence(chapter) == []


def test_solutions_are_pasted_and_everything_else_left_out(chapter, tmp_path):
    before = str(chapter)
    nb = tools.solved(chapter)
    assert by_id(nb, "ex3-stub").source == "two3 = add(one, one)"
    assert "this-run" not in [c.id for c in nb.cells]
    assert not any(c.outputs for c in nb.cells) and str(chapter) == before
    tools.execute(nb, timeout=120, folder=tmp_path)
    assert [tools.text(c) for c in tools.code(nb, "check")] == ["right\n"] * 4


def test_tags_are_held_against_two_runs(chapter):
    other = nbformat.from_dict(chapter)
    assert tools.tagging(chapter, other) == [
        f"this-run: the same in both runs, {tools.IGNORED} is not needed"
    ]
    show("this-run", "stream", name="stdout", text="more\n")(other)
    assert tools.tagging(chapter, other) == []
    for nb, numbers in ((chapter, "0.98 > 0.96"), (other, "0.7 > 0.6, difference 0.1")):
        show("values", "display_data", data={"text/plain": f"held: better ({numbers})"})(nb)
    assert tools.tagging(chapter, other) == [], "numbers of claims are not compared"
    show("values", "execute_result", data={"text/plain": "4"})(other)
    (breach,) = tools.tagging(chapter, other)
    assert re.match("values: differs", breach)


def test_tagged_images_and_pieces_of_a_stream_are_no_difference(chapter):
    picture = {"data": {"image/png": "iVBOR", "text/plain": "Figure: Digits"}}
    show("this-run", "display_data", **picture)(chapter)
    other = nbformat.from_dict(chapter)
    by_id(other, "setup").outputs = []
    show("setup", "stream", name="stdout", text="rea")(other)
    show("setup", "stream", name="stdout", text="dy\n")(other)
    assert tools.tagging(chapter, other) == []
