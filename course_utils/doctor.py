"""What this machine has and lacks for the course, a line for each."""

import os
import platform
import re
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

from course_utils import config

_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "bf16")


def report() -> int:
    """Print one line for each thing; returns 1 where something is missing that chapters need."""
    lacks = [_python(), _packages(), _tensorflow()]
    _say("Processor", True, _processor())
    _machine()
    _data()
    return int(not all(lacks))


def _say(what: str, well: bool, text: str) -> bool:
    print(f"{'ok     ' if well else 'LACKING'}  {what:20}{text}", flush=True)
    return well


def _python() -> bool:
    well = (3, 11) <= sys.version_info[:2] < (3, 14)
    need = "" if well else ": the course needs 3.11, 3.12 or 3.13"
    return _say("Python", well, f"{platform.python_version()} on {platform.system()}{need}")


def _packages() -> bool:
    """Compare what is installed with the lock (requirements.txt), where there is a checkout."""
    from packaging.requirements import Requirement

    root = config.checkout()
    lock = root / "requirements.txt" if root else None
    if lock is None or not lock.is_file():
        return _say("Packages", True, "no lock here to compare with")
    wrong, count = [], 0
    for line in re.findall(r"^[A-Za-z0-9][^\\\n]*", lock.read_text(encoding="utf-8"), re.M):
        wanted = Requirement(line.strip())
        if wanted.marker and not wanted.marker.evaluate():
            continue
        count += 1
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            version = "missing"
        if version not in wanted.specifier:
            wrong.append(f"{wanted.name} {version} (lock {str(wanted.specifier)[2:]})")
    missing = any("missing" in text for text in wrong)
    more = f", and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    differ = f", {len(wrong)} differ: {', '.join(wrong[:5])}{more}" if wrong else ", all as locked"
    return _say("Packages", not missing, f"{count} in the lock{differ}")


def _tensorflow() -> bool:
    code = (
        "import keras, tensorflow as tf; g = tf.config.list_physical_devices('GPU');"
        "print(f'TensorFlow {tf.__version__}, Keras {keras.__version__}, {len(g)} GPU')"
    )
    begin = time.monotonic()
    env = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        return _say("TensorFlow", False, f"cannot be imported: {last}")
    seconds = time.monotonic() - begin
    return _say("TensorFlow", True, f"{done.stdout.strip()}, imported in {seconds:.1f} s")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.is_file():
        return f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    text = cpuinfo.read_text(encoding="utf-8")
    name = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    words = set(text.split())
    flags = " ".join(flag for flag in _FLAGS if flag in words)
    return f"{name[1] if name else platform.machine()}, {os.cpu_count()} cores, {flags or 'no AVX'}"


def _machine() -> None:
    import psutil

    memory = psutil.virtual_memory()
    total, free = memory.total / 2**30, memory.available / 2**30
    _say("Memory", total >= 4, f"{total:.1f} GiB, {free:.1f} GiB free (a chapter takes about 2)")
    for what, folder in (("Data", config.cache_folder()), ("Build", config.build_folder())):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        gib = shutil.disk_usage(there).free / 2**30
        access = "writable" if os.access(there, os.W_OK) else "not writable"
        _say(f"{what} disk", gib >= 2, f"{gib:.0f} GiB free, {access}")


def _data() -> None:
    from course_utils.datasets import CARDS, offline
    from course_utils.runner.finished import stamp

    reach = "not reachable: real data only where they are here" if offline() else "reachable"
    _say("Network", True, reach)
    for name, card in CARDS.items():
        _say(card.title, True, " and ".join(stamp(name)) or f"not here ({card.size / 1e6:.0f} MB)")
