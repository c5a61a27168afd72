"""Tiny notebooks that import nothing heavy, and runs of them."""

import time

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.runner import schedule

NOTE = "from course_utils.events import note\n"


def notebook(folder, name, *sources):
    """A notebook with a parameters cell and one code cell for each source."""
    cells = [new_markdown_cell("# A title", id="title")]
    cells.append(new_code_cell("profile = None\nseed = None", id="parameters"))
    cells[-1].metadata.tags = ["parameters"]
    cells += [new_code_cell(source, id=f"cell{i}") for i, source in enumerate(sources)]
    path = folder / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


def go(folder, *names, **options):
    return schedule.run(names, folder=folder / "notebooks", **options)


def printed(folder, name):
    """What the executed copy's code cells printed, in one string."""
    executed = nbformat.read(folder / "build" / "notebooks" / f"{name}.ipynb", as_version=4)
    outputs = [o for c in executed.cells if c.cell_type == "code" for o in c.outputs]
    return "".join(o.get("text", "") for o in outputs)


def instead(monkeypatch, *notes, failure=""):
    """Runs without kernels: each leaves its notebook as it is, and `notes`; returns their names."""
    ran = []

    def execute(one, token):
        ran.append(one.name)
        for kind, content in (("notebooks", one.notebook.read_text()), ("html", "<html></html>")):
            one.made(kind).parent.mkdir(parents=True, exist_ok=True)
            one.made(kind).write_text(content)
        one.notes, one.failure = list(notes), failure
        return one

    monkeypatch.setattr(schedule.task, "execute", execute)
    return ran


def until(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
