"""Downloads and everything that goes wrong with them: the course bends, says so, loses nothing."""

import errno
import gzip
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock
from makers import left, mnist, npz, one_line, same, sentence, stand_in

from course_utils import datasets
from course_utils.datasets import downloads, network, registry

WAYS_TO_FAIL = {  # how the server fails, what the reader is told, whether a part stays to resume
    "missing": ("answered 404", False),
    "failing": ("answered 503", False),
    "login": ("web page", False),
    "loop": ("redirects in a circle", False),
    "truncated": ("stopped after", True),
    "short": ("stopped after", True),
    "mute": ("did not answer within", False),
    "stalled": ("stopped after", True),
    "trickling": ("stopped after", True),
}


@pytest.fixture
def arrays(server, monkeypatch):
    """A small MNIST at its canonical address, and limits of time that a test can wait for."""
    arrays = mnist()
    server.publish(monkeypatch, "mnist", {"mnist.npz": npz(**arrays)})
    monkeypatch.setattr(network, "STALL_S", 0.3)
    monkeypatch.setattr(network, "OPEN_S", 0.5)
    monkeypatch.setattr(downloads, "WAIT_S", 0.2)
    stand_in(monkeypatch)
    return arrays


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


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


@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_fault_no_complete_file_means_synthetic_data_or_a_sentence(
    arrays, server, cache, capsys, tmp_path, fault, way
):
    server.faults["/mnist.npz"] = way
    said, resumable = WAYS_TO_FAIL[way]
    start = time.monotonic()
    data = datasets.load("mnist", train=3, test=2)
    assert time.monotonic() - start < 5
    line = one_line(capsys.readouterr(), tmp_path)
    assert data.source == data.origin == "synthetic" and len(data.x_train) == 3
    assert said in line and "synthetic, 3 + 2 images" in line and "fetch mnist" in line
    asked = len(server.gets)
    with pytest.raises(datasets.NotReachable, match=said) as caught:
        datasets.load("mnist", "real")
    assert "fetch mnist" in sentence(caught, tmp_path)
    assert len(server.gets) == asked, "a set that failed is tried once"
    assert left(cache) == ([".mnist.npz.part", "bytes"] if resumable else [])
    fault("downloads", f"server: {way}", line)
    del server.faults["/mnist.npz"]
    assert datasets.fetch("mnist").ok and left(cache) == ["mnist.npz"]  # fetch tries again


