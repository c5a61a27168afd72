"""Requests: whether an address answers, and if not, why, in a sentence that helps."""

import os
import queue
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .. import config
from .errors import NotReachable
from .registry import CARDS

if TYPE_CHECKING:
    import requests

PROBE_S = 2.8  # how long to find out whether there is a network at all
OPEN_S = 10.0  # until a host has answered
STALL_S = 20.0  # silence after which a transfer counts as broken
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
_LOGIN = "the proxy wants a user name and password (407): put them into HTTPS_PROXY"
_SAID = {  # a part of an error's text: what that means
    "failed: 407": _LOGIN,
    "failed: 403": "the proxy does not let this address through (403)",
    "connect to proxy": "the proxy that HTTPS_PROXY names does not answer",
    "SOCKS": "a SOCKS proxy is named, which needs the package PySocks (pip install pysocks)",
    "VERIFY_FAILED": "the certificate of {host} was refused: the clock is wrong, or this network "
    "reads what passes, and then its CA certificate belongs into SSL_CERT_FILE",
    "CA certificate bundle": "the file of certificates that {named} names is not there",
    "X509": "the file of certificates that {named} names cannot be read",
    "Failed to resolve": "the name {host} cannot be resolved: no network, or its DNS fails",
    "redirects": "{host} redirects in a circle",
    "refused": "{host} refused the connection",
    "unreachable": "no network can be reached",
}
_failures: dict[str, str] = {}  # of hosts and addresses: why they gave nothing
_probing = threading.Lock()


class Broken(Exception):
    """A transfer that broke off: trying again may help."""


def host(url: str) -> str:
    """The host of an address, with its port where one is given."""
    return urlsplit(url).netloc


def _token() -> Path:
    """The file that all kernels of a run share, and that is gone when the run has ended."""
    return Path(os.environ.get("COURSE_TOKEN") or os.devnull)


def remember(key: str, reason: str) -> None:
    """Keep why a host or an address gave nothing: for this process, and for the run around it."""
    _failures[key] = reason
    if _token().is_file():
        with _token().open("r+", encoding="utf-8") as file:  # never made anew
            file.seek(0, os.SEEK_END)
            file.write(f"{key}\t{reason}\n")


def recall(key: str) -> str:
    """Why a host or an address gave nothing when it was last asked; "" if it was not."""
    lines = _token().read_text(encoding="utf-8").splitlines() if _token().is_file() else []
    known = dict(line.split("\t") for line in lines if line.count("\t") == 1)
    return _failures.get(key) or known.get(key, "")


def no_network() -> str:
    """Why no canonical address answers, "" where one does: asked once, in at most 3 seconds.

    `COURSE_OFFLINE=1` says so in advance; a run passes it on to the kernels that it starts.
    """
    if config.flag("COURSE_OFFLINE"):
        return recall("network") or "no network can be reached"
    with _probing:
        if "network" not in _failures:
            urls = (remote.url for card in CARDS.values() for remote in card.files)
            remember("network", _probe(list(dict.fromkeys(u[: u.find("/", 8) + 1] for u in urls))))
        return _failures["network"]


def offline() -> bool:
    """Whether no canonical address answers."""
    return bool(no_network())


def _probe(urls: list[str]) -> str:
    answers: queue.Queue[Any] = queue.Queue()
    for url in urls:
        _start(answers, "HEAD", url, allow_redirects=False, timeout=PROBE_S)
    why, end = {}, time.monotonic() + PROBE_S
    for _ in urls:
        try:
            url, answer = answers.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            break
        if not isinstance(answer, Exception):
            return ""
        why[url] = _reason(answer, host(url))
    return next((why[url] for url in urls if url in why), "no address answers")


def _start(answers: queue.Queue[Any], method: str, url: str, **options: Any) -> None:
    """Ask `url` in a thread of its own, which may hang; the queue gets what comes or is raised."""
    import requests

    named = next((os.environ[name] for name in _CERTIFICATES if os.environ.get(name)), True)

    def ask() -> None:
        try:
            answers.put((url, requests.request(method, url, verify=named, **options)))
        except Exception as error:  # whoever waits judges it
            answers.put((url, error))

    threading.Thread(target=ask, daemon=True).start()


def get(url: str, headers: dict[str, str]) -> "requests.Response":
    """The answer to a request, its body still to be read; NotReachable or Broken says why not."""
    answers: queue.Queue[Any] = queue.Queue()
    _start(answers, "GET", url, headers=headers, stream=True, timeout=(OPEN_S, STALL_S))
    try:
        _, response = answers.get(timeout=OPEN_S)
    except queue.Empty as silence:
        response = silence
    if isinstance(response, Exception):
        if "Connection aborted" in str(response):
            raise Broken(f"{host(url)} broke off the connection")
        remember(host(url), _reason(response, host(url)))
        raise NotReachable(recall(host(url)))
    if (status := response.status_code) in (200, 206, 416):
        return response
    response.close()
    kind = Broken if status == 429 or status >= 500 else NotReachable
    raise kind(_LOGIN if status == 407 else f"{host(url)} answered {status}")


def _reason(error: Exception, host: str) -> str:
    """What an error of a request means, in one sentence without addresses of this machine."""
    from requests import exceptions

    if isinstance(error, exceptions.InvalidURL):
        return "the proxy that HTTPS_PROXY names is no address"
    if isinstance(error, exceptions.Timeout | queue.Empty):
        return f"{host} did not answer within {OPEN_S:.0f} s"
    named = next((name for name in _CERTIFICATES if os.environ.get(name)), _CERTIFICATES[0])
    known = (sentence for part, sentence in _SAID.items() if part in str(error))
    other = "{host} could not be reached (" + type(error).__name__ + ")"
    return next(known, other).format(host=host, named=named)
