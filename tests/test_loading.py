"""How Python comes into a page: compiled, small enough, and over a network that stops or breaks."""

import json
import re
import shutil
import threading
from functools import partial
from http.server import ThreadingHTTPServer

import pytest
from live_pages import MINUTE, Silent, opened, run, serving
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

PAGE = "figure-3-6"
BIG = "/live/pyodide.asm.wasm.packed"
ALIVE = ".live:not(.making)"


class Troubled(Silent):
    """Serves files; of the largest one, only the first half as long as there is trouble."""

    trouble = None  # "stops" or "breaks"
    over = threading.Event()  # set when the trouble is

    def copyfile(self, source, outputfile):
        if self.path != BIG or self.trouble is None:
            return super().copyfile(source, outputfile)
        outputfile.write(source.read(1_500_000))
        outputfile.flush()
        if self.trouble == "stops":
            self.over.wait()


@pytest.fixture(scope="module")
def folder(site_folder, tmp_path_factory):
    """The pages, with a worker that is patient for 10 seconds instead of a minute."""
    folder = tmp_path_factory.mktemp("hasty") / "site"
    shutil.copytree(site_folder, folder)
    worker = folder / "live" / "worker.js"
    hasty, changes = re.subn(r"\b60\b(?=[,;])", "10", worker.read_text("utf-8"))
    assert changes == 1
    worker.write_text(hasty, "utf-8")
    return folder


@pytest.fixture
def server(folder):
    Troubled.trouble = None
    Troubled.over.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Troubled, directory=folder))
    server.daemon_threads = True
    with serving(server) as address:
        yield address
        Troubled.over.set()


def test_a_first_visit_loads_no_more_than_eleven_megabytes(folder):
    files = json.loads((folder / "live" / "files.json").read_text("utf-8"))
    core = [folder / "live" / file["name"] for file in files["core"]]
    around = [*(folder / "live").glob("chunk-*.js.gz"), folder / f"{PAGE}.html.gz"]
    around += [
        folder / "live" / f"{name}.gz" for name in ("page.js", "widgets.js", "worker.js", "widgets.css")
    ]
    assert sum(path.stat().st_size for path in (*core, *around)) < 11_000_000


def test_what_a_page_imports_came_compiled(browser, server):
    source = """
import os, sys
files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
sorted(
    name for name, file in files.items()
    if file.endswith(".py") and "python312.zip" in file
    or file.startswith("/home") and file.endswith(".py") and not os.path.exists(sys.modules[name].__cached__)
    or "site-packages" in file and file.endswith(".py")
)"""
    with opened(browser, f"{server}/{PAGE}.html", service_workers="block") as page:
        page.locator(ALIVE).first.wait_for(timeout=MINUTE)
        (shown,) = run(page, source)
        assert shown["data"]["text/plain"] == "[]"


def test_a_network_that_stops_is_told_and_can_be_tried_again(browser, server):
    Troubled.trouble = "stops"
    with opened(browser, f"{server}/{PAGE}.html", service_workers="block") as page:
        bar = page.locator(".live-bar").first
        expect(bar).to_contain_text("The network is slow", timeout=MINUTE)
        expect(bar).to_contain_text(" MB so far")
        alert = bar.get_by_role("alert")
        alert.wait_for(timeout=3 * MINUTE)
        expect(alert).to_contain_text("For a minute nothing came")
        expect(page.locator("figure.explorer").first).to_be_visible()
        Troubled.trouble = None
        bar.get_by_role("button", name="Make it live").click()
        page.locator(ALIVE).first.wait_for(timeout=MINUTE)
        expect(page.get_by_role("alert")).to_have_count(0)


def test_a_connection_that_breaks_is_told_and_can_be_tried_again(browser, server):
    Troubled.trouble = "breaks"
    with opened(browser, f"{server}/{PAGE}.html", service_workers="block") as page:
        bar = page.locator(".live-bar").first
        expect(bar.get_by_role("alert")).to_contain_text("The connection broke off", timeout=MINUTE)
        Troubled.trouble = None
        bar.get_by_role("button", name="Make it live").click()
        page.locator(ALIVE).first.wait_for(timeout=MINUTE)
        page.complaints.clear()  # the browser names what broke off, too


def test_a_page_that_was_ended_while_python_started_does_not_start_by_itself(browser, server):
    with opened(browser, f"{server}/{PAGE}.html", service_workers="block") as page:
        page.locator(".live-bar progress").first.wait_for(timeout=MINUTE)
        # A reader who leaves has ended nothing.
        page.reload()
        expect(page.get_by_role("alert")).to_have_count(0)
        page.locator(".live-bar progress").first.wait_for(timeout=MINUTE)
        # As after an end without a word.
        ((key, value),) = page.evaluate("() => Object.entries(sessionStorage)")
        page.add_init_script(f"sessionStorage.setItem({json.dumps(key)}, {json.dumps(value)})")
        page.reload()
        bar = page.locator(".live-bar").first
        expect(bar.get_by_role("alert")).to_contain_text("perhaps memory was short")
        bar.get_by_role("button", name="Make it live").click()
        page.locator(ALIVE).first.wait_for(timeout=MINUTE)
