"""The command line: help, what it starts, and what it says when it cannot."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import cli, config, datasets
from course_utils.runner import schedule
from course_utils.runner.finished import stamp
from course_utils.runner.task import RunError

COMMANDS = ("run", "test", "lab", "fetch", "doctor")


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from course_utils.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(sorted(m.partition('.')[0] for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(command in done.stdout for command in COMMANDS)
    loaded = done.stdout.splitlines()[-1]
    assert "argparse" in loaded
    heavy = ("numpy", "keras", "tensorflow", "papermill", "matplotlib", "nbformat", "psutil")
    assert [name for name in heavy if f"'{name}'" in loaded] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([command, "--help"])
    assert end.value.code == 0
    assert f"python -m course_utils {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("", "the following arguments are required: COMMAND"),
        ("walk", "argument COMMAND: invalid choice: 'walk'"),
        ("run --fast", "run does not know --fast"),
        ("run --seed some", "argument --seed: invalid int value: 'some'"),
        ("doctor x", "doctor does not know x"),
    ],
)
def test_fault_unknown_command_or_option(arguments, sentence, capsys, fault):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments.split())
    assert end.value.code == 2
    usage, _, said = capsys.readouterr().err.partition("error: ")
    assert usage.startswith("usage:") and said.startswith(sentence)
    fault("commands", f"course {arguments}", said)


def test_run_passes_everything_on(monkeypatch):
    seen = []
    monkeypatch.setattr(schedule, "run", lambda *a, **k: seen.append((a, k)) or 0)
    words = "run 05 06 --profile lesson --source synthetic --seed 3 --jobs 2 --limit 1.5 --fresh"
    assert cli.main([*words.split(), "--store", "--cluster", "tcp://lab:8786"]) == 0
    options = {"profile": "lesson", "source": "synthetic", "seed": 3, "jobs": 2, "limit": 1.5}
    options |= {"fresh": True, "store": True, "address": "tcp://lab:8786"}
    assert seen == [((["05", "06"],), options)]


ENDS = {
    "Ctrl-C": (KeyboardInterrupt(), 130, "interrupted: what is finished is kept"),
    "the disk is full": (
        OSError(errno.ENOSPC, "…"),
        1,
        "course: cannot execute the chapters: No space left on device; COURSE_BUILD may "
        "name another folder for what a run makes",
    ),
    "a file that may not be read": (
        PermissionError(errno.EACCES, "…", "notebooks/05_lenet_mnist.ipynb"),
        1,
        "course: cannot execute the chapters: notebooks/05_lenet_mnist.ipynb: Permission denied",
    ),
    "too many open files": (
        OSError(errno.EMFILE, "…", str(config.checkout() / "data" / "mnist.npz")),
        1,
        "course: cannot execute the chapters: data/mnist.npz: Too many open files",
    ),
    "a run that cannot be": (RunError("jobs must be at least 1"), 2, "course: jobs must be at"),
}


@pytest.mark.parametrize("case", ENDS)
def test_fault_ends_with_one_sentence(monkeypatch, capsys, fault, case):
    error, code, sentence = ENDS[case]

    def fail(*args, **options):
        raise error

    monkeypatch.setattr(schedule, "run", fail)
    assert cli.main(["run"]) == code
    said = capsys.readouterr().err.strip()
    assert said.startswith(sentence)
    assert "\n" not in said
    fault("commands", case, said)


@pytest.mark.parametrize("kind", [PermissionError, FileExistsError])
def test_fault_a_checkout_that_cannot_be_written(monkeypatch, capsys, tmp_path, fault, kind):
    """Read-only, or with a file named `build`: the folder and the way out are named."""
    chapter = tmp_path / "notebooks" / "01_tensors.ipynb"
    chapter.parent.mkdir()
    shutil.copy(config.checkout() / "notebooks" / chapter.name, chapter)
    monkeypatch.setattr(config, "checkout", lambda: tmp_path)
    mkdir = Path.mkdir

    def closed(path, *args, **options):
        if path == tmp_path / "build":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        mkdir(path, *args, **options)

    if kind is PermissionError:
        monkeypatch.setattr(Path, "mkdir", closed)
    else:
        (tmp_path / "build").write_text("no folder")
    assert cli.main(["run", "01", "--source", "synthetic"]) == 1
    said = capsys.readouterr().err.strip()
    assert re.fullmatch("course: cannot execute the chapters: build(/run.lock)?: .*", said)
    assert said.endswith("; COURSE_BUILD may name another folder for what a run makes")
    fault("commands", f"the build folder raises {kind.__name__}", said)


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "ascii", "utf-8"])
def test_fault_output_that_an_encoding_cannot_hold(encoding, fault):
    """Redirected on a Windows console's code page: every sign arrives, escaped where it must be."""
    code = (
        "import sys; from course_utils import cli, datasets\n"
        "datasets.fetch = lambda name: datasets.Fetched(name, True, f'{name}: 5 Γ· 用户 – é.')\n"
        "sys.exit(cli.main(['fetch', 'mnist']))"
    )
    env = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True)
    assert done.returncode == 0 and done.stderr == b""
    said = done.stdout.decode(encoding)
    signs = {s: s if encodes(s, encoding) else s.encode("ascii", "backslashreplace").decode()
             for s in "Γ·用户–é"}  # fmt: skip
    assert said.strip() == "mnist: 5 Γ· 用户 – é.".translate(str.maketrans(signs))
    if encoding != "utf-8":
        fault("commands", f"output in {encoding}", said)


