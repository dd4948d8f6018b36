"""The server of `make serve`: types, what travels compressed, what browsers keep, and who is let in."""

import gzip
import socket
from http.client import HTTPConnection

import numpy as np
import pytest
import zxingcpp
from live_pages import serving

from publish import serve
from publish.delivery import finish
from publish.policy import content_policy, header_policy
from publish.serve import announcement, site_server

PAGE = "<!DOCTYPE html><p>" + "Padding. " * 100
FILES = {
    "index.html": PAGE,
    "live/page.js": "export {};" * 50,
    "live/editor-OMTWI4RP.js": "export {};" * 50,
    "live/pyodide.asm.wasm.packed": "packed",
    "live/x.wasm": "wasm",
    "live/lessons.zip": "zip",
    "lesson.ipynb": "{}",
    "font.woff": "font",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    finish(folder)
    return folder


@pytest.fixture(scope="module")
def ask(folder):
    """Ask the server for a path; returns its answer and what came."""
    with serving(site_server(folder, "127.0.0.1", 0)) as address:

        def ask(path, **headers):
            connection = HTTPConnection(address.removeprefix("http://"))
            connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return answer, body

        yield ask


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/live/page.js", "text/javascript; charset=utf-8"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/live/x.wasm", "application/wasm"),
        ("/live/pyodide.asm.wasm.packed", "application/octet-stream"),
        ("/live/lessons.zip", "application/zip"),
        ("/lesson.ipynb", "application/json"),
        ("/font.woff", "font/woff"),
    ],
)
@pytest.mark.parametrize("accepted", ["", "gzip, deflate, br"])
def test_every_file_has_its_type(ask, path, kind, accepted):
    answer, _ = ask(path, Accept_Encoding=accepted)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)


@pytest.mark.parametrize("path", ["/", "/index.html", "/index.html?live"])
def test_a_page_travels_compressed_to_those_who_read_that(ask, path):
    plain, text = ask(path)
    packed, bytes_ = ask(path, Accept_Encoding="br, gzip")
    assert plain.headers["Content-Encoding"] is None
    assert text.decode() == PAGE
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(bytes_) == text
    assert int(packed.headers["Content-Length"]) == len(bytes_) < len(text) / 5


def test_what_is_packed_already_is_not_packed_again(ask):
    answer, body = ask("/live/pyodide.asm.wasm.packed", Accept_Encoding="gzip")
    assert (answer.headers["Content-Encoding"], body) == (None, b"packed")


def test_a_browser_asks_whether_a_file_has_changed(ask):
    first, _ = ask("/index.html")
    assert first.headers["Cache-Control"] == "no-cache"
    again, body = ask("/index.html", If_Modified_Since=first.headers["Last-Modified"])
    assert (again.status, body) == (304, b"")
    part, _ = ask("/live/editor-OMTWI4RP.js")
    assert "immutable" in part.headers["Cache-Control"]


def test_the_policy_is_sent_with_what_the_worker_needs(ask):
    answer, _ = ask("/live/page.js")
    assert answer.headers["Content-Security-Policy"] == header_policy()
    assert "'wasm-unsafe-eval'" in header_policy()
    assert "'wasm-unsafe-eval'" not in content_policy()
    assert "'unsafe-eval'" not in header_policy()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/live/", "/nothing.html", "/../Makefile", "/%2e%2e/Makefile"])
def test_nothing_else_is_shown(ask, path):
    assert ask(path)[0].status == 404


def test_another_content_makes_another_version(folder):
    def version():
        return (folder / "sw.js").read_text("utf-8").splitlines()[0]

    before = version()
    finish(folder)
    assert version() == before
    (folder / "lesson.ipynb").write_text("{ }", "utf-8")
    finish(folder)
    assert version() != before
    # Whoever lists the files does not list what was made from them.
    assert ".gz" not in (folder / "sw.js").read_text("utf-8").splitlines()[1]


def test_a_classroom_scans_the_address_from_the_terminal():
    said = announcement("0.0.0.0", 8123)
    *code, words = said.splitlines()
    rows = []
    for line in code:
        blocks = line.removeprefix("\033[30;107m").removesuffix("\033[0m")
        rows.append([0 if block in "▀█" else 255 for block in blocks])
        rows.append([0 if block in "▄█" else 255 for block in blocks])
    read = zxingcpp.read_barcodes(np.kron(np.array(rows, np.uint8), np.ones((4, 4), np.uint8)))
    assert [one.text for one in read] == [next(word for word in words.split() if "http" in word)]
    assert read[0].text.endswith(":8123/")
    assert "\033" in announcement("192.168.1.7", 8123)
    assert "\033" not in announcement("127.0.0.1", 8123)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["--port", "{busy}"], "Port {busy} is in use already"),
        (["--host", "192.0.2.1"], "192.0.2.1 is no address of this machine"),
        (["--host", "no such machine"], "no such machine is no address of this machine"),
        (["--port", "70000"], "expected a number from 0 to 65535"),
        (["--port", "many"], "expected a number from 0 to 65535"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(folder, monkeypatch, capsys, settings, said):
    (folder.parent / "site").unlink(missing_ok=True)
    (folder.parent / "site").symlink_to(folder)
    monkeypatch.setattr(serve, "PROJECT", folder.parent)
    with serving(site_server(folder, "127.0.0.1", 0)) as address:
        busy = address.rpartition(":")[2]
        command = [text.format(busy=busy) for text in settings]
        with pytest.raises(SystemExit) as ended:
            serve.main(command)
    told = f"{ended.value} {capsys.readouterr().err}"
    assert said.format(busy=busy) in told


def test_that_there_are_no_pages_yet_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "PROJECT", tmp_path)
    with pytest.raises(SystemExit, match="make site serve"):
        serve.main([])


def test_a_reader_who_leaves_while_a_page_loads_is_not_complained_of(tmp_path, capfd):
    (tmp_path / "large.whl").write_bytes(bytes(20_000_000))
    server = site_server(tmp_path, "127.0.0.1", 0)
    server.daemon_threads = False  # so that its end waits for them
    with serving(server), socket.create_connection(server.server_address) as reader:
        reader.sendall(b"GET /large.whl HTTP/1.0\r\n\r\n")
        reader.recv(1000)
    assert capfd.readouterr().err == ""


def test_a_classroom_without_a_network_is_told(monkeypatch):
    monkeypatch.setattr(serve, "_own_address", lambda: "127.0.0.1")
    assert "no network" in announcement("0.0.0.0", 8123)
