"""Notebooks headless: what they leave, how they fail, what is kept, what ends them."""

import base64
import errno
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
from nbformat.v4 import new_output
from PIL import Image
from runner_tools import NOTE, go, instead, notebook, printed, until

from course_utils import config, datasets, precision, results
from course_utils.cli import main
from course_utils.runner import finished, pages, processes, schedule
from course_utils.runner.task import RunError

DATA = NOTE + "note('data', name='toy', source='generated', origin='seed')\n"
CLAIMS = NOTE + "note('claim', sentence='a', held=True, margin=1)\n" * 2
NAMES = ("PROFILE", "SOURCE", "OFFLINE", "SEED", "HEADLESS", "CLUSTER")
SHOW = f"import os\nprint(profile, seed, *(os.environ.get('COURSE_' + n, '-') for n in {NAMES}))"
SHOW += "\nprint(os.environ['OMP_NUM_THREADS'], os.path.basename(os.getcwd()))"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A build folder and no data of one's own, and a network that does not answer."""
    monkeypatch.delenv("COURSE_OFFLINE")
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(datasets, "offline", lambda: True)
    monkeypatch.setattr(finished, "PACKAGE", tmp_path / "package")
    return tmp_path


FAILING = {
    "a cell that raises": (
        "first = 'line of the cell'\nraise ValueError('too cold')",
        "in cell cell1: first = 'line of the cell' raise ValueError('too cold') "
        "ValueError: too cold",
    ),
    "a kernel that is killed": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "the kernel died, perhaps for want of memory",
    ),
    "a cell that never ends": (
        "import time\ntime.sleep(300)",
        "the cell did not end within its limit of 0.0667 minutes (--limit)",
    ),
    "its process is killed": (
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
        "in cell cell1: its process was killed, perhaps for want of memory",
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_fault_notebooks_that_fail(here, capsys, fault):
    """Each says why and ends no other; what passed is whole, kept, and not run again."""
    notebook(here, "01_good", DATA + CLAIMS + "print('fine')", SHOW)
    lines = "for _ in range(50):\n    print('x' * 1_000_000, flush=True)"
    notebook(here, "02_much", lines, "print('first\\rsecond')\nprint('…')")
    notebook(here, "labs/01_lab", SHOW)
    for number, (source, _) in enumerate(FAILING.values(), start=3):
        notebook(here, f"{number:02d}_bad", "1", source, "print('never')")
    assert go(here, jobs=2, seed=5, limit=0.06) == 1
    said = capsys.readouterr().out
    for number, (case, (_, sentence)) in enumerate(FAILING.items(), start=3):
        name = f"{number:02d}_bad"
        told = said[said.index(f"\n{name} failed") :].strip().partition("\n\n")[0]
        assert " ".join(told.split()).find(sentence) > 0, case
        assert f"{name}: failed after" in said
        assert number == 6 or "never" not in printed(here, name)
        fault("runs", case, told)
    table = {line.split()[0]: line.split() for line in said.splitlines() if "GiB" in line}
    assert table["01_good"][1:3] == ["quick", "generated"]
    assert table["01_good"][-2:] == ["2/2", "ran"]
    assert table["03_bad"][-1] == "FAILED"
    # what the run was asked for reached the kernels
    shown = "quick 5 quick auto 1 5 1 -\n2 {}\n"
    assert printed(here, "01_good") == "fine\n" + shown.format("notebooks")
    assert printed(here, "labs/01_lab") == shown.format("labs")
    # fifty lines of a megabyte end, and most of them are left out in one sentence
    much = printed(here, "02_much")
    assert much.startswith("x" * 100_000) and much.endswith("second\n…\n") and len(much) < 201_000
    assert "the cell printed more than 200,000 characters: the rest is left out" in much
    fault("runs", "a cell that prints 50 MB", much.strip("x").partition("\nsecond")[0])
    page = (here / "build" / "html" / "01_good.html").read_text(encoding="utf-8")
    assert "A title" in page
    assert '<script src="http' not in page, "the page would wait for the network"
    assert go(here, "1", "2", "labs", seed=5) == 0
    again = capsys.readouterr().out
    assert "0 of 3 notebooks to run" in again and again.count("kept from before") == 3


# --- what is kept -----------------------------------------------------------------------------


@pytest.fixture
def ran(here, monkeypatch):
    """Whether `01_a` ran, and was not kept; it used synthetic data for want of real ones."""
    notebook(here, "01_a", "1")
    note = {"kind": "data", "name": "mnist", "source": "synthetic", "origin": "synthetic"}
    runs = instead(monkeypatch, note)

    def ran(**options):
        before = len(runs)
        assert go(here, **options) == 0
        return len(runs) > before

    assert ran()
    return ran


def edited(here, old, new):
    path = here / "notebooks" / "01_a.ipynb"
    path.write_text(path.read_text().replace(old, new))


def rows(here, chapter, measured, date="today"):
    """A checkout whose results file holds one row."""
    row = {"id": "a", "chapter": chapter, "measured": measured, "date": date}
    (here / "data").mkdir(exist_ok=True)
    (here / "data" / results.FILE).write_text(json.dumps([row]))


CHANGES = {
    "the notebook": lambda here, patch: edited(here, '"1"', '"2"'),
    "its tags": lambda here, patch: edited(here, '"parameters"\n', '"parameters", "picture"\n'),
    "the package": lambda here, patch: (here / "package" / "plots" / "style.mplstyle").touch(),
    "a table of budgets": lambda here, patch: (here / "notebooks" / "b.toml").touch(),
    "a library": lambda here, patch: patch.setattr(finished, "_version", lambda name: "99"),
    "the processor": lambda here, patch: patch.setattr(
        precision, "processor_flags", lambda: {"avx9"}
    ),
    "the precision": lambda here, patch: patch.setenv("COURSE_PRECISION", "bfloat16"),
    "the arithmetic": lambda here, patch: patch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2"),
    "warnings as errors": lambda here, patch: patch.setenv("COURSE_STRICT", "1"),
    "the seed": lambda here, patch: patch.setenv("COURSE_SEED", "7"),
    "its reference results": lambda here, patch: rows(here, "01", 0.6),
    "the network": lambda here, patch: patch.setattr(datasets, "offline", lambda: False),
    "the data": lambda here, patch: (here / "cache" / "mnist.npz").touch(),
    "its run, damaged": lambda here, patch: next((here / "build/runs").iterdir()).write_text("{"),
    "its run, empty": lambda here, patch: next((here / "build/runs").iterdir()).write_text(""),
    "its run, another thing": lambda here, patch: next((here / "build/runs").iterdir()).write_text(
        '{"notes": 1}'
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_notebook_runs_again_when_something_that_matters_has_changed(
    here, ran, monkeypatch, what
):
    monkeypatch.setattr(config, "checkout", lambda: here)
    (here / "package" / "plots").mkdir(parents=True)
    (here / "cache").mkdir()
    rows(here, "01", 0.5)
    ran()
    rows(here, "01", 0.5, date="tomorrow")
    assert not ran(), "no page shows the date"
    CHANGES[what](here, monkeypatch)
    assert ran()
    assert not ran()
    assert len(list((here / "build" / "runs").glob("01_a-quick-auto-*.json"))) == 1


def test_what_a_page_depends_on_is_the_whole_package():
    assert {"cli.py", "plots", "runner"} <= {path.name for path in finished.PACKAGE.iterdir()}


def test_pretrained_weights_that_have_come_are_a_reason_to_run_again(here, monkeypatch):
    notebook(here, "01_a", "load_pretrained")
    runs = instead(monkeypatch)
    for online, times in ((False, 1), (False, 1), (True, 2), (False, 3)):
        monkeypatch.setattr(datasets, "offline", lambda online=online: not online)
        assert go(here) == 0
        assert len(runs) == times, "without weights, it matters whether they could be fetched"
    models = config.keras_folder() / "models"
    models.mkdir(parents=True)
    (models / "weights.h5").touch()
    for offline in (True, True, False):
        monkeypatch.setattr(datasets, "offline", lambda offline=offline: offline)
        assert go(here) == 0
        assert len(runs) == 4, "the weights are here: the network does not matter"


def test_a_page_that_is_gone_or_damaged_is_made_again_and_outputs_are_no_reason(here, ran):
    path = here / "notebooks" / "01_a.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells[2].outputs = [new_output("stream", text="stored")]
    nbformat.write(nb, path)
    page, copy = (here / "build" / k / f"01_a.{e}" for k, e in
                  (("html", "html"), ("notebooks", "ipynb")))  # fmt: skip
    executed = copy.read_bytes()
    for spoil in (page.unlink, lambda: page.write_text("<html>"), copy.unlink,
                  lambda: copy.write_text("of another profile")):  # fmt: skip
        spoil()
        assert not ran()
        assert copy.read_bytes() == executed
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert ran(fresh=True)
    assert ran(seed=1)
    assert ran(), "one run of a kind is kept: seed 1 took its place"
    assert ran(source="synthetic")
    assert ran(profile="lesson")
    assert not ran()


@pytest.mark.parametrize(
    ("case", "content"), [("cut off", '{"seconds": 1'), ("of another form", "[1]"), ("empty", "")]
)
def test_fault_a_kept_run_is_damaged(here, ran, capsys, fault, case, content):
    entry = next((here / "build" / "runs").iterdir())
    entry.write_text(content)
    capsys.readouterr()
    assert ran()
    told = capsys.readouterr().out.splitlines()[0]
    assert told.startswith(f"{entry.name} is damaged")
    aside = entry.with_name(entry.name + ".broken")
    assert aside.read_text() == content, "set aside as it was"
    fault("runs", f"a kept run is {case}", told)


def test_fault_one_that_cannot_be_kept_does_not_end_the_others(here, monkeypatch, capsys, fault):
    for name in ("01_a", "02_b"):
        notebook(here, name, "1")
    instead(monkeypatch)
    beside = config.write_beside

    def full(path, write):
        if path.name.startswith("01_a"):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        beside(path, write)

    monkeypatch.setattr(config, "write_beside", full)
    assert go(here, jobs=1) == 0
    said = capsys.readouterr().out
    assert "02_b: done" in said
    assert [p.name[:4] for p in (here / "build" / "runs").iterdir()] == ["02_b"]
    told = next(line for line in said.splitlines() if "kept" in line)
    assert told == "01_a: cannot be kept for another run: No space left on device"
    fault("runs", "the disk is full when a run is kept", told)


@pytest.mark.parametrize("folder", ["logs", "records"])
def test_fault_one_that_cannot_be_written_does_not_end_the_others(here, capsys, fault, folder):
    notebook(here, "01_a", "1")
    (here / "build" / folder).mkdir(parents=True)
    for kind in ("logs", "records"):
        (here / "build" / folder / f"01_a.{'log' if kind == 'logs' else 'jsonl'}").mkdir(
            exist_ok=True
        )
    assert go(here) == 1
    told = capsys.readouterr().out.strip().splitlines()[-1]
    assert told.startswith("01_a failed: ") and "01_a" in told.partition(": ")[2]
    fault("runs", f"its file in build/{folder} cannot be written", told)


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


# --- what is asked for ------------------------------------------------------------------------


def test_names_of_notebooks(here):
    for name in ("05_lenet", "06_deep", "06_deeper", "10_far", "labs/05_rows", "labs/05_missing"):
        notebook(here, name, "1")
    folder = here / "notebooks"
    (folder / "notes.ipynb").write_text("no chapter")

    def found(*names):
        paths = [path.relative_to(folder) for path in schedule.find(names, folder)]
        return [path.with_suffix("").as_posix() for path in paths]

    labs = ["labs/05_missing", "labs/05_rows"]
    assert found() == ["05_lenet", "06_deep", "06_deeper", "10_far", *labs]
    assert found("5") == found("05") == found("05_le") == ["05_lenet"]
    assert found("notebooks/05_lenet.ipynb") == ["05_lenet"]
    assert found("06_deep") == ["06_deep"]
    assert found("06") == ["06_deep", "06_deeper"]
    assert found("10", "05") == ["05_lenet", "10_far"]
    assert found("labs") == found("labs/05") == labs
    assert found("labs/05_rows") == found("notebooks\\labs\\05_rows.ipynb") == ["labs/05_rows"]


@pytest.mark.parametrize(
    ("case", "arguments", "environment", "sentence"),
    [
        ("an unknown chapter", ["99"], {}, "unknown chapter '99': choose from 05_lenet, labs/05_a"),
        ("an unknown lab", ["labs/9"], {}, "unknown chapter 'labs/9': choose from 05_lenet"),
        ("a chapter without a name", [""], {}, "unknown chapter ''"),
        ("an unknown profile", ["--profile", "fast"], {}, "unknown 'fast': choose one of quick"),
        ("an unknown source", ["--source", "web"], {}, "unknown 'web': choose one of auto, real"),
        ("an unknown profile in the environment", [], {"COURSE_PROFILE": "all"},
         "unknown 'all' (from COURSE_PROFILE): choose one of quick, lesson, full"),
        ("no jobs", ["--jobs", "0"], {}, "jobs must be more than 0, not 0"),
        ("no time", ["--limit", "nan"], {}, "limit must be more than 0, not nan"),
        ("a seed below 0", ["--seed", "-1"], {}, "the seed must be a whole number from 0 to"),
        ("a seed too large", ["--seed", str(2**32)], {}, "the seed must be a whole number from 0"),
        ("a seed that is no number", [], {"COURSE_SEED": "abc"},
         "the seed must be a whole number from 0 to 4,294,967,295, not 'abc'"),
        ("no cluster there", ["--cluster", "tcp://127.0.0.1:1"], {},
         "no Dask scheduler answers at tcp://127.0.0.1:1"),
        ("an address that is none", ["--cluster", "nowhere:x"], {}, "no Dask scheduler answers at"),
        ("dask is missing", ["--cluster", "tcp://127.0.0.1:1"], {"distributed": None},
         'a cluster needs dask: pip install "convnets-measured[cluster]"'),
    ],
)  # fmt: skip
def test_fault_what_cannot_be_run(
    here, monkeypatch, capsys, fault, case, arguments, environment, sentence
):
    notebook(here, "05_lenet", "1")
    notebook(here, "labs/05_a", "1")
    find = schedule.find
    monkeypatch.setattr(schedule, "find", lambda names, _: find(names, here / "notebooks"))
    monkeypatch.setattr(schedule.cluster, "PATIENCE", 0.5)
    runs = instead(monkeypatch)
    for name, value in environment.items():
        if name.isupper():
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.setitem(sys.modules, name, value)
    assert main(["run", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"course: {sentence}")
    assert said.count("\n") == 1
    assert not runs
    fault("runs", case, said)


@pytest.mark.parametrize("seed", ["", " ", "3"])
def test_a_seed_in_the_environment_may_be_empty(here, monkeypatch, seed):
    notebook(here, "01_a", "1")
    monkeypatch.setenv("COURSE_SEED", seed)
    instead(monkeypatch)
    assert go(here) == 0


@pytest.mark.parametrize(
    ("case", "content"),
    [("no JSON", "{"), ("a list", "[]"), ("empty", ""), ("no cells", "{}"), ("null", "null"),
     ("a cell without a type", '{"cells": [{}], "metadata": {}, "nbformat": 4}'),
     ("cells that are none", '{"cells": 7, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')],
)  # fmt: skip
def test_fault_a_notebook_that_is_none(here, fault, case, content):
    notebook(here, "05_lenet", "1").write_text(content)
    with pytest.raises(RunError, match=r"05_lenet\.ipynb is not a readable notebook") as error:
        go(here)
    fault("runs", f"a notebook that is {case}", str(error.value))


def test_fault_no_checkout(tmp_path, fault):
    with pytest.raises(RunError, match="clone the course") as error:
        schedule.run(folder=tmp_path)
    fault("runs", "no checkout", str(error.value))


def test_left_overs_of_pip_do_not_matter(here, monkeypatch):
    """An installation that was broken off leaves a folder `~umpy.dist-info` without a name."""
    broken = here / "site" / "~umpy-2.4.6.dist-info"
    broken.mkdir(parents=True)
    (broken / "METADATA").write_text("Metadata-Version: 2.1\n")
    monkeypatch.syspath_prepend(str(broken.parent))
    notebook(here, "01_a", "1")
    instead(monkeypatch)
    assert go(here) == 0


def test_fault_a_report_is_not_lost_to_an_encoding(here, fault):
    notebook(here, "01_用户", "raise ValueError('0 → 用户')")
    code = (
        "import sys; from pathlib import Path; from course_utils import cli\n"
        "from course_utils.runner import schedule\n"
        f"find, folder = schedule.find, Path({str(here / 'notebooks')!r})\n"
        "schedule.find = lambda names, _: find(names, folder)\n"
        "sys.exit(cli.main(['run', '--source', 'synthetic']))"
    )
    env = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True)
    assert done.returncode == 1 and done.stderr == b""
    told = done.stdout.decode("cp1252").strip().splitlines()[-1]
    assert told == r"ValueError: 0 \u2192 \u7528\u6237"
    fault("runs", "output redirected on Windows (cp1252)", told)


# --- what a run may use -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cores", "gib", "quick", "full"), [(8, 64, 8, 4), (8, 7, 2, 2), (1, 2, 1, 1), (3, 64, 3, 1)]
)
def test_notebooks_at_a_time(monkeypatch, cores, gib, quick, full):
    import joblib

    monkeypatch.setattr(joblib, "cpu_count", lambda: cores)
    monkeypatch.setattr(schedule, "memory_limit", lambda: gib * 2**30)
    assert (schedule.at_once("quick"), schedule.at_once("full")) == (quick, full)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="affinity")
def test_cores_are_those_that_this_process_may_use():
    code = "import os, joblib; os.sched_setaffinity(0, {0})\n"
    code += "from course_utils.runner.schedule import at_once; print(at_once('quick'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@pytest.mark.parametrize(
    ("group", "file"),
    [
        ("0::/a/b", "sys/fs/cgroup/a/b/memory.max"),
        ("0::/a/b", "sys/fs/cgroup/a/memory.max"),
        ("0::/", "sys/fs/cgroup/memory.max"),
        ("7:cpu,cpuacct:/x\n4:memory:/a", "sys/fs/cgroup/memory/a/memory.limit_in_bytes"),
        ("4:memory:/outside/a", "sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ],
)
def test_memory_is_what_the_container_allows(tmp_path, group, file):
    total = psutil.virtual_memory().total
    assert processes.memory_limit(tmp_path) == total, "no control groups"
    for path, text in (("proc/self/cgroup", group + "\n"), (file, "max\n")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert processes.memory_limit(tmp_path) == total, "no limit"
    (tmp_path / file).write_text("1073741824\n")
    assert processes.memory_limit(tmp_path) == 2**30


def test_memory_counts_the_kernel():
    child = subprocess.Popen(
        [sys.executable, "-c", "x = b'1' * 200_000_000; print(1, flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        child.stdout.readline()
        held = processes.memory_of(os.getpid())
        assert held > 200_000_000 + psutil.Process().memory_info().rss // 2
    finally:
        child.communicate(b"\n")


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


PUBLISH = """
import numpy as np
from course_utils import config, results
config.note_run('{profile}', {changed})
one = results.Measured(np.array([0.5]), [np.int64(0)], 1, [], None)
results.publish('{id}', one, chapter='{chapter}', what='a', data='{data}')
"""


def publishing(here, name, id, after="", profile="full", changed=(), data="real", chapter="01"):
    about = {"profile": profile, "changed": list(changed), "data": data, "chapter": chapter}
    return notebook(here, name, PUBLISH.format(id=id, **about) + after)


def test_results_of_what_passed_are_promoted_and_nothing_else(here, monkeypatch, capsys):
    """One that fails after it published, another run's left-overs, an id that has a new name."""
    publishing(here, "01_passes", "new_name")
    publishing(here, "02_fails", "of_a_failure", "import os; os._exit(1)", chapter="02")
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
    assert now == {"new_name": 0.5, "before": 0.1, "other": 0.1}
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
    instead(monkeypatch, {"kind": "result", "row": {"id": "x"}, "profile": "full", "changed": []})
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
