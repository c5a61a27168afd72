"""Canonical files into the course folder: bounded in time, checked, locked, renamed into place."""

import errno
import hashlib
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from .. import config
from .errors import NotReachable, NotWritable, WrongChecksum
from .registry import CARDS, Card, Remote

PROBE_S = 2.8  # how long to find out whether there is a network at all
CONNECT_S = 3.0
STALL_S = 10.0  # silence after which a transfer counts as broken
GRACE_S = 60.0  # a transfer may take this long, and its size at the slowest rate
SLOWEST = 400_000  # bytes a second
SLACK = 1 << 20  # bytes that a file may exceed its card by before the transfer is cut
_CHUNK = 1 << 16
_Result = TypeVar("_Result")
_offline: bool | None = None
_probing = threading.Lock()


def offline() -> bool:
    """Whether no canonical address answers: asked once a process, in at most 3 seconds.

    `COURSE_OFFLINE=1` says so in advance; a run passes it on to the kernels that it starts.
    """
    global _offline
    if config.flag("COURSE_OFFLINE"):
        return True
    with _probing:
        if _offline is None:
            urls = (urlsplit(remote.url) for card in CARDS.values() for remote in card.files)
            _offline = not _any_answers({f"{url.scheme}://{url.netloc}/" for url in urls})
        return _offline


def _any_answers(urls: set[str]) -> bool:
    import requests

    answers: queue.Queue[bool] = queue.Queue()

    def ask(url: str) -> None:
        try:
            requests.head(url, timeout=PROBE_S, allow_redirects=False)
            answers.put(True)
        except requests.RequestException:
            answers.put(False)

    for url in urls:
        threading.Thread(target=ask, args=(url,), daemon=True).start()
    end = time.monotonic() + PROBE_S
    try:
        return any(answers.get(timeout=max(0.0, end - time.monotonic())) for _ in urls)
    except queue.Empty:
        return False


def _within(seconds: float, function: Callable[[], _Result]) -> _Result:
    """What `function` returns or raises; TimeoutError after `seconds`, whatever it waits for."""
    outcome: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue()

    def work() -> None:
        try:
            outcome.put((function(), None))
        except Exception as error:
            outcome.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        result, error = outcome.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise TimeoutError from None
    if error:
        raise error
    return result


def digest(path: Path, algorithm: str = "sha256") -> str:
    """Checksum of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def verify(path: Path, remote: Remote, where: str) -> None:
    """Raise WrongChecksum unless the file is the one that the card names."""
    algorithm, _, expected = remote.checksum.partition(":")
    found = digest(path, algorithm)
    if found != expected:
        raise WrongChecksum(
            f"{remote.name} {where} has the {algorithm.upper()} {found[:12]}…, not the "
            f"{expected[:12]}… of its card: it was not used",
            path,
        )


def _seconds(remote: Remote) -> float:
    return GRACE_S + remote.size / SLOWEST


@contextmanager
def locked(card: Card) -> Iterator[Path]:
    """The course folder, this set's files in it ours alone; every OSError becomes a sentence."""
    from filelock import FileLock, Timeout

    folder = config.cache_folder()
    wait = GRACE_S + sum(map(_seconds, card.files))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{card.name}.lock", timeout=wait, is_singleton=True):
            yield folder
    except Timeout:
        sentence = (
            f"another process has been fetching {card.title} for over {wait:.0f} s: try again"
        )
        raise NotWritable(sentence) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            reason = f"the disk is full; {card.title} needs {card.size / 1e6:,.1f} MB"
        else:
            reason = error.strerror or type(error).__name__
        raise NotWritable(
            f"{card.title} cannot be written to the course folder ({reason}): "
            "make room or set COURSE_CACHE to another folder"
        ) from None


def set_aside(path: Path) -> str:
    """Rename a broken file or folder to NAME.broken and return the sentence that says so."""
    shutil.rmtree(path.with_name(path.name + ".broken"), ignore_errors=True)
    path.replace(path.with_name(path.name + ".broken"))
    return f"the broken {path.name} in the course folder was set aside as {path.name}.broken"


def ensure(card: Card, folder: Path, notes: list[str]) -> bool:
    """Download what is missing of `card`, under its lock; whether anything was."""
    missing = []
    for remote in card.files:
        path = folder / remote.name
        if path.is_file():
            try:
                verify(path, remote, "in the course folder")
                continue
            except WrongChecksum:
                notes.append(set_aside(path))
        missing.append(remote)
    for remote in missing:
        _download(remote, folder / remote.name)
    return bool(missing)


def _download(remote: Remote, path: Path) -> None:
    from tqdm.auto import tqdm

    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + _seconds(remote)
    response = _open(remote, end)
    length = response.headers.get("Content-Length", "")
    announced = int(length) if length.isdigit() else -1
    try:
        with (
            part.open("wb") as file,
            tqdm(total=remote.size, desc=path.name, unit="B", unit_scale=True, leave=False,
                 disable=None) as bar,
        ):  # fmt: skip
            for chunk in _chunks(response, remote, end):
                file.write(chunk)
                bar.update(len(chunk))
        _judge(part, remote, announced)
        verify(part, remote, f"from {_host(remote)}")
        part.replace(path)
    finally:
        response.close()
        part.unlink(missing_ok=True)


def _host(remote: Remote) -> str:
    return urlsplit(remote.url).netloc


def _open(remote: Remote, end: float) -> Any:
    """The response to a request for `remote`, its headers read."""
    import requests

    options = {"stream": True, "timeout": (CONNECT_S, STALL_S)}
    headers = {"Accept-Encoding": "identity"}
    try:
        response = _within(
            end - time.monotonic(), lambda: requests.get(remote.url, headers=headers, **options)
        )
    except (requests.RequestException, TimeoutError) as error:
        silent = isinstance(error, (requests.Timeout, TimeoutError))
        reason = "did not answer in time" if silent else "could not be reached"
        raise NotReachable(f"{_host(remote)} {reason}") from None
    if response.status_code != 200:
        response.close()
        raise NotReachable(f"{_host(remote)} answered {response.status_code}")
    return response


def _chunks(response: Any, remote: Remote, end: float) -> Iterator[bytes]:
    """The body as it comes: never longer than the card says, never later than `end`."""
    from urllib3.exceptions import HTTPError

    got = 0
    while True:
        try:
            chunk = response.raw.read1(_CHUNK, decode_content=False)
        except (HTTPError, OSError):
            sentence = f"{_host(remote)} stopped after {got:,} of {remote.size:,} bytes"
            raise NotReachable(sentence) from None
        if not chunk:
            return
        got += len(chunk)
        if time.monotonic() > end:
            raise NotReachable(
                f"{_host(remote)} was too slow ({got:,} of {remote.size:,} bytes in "
                f"{_seconds(remote):.0f} s)"
            )
        if got > remote.size + SLACK:
            sentence = f"{remote.name} from {_host(remote)} is longer than its card says"
            raise WrongChecksum(f"{sentence}: it was not used", Path(remote.name))
        yield chunk


def _judge(part: Path, remote: Remote, announced: int) -> None:
    """A web page, or a body shorter than announced or than the card says, is no file at all."""
    with part.open("rb") as file:
        head = file.read(512).lstrip().lower()
        got = file.seek(0, 2)
    if head.startswith((b"<!doctype html", b"<html")):
        raise NotReachable(f"{_host(remote)} sent a web page (a login page?) instead of data")
    if got < (remote.size if announced < 0 else announced):
        raise NotReachable(f"{_host(remote)} stopped after {got:,} of {remote.size:,} bytes")