PAGES = {
    "HTML after a byte order mark": ("text/html", b"\xef\xbb\xbf<!DOCTYPE html><p>Welcome", {}),
    "HTML said to be data": ("application/octet-stream", b"\n<HTML>Welcome to the hotel" * 9, {}),
    "comment first": ("application/zip", b"<!-- portal --><html>Log in</html>", {}),
    "script": ("application/javascript", b"window.location='/login'", {}),
    "XML": ("application/xml", b"<?xml version='1.0'?><WISPAccessGatewayParam/>", {}),
    "JSON": ("application/json", b'{"error": "sign in"}', {}),
    "UTF-16": ("text/html; charset=utf-16", "<html>Anmelden</html>".encode("utf-16"), {}),
    "nothing at all": ("application/octet-stream", b"", {}),
    "gzipped by a proxy": (
        "text/html", gzip.compress(b"<html>Sign in</html>"), {"Content-Encoding": "gzip"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ["mnist.npz", "imdb_word_index.json"])
@pytest.mark.parametrize("page", PAGES)
def test_fault_page_in_place_of_the_file(arrays, server, cache, monkeypatch, fault, page, name):
    known = "mnist" if name == "mnist.npz" else "imdb"
    files = {name: b"{}" * 99} | ({"imdb.npz": b"PK" * 99} if known == "imdb" else {})
    server.publish(monkeypatch, known, files)
    server.page, server.faults[f"/{name}"] = PAGES[page], "page"
    with pytest.raises(datasets.NotReachable, match=r"sent (a web page|nothing)") as caught:
        datasets.load(known, "real")
    fault("downloads", f"{page}, for {name}", str(caught.value))
    assert left(cache) == []


def test_resumes_where_another_process_stopped(arrays, server, cache):
    whole = server.files["/mnist.npz"]
    (cache / ".mnist.npz.part").mkdir(parents=True)
    (cache / ".mnist.npz.part" / "bytes").write_bytes(whole[:4000])
    assert same(datasets.load("mnist", "real"), arrays)
    assert server.ranges == ["4000"] and left(cache) == ["mnist.npz"]


@pytest.mark.parametrize("part", ["of another file", "too long", "complete"])
def test_part_that_cannot_be_gone_on_with(arrays, server, cache, part):
    whole = server.files["/mnist.npz"]
    kept = {"of another file": b"x" * 4000, "too long": whole + b"x", "complete": whole}[part]
    (cache / ".mnist.npz.part").mkdir(parents=True)
    (cache / ".mnist.npz.part" / "bytes").write_bytes(kept)
    assert same(datasets.load("mnist", "real"), arrays)
    assert left(cache) == ["mnist.npz"] and len(server.gets) == (part != "complete") * (
        1 + (part != "complete")
    )


@pytest.mark.parametrize("way", ["breaking", "steady", "once", "gzipped"])
def test_lines_that_are_bad_but_bring_the_file(arrays, server, cache, way):
    server.faults["/mnist.npz"] = way
    assert same(datasets.load("mnist", "real"), arrays)
    assert left(cache) == ["mnist.npz"]
    if way == "breaking":
        assert server.ranges == [str(at) for at in range(0, len(server.files["/mnist.npz"]), 2000)]


@pytest.mark.parametrize("way", ["forgetful", "misplaced"])
def test_server_that_does_not_resume(arrays, server, cache, way):
    server.faults["/mnist.npz"] = "truncated"
    assert datasets.load("mnist", train=1, test=1).source == "synthetic"
    assert left(cache) == [".mnist.npz.part", "bytes"]
    server.faults["/mnist.npz"] = way
    fetched = datasets.fetch("mnist")
    assert fetched.ok == (way == "forgetful"), fetched
    assert left(cache) == (["mnist.npz"] if fetched.ok else [])


@pytest.mark.parametrize("source", ["auto", "real"])
def test_fault_complete_file_with_wrong_checksum_is_an_error(
    arrays, server, cache, tmp_path, fault, source
):
    server.faults["/mnist.npz"] = "wrong"
    with pytest.raises(datasets.WrongChecksum, match="SHA256") as caught:
        datasets.load("mnist", source)
    assert "mnist.npz" in sentence(caught, tmp_path)
    assert left(cache) == []
    fault("downloads", "complete file, wrong checksum", str(caught.value))


def test_fault_transfer_longer_than_its_card_is_cut(arrays, server, cache, fault):
    server.faults["/mnist.npz"] = "endless"
    with pytest.raises(datasets.WrongChecksum, match="longer than") as caught:
        datasets.load("mnist")
    fault("downloads", "a body that never ends", str(caught.value))
    assert left(cache) == []


def test_drawn_asks_nobody(arrays, server, capsys, tmp_path):
    assert datasets.load("mnist", "synthetic").source == "synthetic"
    assert not server.gets and not server.heads
    assert one_line(capsys.readouterr(), tmp_path) == (
        "MNIST: synthetic, 60,000 + 10,000 images, as asked for."
    )


@pytest.mark.parametrize("online", [True, False])
def test_fault_broken_cache_file_is_named_set_aside_and_fetched_again(
    arrays, server, cache, capsys, monkeypatch, fault, online
):
    datasets.load("mnist")
    whole = (cache / "mnist.npz").read_bytes()
    (cache / "mnist.npz").write_bytes(whole[: len(whole) // 2])
    if not online:
        monkeypatch.setenv("COURSE_OFFLINE", "1")
    capsys.readouterr()
    data = datasets.load("mnist")
    line = one_line(capsys.readouterr(), cache)
    assert "set aside as mnist.npz.broken" in line if online else "passed over" in line
    assert data.origin == ("downloaded" if online else "synthetic")
    kept = cache / ("mnist.npz.broken" if online else "mnist.npz")
    assert left(cache) == (["mnist.npz", "mnist.npz.broken"] if online else ["mnist.npz"])
    assert kept.read_bytes() == whole[: len(whole) // 2]
    fault("data files", f"half a file in the course folder, {'on' if online else 'off'}line", line)


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/secret")


def read_only(*_, **__):
    raise OSError(errno.EROFS, "Read-only file system", "/somewhere/secret")


@pytest.mark.parametrize("source", ["auto", "real"])
@pytest.mark.parametrize("step", ["mkdir", "open", "replace"])
@pytest.mark.parametrize("failure", [full, read_only])
def test_fault_disk_that_cannot_be_written(
    arrays, cache, tmp_path, monkeypatch, fault, source, step, failure
):
    def selective(path, *args, **kwargs):
        inside = cache in (path, *path.parents) and (step != "open" or "wb" in args)
        return failure() if inside else original(path, *args, **kwargs)

    original = getattr(Path, step)
    monkeypatch.setattr(Path, step, selective)
    with pytest.raises(datasets.NotWritable, match=r"disk is full|ead-only") as caught:
        datasets.load("mnist", source)
    text = sentence(caught, tmp_path)
    assert "COURSE_CACHE" in text and "secret" not in text
    fault("downloads", f"disk: {failure.__name__} at {step}", text)
    monkeypatch.undo()
    assert left(cache) == ([".mnist.npz.part", "bytes"] if step == "replace" else [])


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
        return Full(file) if path.name == "bytes" and "wb" in args else file

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(datasets.NotWritable, match="disk is full"):
        datasets.load("mnist")
    assert left(cache) == []


def test_fault_lock_that_another_process_keeps(arrays, cache, tmp_path, fault, capsys):
    cache.mkdir()
    with (
        FileLock(cache / ".mnist.lock"),
        pytest.raises(datasets.NotWritable, match="another process") as caught,
    ):
        datasets.load("mnist")
    assert "try again" in sentence(caught, tmp_path)
    assert "waiting for another process" in capsys.readouterr().err
    fault("downloads", "another process holds the set", str(caught.value))


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
        while not (cache / ".mnist.npz.part" / "bytes").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
    assert left(cache)[0] == ".mnist.npz.part" and "bytes" in left(cache)
    del server.faults["/mnist.npz"]
    assert same(datasets.load("mnist", "real"), arrays)
    assert left(cache) == ["mnist.npz"]


def test_fetch_says_what_happened(arrays, server, cache):
    first, second = datasets.fetch("mnist"), datasets.fetch("mnist")
    assert first == datasets.Fetched("mnist", True, "MNIST: downloaded.")
    assert second == datasets.Fetched("mnist", True, "MNIST: already in the course folder.")
    with pytest.raises(datasets.BadRequest):
        datasets.fetch("minst")
