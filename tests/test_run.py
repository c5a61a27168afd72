"""Chapters headless: tiny notebooks without TensorFlow, each in a kernel of its own."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from course_utils import datasets, results
from course_utils.cli import main
from course_utils.runner import finished, schedule, worker
from course_utils.runner.finished import RunError, find, keep

NOTE = "from course_utils.events import note\n"
DATA = NOTE + "note('data', name='toy', source='generated', origin='seed')\n"
CLAIMS = NOTE + "note('claim', sentence='a', held=True, margin=1)\n" * 2
SHOW = (
    "import os\n"
    "print(profile, seed, *(os.environ.get(name, '-') for name in ("
    "'COURSE_PROFILE', 'COURSE_SOURCE', 'COURSE_OFFLINE', 'COURSE_SEED', 'OMP_NUM_THREADS')))"
)


def notebook(folder, stem, *sources):
    """A notebook with a parameters cell and one code cell for each source."""
    cells = [new_markdown_cell("# A title", id="title")]
    cells.append(new_code_cell("profile = None\nseed = None", id="parameters"))
    cells[-1].metadata.tags = ["parameters"]
    cells += [new_code_cell(source, id=f"cell{i}") for i, source in enumerate(sources)]
    path = folder / "notebooks" / f"{stem}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A build folder and no data of one's own, and a network that does not answer."""
    for name in ("PROFILE", "SOURCE", "SEED", "OFFLINE", "DATA_DIR", "RECORD", "STRICT"):
        monkeypatch.delenv(f"COURSE_{name}", raising=False)
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets, "offline", lambda: True)
    return tmp_path


def go(folder, *names, **options):
    return schedule.run(names, folder=folder / "notebooks", **options)


def printed(folder, stem):
    """What the executed copy's code cells printed, in one string."""
    executed = nbformat.read(folder / "build" / "notebooks" / f"{stem}.ipynb", as_version=4)
    outputs = [o for c in executed.cells if c.cell_type == "code" for o in c.outputs]
    return "".join(o.get("text", "") for o in outputs)


def test_three_chapters_one_of_them_failing(here, capsys):
    notebook(here, "01_good", DATA + CLAIMS + "print('fine')", SHOW)
    failing = "first = 'line of the cell'\n" + NOTE + "note('claim', sentence='b', held=False)\n"
    notebook(here, "02_bad", "1", failing + "raise ValueError('too cold')", "print('never')")
    notebook(here, "03_dead", "import os; os._exit(3)")
    assert go(here, jobs=2, seed=5, source="auto") == 1
    said = capsys.readouterr().out
    rows = {line.split()[0]: line for line in said.splitlines() if line.startswith("0")}
    for cells in (["01_good", "quick", "generated"], ["2/2", "ran"]):
        assert all(cell in said for cell in cells)
    assert "02_bad: failed after" in said
    assert "03_dead failed in cell cell0:" in said
    assert rows["03_dead"]
    assert "02_bad failed in cell cell1:" in said
    assert "    first = 'line of the cell'" in said
    assert said.count("ValueError: too cold") >= 1
    assert "0/1" in said
    # the good chapter is whole; the setting of the run reached its kernel
    assert printed(here, "01_good") == "fine\nquick 5 quick auto 1 5 2\n"
    assert "never" not in printed(here, "02_bad")
    page = (here / "build" / "html" / "01_good.html").read_text(encoding="utf-8")
    assert "A title" in page
    assert '<script src="http' not in page, "the page would wait for the network"
    # finished chapters are kept, failed ones are tried again
    assert go(here, jobs=1, seed=5) == 1
    again = capsys.readouterr().out
    assert "2 of 3 chapters to run" in again
    assert "kept from before" in again


