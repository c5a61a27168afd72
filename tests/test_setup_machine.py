"""`make` on machines of every kind: a Python that only notes what it is asked stands in for all."""

import os
import re
import shutil
import subprocess

import pytest

from course_utils import config

ROOT = config.checkout()
pytestmark = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("make"), reason="needs make, and a shell script as Python"
)

# Notes its arguments and what uv would be told; `-m venv` makes an environment of itself.
PYTHON = """#!/bin/sh
echo "$(basename "$0") $*" >>"$NOTES"
case "$*" in
  *--version) echo Python 3.11.9 ;;
  *"-m venv"*) mkdir -p "$(dirname "$ENVIRONMENT")" && cp "$0" "$ENVIRONMENT" && touch .venv/pyvenv.cfg ;;
  *"pip config list"*) cat pip_config ;;
  *"pip install"*) env | grep '^PIP_' | sed 's/^/pip: /' >>"$NOTES" ;;
  *"uv pip sync"*) env | grep -E '^(UV_|SSL_CERT|ALL_PROXY)' | sed 's/^/uv: /' >>"$NOTES" ;;
esac
case "$*" in *"$FAILS"*) echo "no route to host" >&2; exit 1 ;; esac
"""  # noqa: E501


@pytest.fixture
def make(tmp_path):
    """Run `make run` in a fresh clone; returns what it printed, its code and all notes."""
    clone = tmp_path / "a clone"
    (clone / ".ci").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "pyproject.toml", ".ci/set_up"):
        shutil.copy(ROOT / name, clone / name)
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("python3.11", "python3.12", "python3.13", "python3", "python"):
        (commands / name).write_text(PYTHON)
        (commands / name).chmod(0o755)
    notes = tmp_path / "notes"

    def run(pip="", fails="nothing of it", system="", arguments=(), **environment):
        (clone / "pip_config").write_text(pip)
        notes.write_text("")
        place = "Scripts/python.exe" if system == "Windows_NT" else "bin/python"
        others = re.compile("UV_|PIP_|SSL_|ALL_|MAKE|MFLAGS|OS$")  # of this machine, or of `make`
        env = {name: value for name, value in os.environ.items() if not others.match(name)}
        env |= {"PATH": f"{commands}:{env['PATH']}", "NOTES": str(notes), "OS": system}
        env |= {"FAILS": fails, "ENVIRONMENT": f".venv/{place}"} | environment
        done = subprocess.run(
            ["make", "run", *arguments],
            cwd=clone, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.stdout, done.returncode, notes.read_text().splitlines()

    run.clone = clone
    return run


def steps(notes):
    """The commands alone, in order."""
    return [line.split(" ", 1)[1] for line in notes if line.startswith("python")]


@pytest.mark.parametrize("system", ["", "Windows_NT"])
def test_set_up_then_run_and_only_once(make, system):
    """Git Bash on Windows has `Scripts` where others have `bin`."""
    out, code, notes = make(system=system)
    assert code == 0, out
    python = ".venv/Scripts/python.exe" if system else ".venv/bin/python"
    assert (make.clone / python).is_file()
    assert steps(notes)[-5:] == [
        "-m pip config list",
        "-m pip install --quiet --require-hashes --no-deps -r .venv/uv.txt",
        f"-m uv pip sync --quiet --require-hashes -p {python} requirements.txt",
        "-m pip install --quiet --no-deps --no-build-isolation --editable .",
        "-m course_utils run",
    ]
    out, code, notes = make(system=system)
    assert (out, code, steps(notes)) == ("", 0, ["-m course_utils run"]), "it is set up already"
    with (make.clone / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    assert "-m pip config list" in steps(make(system=system)[2]), "set up anew, .venv kept"


def test_uv_comes_from_the_lock_with_its_hashes(make):
    make()
    text = (make.clone / ".venv" / "uv.txt").read_text()
    assert re.match(r"uv==[\d.]+ \\\n    --hash=sha256:", text)
    assert len(re.findall("^[a-z]", text, re.M)) == 1, "nothing but uv"
    assert text.count("--hash") > 5 and not text.rstrip().endswith("\\")


PIP = """:env:.index-url='https://mirror.example/simple'
global.cert='/etc/ours.pem'
global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'
global.index-url='https://no.example/simple'
global.proxy='http://proxy.example:3128'
global.trusted-host='mirror.example'
install.cert='/etc/installs.pem'
install.find-links="/wheels"
"""


def test_what_pip_is_told_uv_is_told(make):
    uv = [line[4:] for line in make(pip=PIP)[2] if line.startswith("uv: ")]
    assert sorted(uv) == [
        "ALL_PROXY=http://proxy.example:3128",
        "SSL_CERT_FILE=/etc/installs.pem",
        "UV_COMPILE_BYTECODE=1",
        "UV_DEFAULT_INDEX=https://mirror.example/simple",
        "UV_FIND_LINKS=/wheels",
        "UV_INDEX=https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY=unsafe-best-match",
        "UV_INSECURE_HOST=mirror.example",
    ]


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_what_uv_was_told_itself_stays(make, variable):
    notes = make(pip=PIP, **{variable: "https://uv.example", "SSL_CERT_FILE": "/uv.pem"})[2]
    indexes = [line for line in notes if re.match("uv: UV_(DEFAULT_INDEX|INDEX_URL)=", line)]
    assert indexes == [f"uv: {variable}=https://uv.example"]
    assert "uv: SSL_CERT_FILE=/uv.pem" in notes


@pytest.mark.parametrize("fails", ["pip install --quiet --require-hashes --no-deps -r .venv/uv.txt",
                                   "uv pip sync"])  # fmt: skip
def test_fault_pip_takes_over_where_uv_cannot(make, fault, fails):
    out, code, notes = make(fails=fails)
    assert code == 0, out
    assert "-m pip install --quiet --require-hashes --no-deps -r requirements.txt" in steps(notes)
    said = next(line for line in out.splitlines() if "pip goes on" in line)
    fault("set-up", f"{fails.split(' --')[0]} of uv fails", said)


def test_fault_pips_own_settings_do_not_lead_elsewhere(make, fault):
    """PIP_USER=1 stops every installation into an environment; PIP_TARGET puts it elsewhere."""
    out, code, notes = make(PIP_USER="1", PIP_TARGET="/elsewhere", PIP_PREFIX="/elsewhere")
    assert code == 0
    told = {line[5:] for line in notes if line.startswith("pip: ")}
    assert told == {"PIP_USER=0", "PIP_DISABLE_PIP_VERSION_CHECK=1"}
    fault("set-up", "PIP_USER=1, PIP_TARGET", out.splitlines()[0])


def test_fault_no_python_that_fits(make, fault):
    """No name on PATH is a Python of the right version: one sentence, and nothing made."""
    out, code, _ = make(fails="sys.version_info")
    lines = [line for line in out.splitlines() if not re.match(r"make(\[\d\])?: ", line)]
    assert code != 0
    assert lines == [
        "The course needs Python 3.11, 3.12 or 3.13: install one, or say make PYTHON=/its/path."
    ]
    assert not (make.clone / ".venv").exists()
    fault("set-up", "no Python that fits", lines[0])


def test_fault_no_package_can_be_had(make, fault):
    """Neither uv nor pip gets through: pip's own words stay, and the next `make` tries again."""
    out, code, _ = make(fails="--require-hashes")
    assert code != 0 and "no route to host" in out
    assert not list((make.clone / ".venv").glob("ready-*"))
    assert make()[1] == 0
    fault("set-up", "no network", next(line for line in out.splitlines() if "uv cannot" in line))


def test_fault_the_python_behind_the_environment_has_gone(make, fault):
    """As after an update of the system: the environment is made anew."""
    make()
    (make.clone / ".venv" / "bin" / "python").unlink()
    out, code, notes = make()
    assert code == 0
    assert "-m venv --clear .venv" in steps(notes)
    fault("set-up", "the Python behind .venv has gone", out.splitlines()[0])


def test_another_python_can_be_named(make, tmp_path):
    own = tmp_path / "own python"
    shutil.copy(tmp_path / "bin" / "python3.11", own)
    notes = make(arguments=[f"PYTHON='{own}'"])[2]
    assert notes[0].startswith("own python -c "), "it is asked first"