def encodes(sign, encoding):
    try:
        return bool(sign.encode(encoding))
    except UnicodeEncodeError:
        return False


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is an invalid argument there")
def test_fault_nobody_reads_the_output_to_its_end(fault):
    """`fetch | head -1`: no traceback about a broken pipe."""
    code = (
        "import sys; from course_utils import cli, datasets\n"
        "datasets.fetch = lambda name: datasets.Fetched(name, True, name * 100_000)\n"
        "sys.exit(cli.main(['fetch']))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(5) == b"mnist"
        process.stdout.close()
        said = process.stderr.read().decode()
    assert process.returncode == 1 and said == ""
    fault("commands", "output into a closed pipe", "(nothing, and exit code 1)")


def test_fault_no_checkout(monkeypatch, capsys, fault):
    monkeypatch.setattr(config, "checkout", lambda: None)
    for command in ("test", "lab"):
        assert cli.main([command]) == 1
        said = capsys.readouterr().err
        assert said == "course: there is no checkout of the course here: clone it first\n"
    fault("commands", "installed without a checkout", said)


@pytest.fixture
def started(monkeypatch):
    """The commands that would be started; each ends with 0."""
    commands = []
    monkeypatch.setattr(subprocess, "call", lambda command, **_: commands.append(command) or 0)
    return commands


def test_test_runs_every_stage(started, capsys):
    assert cli.main(["test"]) == 0
    lines = [" ".join(command[2:]) for command in started]
    assert lines[0] == "ruff check"
    assert lines[1] == "ruff format --check"
    assert "not slow and not browser and not benchmark" in lines[2]
    nbval = next(line for line in lines if "--nbval" in line)
    assert "--dist loadscope" in nbval, "cells of one notebook belong to one worker"
    assert capsys.readouterr().out.count("passed") == len(lines)
    started.clear()
    assert cli.main(["test", "--all"]) == 0
    lines = [" ".join(command[2:]) for command in started]
    assert "pytest -m benchmark" in lines
    assert "course_utils run --source real" in lines


def test_test_goes_on_after_a_failure(monkeypatch, capsys):
    ends = iter([1, 0, 0, 0])
    monkeypatch.setattr(subprocess, "call", lambda command, **_: next(ends))
    assert cli.main(["test"]) == 1
    said = capsys.readouterr().out
    assert said.count("FAILED") == 1
    assert said.count("passed") == 3


def test_test_hands_other_arguments_to_pytest(started):
    assert cli.main(["test", "tests/test_cli.py", "-k", "help"]) == 0
    assert started == [[sys.executable, "-m", "pytest", "tests/test_cli.py", "-k", "help"]]


@pytest.mark.parametrize("user", [0, 1000, None], ids=["root", "user", "Windows"])
def test_lab_opens_the_first_chapter_quietly(monkeypatch, user, tmp_path):
    commands = []
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))

    def start(*module):
        commands.append(module)
        return [sys.executable, "-c", "import sys; sys.exit(7)"]

    monkeypatch.setattr(cli, "_python", start)
    if user is None:
        monkeypatch.delattr(os, "geteuid", raising=False)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    before = signal.getsignal(signal.SIGINT)
    assert cli.main(["lab", "--no-browser", "--port", "8890"]) == 7
    assert signal.getsignal(signal.SIGINT) is before
    (command,) = commands
    first = min(path.name for path in Path(config.checkout(), "notebooks").glob("[0-9]*.ipynb"))
    assert command[0] == "jupyterlab"
    assert f"--LabApp.default_url=/lab/tree/notebooks/{first}" in command
    assert "--LabApp.news_url=None" in command
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in command
    assert ("--allow-root" in command) == (user == 0)
    assert command[-3:] == ("--no-browser", "--port", "8890")


def test_fetch_reports_each_set(monkeypatch, capsys):
    def fetch(name):
        return datasets.Fetched(name, name != "imdb", f"{name}: said.")

    monkeypatch.setattr(datasets, "fetch", fetch)
    assert cli.main(["fetch", "mnist", "reuters"]) == 0
    assert capsys.readouterr().out == "mnist: said.\nreuters: said.\n"
    assert cli.main(["fetch"]) == 1, "one set did not come"
    assert capsys.readouterr().out.count("said.") == len(datasets.CARDS)


def test_fault_fetch_of_an_unknown_set(capsys, fault):
    assert cli.main(["fetch", "mnits"]) == 2
    said = capsys.readouterr().err
    assert "there is no data set 'mnits'" in said
    fault("commands", "fetch mnits", said)


def test_stamp_follows_the_files(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    assert stamp("mnist") == stamp("toy") == {}
    (tmp_path / "mnist.npz").write_bytes(b"1")
    before = stamp("mnist")
    assert list(before) == ["the course folder"]
    (tmp_path / "mnist.npz").write_bytes(b"12")
    assert stamp("mnist") != before