def test_kept_until_something_that_matters_changes(here, monkeypatch):
    path = notebook(here, "01_a", "1")
    out = here / "build" / "notebooks" / "01_a.ipynb"
    runs = []

    def without_kernel(chapter, seed, offline, stopped):
        runs.append(chapter.key)
        out.parent.mkdir(exist_ok=True)
        out.write_bytes(path.read_bytes())
        chapter.notes = [
            {"kind": "data", "name": "mnist", "source": "synthetic", "origin": "synthetic"}
        ]
        keep(chapter, offline)

    def ran(**options):
        before = len(runs)
        assert go(here, **options) == 0
        return len(runs) > before

    monkeypatch.setattr(schedule, "_run_one", without_kernel)
    assert ran()
    executed = out.read_bytes()
    assert not ran()
    # outputs are no reason to run again; the executed copy comes back from what is kept
    nb = nbformat.read(path, as_version=4)
    nb.cells[2].outputs = [new_output("stream", text="stored")]
    nbformat.write(nb, path)
    out.write_text("overwritten by another profile")
    assert not ran()
    assert out.read_bytes() == executed
    assert ran(fresh=True)
    assert ran(seed=1)
    assert ran(source="synthetic")
    assert ran(profile="lesson")
    assert ran(), "one run of a kind is kept: seed 1 took its place"
    assert not ran()
    (here / "cache").mkdir()
    (here / "cache" / "mnist.npz").write_bytes(b"real data have come")
    assert ran()
    monkeypatch.setattr(datasets, "offline", lambda: False)
    assert ran(), "drawn for want of a network, which is there now"
    nb.cells[2].source += "# changed"
    nbformat.write(nb, path)
    assert ran()
    monkeypatch.setattr(finished, "_versions", lambda: ["keras 99"])
    assert ran()
    assert len(list((here / "build" / "runs").glob("01_a-quick-auto-*.json"))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_resumes_after_interruption(here, how):
    notebook(here, "01_first", "print('done')")
    flag = here / "started"
    notebook(here, "02_long", f"open({str(flag)!r}, 'w').close()\nimport time\ntime.sleep(300)")
    code = (
        "import sys; from pathlib import Path; from course_utils import cli\n"
        "from course_utils.runner import schedule\n"
        f"find, folder = schedule.find, Path({str(here / 'notebooks')!r})\n"
        "schedule.find = lambda names, _: find(names, folder)\n"
        "sys.exit(cli.main(['run', '--jobs', '1', '--source', 'synthetic']))"
    )
    first = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    try:
        until(flag.exists)
        family = psutil.Process(first.pid).children(recursive=True)
        assert len(family) >= 2, "a process for the chapter and its kernel"
        first.send_signal(how)
        _, said = first.communicate(timeout=60)
    finally:
        worker.end_processes(first.pid)
    assert first.returncode == (-how if how == signal.SIGKILL else 130)
    if how != signal.SIGKILL:
        assert "interrupted: what is finished is kept" in said
    until(lambda: not any(running(process) for process in family))
    kept = list((here / "build" / "runs").glob("*.json"))
    assert [path.name.split("-")[0] for path in kept] == ["01_first"]
    notebook(here, "02_long", "print('short now')")
    begun = kept[0].stat().st_mtime_ns
    assert go(here, source="synthetic") == 0
    assert kept[0].stat().st_mtime_ns == begun, "the finished chapter ran again"
    assert printed(here, "02_long") == "short now\n"


def until(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def running(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_two_runs_do_not_share_a_build_folder(here):
    notebook(here, "01_a", "1")
    with schedule._alone(), pytest.raises(RunError, match="another run is at work"):
        go(here)


def test_names_of_chapters(here):
    for stem in ("05_lenet", "06_deep", "06_deeper", "10_far"):
        notebook(here, stem, "1")
    folder = here / "notebooks"
    (folder / "notes.ipynb").write_text("not a chapter")

    def stems(*names):
        return [path.stem for path in find(names, folder)]

    assert stems() == ["05_lenet", "06_deep", "06_deeper", "10_far"]
    assert stems("5") == stems("05") == stems("05_le") == ["05_lenet"]
    assert stems("notebooks/05_lenet.ipynb") == ["05_lenet"]
    assert stems("06_deep") == ["06_deep"]
    assert stems("06") == ["06_deep", "06_deeper"]
    assert stems("10", "05") == ["05_lenet", "10_far"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["99"], "unknown chapter '99': choose from 05_lenet"),
        ([""], "unknown chapter ''"),
        (["--profile", "fast"], "unknown 'fast': choose one of quick, lesson, full"),
        (["--source", "web"], "unknown 'web': choose one of auto, real, synthetic"),
        (["--jobs", "0"], "jobs must be at least 1, not 0"),
        (["--seed", "-1"], "seed must be at least 0, not -1"),
    ],
)
def test_what_cannot_be_run_is_one_sentence(here, monkeypatch, capsys, arguments, sentence):
    notebook(here, "05_lenet", "1")
    monkeypatch.setattr(schedule, "find", lambda names, _: find(names, here / "notebooks"))
    assert main(["run", *arguments]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not list(here.glob("build/runs/*"))


def test_broken_notebook_is_one_sentence(here):
    notebook(here, "05_lenet", "1").write_text("{")
    with pytest.raises(RunError, match=r"05_lenet\.ipynb is not a readable notebook"):
        go(here)


FIGURE = """
import numpy as np, io
from PIL import Image
from IPython.display import SVG, Image as Shown, display
noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3)).astype('uint8')
file = io.BytesIO(); Image.fromarray(noise).save(file, 'PNG')
display(Shown(file.getvalue()))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" xmlns:dc="x"><dc:date>now</dc:date></svg>'))
"""
WIDGET = "import ipywidgets; ipywidgets.interact(lambda n: None, n=3); print('static')"


def test_store_writes_outputs_and_nothing_else(here, monkeypatch, capsys):
    promoted = []
    monkeypatch.setattr(results, "promote", lambda: promoted.append(1) or 7)
    path = notebook(here, "01_a", "print('a'); print('b')", "3 * 7", FIGURE, WIDGET)
    before = nbformat.read(path, as_version=4)
    assert go(here, store=True, source="synthetic") == 0
    assert "7 results promoted" in capsys.readouterr().out
    text = path.read_text(encoding="utf-8")
    raw = json.loads(text)
    assert text == json.dumps(raw, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert "papermill" not in text
    assert "injected" not in text
    assert str(here) not in text
    after = nbformat.read(path, as_version=4)
    assert after.metadata == before.metadata
    for old, new in zip(before.cells, after.cells, strict=True):
        assert (old.id, old.source, old.metadata) == (new.id, new.source, new.metadata)
    code = [cell for cell in after.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4, 5]
    assert [output.text for output in code[1].outputs] == ["a\nb\n"]
    assert code[2].outputs[0].execution_count == 3
    assert [output.get("text") for output in code[4].outputs] == ["static\n"]
    png, svg = code[3].outputs
    image = Image.open(io.BytesIO(base64.b64decode(png.data["image/png"])))
    assert (image.mode, image.size) == ("P", (60, 60))
    assert "now" not in svg.data["image/svg+xml"]
    # storing the same again changes nothing
    assert go(here, store=True, source="synthetic", fresh=True) == 0
    assert path.read_text(encoding="utf-8") == text
    assert promoted == [1, 1]


def test_store_needs_a_finished_chapter(here, monkeypatch, capsys):
    monkeypatch.setattr(results, "promote", lambda: pytest.fail("nothing to promote"))
    path = notebook(here, "01_a", "1 / 0")
    before = path.read_bytes()
    assert go(here, store=True, source="synthetic") == 1
    assert path.read_bytes() == before


def test_memory_counts_the_kernel():
    child = subprocess.Popen(
        [sys.executable, "-c", "x = b'1' * 200_000_000; print(1, flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        child.stdout.readline()
        assert schedule._memory(os.getpid()) > 200_000_000 + psutil.Process().memory_info().rss // 2
    finally:
        child.communicate(b"\n")
