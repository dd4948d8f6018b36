"""The pages of `make site` on a server, opened in Chromium with no way to anything else."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

MINUTE = 60_000  # milliseconds: a machine may be busy


class Silent(SimpleHTTPRequestHandler):
    """Serves files, and writes down nothing."""

    def log_message(self, *args):
        pass


@contextmanager
def serving(server):
    """Let a server work, and return its address."""
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def plain_server(folder):
    """Return a server that knows nothing of the site, as `python -m http.server`."""
    return ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=folder))


@contextmanager
def opened(browser, url, **settings):
    """Open a page; nothing that it asks for may lie elsewhere, and its console stays empty."""
    with browser.new_context(viewport={"width": 900, "height": 900}, **settings) as context:
        page = context.new_page()
        asked, complaints = [], []
        context.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.asked, page.complaints = asked, complaints
        page.goto(url)
        yield page
        server = "/".join(url.split("/")[:3])
        assert [one for one in asked if not one.startswith((server, "data:", f"blob:{server}"))] == []
        assert complaints == []
