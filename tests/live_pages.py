"""The pages of `make site` on a server, opened in Chromium with no way to anything else."""

import re
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from playwright.sync_api import expect
from reading import pixels

MINUTE = 60_000  # milliseconds: a machine may be busy
LESSON = "const { lesson } = await import(new URL('live/page.js', location));"  # the page's own
# Returns the live picture of a cell and another one, both as the browser writes them.
SHOWN = """([cell, svg]) => {
  const expected = document.createElement("div");
  expected.innerHTML = svg;
  const shown = document.querySelector(`[data-live="${cell}"] .live:not(.making) .cnn-svg-view svg`);
  return [shown?.outerHTML ?? "", expected.firstChild.outerHTML];
}"""
IMAGE = r"data:image/png;base64,[A-Za-z0-9+/=]+"


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
    settings = {"viewport": {"width": 900, "height": 900}} | settings
    with browser.new_context(**settings) as context:
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


def come_alive(page):
    """Bring all explorers and questions of a page alive, as a reader who goes through it."""
    page.locator(".live-bar button").first.click()
    page.locator(".live:not(.making)").first.wait_for(timeout=MINUTE)
    for place in page.locator("[data-live]").all():
        place.scroll_into_view_if_needed()
        place.locator(".live:not(.making)").wait_for(timeout=MINUTE)


def opened_once(browser, url, **settings):
    """Open a page without the worker that keeps what was loaded, which tests/test_places.py judges."""
    return opened(browser, url, service_workers="block", **settings)


def run(page, source):
    """Run code in the page's Python, and return its outputs."""
    return page.evaluate(
        f"async (source) => {{ {LESSON} return lesson.kernel.execute('cell', source); }}", source
    )


def same_as(page, cell, twin, moved=None):
    """Wait until a live explorer shows the picture and the sentence of its twin."""
    end = time.monotonic() + MINUTE / 1000
    while not alike(*page.evaluate(SHOWN, [cell, twin.view.svg])):
        assert time.monotonic() < end, (
            f"{cell} shows another picture than in CPython, after {moved} was moved"
        )
        page.wait_for_timeout(20)
    expect(page.locator(f'[data-live="{cell}"] .cnn-sentence')).to_have_text(twin.summary)


def alike(shown, expected):
    """Tell whether two pictures are the same, but for the last level of a colour: sums may be rounded."""
    if re.sub(IMAGE, "", shown) != re.sub(IMAGE, "", expected):
        return False
    both = ([pixels(image).astype(int) for image in re.findall(IMAGE, one)] for one in (shown, expected))
    return all(np.abs(one - other).max() <= 1 for one, other in zip(*both, strict=True))


def wait_until(page, promise):
    """Wait until an expression, a promise, gives something true; Playwright's own wait does not await it."""
    for _ in range(MINUTE // 200):
        if page.evaluate(f"async () => Boolean(await ({promise}))"):
            return
        page.wait_for_timeout(200)
    pytest.fail(f"still not true: {promise}")
