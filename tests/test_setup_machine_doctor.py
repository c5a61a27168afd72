"""`doctor` on machines of every kind: what it says of each fault, and that it never stops."""

import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import joblib
import pytest

from course_utils import cli, config, doctor
from course_utils.datasets import network
from course_utils.runner import processes


@pytest.fixture
def said(monkeypatch, capsys):
    """Run one check of `doctor` or all; returns its lines as what -> (state, text)."""
    monkeypatch.setattr(network, "no_network", lambda: "")
    monkeypatch.setattr(doctor, "_tensorflow", lambda: iter(()))

    def lines():
        doctor.report()
        out = capsys.readouterr().out.splitlines()
        return {line[9:29].strip(): (line[:9].strip(), line[29:]) for line in out}

    return lines


def test_doctor_says_what_is_there(said, monkeypatch, tmp_path, capsys):
    (tmp_path / "mnist.npz").write_bytes(b"123")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    lines = said()
    assert {state for state, _ in lines.values()} == {"ok"}
    assert lines["MNIST"][1] == "the class folder"
    assert lines["Class folder"][1] == "mnist"
    assert lines["IMDB reviews"][1].startswith("not here (")
    assert lines["Network"][1] == "reachable"
    assert lines["Packages"][1].endswith(" in the lock, all as locked")
    assert "cores" in lines["Processor"][1]
    assert str(tmp_path) not in str(lines), "no path of the machine"
    assert cli.main(["doctor"]) == 0


LOCKS = {
    "another version": ("numpy==0.0.1 \\\n    --hash=sha256:0\n", "ok", "1 differ: numpy "),
    "a missing package": ("no-such-thing==1.0\n", "LACKING", "no-such-thing missing (lock 1.0)"),
    "another platform's": ("gone==1 ; sys_platform == 'vms'\n", "ok", "0 in the lock, all as"),
    "no lock": ("", "ok", "0 in the lock, all as locked"),
}


@pytest.mark.parametrize("case", LOCKS)
def test_fault_packages_against_the_lock(said, monkeypatch, tmp_path, fault, case):
    lock, state, sentence = LOCKS[case]
    (tmp_path / "requirements.txt").write_text(lock)
    monkeypatch.setattr(config, "checkout", lambda: tmp_path)
    found, text = said()["Packages"]
    assert found == state and sentence in text
    if "differ" in text:
        fault("doctor", f"packages: {case}", text)


