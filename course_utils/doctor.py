"""What this machine has and lacks for the course, a line for each; never a traceback."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from importlib import metadata
from pathlib import Path

from course_utils import config

OK, NOTE, LACKING = "ok", "note", "LACKING"
Lines = Iterator[tuple[str, str, str]]  # what, one of these three, a sentence

_NO_WHEEL = {
    ("Darwin", "x86_64"): "no TensorFlow for Intel Macs (on Apple silicon: use a native Python)",
    (
        "Windows",
        "ARM64",
    ): "no TensorFlow for Windows on Arm: install the x64 Python",
}
_CAUSES = {  # what a failed import says: what helps
    "DLL load failed": "install Microsoft's Visual C++ Redistributable (x64)",
    "incompatible architecture": "this Python is of another processor: install a native one",
    "GLIBC": "this system is older than TensorFlow's package",
    "No module named": "install the packages of the course, with make or pip",
}
_CHOICES = {
    "COURSE_PROFILE": config.PROFILES,
    "COURSE_SOURCE": config.SOURCES,
    "COURSE_PRECISION": ("auto", "float32", "bfloat16"),
}
_FEATURES = {"avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "bf16"}


def report() -> int:
    """Print one line for each thing; returns 1 where something is missing that chapters need."""
    states = set()
    for check in (_python, _packages, _tensorflow, _settings, _machine, _folders, _data):
        try:
            for what, state, text in check():
                states.add(state)
                print(f"{state:9}{what:20}{text}", flush=True)
        except Exception as error:  # a finding like the others, and the next check has its turn
            states.add(LACKING)
            what = check.__name__.strip("_").capitalize()
            why = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"{LACKING:9}{what:20}cannot be looked at: {why}")
    return int(LACKING in states)


def _python() -> Lines:
    system, machine = platform.system(), platform.machine()
    lacks = [_NO_WHEEL[system, machine]] if (system, machine) in _NO_WHEEL else []
    if not (3, 11) <= sys.version_info[:2] < (3, 14) or sys.maxsize < 2**32:
        lacks.append("the course needs 3.11, 3.12 or 3.13 with 64 bits")
    text = "; ".join([f"{platform.python_version()} on {system} {machine}", *lacks])
    yield "Python", LACKING if lacks else OK, text
    length = len(str(config.checkout() or ""))
    if system == "Windows" and length > 70:
        text = f"the course lies {length} characters deep: beyond 70, files pass Windows's 259"
        yield "Path", NOTE, f"{text}; move it up or switch long paths on"


def _packages() -> Lines:
    """Compare what is installed with the lock (requirements.txt), where there is a checkout."""
    from packaging.requirements import Requirement

    lock = (config.checkout() or Path()) / "requirements.txt"
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    wanted = [Requirement(line) for line in re.findall(r"^\w[^\\\n]*[^\\\s]", text, re.M)]
    wanted = [one for one in wanted if not one.marker or one.marker.evaluate()]
    found = [next(metadata.distributions(name=one.name), None) for one in wanted]
    versions = [one.version if one else "missing" for one in found]
    wrong = [f"{one.name} {version} (lock {str(one.specifier)[2:]})"
             for one, version in zip(wanted, versions, strict=True)
             if version not in one.specifier]  # fmt: skip
    differ = f"{len(wrong)} differ: {', '.join(wrong[:5])}" if wrong else "all as locked"
    state = LACKING if "missing" in versions else OK
    yield "Packages", state, f"{len(wanted)} in the lock, {differ}"


def _tensorflow() -> Lines:
    code = (
        "import keras, tensorflow as tf; gpus = tf.config.list_physical_devices('GPU');"
        "print(f'TensorFlow {tf.__version__}, Keras {keras.__version__}, {len(gpus)} GPU')"
    )
    env = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, errors="replace")
    failed = f"cannot be imported: {_cause(done.returncode, done.stderr)}"
    yield "TensorFlow", *((LACKING, failed) if done.returncode else (OK, done.stdout.strip()))


def _cause(code: int, stderr: str) -> str:
    """The line that matters of a failed import, and what helps."""
    lines = [line.strip()[:200] for line in stderr.splitlines() if line.strip()]
    for said, advice in _CAUSES.items():
        for line in lines:
            if said in line:
                return f"{line}; {advice}"
    if code in (-4, 0xC000001D):
        return "illegal instruction: this processor lacks AVX, which TensorFlow needs"
    return lines[-1] if lines else f"it ended with {code}"


def _settings() -> Lines:
    """What the environment and keras.json ask for, where the course cannot do it."""
    from course_utils import choices

    checks = {name: partial(config.choice, None, name, a, a[0]) for name, a in _CHOICES.items()}
    for variable, check in {**checks, "COURSE_SEED": partial(choices.base_seed, None)}.items():
        try:
            check()
        except ValueError as error:
            yield variable, LACKING, str(error)
    path = config.keras_folder() / "keras.json"
    try:
        own = dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    except (OSError, ValueError, TypeError) as error:
        yield "Keras", NOTE, f"keras.json cannot be read ({type(error).__name__}): remove it"
        return
    own |= {"backend": os.environ.get("KERAS_BACKEND") or own.get("backend", "tensorflow")}
    for name, needed in {"backend": "tensorflow", "image_data_format": "channels_last"}.items():
        if (value := own.get(name, needed)) != needed:
            yield "Keras", NOTE, f"{name} is set to {value}; the course takes {needed} all the same"


def _machine() -> Lines:
    import joblib
    import psutil

    from course_utils import precision, results
    from course_utils.runner.processes import memory_limit

    flags = precision.processor_flags()
    features = "" if flags is None else f", {' '.join(sorted(_FEATURES & flags)) or 'no AVX'}"
    yield "Processor", OK, f"{results.hardware()}{features}"
    yield "Cores", OK, f"{joblib.cpu_count()} for this process, of {os.cpu_count()}"
    total = memory_limit() / 2**30
    free = min(total, psutil.virtual_memory().available / 2**30)
    text = f"{total:.1f} GiB, {free:.1f} GiB free (a chapter takes about 2)"
    yield "Memory", OK if total >= 4 else NOTE, text


def _folders() -> Lines:
    folders = {"COURSE_BUILD": config.build_folder(), "COURSE_CACHE": config.cache_folder()}
    for (variable, folder), what in zip(folders.items(), ("Build", "Data"), strict=True):
        try:
            there = next(path for path in (folder, *folder.parents) if path.exists())
            gib = shutil.disk_usage(there).free / 2**30
            usable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
            text = f"{gib:.0f} GiB free" if usable else "no folder that can be written"
        except OSError as error:
            gib, usable, text = 0, False, os.strerror(error.errno)
        hint = "" if usable and gib >= 2 else f": set {variable} to another folder"
        bad = LACKING if what == "Build" else NOTE  # data may lie elsewhere, or be synthetic
        yield f"{what} folder", bad if hint else OK, text + hint


def _data() -> Lines:
    from course_utils.datasets import CARDS, network
    from course_utils.runner.finished import stamp

    why = network.no_network()
    yield "Network", NOTE if why else OK, why or "reachable"
    if folder := config.class_folder():
        state = LACKING
        try:
            held = ", ".join(sorted(path.name for path in folder.iterdir())[:5]) or "nothing"
            text = f"holds {held} and no data set of the course: data/README.md has their names"
            if served := [name for name in CARDS if "the class folder" in stamp(name)]:
                state, text = OK, ", ".join(served)
        except OSError as error:
            text = f"the folder of COURSE_DATA_DIR cannot be read: {os.strerror(error.errno)}"
        yield "Class folder", state, text
    for name, card in CARDS.items():
        found = " and ".join(stamp(name)) or f"not here ({card.size / 1e6:.0f} MB)"
        yield card.title, OK, found
