"""Metadata, lock and environment say the same; what is ignored by git is not in it."""

import json
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_utils import __version__, config

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
    asked = PROJECT["dependencies"] + EXTRAS["cpu"] + EXTRAS["tests"]
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
    assert extras == ["cpu", "tests"]
    assert set(extras) <= set(EXTRAS)
    assert environment["name"] == PROJECT["name"]


def test_metadata():
    assert PROJECT["version"] == __version__
    assert set(EXTRAS) == {"cpu", "gpu", "tests", "site"}
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
    parts = {"sklearn": "scikit-learn", "PIL": "pillow", "cycler": "matplotlib"}
    parts |= {"IPython": "ipython"}
    for path in (ROOT / "course_utils").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found = set(re.findall(r"^\s*(?:import|from) ([A-Za-z]\w*)", text, re.M))
        for name in found - set(sys.stdlib_module_names) - {"course_utils", "tensorflow"}:
            assert parts.get(name, name) in declared, f"{path.name} imports {name}"


def tracked(*arguments):
    command = ["git", "ls-files", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_git_has_nothing_that_it_should_ignore():
    assert tracked("--cached", "--ignored", "--exclude-standard") == []
    assert [name for name in tracked() if name.startswith("build/")] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_files_stay_short():
    long = {}
    for name in tracked("*.py"):
        path = ROOT / name
        lines = len(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else 0
        if lines > 350:
            long[name] = lines
    assert long == {}


def test_makefile_has_every_target_and_no_gaps():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    assert targets >= {"run", "test", "test-all", "lab", "reference", "lock", "lint", "clean"}
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split())
    assert phony == targets | {"FORCE"}
    for commands in re.findall(r"-m course_utils (\w+)", makefile):
        assert commands in ("run", "test", "lab", "fetch", "doctor")


def test_notebooks_name_the_kernel_that_every_machine_has():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        kernel = json.loads(path.read_text(encoding="utf-8"))["metadata"]["kernelspec"]
        assert kernel["name"] == "python3", path.name
