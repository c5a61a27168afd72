"""Notebooks headless: what they leave, how they fail, what is asked for, what they may use."""

import os
import subprocess
import sys

import psutil
import pytest
from runner_tools import NOTE, go, instead, notebook, printed

from course_utils.cli import main
from course_utils.runner import processes, schedule
from course_utils.runner.task import RunError

DATA = NOTE + "note('data', name='toy', source='generated', origin='seed')\n"
CLAIMS = NOTE + "note('claim', sentence='a', held=True, margin=1)\n" * 2
NAMES = ("PROFILE", "SOURCE", "OFFLINE", "SEED", "HEADLESS", "CLUSTER")
SHOW = f"import os\nprint(profile, seed, *(os.environ.get('COURSE_' + n, '-') for n in {NAMES}))"
SHOW += "\nprint(os.environ['OMP_NUM_THREADS'], os.path.basename(os.getcwd()))"


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
    assert found("05_rows") == found("05_ro") == ["labs/05_rows"]
    assert found("05_") == ["05_lenet", *labs]


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
         "the seed must be a whole number from 0 to 2,147,483,647, not 'abc'"),
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


def test_a_claim_that_fails_with_a_seed_of_ones_own_does_not_stop_the_chapter(here, capsys):
    start = "from course_utils import claim, course\nb = course.start('01', profile, seed=seed)"
    notebook(here, "01_a", start, "claim('one is more than two', 1, '>', 2)", "print('goes on')")
    assert go(here, seed=42, source="synthetic") == 0
    assert "0/1" in capsys.readouterr().out
    assert printed(here, "01_a").endswith("goes on\n")


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
