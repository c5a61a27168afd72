"""A local HTTP server of canonical files, with the faults that the network has."""

import dataclasses
import gzip
import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from course_utils.datasets import downloads, network, registry

LOGIN = b"<!DOCTYPE html><html><title>Guest Wi-Fi</title><form>Please sign in</form></html>"


class Server(ThreadingHTTPServer):
    """Serves `files` (path -> bytes); `faults` (path -> name) says how a GET goes wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, str] = {}
        self.page: tuple[str, bytes, dict[str, str]] = ("text/html", LOGIN, {})
        self.gets: list[str] = []
        self.ranges: list[str] = []  # where the parts began that were asked for
        self.heads = 0
        self.deaf = False  # accepts connections and says nothing
        self.closing = threading.Event()
        self.release = threading.Event()  # what a "held" answer waits for
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def publish(self, monkeypatch, name: str, files: dict[str, bytes]) -> registry.Card:
        """Serve `files` as the canonical files of the set `name`, checksums included."""
        card = registry.CARDS[name]
        known = {remote.name: remote for remote in card.files}
        remotes = []
        for file, data in files.items():
            self.files[f"/{file}"] = data
            self.faults.pop(f"/{file}", None)
            checksum = f"sha256:{hashlib.sha256(data).hexdigest()}"
            remotes.append(
                dataclasses.replace(
                    known[file], url=f"{self.url}/{file}", checksum=checksum, size=len(data)
                )
            )
        card = dataclasses.replace(card, files=tuple(remotes))
        monkeypatch.setitem(registry.CARDS, name, card)
        return card


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_) -> None:
        pass

    def do_HEAD(self) -> None:
        self.server.heads += 1
        if self.server.deaf:
            self.server.closing.wait(10)
            return
        self._head(200, 0)

    def do_GET(self) -> None:
        self.server.gets.append(self.path)
        data = self.server.files[self.path]
        try:
            getattr(self, f"_{self.server.faults.get(self.path, 'good')}")(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _head(
        self,
        status: int,
        length: int | None,
        kind: str = "application/octet-stream",
        extra: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def _good(self, data: bytes) -> None:
        """The file, or the part of it that a Range asks for."""
        begin, _, _ = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
        self.server.ranges.append(begin)
        if begin and int(begin) >= len(data):
            self._head(416, 0, extra={"Content-Range": f"bytes */{len(data)}"})
        elif begin:
            where = f"bytes {begin}-{len(data) - 1}/{len(data)}"
            self._head(206, len(data) - int(begin), extra={"Content-Range": where})
            self.wfile.write(data[int(begin) :])
        else:
            self._head(200, len(data))
            self.wfile.write(data)

    def _forgetful(self, data: bytes) -> None:
        """The whole file, whatever part is asked for."""
        self.server.ranges.append("")
        self._head(200, len(data))
        self.wfile.write(data)

    def _breaking(self, data: bytes) -> None:
        """Two thousand bytes at a time, then the line breaks."""
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        where = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        self.server.ranges.append(str(begin))
        self._head(206 if begin else 200, len(data) - begin, extra={"Content-Range": where})
        self.wfile.write(data[begin : begin + 2000])

    def _misplaced(self, data: bytes) -> None:
        """The beginning, said to be the part that was asked for, wherever that starts."""
        if "Range" not in self.headers:
            return self._truncated(data)
        self._head(206, len(data), extra={"Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}"})
        self.wfile.write(data)

    def _steady(self, data: bytes) -> None:
        """Slower in all than any limit, but never silent."""
        self._head(200, len(data))
        for at in range(0, len(data), 1200):
            self.wfile.write(data[at : at + 1200])
            self.wfile.flush()
            time.sleep(0.12)

    def _gzipped(self, data: bytes) -> None:
        data = gzip.compress(data)
        self._head(200, len(data), extra={"Content-Encoding": "gzip"})
        self.wfile.write(data)

    def _once(self, data: bytes) -> None:
        """503, and from the next time on the file."""
        del self.server.faults[self.path]
        self._head(503, 0)

    def _page(self, data: bytes) -> None:
        """Another page in place of the file: (Content-Type, body, headers)."""
        kind, body, extra = self.server.page
        self._head(200, len(body), kind, extra)
        self.wfile.write(body)

    def _held(self, data: bytes) -> None:
        self.server.release.wait(8)
        self._good(data)

    def _missing(self, data: bytes) -> None:
        self._head(404, 0)

    def _failing(self, data: bytes) -> None:
        self._head(503, 0)

    def _login(self, data: bytes) -> None:
        self._head(200, len(LOGIN), "text/html")
        self.wfile.write(LOGIN)

    def _loop(self, data: bytes) -> None:
        self.send_response(302)
        self.send_header("Location", self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _wrong(self, data: bytes) -> None:
        self._good(data[:-1] + bytes([data[-1] ^ 1]))

    def _truncated(self, data: bytes) -> None:
        self._head(200, len(data))
        self.wfile.write(data[: len(data) // 2])

    def _short(self, data: bytes) -> None:
        self._head(200, None)
        self.wfile.write(data[: len(data) // 2])

    def _endless(self, data: bytes) -> None:
        self._head(200, None)
        while not self.server.closing.is_set():
            self.wfile.write(data)

    def _mute(self, data: bytes) -> None:
        self.server.closing.wait(10)

    def _stalled(self, data: bytes) -> None:
        self._head(200, len(data))
        self.wfile.write(data[:100])
        self.wfile.flush()
        self.server.closing.wait(10)

    def _trickling(self, data: bytes) -> None:
        self._head(200, len(data))
        for byte in data:
            if self.server.closing.is_set():
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.02)


def online(monkeypatch) -> Server:
    """A server that all cards point to, while the course believes to be online."""
    server = Server()
    for name, card in registry.CARDS.items():
        moved = (
            dataclasses.replace(remote, url=f"{server.url}/{remote.name}") for remote in card.files
        )
        monkeypatch.setitem(registry.CARDS, name, dataclasses.replace(card, files=tuple(moved)))
    for remote in (remote for card in registry.CARDS.values() for remote in card.files):
        server.files[f"/{remote.name}"] = b""
        server.faults[f"/{remote.name}"] = "missing"
    monkeypatch.delenv("COURSE_OFFLINE")
    monkeypatch.setattr(downloads, "PAUSE_S", 0.01)
    monkeypatch.setattr(network, "_failures", {})
    for name in ("http_proxy", "https_proxy", "all_proxy", *network._CERTIFICATES):
        for either in (name, name.upper()):
            monkeypatch.delenv(either, raising=False)
    return server
