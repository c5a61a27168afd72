"""What all tests share: an environment of their own, and the real data where they are."""

import os
import re
from pathlib import Path

import pytest

REAL_DATA = os.environ.get("COURSE_DATA_DIR")
REQUIRED = os.environ.get("COURSE_REQUIRE_REAL") == "1"


@pytest.fixture(autouse=True)
def isolated(tmp_path, monkeypatch):
    """No COURSE_* from outside, empty caches, no network: a test asks for what it needs."""
    for name in [name for name in os.environ if name.startswith("COURSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def real_data(monkeypatch) -> Path:
    """The folder of real data, set as the class folder; skips without, fails where it is a duty."""
    if not REAL_DATA or not Path(REAL_DATA).is_dir():
        (pytest.fail if REQUIRED else pytest.skip)("COURSE_DATA_DIR names no folder of real data")
    monkeypatch.setenv("COURSE_DATA_DIR", REAL_DATA)
    return Path(REAL_DATA)


@pytest.fixture
def server(monkeypatch):
    """A local server in place of every canonical address."""
    from server import online

    server = online(monkeypatch)
    yield server
    server.stop()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Keras's cache of weights, empty; the source is left to chance."""
    import keras.src.utils.file_utils as files

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("COURSE_SOURCE", raising=False)
    monkeypatch.setattr(files.config, "keras_home", lambda: str(tmp_path))
    return tmp_path / "models"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A build folder and no data of one's own, and a network that does not answer."""
    from course_utils import datasets
    from course_utils.runner import finished

    monkeypatch.delenv("COURSE_OFFLINE")
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(datasets, "offline", lambda: True)
    monkeypatch.setattr(finished, "PACKAGE", tmp_path / "package")
    return tmp_path


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A class folder to put files into: shelf(name, data)."""
    folder = tmp_path / "class"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))

    def put(name: str, data: bytes) -> Path:
        (folder / name).write_bytes(data)
        return folder

    return put


# --- faults: what the user is told when something is wrong ----------------------------------------


def pytest_addoption(parser):
    parser.addoption("--faults", action="store_true", help="print the table of fault cases by area")


@pytest.fixture
def fault(request, tmp_path):
    """`fault(area, case, sentence)`: what the user is told in that case, for the table.

    It has to be told in words: not empty, short, without a traceback or a path of the machine.
    """

    def told(area: str, case: str, sentence: str) -> None:
        sentence = re.sub(r"(127\.0\.0\.1):\d+", r"\1:PORT", " ".join(sentence.split()))
        assert sentence and len(sentence) <= 500, f"{case}: {sentence!r}"
        assert "Traceback" not in sentence, sentence
        assert str(tmp_path) not in sentence and str(Path.home()) + "/" not in sentence, sentence
        request.node.user_properties.append(("fault", [area, case, sentence]))

    return told


def pytest_terminal_summary(terminalreporter, config):
    if not config.getoption("--faults"):
        return
    reports = terminalreporter.getreports("passed")
    told = sorted({tuple(v) for r in reports for name, v in r.user_properties if name == "fault"})
    for area in dict.fromkeys(area for area, *_ in told):
        cases = [(case, sentence) for one, case, sentence in told if one == area]
        terminalreporter.write_sep("=", f"{area}: {len(cases)} cases")
        for case, sentence in cases:
            terminalreporter.write_line(f"- {case}: {sentence}")
    terminalreporter.write_line(f"{len(told)} fault cases")
