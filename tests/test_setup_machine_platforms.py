"""What only some systems can do has a branch for the others; each is tried here, on any of them."""

import os
import platform
import subprocess
from pathlib import Path

import pytest

from course_utils import results
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