# What the interpreter writes when TensorFlow cannot be imported, from public reports.
IMPORTS = {
    "Windows without the runtime library": (
        "Traceback (most recent call last):\n  from tensorflow.python._pywrap_internal import *\n"
        "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: The specified "
        "module could not be found.\n\nFailed to load the native TensorFlow runtime.\nSee "
        "https://www.tensorflow.org/install/errors for some common causes and solutions.\n"
        "If you need help, create an issue.",
        "ImportError: DLL load failed while importing _pywrap_tensorflow_internal: The specified "
        "module could not be found.; install Microsoft's Visual C++ Redistributable (x64)",
    ),
    "Python of another processor": (
        "ImportError: dlopen(x.so): tried: 'x.so' (mach-o file, but is an incompatible "
        "architecture (have 'arm64', need 'x86_64'))\nFailed to load the native runtime.",
        "this Python is of another processor: install a native one",
    ),
    "an old Linux": (
        "ImportError: libc.so.6: version `GLIBC_2.27' not found (required by x.so)\n\nFailed.",
        "this system is older than TensorFlow's package",
    ),
    "nothing installed": (
        "Traceback (most recent call last):\nModuleNotFoundError: No module named 'keras'",
        "ModuleNotFoundError: No module named 'keras'; install the packages of the course",
    ),
    "any other": ("Traceback:\n  in x\nValueError: no such thing", "ValueError: no such thing"),
    "silence": ("", "it ended with 1"),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_fault_tensorflow_cannot_be_imported(monkeypatch, tmp_path, fault, case):
    """The line that matters, wherever it stands, and what helps."""
    stderr, sentence = IMPORTS[case]
    code = f"import sys\nsys.stderr.write({stderr!r})\nsys.stderr.flush()\nimport os; os._exit(1)"
    (tmp_path / "keras.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ((what, state, text),) = doctor._tensorflow()
    assert (what, state) == ("TensorFlow", "LACKING")
    assert text.startswith("cannot be imported: ") and sentence in text
    fault("doctor", f"TensorFlow: {case}", text)


@pytest.mark.parametrize("code", [-4, 0xC000001D], ids=["POSIX", "Windows"])
def test_fault_a_processor_without_avx(fault, code):
    said = doctor._cause(code, "")
    assert said == "illegal instruction: this processor lacks AVX, which TensorFlow needs"
    fault("doctor", f"TensorFlow ends with {code:#x}", said)


def test_tensorflow_is_looked_at_whatever_backend_is_set(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "nonsense")
    ((what, state, text),) = doctor._tensorflow()
    assert (what, state) == ("TensorFlow", "ok"), text
    assert text.startswith("TensorFlow 2.") and text.endswith(" GPU")


SETTINGS = {
    "COURSE_PROFILE": ("slow", "unknown 'slow' (from COURSE_PROFILE): choose one of quick,"),
    "COURSE_SOURCE": ("drawn", "unknown 'drawn' (from COURSE_SOURCE): choose one of auto, real"),
    "COURSE_PRECISION": ("float16", "unknown 'float16' (from COURSE_PRECISION): choose one"),
    "COURSE_SEED": ("abc", "COURSE_SEED must be a whole number, not 'abc'"),
}


@pytest.mark.parametrize("variable", SETTINGS)
def test_fault_settings_of_the_environment(said, monkeypatch, fault, variable):
    value, sentence = SETTINGS[variable]
    assert variable not in said()
    monkeypatch.setenv(variable, value)
    state, text = said()[variable]
    assert state == "LACKING" and text.startswith(sentence)
    fault("doctor", f"{variable}={value}", text)


@pytest.mark.parametrize("seed", ["-1", "4294967296", "1.5", "²"])
def test_fault_seeds_that_cannot_be(said, monkeypatch, fault, seed):
    monkeypatch.setenv("COURSE_SEED", seed)
    state, text = said()["COURSE_SEED"]
    assert state == "LACKING" and (seed in text or "must be below" in text)
    fault("doctor", f"COURSE_SEED={seed}", text)


KERAS = {
    "theano": ({"backend": "theano"}, "backend is set to theano; the course takes tensorflow all"),
    "channels_first": (
        {"image_data_format": "channels_first"},
        "image_data_format is set to channels_first; the course takes channels_last all the same",
    ),
    "damaged": ("{", "keras.json cannot be read (JSONDecodeError): remove it"),
    "a list": ("[1]", "keras.json cannot be read (TypeError): remove it"),
    "binary": (b"\xff\xfe{", "keras.json cannot be read (UnicodeDecodeError): remove it"),
}


@pytest.mark.parametrize("case", KERAS)
def test_fault_settings_of_keras(said, fault, case):
    content, sentence = KERAS[case]
    file = config.keras_folder() / "keras.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"backend": "tensorflow", "image_data_format": "channels_last"}))
    assert "Keras" not in said()
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    state, text = said()["Keras"]
    assert state == "note" and text.startswith(sentence)
    fault("doctor", f"keras.json: {case}", text)


def test_fault_another_backend_in_the_environment(said, monkeypatch, fault):
    """It goes before the file, in Keras and here."""
    file = config.keras_folder() / "keras.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"backend": "jax"}))
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert "Keras" not in said()
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    state, text = said()["Keras"]
    assert (state, text[:23]) == ("note", "backend is set to torch")
    fault("doctor", "KERAS_BACKEND=torch", text)


FOLDERS = {
    "missing": "the folder of COURSE_DATA_DIR cannot be read: No such file or directory",
    "a file": "the folder of COURSE_DATA_DIR cannot be read: Not a directory",
    "closed": "the folder of COURSE_DATA_DIR cannot be read: Permission denied",
    "empty": "holds nothing and no data set of the course",
    "something else": "holds photo.jpg, thesis.pdf and no data set of the course",
}


@pytest.mark.parametrize("case", FOLDERS)
def test_fault_class_folder(said, monkeypatch, tmp_path, fault, case):
    folder = tmp_path / "class"
    if case == "a file":
        folder.write_text("")
    elif case != "missing":
        folder.mkdir()
    if case == "something else":
        for name in ("thesis.pdf", "photo.jpg"):
            (folder / name).write_text("")
    if case == "closed":
        close(monkeypatch, folder)
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    state, text = said()["Class folder"]
    assert state == "LACKING" and text.startswith(FOLDERS[case])
    fault("doctor", f"class folder: {case}", text)


@pytest.mark.parametrize(
    ("file", "served"),
    [
        ("cifar-10-binary.tar.gz", "cifar10"),
        ("PetImages/Cat/0.jpg", "cats_vs_dogs"),
        ("MNIST/raw/train-images-idx3-ubyte", "mnist"),
        ("fashion-mnist/t10k-labels-idx1-ubyte.gz", "fashion_mnist"),
    ],
)
def test_class_folder_in_every_layout_that_is_read(said, monkeypatch, tmp_path, file, served):
    path = tmp_path / "class" / file
    path.parent.mkdir(parents=True)
    path.write_bytes(b"1")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "class"))
    assert said()["Class folder"] == ("ok", served)


