"""Downloads and everything that goes wrong with them: the course bends, says so, loses nothing."""

import errno
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock
from makers import mnist, npz, one_line, same, stand_in

from course_utils import datasets
from course_utils.datasets import downloads, registry

WAYS_TO_FAIL = {
    "missing": "answered 404",
    "failing": "answered 503",
    "login": "web page",
    "loop": "could not be reached",
    "truncated": "stopped after",
    "short": "stopped after",
    "mute": "did not answer in time",
    "stalled": "stopped after",
    "trickling": "too slow",
}


@pytest.fixture
def arrays(server, monkeypatch):
    """A small MNIST at its canonical address, and limits of time that a test can wait for."""
    arrays = mnist()
    server.publish(monkeypatch, "mnist", {"mnist.npz": npz(**arrays)})
    monkeypatch.setattr(downloads, "STALL_S", 0.3)
    monkeypatch.setattr(downloads, "GRACE_S", 0.6)
    stand_in(monkeypatch)
    return arrays


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def left(cache: Path) -> list[str]:
    """What lies in the course folder, locks aside."""
    return sorted(path.name for path in cache.rglob("*") if path.suffix != ".lock")


def sentence(caught, tmp_path) -> str:
    text = str(caught.value)
    assert "\n" not in text and str(tmp_path) not in text
    return text


def test_downloads_once_then_reads_the_course_folder(arrays, server, cache, capsys):
    data = datasets.load("mnist")
    line = one_line(capsys.readouterr(), cache)
    assert line == "MNIST: real, 7 + 4 images, downloaded."
    assert same(data, arrays) and (data.source, data.origin) == ("real", "downloaded")
    again = datasets.load("mnist")
    assert same(again, arrays) and again.origin == "course folder"
    assert server.gets == ["/mnist.npz"] and server.heads >= 1
    assert left(cache) == ["mnist.npz"]
    assert "from the course folder" in one_line(capsys.readouterr(), cache)


@pytest.mark.parametrize("fault", WAYS_TO_FAIL)
def test_no_complete_file_means_drawn_data_or_a_sentence(
    arrays, server, cache, capsys, tmp_path, fault
):
    server.faults["/mnist.npz"] = fault
    start = time.monotonic()
    data = datasets.load("mnist", train=3, test=2)
    assert time.monotonic() - start < 5
    line = one_line(capsys.readouterr(), tmp_path)
    assert data.source == data.origin == "synthetic" and len(data.x_train) == 3
    assert (
        WAYS_TO_FAIL[fault] in line and "synthetic, 3 + 2 images" in line and "fetch mnist" in line
    )
    with pytest.raises(datasets.NotReachable, match=WAYS_TO_FAIL[fault]) as caught:
        datasets.load("mnist", "real")
    assert "fetch mnist" in sentence(caught, tmp_path)
    assert left(cache) == []


def test_login_page_that_pretends_to_be_data(arrays, server, monkeypatch):
    server.files["/mnist.npz"] = b"\n<HTML><body>Welcome to the hotel</body></HTML>" * 40
    with pytest.raises(datasets.NotReachable, match="web page"):
        datasets.load("mnist", "real")


@pytest.mark.parametrize("source", ["auto", "real"])
def test_complete_file_with_wrong_checksum_is_an_error(arrays, server, cache, tmp_path, source):
    server.faults["/mnist.npz"] = "wrong"
    with pytest.raises(datasets.WrongChecksum, match="SHA256") as caught:
        datasets.load("mnist", source)
    assert "mnist.npz" in sentence(caught, tmp_path)
    assert left(cache) == []


def test_transfer_longer_than_its_card_is_cut(arrays, server, cache, monkeypatch):
    server.faults["/mnist.npz"] = "endless"
    with pytest.raises(datasets.WrongChecksum, match="longer than"):
        datasets.load("mnist")
    assert left(cache) == []


def test_every_address_silent_is_offline_within_three_seconds(server, monkeypatch):
    server.deaf = True
    start = time.monotonic()
    assert datasets.offline()
    assert time.monotonic() - start < 3.2
    heads = server.heads
    assert datasets.offline() and server.heads == heads  # remembered for the process


def test_refused_connection_is_offline_at_once(arrays, server, capsys, tmp_path):
    server.stop()
    start = time.monotonic()
    assert datasets.load("mnist").source == "synthetic"
    assert time.monotonic() - start < 2
    assert "no network" in one_line(capsys.readouterr(), tmp_path)
    with pytest.raises(datasets.NotReachable, match="no network"):
        datasets.load("mnist", "real")


@pytest.mark.parametrize("hangs", [False, True])
def test_name_service_that_fails_or_hangs(server, monkeypatch, hangs):
    def getaddrinfo(*_, **__):
        time.sleep(1.0 if hangs else 0.0)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(downloads, "PROBE_S", 0.3)
    start = time.monotonic()
    assert datasets.offline()
    assert time.monotonic() - start < 0.9


def test_one_answer_of_any_address_is_online(server, monkeypatch):
    server.publish(monkeypatch, "mnist", {"mnist.npz": b"x"})
    reuters = registry.CARDS["reuters"]
    closed = registry.Remote("reuters.npz", "http://127.0.0.1:9/reuters.npz", "sha256:0", 1)
    monkeypatch.setitem(
        registry.CARDS, "reuters", registry.Card(**{**vars(reuters), "files": (closed,)})
    )
    assert not datasets.offline()


