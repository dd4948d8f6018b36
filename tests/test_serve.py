"""The server of `make serve`: types, what travels compressed, what browsers keep, and who is let in."""

import gzip
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from live_pages import serving

from publish.delivery import finish
from publish.policy import content_policy, header_policy
from publish.serve import announcement, site_server

PAGE = "<!DOCTYPE html><p>" + "Padding. " * 100
FILES = {
    "index.html": PAGE,
    "live/page.js": "export {};" * 50,
    "live/chunk-ABC.js": "export {};" * 50,
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
    part, _ = ask("/live/chunk-ABC.js")
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
    assert "\033" not in announcement("127.0.0.1", 8123)


def test_a_busy_port_is_said_in_a_sentence(tmp_path):
    with serving(site_server(tmp_path, "127.0.0.1", 0)) as address:
        command = [sys.executable, "-m", "publish.serve", "--port", address.rpartition(":")[2]]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert ended.returncode == 1
    assert "PORT=8001" in ended.stderr or "make site serve" in ended.stderr
    assert "Traceback" not in ended.stderr