def close(monkeypatch, folder):
    """Let nobody look into `folder`, which permissions do not do to root."""
    stat, iterdir = Path.stat, Path.iterdir

    def refuse(path):
        if path == folder or folder in path.parents:
            raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", lambda p, **k: refuse(p) or stat(p, **k))
    monkeypatch.setattr(Path, "iterdir", lambda p: refuse(p) or iterdir(p))
    monkeypatch.setattr(Path, "exists", lambda p, **k: bool(p.stat(**k)))


def test_fault_a_closed_home(said, monkeypatch, tmp_path, fault):
    """Course, cache and build below a home that one may not enter: two lines, no traceback."""
    home = tmp_path / "home"
    close(monkeypatch, home)
    monkeypatch.setenv("COURSE_BUILD", str(home / "build"))
    monkeypatch.setenv("COURSE_CACHE", str(home / "data"))
    lines = said()
    for what, variable, bad in (
        ("Build folder", "COURSE_BUILD", "LACKING"),
        ("Data folder", "COURSE_CACHE", "note"),
    ):
        state, text = lines[what]
        assert (state, text) == (bad, f"Permission denied: set {variable} to another folder")
        fault("doctor", f"{what} in a closed home", text)


@pytest.mark.parametrize("kind", ["a file", "read-only", "nearly full"])
def test_fault_build_folder(said, monkeypatch, tmp_path, fault, kind):
    folder = tmp_path / "build"
    monkeypatch.setenv("COURSE_BUILD", str(folder))
    assert said()["Build folder"][0] == "ok"
    if kind == "a file":
        folder.write_text("")
    elif kind == "read-only":
        monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    else:
        usage = SimpleNamespace(free=2**30)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    state, text = said()["Build folder"]
    assert state == "LACKING" and text.endswith(": set COURSE_BUILD to another folder")
    fault("doctor", f"build folder: {kind}", text)


def test_cores_and_memory_are_those_of_this_process(said, monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 3)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert said()["Cores"][1] == "3 for this process, of 64"
    monkeypatch.setattr(processes, "memory_limit", lambda: 3 * 2**30)
    huge = SimpleNamespace(available=64 * 2**30)
    monkeypatch.setattr("psutil.virtual_memory", lambda: huge)
    assert said()["Memory"] == ("note", "3.0 GiB, 3.0 GiB free (a chapter takes about 2)")


def test_fault_no_network(said, monkeypatch, fault):
    """The reason is named, as everywhere."""
    why = "the proxy asks for a name and a password (407)"
    monkeypatch.setattr(network, "no_network", lambda: why)
    assert said()["Network"] == ("note", why)
    fault("doctor", "a proxy that refuses", why)


@pytest.mark.parametrize("system", ["without /proc", "with features", "without AVX"])
def test_processor_on_every_system(said, monkeypatch, system):
    from course_utils import precision

    flags = {"without /proc": None, "with features": {"avx2", "fpu"}, "without AVX": {"fpu"}}
    monkeypatch.setattr(precision, "processor_flags", lambda: flags[system])
    ends = {"without /proc": " cores", "with features": ", avx2", "without AVX": ", no AVX"}
    assert said()["Processor"][1].endswith(ends[system])


def test_fault_any_other_surprise(said, monkeypatch, fault):
    """A check that fails is one line; those after it have their turn."""

    def surprised():
        yield "Python", "ok", "3.11"
        raise RuntimeError("Could not determine\n  home directory.")

    surprised.__name__ = "_python"
    monkeypatch.setattr(doctor, "_python", surprised)
    lines = said()
    assert lines["Python"] == (
        "LACKING",
        "cannot be looked at: RuntimeError: Could not determine home directory.",
    )
    assert "MNIST" in lines
    fault("doctor", "a check that fails", lines["Python"][1])
