"""Serve the pages of `make site`: on this machine, or to a classroom, with HOST=0.0.0.0.

    python -m publish.serve [--host 0.0.0.0] [--port 8000]

Any other web server does as well. This one sends what was compressed when the site was written, lets browsers
keep what has not changed, and repeats the pages' security policy as a header.
"""

import argparse
import errno
import re
import socket
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import segno

from helpers.language import language, say
from publish.lesson_html import PROJECT, home
from publish.policy import header_policy

_EVERYWHERE = "0.0.0.0"
_HERE = ("127.0.0.1", "localhost")
_A_YEAR = 31_536_000  # seconds


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves a folder that `make site` wrote."""

    # As the web wants them: what a system has registered may differ.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".html": "text/html; charset=utf-8",
        ".ipynb": "application/json",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".packed": "application/octet-stream",
        ".whl": "application/zip",
        ".woff": "font/woff",
        ".zip": "application/zip",
    }
    compressed = False

    def translate_path(self, path):
        """Find the file of an address; its compressed twin for a browser that can read it."""
        found = super().translate_path(path)
        if found.endswith("/"):
            found += "index.html"
        accepted = re.split(r"\s*,\s*", self.headers.get("Accept-Encoding", ""))
        self.compressed = "gzip" in accepted and Path(f"{found}.gz").is_file()
        return f"{found}.gz" if self.compressed else found

    def guess_type(self, path):
        """Tell the type of a file; a compressed one has that of what is in it."""
        return super().guess_type(path.removesuffix(".gz") if self.compressed else path)

    def end_headers(self):
        """Add what is said of every file."""
        if self.compressed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        # The name of such a part holds its sum. Of anything else the browser asks whether it has changed.
        part = re.fullmatch(r"/live/\w+-[A-Z0-9]{8}\.js", self.path)
        self.send_header("Cache-Control", f"max-age={_A_YEAR}, immutable" if part else "no-cache")
        self.send_header("Content-Security-Policy", header_policy())
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def list_directory(self, path):
        """Show no folder's files."""
        self.send_error(404)

    def log_message(self, *args):
        """Write down nobody's visit."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Say nothing of a reader who left a page while it was loading."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def site_server(folder, host, port):
    """Return a server of a folder; port 0 takes any that is free."""
    return _Server((host, port), partial(SiteHandler, directory=str(folder)))


def announcement(host, port):
    """Say where the pages are; in a classroom also as a QR code, to be scanned from the screen."""
    address = _own_address() if host == _EVERYWHERE else host
    link = f"http://{address}:{port}/{home(language())}"
    if address in _HERE:
        said = say("The pages are at {address} . Ctrl+C ends it.", address=link)
        alone = say("This machine is in no network.")
        return f"{alone}\n{said}" if host == _EVERYWHERE else said
    code = segno.make(link, error="m", micro=False)
    where = say("In this network the pages are at {address} . Ctrl+C ends it.", address=link)
    return f"{_drawn(list(code.matrix_iter(border=4)))}\n{where}"


def _drawn(rows):
    """Draw a QR code, two rows in a line, dark on light whatever the terminal's colours are."""
    rows = [*rows, [0] * len(rows[0])][: len(rows) + len(rows) % 2]
    lines = []
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        blocks = "".join(" ▄▀█"[2 * up + low] for up, low in zip(upper, lower, strict=True))
        lines.append(f"\033[30;107m{blocks}\033[0m")
    return "\n".join(lines)


def _own_address():
    """Return the address under which this machine is known in its network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # an address of nobody; this sends nothing
        except OSError:
            return "127.0.0.1"  # no network
        return asking.getsockname()[0]


def main(arguments=None):
    """Read the command line, and serve until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="python -m publish.serve", description="Serve the pages.")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 serves everybody in the network")
    parser.add_argument("--port", type=_port, default=8000, help="a number from 0 to 65535")
    options = parser.parse_args(arguments)
    folder = PROJECT / "site"
    if not (folder / "index.html").exists():
        sys.exit(say("There are no pages yet; `make site serve` writes them first."))
    try:
        server = site_server(folder, options.host, options.port)
    except OSError as error:
        sys.exit(_why_not(error, options.host, options.port))
    with server:
        print(announcement(options.host, server.server_port), flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def _port(text):
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 65535, got {text!r}")
    return int(text)


def _why_not(error, host, port):
    """Say in a sentence why a server cannot start, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return say("Port {port} is in use already. Take another one: make serve PORT=8001", port=port)
    if error.errno == errno.EACCES:
        return say("Port {port} is not for everybody. Take a larger one: make serve PORT=8001", port=port)
    return say(
        "{host} is no address of this machine ({reason}). HOST=0.0.0.0 serves everybody in the network.",
        host=host,
        reason=error.strerror or error,
    )


if __name__ == "__main__":
    main()
