"""The command line: help, what it starts, and what it says when it cannot."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import cli as cli
from course_utils import config, datasets, doctor
from course_utils.runner import schedule, worker
from course_utils.runner.finished import stamp

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


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run", "--fast"], ["doctor", "x"]])
def test_unknown_command_or_option(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_run_passes_everything_on(monkeypatch):
    seen = []
    monkeypatch.setattr(schedule, "run", lambda *a, **k: seen.append((a, k)) or 0)
    words = "run 05 06 --profile lesson --source synthetic --seed 3 --jobs 2 --fresh --store"
    assert cli.main(words.split()) == 0
    options = {"profile": "lesson", "source": "synthetic", "seed": 3, "jobs": 2}
    assert seen == [((["05", "06"],), options | {"fresh": True, "store": True})]


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (KeyboardInterrupt(), 130, "interrupted: what is finished is kept"),
        (OSError(28, "No space left on device"), 1, "course: No space left on device"),
        (worker.StoreError("05, cell x: wrote"), 1, "course: 05, cell x: wrote"),
    ],
)
def test_ends_with_one_sentence(monkeypatch, capsys, error, code, sentence):
    def fail(*args, **options):
        raise error

    monkeypatch.setattr(schedule, "run", fail)
    assert cli.main(["run"]) == code
    said = capsys.readouterr().err.strip()
    assert said.startswith(sentence)
    assert "\n" not in said


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


def test_lab_opens_the_first_chapter_quietly(monkeypatch):
    commands = []

    def start(*module):
        commands.append(module)
        return [sys.executable, "-c", "import sys; sys.exit(7)"]

    monkeypatch.setattr(cli, "_python", start)
    before = signal.getsignal(signal.SIGINT)
    assert cli.main(["lab", "--no-browser", "--port", "8890"]) == 7
    assert signal.getsignal(signal.SIGINT) is before
    (command,) = commands
    first = min(path.name for path in Path(config.checkout(), "notebooks").glob("[0-9]*.ipynb"))
    assert command[0] == "jupyterlab"
    assert f"--LabApp.default_url=/lab/tree/notebooks/{first}" in command
    assert "--LabApp.news_url=None" in command
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in command
    assert command[-3:] == ("--no-browser", "--port", "8890")


def test_fetch_reports_each_set(monkeypatch, capsys):
    def fetch(name):
        return datasets.Fetched(name, name != "imdb", f"{name}: said.")

    monkeypatch.setattr(datasets, "fetch", fetch)
    assert cli.main(["fetch", "mnist", "reuters"]) == 0
    assert capsys.readouterr().out == "mnist: said.\nreuters: said.\n"
    assert cli.main(["fetch"]) == 1, "one set did not come"
    assert capsys.readouterr().out.count("said.") == len(datasets.CARDS)


def test_fetch_of_an_unknown_set_is_one_sentence(capsys):
    assert cli.main(["fetch", "mnits"]) == 2
    assert "there is no data set 'mnits'" in capsys.readouterr().err


def test_doctor_says_what_is_there(monkeypatch, tmp_path, capsys):
    (tmp_path / "mnist.npz").write_bytes(b"123")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "none"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(datasets, "offline", lambda: True)
    monkeypatch.setattr(doctor, "_tensorflow", lambda: True)
    assert cli.main(["doctor"]) == 0
    said = capsys.readouterr().out
    lines = {line[9:29].strip(): line[29:] for line in said.splitlines()}
    assert lines["MNIST"] == "the class folder"
    assert lines["IMDB reviews"].startswith("not here (")
    assert lines["Network"].startswith("not reachable")
    assert " in the lock, " in lines["Packages"]
    assert "cores" in lines["Processor"]
    assert str(tmp_path) not in said


@pytest.mark.parametrize(
    ("lock", "code", "said"),
    [
        ("numpy==0.0.1 \\\n    --hash=sha256:0\n", 1, "1 in the lock, 1 differ: numpy "),
        ("no-such-thing==1.0\n", 0, "no-such-thing missing (lock 1.0)"),
        ("gone==1 ; sys_platform == 'vms'\n", 1, "0 in the lock, all as locked"),
    ],
)
def test_doctor_compares_with_the_lock(monkeypatch, tmp_path, capsys, lock, code, said):
    (tmp_path / "requirements.txt").write_text(lock)
    monkeypatch.setattr(config, "checkout", lambda: tmp_path)
    assert doctor._packages() == bool(code)
    assert said in capsys.readouterr().out


def test_doctor_names_why_tensorflow_fails(monkeypatch, tmp_path, capsys):
    (tmp_path / "keras.py").write_text("raise ImportError('no such processor')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert not doctor._tensorflow()
    assert "cannot be imported: ImportError: no such processor" in capsys.readouterr().out


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