def test_known_to_be_offline_asks_nobody(arrays, server, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    assert datasets.offline() and datasets.load("mnist").source == "synthetic"
    assert not server.gets and not server.heads


def test_drawn_asks_nobody(arrays, server, capsys, tmp_path):
    assert datasets.load("mnist", "synthetic").source == "synthetic"
    assert not server.gets and not server.heads
    assert one_line(capsys.readouterr(), tmp_path) == (
        "MNIST: synthetic, 60,000 + 10,000 images, as asked for."
    )


@pytest.mark.parametrize("online", [True, False])
def test_broken_cache_file_is_named_set_aside_and_fetched_again(
    arrays, server, cache, capsys, monkeypatch, online
):
    datasets.load("mnist")
    whole = (cache / "mnist.npz").read_bytes()
    (cache / "mnist.npz").write_bytes(whole[: len(whole) // 2])
    if not online:
        monkeypatch.setenv("COURSE_OFFLINE", "1")
    capsys.readouterr()
    data = datasets.load("mnist")
    line = one_line(capsys.readouterr(), cache)
    assert "set aside as mnist.npz.broken" in line
    assert data.origin == ("downloaded" if online else "synthetic")
    assert left(cache) == (["mnist.npz"] if online else []) + ["mnist.npz.broken"]
    assert (cache / "mnist.npz.broken").read_bytes() == whole[: len(whole) // 2]


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/secret")


def read_only(*_, **__):
    raise OSError(errno.EROFS, "Read-only file system", "/somewhere/secret")


@pytest.mark.parametrize("source", ["auto", "real"])
@pytest.mark.parametrize("step", ["mkdir", "open", "replace"])
@pytest.mark.parametrize("failure", [full, read_only])
def test_disk_that_cannot_be_written(arrays, cache, tmp_path, monkeypatch, source, step, failure):
    def selective(path, *args, **kwargs):
        inside = cache in (path, *path.parents) and (step != "open" or "wb" in args)
        return failure() if inside else original(path, *args, **kwargs)

    original = getattr(Path, step)
    monkeypatch.setattr(Path, step, selective)
    with pytest.raises(datasets.NotWritable, match=r"disk is full|ead-only") as caught:
        datasets.load("mnist", source)
    text = sentence(caught, tmp_path)
    assert "COURSE_CACHE" in text and "secret" not in text
    monkeypatch.undo()
    assert left(cache) == []


def test_disk_that_fills_up_on_the_way(arrays, cache, tmp_path, monkeypatch):
    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        write = full

    original = Path.open

    def opened(path, *args, **kwargs):
        file = original(path, *args, **kwargs)
        return Full(file) if path.suffix == ".part" and "wb" in args else file

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(datasets.NotWritable, match="disk is full"):
        datasets.load("mnist")
    assert left(cache) == []


def test_lock_that_another_process_keeps(arrays, cache, tmp_path):
    cache.mkdir()
    with (
        FileLock(cache / ".mnist.lock"),
        pytest.raises(datasets.NotWritable, match="another process") as caught,
    ):
        datasets.load("mnist")
    assert "try again" in sentence(caught, tmp_path)


CHILD = """
import dataclasses, sys
from course_utils import datasets
from course_utils.datasets import registry
url, checksum, size = sys.argv[1:]
remote = registry.Remote("mnist.npz", url + "/mnist.npz", checksum, int(size))
for name, card in registry.CARDS.items():
    registry.CARDS[name] = dataclasses.replace(card, files=(remote,))
print("started", flush=True)
print(datasets.load("mnist", "real").origin, flush=True)
"""


@pytest.fixture
def child(arrays, server):
    """Start a process that loads MNIST from the server."""
    remote = registry.CARDS["mnist"].files[0]
    environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}

    def start() -> subprocess.Popen:
        command = [sys.executable, "-c", CHILD, server.url, remote.checksum, str(remote.size)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    return start


def test_two_processes_at_once_download_once(child, server, cache):
    server.faults["/mnist.npz"] = "held"
    children = [child(), child()]
    for process in children:
        assert process.stdout.readline() == "started\n"
    time.sleep(0.8)  # both have asked for the set by now, neither has it
    server.release.set()
    answers = sorted(process.communicate(timeout=30)[0].split()[-1] for process in children)
    assert answers == ["downloaded", "folder"] and server.gets == ["/mnist.npz"]
    assert left(cache) == ["mnist.npz"]


def test_killed_while_downloading_leaves_nothing_in_the_way(child, server, cache, arrays):
    server.faults["/mnist.npz"] = "trickling"
    with child() as process:
        deadline = time.monotonic() + 20
        while not (cache / "mnist.npz.part").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
    assert left(cache) == ["mnist.npz.part"]
    del server.faults["/mnist.npz"]
    assert same(datasets.load("mnist", "real"), arrays)
    assert left(cache) == ["mnist.npz"]


def test_fetch_says_what_happened(arrays, server, cache):
    first, second = datasets.fetch("mnist"), datasets.fetch("mnist")
    assert first == datasets.Fetched("mnist", True, "MNIST: downloaded.")
    assert second == datasets.Fetched("mnist", True, "MNIST: already in the course folder.")
    with pytest.raises(datasets.BadRequest):
        datasets.fetch("minst")


def test_fetch_all_goes_on_after_a_failure(arrays, server, cache):
    reports = {report.name: report for report in datasets.fetch_all()}
    assert list(reports) == list(registry.CARDS)
    assert [name for name, report in reports.items() if report.ok] == ["mnist"]
    assert "answered 404" in reports["cifar10"].message
