"""No network, half a network, a network that reads along: each has its own sentence."""

import dataclasses
import errno
import socket
import socketserver
import ssl
import subprocess
import threading
import time

import pytest
from makers import mnist, npz, one_line, stand_in
from urllib3.exceptions import NameResolutionError

from course_utils import datasets
from course_utils.datasets import network, registry


@pytest.fixture
def arrays(server, monkeypatch):
    """A small MNIST at its canonical address."""
    arrays = mnist()
    server.publish(monkeypatch, "mnist", {"mnist.npz": npz(**arrays)})
    stand_in(monkeypatch)
    return arrays


def test_host_that_failed_is_remembered_for_other_sets_and_other_kernels(
    server, tmp_path, monkeypatch
):
    token = tmp_path / "running-1"
    token.touch()
    monkeypatch.setenv("COURSE_TOKEN", str(token))
    monkeypatch.setattr(network, "OPEN_S", 0.3)
    server.faults["/mnist.npz"] = "mute"
    with pytest.raises(datasets.NotReachable, match="did not answer within"):
        datasets.load("mnist", "real")
    for other_kernel in (False, True):
        if other_kernel:
            monkeypatch.setattr(network, "_failures", {"network": ""})
        with pytest.raises(datasets.NotReachable, match="did not answer within"):
            datasets.load("reuters", "real")
    assert server.gets == ["/mnist.npz"]
    token.unlink()  # the run has ended: nobody remembers, and nobody makes its file anew
    monkeypatch.setattr(network, "_failures", {"network": ""})
    with pytest.raises(datasets.NotReachable, match="answered 404"):
        datasets.load("reuters", "real")
    assert not token.exists()


def test_fetch_asks_whatever_the_probe_has_found(arrays, server, monkeypatch):
    monkeypatch.setitem(network._failures, "network", "nothing answers")
    assert datasets.load("mnist", train=1, test=1).source == "synthetic" and not server.gets
    assert datasets.fetch("mnist").message == "MNIST: downloaded."


class Proxy(socketserver.BaseRequestHandler):
    """A proxy that answers every CONNECT with `server.status`."""

    def handle(self):
        self.request.recv(4096)
        self.request.sendall(f"HTTP/1.1 {self.server.status} No\r\n\r\n".encode())


@pytest.fixture
def https(server, monkeypatch):
    """MNIST at an address with https, at which nobody speaks TLS that anybody could trust."""
    remote = registry.Remote("mnist.npz", f"https://127.0.0.1:{server.server_port}/x", "md5:1", 1)
    card = dataclasses.replace(registry.CARDS["mnist"], files=(remote,))
    monkeypatch.setitem(registry.CARDS, "mnist", card)
    return server


PROXIES = {
    "http://127.0.0.1:9": "does not answer",
    "http://": "is no address",
    "http://[::1": "is no address",
    "ftp://127.0.0.1:9": "is no address",
    "bad proxy": "is no address",
    "socks5://127.0.0.1:9": "needs the package PySocks",
    "407": "wants a user name and password",
    "403": "does not let this address through",
}


@pytest.mark.parametrize("proxy", PROXIES)
def test_fault_proxy(https, monkeypatch, fault, proxy):
    address = proxy
    with socketserver.TCPServer(("127.0.0.1", 0), Proxy) as answering:
        if proxy.isdigit():
            answering.status = proxy
            threading.Thread(target=answering.serve_forever, args=(0.02,), daemon=True).start()
            address = f"http://127.0.0.1:{answering.server_address[1]}"
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", address)
        fetched = datasets.fetch("mnist")
        if proxy.isdigit():
            answering.shutdown()
    assert not fetched.ok and PROXIES[proxy] in fetched.message
    fault("downloads", f"proxy {proxy}", fetched.message)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("missing", "SSL_CERT_FILE names is not there"),
        ("no certificates", "SSL_CERT_FILE names cannot be read"),
    ],
)
def test_fault_file_of_certificates(https, monkeypatch, tmp_path, fault, case, said):
    path = tmp_path / "ca.pem"
    if case != "missing":
        path.write_text("no certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    fetched = datasets.fetch("mnist")
    assert said in fetched.message
    fault("downloads", f"certificates: {case}", fetched.message)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate for 127.0.0.1 that no system trusts, and its key."""
    folder = tmp_path_factory.mktemp("ca")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += [
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=course",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "ca.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "ca.pem", folder / "key.pem"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_fault_certificate_that_the_reader_has_to_name(
    server, monkeypatch, authority, fault, variable
):
    arrays = mnist()
    card = server.publish(monkeypatch, "mnist", {"mnist.npz": npz(**arrays)})
    url = f"https://127.0.0.1:{server.server_port}/mnist.npz"
    remote = dataclasses.replace(card.files[0], url=url)
    monkeypatch.setitem(registry.CARDS, "mnist", dataclasses.replace(card, files=(remote,)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    refused = datasets.fetch("mnist")
    assert "the certificate of 127.0.0.1" in refused.message and "SSL_CERT_FILE" in refused.message
    fault("downloads", "certificate of an unknown authority", refused.message)
    monkeypatch.setenv(variable, str(authority[0]))
    assert datasets.fetch("mnist").message == "MNIST: downloaded."


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "cannot be resolved"),
        (ConnectionRefusedError(111, "Connection refused"), "refused the connection"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no network can be reached"),
        (TimeoutError("timed out"), "did not answer within"),
    ],
)
def test_fault_no_connection(arrays, server, monkeypatch, fault, error, said):
    def create_connection(address, *_, **__):
        if isinstance(error, socket.gaierror):
            raise NameResolutionError(address[0], None, error)
        raise error

    monkeypatch.setattr("urllib3.util.connection.create_connection", create_connection)
    fetched = datasets.fetch("mnist")
    assert not fetched.ok and said in fetched.message
    fault("downloads", f"no connection: {type(error).__name__}", fetched.message)
    assert datasets.load("mnist", train=1, test=1).source == "synthetic"


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
    assert "refused the connection" in one_line(capsys.readouterr(), tmp_path)
    with pytest.raises(datasets.NotReachable, match="refused the connection"):
        datasets.load("mnist", "real")


@pytest.mark.parametrize("hangs", [False, True])
def test_name_service_that_fails_or_hangs(server, monkeypatch, hangs):
    def getaddrinfo(*_, **__):
        time.sleep(1.0 if hangs else 0.0)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(network, "PROBE_S", 0.3)
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
