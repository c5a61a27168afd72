"""What ends a run, and what is stored and promoted of it."""

import base64
import errno
import io
import json
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest
from PIL import Image
from runner_tools import NOTE, go, instead, notebook, until

from course_utils import results
from course_utils.runner import pages, processes, schedule
from course_utils.runner.task import RunError

# --- what ends a run --------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_fault_interrupted(here, how, fault):
    """What is finished is kept, nothing goes on, the cell is named; then it goes on from there."""
    notebook(here, "01_first", "1")
    flag = here / "started"
    notebook(here, "02_long", f"open({str(flag)!r}, 'w').close()\nimport time\ntime.sleep(300)")
    code = (
        "import sys; from pathlib import Path; from course_utils import cli\n"
        "from course_utils.runner import schedule\n"
        f"find, folder = schedule.find, Path({str(here / 'notebooks')!r})\n"
        "schedule.find = lambda names, _: find(names, folder)\n"
        "sys.exit(cli.main(['run', *sys.argv[1:], '--jobs', '2', '--source', 'synthetic']))"
    )
    names = [] if how == signal.SIGINT else ["2"]
    command = [sys.executable, "-c", code, *names]
    with subprocess.Popen(command, stderr=-1, stdout=-1, text=True) as first:
        kept = here / "build" / "runs"
        until(lambda: flag.exists() and (names or list(kept.glob("*.json"))))
        family = psutil.Process(first.pid).children(recursive=True)
        assert len(family) >= 2, "a process for the notebook and its kernel"
        first.send_signal(how)
        try:
            _, said = first.communicate(timeout=60)
        finally:
            first.kill()
    assert first.returncode == (-how if how == signal.SIGKILL else 130)
    if how != signal.SIGKILL:
        stopped, _, told = said.strip().splitlines()
        assert stopped.startswith("02_long: stopped in cell cell0, after ")
        assert told.startswith("interrupted: what is finished is kept")
        fault("runs", f"{how.name} while a cell runs", f"{stopped}. {told}")
    until(lambda: not any(running(process) for process in family))
    assert [path.name.split("-")[0] for path in kept.glob("*")] == ([] if names else ["01_first"])


