"""Metadata, lock, environment and workflow say the same; the wheel works; git holds no more."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_utils import __version__, cli, config

ROOT = config.checkout()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
ENTRIES = re.split(r"\n(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", LOCK, flags=re.M))
LOCKED = [Requirement(entry.split("\\")[0].strip()) for entry in ENTRIES]
PLATFORMS = [
    {"sys_platform": system, "platform_machine": machine, "python_full_version": f"{python}.1"}
    | {"python_version": python, "platform_system": name, "implementation_name": "cpython"}
    | {"platform_python_implementation": "CPython", "os_name": "nt" if name[0] == "W" else "posix"}
    for python in ("3.11", "3.12", "3.13")
    for system, machine, name in (
        ("linux", "x86_64", "Linux"),
        ("linux", "aarch64", "Linux"),
        ("darwin", "arm64", "Darwin"),
        ("win32", "AMD64", "Windows"),
    )
]


def on(requirements, platform):
    """Name -> requirement of those that count on `platform`."""
    return {
        canonicalize_name(r.name): r
        for r in requirements
        if r.marker is None or r.marker.evaluate(platform)
    }


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda p: " ".join(list(p.values())[:3]))
def test_lock_satisfies_the_bounds(platform):
    asked = PROJECT["dependencies"] + EXTRAS["cpu"] + EXTRAS["cluster"] + EXTRAS["tests"]
    wanted = on(map(Requirement, asked), platform)
    locked = on(LOCKED, platform)
    assert len([n for n in wanted if n.startswith("tensorflow")]) == 1
    for name, requirement in wanted.items():
        assert name in locked, f"{name} is not in the lock"
        (version,) = locked[name].specifier
        assert version.operator == "=="
        assert requirement.specifier.contains(version.version), f"{locked[name]}: {requirement}"


def test_lock_is_hashed_and_names_no_address():
    assert len(LOCKED) > 100
    for entry in ENTRIES:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry.split("\n")[0]
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links|@\s", LOCK)
    names = {r.name for r in LOCKED}
    assert "rfc3987-syntax" not in names, "costs every Jupyter process 2 s: run `make lock`"


def test_environment_takes_packages_and_bounds_from_the_metadata():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    assert [Requirement(text).name for text in conda] == ["python", "pip"]
    assert (
        Requirement(conda[0]).specifier == Requirement(f"x{PROJECT['requires-python']}").specifier
    )
    # one line, the project itself: its packages and bounds cannot be others than the metadata's
    (line,) = pip["pip"]
    extras = re.fullmatch(r"-e \.\[([a-z,]+)\]", line)[1].split(",")
    assert extras == ["cpu", "cluster", "tests"]
    assert set(extras) <= set(EXTRAS)
    assert environment["name"] == PROJECT["name"]


def test_metadata():
    assert PROJECT["version"] == __version__
    assert set(EXTRAS) == {"cpu", "gpu", "cluster", "tests", "site"}
    supported = {c.rpartition(" ")[2] for c in PROJECT["classifiers"] if "Python :: 3." in c}
    assert supported == {"3.11", "3.12", "3.13"}
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in licence
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in licence
    everything = [*PROJECT["dependencies"], *(r for rs in EXTRAS.values() for r in rs)]
    for requirement in map(Requirement, everything):
        operators = {s.operator for s in requirement.specifier}
        assert ">=" in operators, f"{requirement} has no lower bound"
        assert "==" not in operators, f"{requirement}: exact versions stand in the lock"


def test_what_the_package_imports_is_declared():
    declared = {canonicalize_name(Requirement(r).name) for r in PROJECT["dependencies"]}
    optional = {"tensorflow", "distributed"}  # of the extras
    parts = {"sklearn": "scikit-learn", "PIL": "pillow", "IPython": "ipython"}
    imported = set()
    for path in (ROOT / "course_utils").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(node.module.partition(".")[0])
    imported -= set(sys.stdlib_module_names) | {"course_utils"} | optional
    assert {canonicalize_name(parts.get(name, name)) for name in imported} <= declared


def tracked(*arguments):
    command = ["git", "ls-files", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_git_has_nothing_that_it_should_ignore():
    assert tracked("--cached", "--ignored", "--exclude-standard") == []
    assert [name for name in tracked() if name.startswith("build/")] == []


def test_makefile_has_every_target_and_no_gaps():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    assert targets >= {"run", "test", "test-all", "lab", "reference", "lock", "lint", "clean"}
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split())
    assert phony == targets | {"FORCE"}
    everything = makefile + (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in re.findall(r"-m course_utils (\w+)", everything):
        assert command in ("run", "test", "lab", "fetch", "doctor")
    assert "nbval" not in everything, "the stages of `test` are listed in cli.py alone"
    assert {"ruff check", "ruff format", "tests", "notebooks (nbval)"} == set(cli.stages())


WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))


def test_workflow_tests_what_is_promised_as_everybody_does():
    (job,) = WORKFLOW["jobs"].values()
    matrix = job["strategy"]["matrix"]
    supported = sorted(c.rpartition(" ")[2] for c in PROJECT["classifiers"] if "Python :: 3." in c)
    assert matrix["python"] == [supported[0], supported[-1]], "the oldest and the newest"
    systems = [name.partition("-")[0] for name in matrix["os"]]
    assert systems == ["ubuntu", "windows", "macos"]
    assert int(matrix["os"][2].partition("-")[2]) >= 14, "the older ones are Intel Macs"
    assert job["runs-on"] == "${{ matrix.os }}" and job["strategy"]["fail-fast"] is False
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands[0] == "python -m pip install --require-hashes --no-deps -r requirements.txt"
    assert commands[-1] == "python -m course_utils test"
    assert not [line for line in commands if re.search("ruff|pytest", line)]


def test_workflow_is_pinned_and_may_only_read():
    (job,) = WORKFLOW["jobs"].values()
    for used in [step["uses"] for step in job["steps"] if "uses" in step]:
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", used)
    assert WORKFLOW["permissions"] == {"contents": "read"} and "permissions" not in job
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is True
    python = next(s["with"] for s in job["steps"] if "setup-python" in s.get("uses", ""))
    assert (python["cache"], python["cache-dependency-path"]) == ("pip", "requirements.txt")
    assert 0 < job["timeout-minutes"] <= 60


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The package out of its wheel, in a folder of its own."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(
        ROOT / "course_utils", source / "course_utils", ignore=shutil.ignore_patterns("__pycache__")
    )
    pip = [sys.executable, "-m", "pip", "--quiet"]
    wheel = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", source, source]
    subprocess.run([*pip, *wheel], check=True, cwd=source)
    (built,) = source.glob("*.whl")
    assert built.name == f"convnets_measured-{__version__}-py3-none-any.whl"
    subprocess.run([*pip, "install", "--no-deps", "--target", folder, built], check=True)
    return folder


def python_in(folder, *arguments):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PYTHONPATH": str(folder)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


def test_wheel_holds_every_file(installed):
    def files(root):
        found = (p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
        return sorted(name for name in found if "__pycache__" not in name)

    assert files(installed / "course_utils") == files(ROOT / "course_utils")


def test_fault_wheel_works_without_a_checkout(installed, fault):
    """Synthetic data load; `run` says that it needs the notebooks."""
    code = (
        "from course_utils import datasets\n"
        "data = datasets.load('mnist', source='synthetic', train=20, test=10)\n"
        "print(data.x_train.shape, datasets.__file__)"
    )
    done = python_in(installed, "-c", code)
    assert done.returncode == 0, done.stderr
    assert "(20, 28, 28)" in done.stdout and str(installed) in done.stdout
    done = python_in(installed, "-m", "course_utils", "run", "05")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "clone" in done.stderr
    fault("set-up", "`run` without a checkout", done.stderr)


def test_notebooks_name_the_kernel_that_every_machine_has():
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        kernel = json.loads(path.read_text(encoding="utf-8"))["metadata"]["kernelspec"]
        assert kernel["name"] == "python3", path.name
