"""Files into the course folder: through pooch, resumed, checked, locked, renamed into place."""

import errno
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .. import config
from ..progress import in_browser
from . import network
from .errors import NotReachable, NotWritable, WrongChecksum
from .network import Broken, host
from .registry import Remote

LEAST = 1 << 10  # bytes: a line that carries less in `network.STALL_S` has stalled
TRIES, PAUSE_S = 3, 1.0  # without progress, and the pause before the next
WAIT_S = 3600.0  # for another process that fetches the same
MOST = 1 << 30  # bytes of a file whose size is not known
SLACK = 1 << 20  # bytes that a file may exceed its card by before the transfer is cut
_PAGES = ("text/", "application/json", "application/xml", "application/xhtml", "application/java")
_TEXT = bytes([*b"\t\n\f\r", *range(32, 256)])


def matches(path: Path, checksum: str) -> bool:
    """Whether a file has the checksum "ALGORITHM:DIGITS"."""
    import pooch

    algorithm, _, digits = checksum.partition(":")
    return pooch.file_hash(path, algorithm) == digits.lower()


def verify(path: Path, remote: Remote, where: str) -> None:
    """Raise WrongChecksum unless the file is the one that the card names."""
    if not matches(path, remote.checksum):
        raise _wrong(path, remote, where)


def _wrong(path: Path, remote: Remote, where: str) -> WrongChecksum:
    algorithm, _, digits = remote.checksum.partition(":")
    expected = f"the {algorithm.upper()} {digits[:12]}… of its card"
    return WrongChecksum(f"{remote.name} {where} does not have {expected}: it was not used", path)


@contextmanager
def writing(title: str, size: int = 0) -> Iterator[None]:
    """Every OSError within becomes a sentence: the course folder was to be written."""
    try:
        yield
    except OSError as error:
        reason, do = error.strerror or type(error).__name__, "set COURSE_CACHE to another folder"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            reason = f"the disk is full; {title} needs {size / 1e6:,.1f} MB"
            do = f"make room or {do}"
        sentence = f"{title} cannot be written to the course folder ({reason}): {do}"
        raise NotWritable(sentence) from None


@contextmanager
def locked(name: str, title: str) -> Iterator[Path]:
    """The course folder, the files of `name` in it ours alone."""
    from filelock import FileLock, Timeout

    folder = config.cache_folder()
    with writing(title):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f".{name}.lock", is_singleton=True)
        try:
            lock.acquire(timeout=min(2.0, WAIT_S))
        except Timeout:
            try:
                print(f"{title}: waiting for another process that has it.", file=sys.stderr)
                lock.acquire(timeout=WAIT_S)
            except Timeout:
                sentence = f"another process has held {title} for {WAIT_S:.0f} s: end it, try again"
                raise NotWritable(sentence) from None
    try:
        yield folder
    finally:
        lock.release()


def download(remote: Remote, path: Path, title: str, insist: bool = False) -> None:
    """Fetch one file into place, under its lock; `insist` tries again what has failed before."""
    import pooch

    known = filter(None, map(network.recall, (remote.url, host(remote.url))))
    if not insist and (reason := next(known, "")):
        raise NotReachable(f"{reason} (asked once a session)")
    folder = path.with_name(f".{path.name}.part")
    transfer = _Transfer(remote, folder / "bytes")
    pooch.get_logger().setLevel("ERROR")
    try:
        with writing(title, remote.size):
            folder.mkdir(parents=True, exist_ok=True)
            checksum = remote.checksum or None
            pooch.retrieve(remote.url, checksum, path.name, folder, downloader=transfer)
            (folder / path.name).replace(path)
    except NotReachable as error:
        network.remember(remote.url, str(error))
        raise
    except ValueError:  # pooch's word for a wrong checksum
        if not transfer.resumed:
            raise _wrong(path, remote, f"from {host(remote.url)}") from None
        download(remote, path, title, insist)  # the beginning was another file's: now the whole
    finally:
        if not transfer.got():
            shutil.rmtree(folder, ignore_errors=True)


class _Transfer:
    """pooch's downloader: goes on where a broken transfer of the same file stopped."""

    def __init__(self, remote: Remote, part: Path) -> None:
        self.remote, self.part, self.resumed = remote, part, False

    def got(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        left, best = TRIES, self.got()
        if not self.remote.checksum:
            self.part.unlink(missing_ok=True)  # nothing would tell whether the rest belongs to it
        while True:
            try:
                self._attempt()
                break
            except Broken as error:
                left = TRIES if self.got() >= best + LEAST else left - 1
                best = max(best, self.got())
                if not left:
                    raise NotReachable(str(error)) from None
                time.sleep(PAUSE_S)
            except (NotReachable, WrongChecksum):
                self.part.unlink(missing_ok=True)
                raise
        self.part.replace(output_file)

    def _attempt(self) -> None:
        from tqdm import tqdm

        begin, size = self.got(), self.remote.size
        self.resumed = begin > 0
        if self.resumed and begin == size:
            return
        headers = {"Accept-Encoding": "identity"}
        if begin:
            headers["Range"] = f"bytes={begin}-"
        with network.get(self.remote.url, headers) as response:
            length, packed = map(response.headers.get, ("Content-Length", "Content-Encoding"))
            unpack = bool(packed) and "gzip" in packed and not self.remote.name.endswith("gz")
            if response.status_code == 200:
                begin, self.resumed = 0, False
            elif f"bytes {begin}-" not in response.headers.get("Content-Range", ""):
                self.part.unlink(missing_ok=True)
                raise Broken(f"{host(self.remote.url)} sent another part than it was asked for")
            total = begin + int(length) if length else size
            total = 0 if unpack else total
            with (
                self.part.open("ab" if begin else "wb") as file,
                tqdm(total=total or None, initial=begin, desc=self.remote.name, unit="B",
                     unit_scale=True, leave=False, disable=False if in_browser() else None) as bar,
            ):  # fmt: skip
                for chunk in self._chunks(response, begin, total, unpack):
                    file.write(chunk)
                    bar.update(len(chunk))
            if self._is_page(response.headers.get("Content-Type", "").lower()):
                sent = "a web page (a login page?) instead of data" if self.got() else "nothing"
                raise NotReachable(f"{host(self.remote.url)} sent {sent}")

    def _chunks(self, response: Any, got: int, total: int, unpack: bool) -> Iterator[bytes]:
        """The body as it comes: all of it, not much longer than the card says, not at a crawl."""
        from urllib3.exceptions import HTTPError

        since, mark = time.monotonic(), got
        chunk = b"."
        while chunk:
            try:
                chunk = response.raw.read1(1 << 16, decode_content=unpack)
            except (HTTPError, OSError):
                chunk = b""
            got += len(chunk)
            if got > (self.remote.size or MOST) + SLACK:
                sentence = f"{self.remote.name} from {host(self.remote.url)} is longer than its"
                raise WrongChecksum(f"{sentence} card says: it was not used", self.part)
            yield chunk
            if time.monotonic() - since > network.STALL_S:
                chunk = chunk if got - mark >= LEAST else b""
                since, mark = time.monotonic(), got
        if got < total:
            raise Broken(f"{host(self.remote.url)} stopped after {got:,} of {total:,} bytes")

    def _is_page(self, content_type: str) -> bool:
        with self.part.open("rb") as file:
            head = file.read(512)
        text = content_type.startswith(_PAGES) or not head.translate(None, _TEXT)
        return text and self.got() != self.remote.size