def running(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_fault_two_runs_do_not_share_a_build_folder(here, monkeypatch, capsys, fault):
    notebook(here, "01_a", "1")
    runs = instead(monkeypatch)
    with schedule._alone(here / "build"), pytest.raises(RunError, match="another run") as error:
        go(here)
    assert not runs
    fault("runs", "another run is at work", str(error.value))
    (here / "build" / "running-0").touch()  # of a run that was killed
    assert go(here) == 0
    assert not list((here / "build").glob("running-*"))


def test_a_cell_that_runs_for_long_is_named(here, monkeypatch, capsys):
    monkeypatch.setattr(schedule, "LONG", 1)
    notebook(here, "01_a", "import time\ntime.sleep(3)")
    assert go(here) == 0
    assert capsys.readouterr().out.count("01_a: 0 min in cell cell0 so far") == 1


def test_an_earlier_run_is_not_taken_for_one_that_goes_on(here, monkeypatch, capsys):
    monkeypatch.setattr(schedule, "LONG", 0)
    notebook(here, "01_a", "1")
    instead(monkeypatch)
    execute = schedule.task.execute
    monkeypatch.setattr(schedule.task, "execute", lambda *a: (time.sleep(1.2), execute(*a))[1])
    earlier = here / "build" / "records" / "01_a.jsonl"
    earlier.parent.mkdir(parents=True)
    earlier.write_text('{"kind": "cell", "cell": "x", "index": 1, "of": 2, "at": 0}\n')
    assert go(here) == 0
    assert "so far" not in capsys.readouterr().out


# --- what is stored and promoted --------------------------------------------------------------

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


def test_store_writes_outputs_and_nothing_else(here, capsys):
    path = notebook(here, "01_a", "print('a'); print('b')", "3 * 7", FIGURE, WIDGET)
    before = nbformat.read(path, as_version=4)
    assert go(here, store=True, source="synthetic") == 0
    assert "promoted" not in capsys.readouterr().out
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
    assert go(here, store=True, source="synthetic") == 0
    assert path.read_text(encoding="utf-8") == text


RECORD = """
about = dict(seeds=[0], seconds=[], epochs=1, parameters=None, data='real', date='2026-11-26')
note('result', label='{id}', values=[0.5], profile='full', changed=[], **about)
"""


def recording(here, name, id, after=""):
    """A notebook that records what it measured, and the line that lists it as a result."""
    chapter = name.rpartition("/")[2] if "/" in name else name[:2]
    path = notebook(here, name, NOTE + RECORD.format(id=id) + after)
    with (here / "notebooks" / results.LITERATURE).open("a") as listed:
        listed.write(f'["{chapter}"]\n{id} = {{ label = "{id}" }}\n')
    return path


def test_results_of_what_passed_are_promoted_and_nothing_else(here, monkeypatch, capsys):
    """One that fails after it recorded, another run's left-overs, an id that has a new name."""
    recording(here, "01_passes", "new_name")
    recording(here, "02_fails", "of_a_failure", "import os; os._exit(1)")
    recording(here, "labs/01_deeper", "of_a_lab")
    held = [{"id": i, "chapter": c, "measured": 0.1} for i, c in
            (("old_name", "01"), ("before", "02"), ("other", "03"))]  # fmt: skip
    path = here / "data" / results.FILE
    path.parent.mkdir()
    path.write_text(json.dumps(held))
    (here / "build" / "results").mkdir(parents=True)
    (here / "build" / "results" / "loose.json").write_text('{"id": "loose", "chapter": "01"}')
    unstored = (here / "notebooks" / "02_fails.ipynb").read_bytes()
    assert go(here, profile="full", store=True, jobs=2) == 1
    now = {row["id"]: row["measured"] for row in json.loads(path.read_text())}
    assert now == {"new_name": 0.5, "before": 0.1, "other": 0.1, "of_a_lab": 0.5}
    assert (here / "notebooks" / "02_fails.ipynb").read_bytes() == unstored
    said = capsys.readouterr().out
    assert "01_passes: 1 results promoted" in said
    # what is kept of a full run is promoted as well, without running again
    path.write_text(json.dumps(held))
    instead(monkeypatch, failure=": it ran again")
    assert go(here, "1", profile="full", store=True) == 0
    assert "new_name" in path.read_text()
    # and nothing by a run of another profile
    path.write_text(json.dumps(held))
    instead(monkeypatch, {"kind": "result", "label": "new_name", "profile": "full"})
    assert go(here, "1", profile="quick", store=True) == 0
    assert json.loads(path.read_text()) == held


@pytest.mark.parametrize("case", ["storing", "a page"])
def test_fault_one_that_cannot_be_stored_does_not_end_the_others(
    here, monkeypatch, capsys, fault, case
):
    for name in ("01_a", "02_b"):
        notebook(here, name, "1")
    instead(monkeypatch)
    store = pages.store

    def closed(executed, original, root):
        if original.stem == "01_a":
            if case == "storing":
                raise PermissionError(errno.EACCES, "Permission denied", str(original))
            raise pages.StoreError("01_a.ipynb, cell cell0: wrote to stderr, nothing was stored")
        store(executed, original, root)

    monkeypatch.setattr(pages, "store", closed)
    assert go(here, store=True) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "02_b: outputs stored"
    assert said[-2].startswith("01_a: ")
    fault("runs", f"{case}: a notebook that cannot be stored", said[-2])


def test_processes_end_with_their_parent(tmp_path):
    """A process whose standard input closes ends, with what it has started."""
    code = (
        "import subprocess, sys, time\n"
        "from course_utils.runner.processes import end_with_parent\n"
        "end_with_parent()\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "child = subprocess.Popen(command, stdout=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True)
    child = psutil.Process(int(parent.stdout.readline()))
    parent.communicate("", timeout=30)
    assert parent.returncode == 1
    until(lambda: not running(child), 20)


def test_what_loses_its_token_is_ended(tmp_path):
    """Here it is gone from the beginning, and what was started would go on for a while."""
    path, out, log = (notebook(tmp_path, "01_a", "import time; time.sleep(20)"),
                      tmp_path / "out.ipynb", tmp_path / "log")  # fmt: skip
    job = {"notebook": str(path), "out": str(out), "html": str(out), "parameters": {}, "limit": 60}
    with log.open("wb") as file:
        module = ["course_utils.runner.worker", json.dumps(job)]
        code, _ = processes.supervise(module, {}, file, tmp_path / "token")
    assert (code, log.read_text(), out.exists()) == (1, "", False)
