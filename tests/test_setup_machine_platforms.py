"""What only some systems can do has a branch for the others; each is tried here, on any of them."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils import config, doctor, results
from course_utils.runner import processes


class Started(Exception):
    """In place of a process: what it would have been started with."""


@pytest.mark.parametrize("system", ["POSIX", "Windows"])
def test_ctrl_c_reaches_the_run_and_not_its_processes(monkeypatch, tmp_path, system):
    """A session of their own, or on Windows, which has none, a process group."""

    def start(command, **options):
        raise Started(options["start_new_session"], options["creationflags"])

    monkeypatch.setattr(subprocess, "Popen", start)
    if system == "Windows":
        monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
    else:
        monkeypatch.delattr(subprocess, "CREATE_NEW_PROCESS_GROUP", raising=False)
    with (tmp_path / "log").open("wb") as log, pytest.raises(Started) as started:
        processes.supervise(["course_utils"], {}, log)
    assert started.value.args == (True, 0x200 if system == "Windows" else 0)


def test_hardware_where_the_system_shows_no_cpuinfo(monkeypatch):
    is_file = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda p: p.name != "cpuinfo" and is_file(p))
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    for processor, named in (("Apple M3", "Apple M3"), ("", "arm64")):
        monkeypatch.setattr(platform, "processor", lambda processor=processor: processor)
        monkeypatch.setattr(platform, "machine", lambda: "arm64")
        assert results.hardware() == f"{named}, 8 cores"


def test_memory_where_the_system_has_no_control_groups(tmp_path):
    import psutil

    assert processes.memory_limit(tmp_path) == psutil.virtual_memory().total


PLATFORMS = {
    "an Intel Mac": ("Darwin", "x86_64", (3, 12, 1), 2**63 - 1, "no TensorFlow for Intel Macs"),
    "Windows on Arm": ("Windows", "ARM64", (3, 12, 1), 2**63 - 1, "install the x64 Python"),
    "Python 3.14": ("Linux", "x86_64", (3, 14, 0), 2**63 - 1, "the course needs 3.11, 3.12 or"),
    "Python 3.10": ("Darwin", "arm64", (3, 10, 0), 2**63 - 1, "the course needs 3.11, 3.12 or"),
    "32 bits": ("Windows", "AMD64", (3, 11, 0), 2**31 - 1, "or 3.13 with 64 bits"),
    "Windows": ("Windows", "AMD64", (3, 11, 0), 2**63 - 1, ""),
    "Apple silicon": ("Darwin", "arm64", (3, 13, 0), 2**63 - 1, ""),
    "Linux on Arm": ("Linux", "aarch64", (3, 13, 0), 2**63 - 1, ""),
}


@pytest.mark.parametrize("case", PLATFORMS)
def test_fault_platforms(monkeypatch, fault, case):
    system, machine, version, most, sentence = PLATFORMS[case]
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "python_version", lambda: ".".join(map(str, version)))
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "maxsize", most)
    what, state, text = next(doctor._python())
    assert (what, state) == ("Python", "LACKING" if sentence else "ok")
    assert sentence in text
    if sentence:
        fault("doctor", f"platform: {case}", text)


@pytest.mark.parametrize(("length", "state"), [(70, None), (71, "note")])
def test_fault_a_long_path_on_windows(monkeypatch, fault, length, state):
    monkeypatch.setattr(config, "checkout", lambda: Path("/" + "x" * (length - 1)))
    assert len(list(doctor._python())) == 1, "no limit elsewhere"
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    lines = list(doctor._python())[1:]
    assert [line[1] for line in lines] == ([state] if state else [])
    if lines:
        assert "71 characters deep" in lines[0][2] and "259" in lines[0][2]
        fault("doctor", "a long path on Windows", lines[0][2])
