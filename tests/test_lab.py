"""`make lab`, README's first command, as root and as an ordinary user, on a machine without a browser.

The server is the real one; only its lessons are copies, and the browser that opens its address is a test's.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows always have a browser"),
]

PROJECT = Path(__file__).parents[1]
NOBODY = 65534
# Of root's rights, nobody keeps the one to read: Python itself may be installed in root's home.
AS_NOBODY = [
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*\?token=\w+")


class Server:
    """A running `make lab`: what it printed, the address to open, its processes."""

    def __init__(self, process, log):
        self._process, self._log = process, log
        self.address = self._wait_for_the_address()

    @property
    def printed(self):
        return self._log.read_text()

    @property
    def processes(self):
        return processes_of(self._process)

    def _wait_for_the_address(self):
        for _ in range(600):
            if found := ADDRESS.search(self.printed.partition("copy and paste")[2]):
                return found[0]
            assert self._process.poll() is None, self.printed
            time.sleep(0.1)
        raise TimeoutError(self.printed)


def processes_of(make):
    """List make, JupyterLab below it and its kernels."""
    make = psutil.Process(make.pid)
    return [make, *make.children(recursive=True)]


def end(processes):
    """End processes, of which the end of one may be the end of the next."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(processes, timeout=30)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


@pytest.fixture(scope="module", params=["root", "an ordinary user"])
def user(request):
    """Return what to put before a command to run it as this user."""
    root = os.geteuid() == 0
    if request.param == "root" and not root:
        pytest.skip("not root, so `make lab` was tried as an ordinary user only")
    if request.param == "root" or not root:
        return []
    tried = shutil.which("setpriv") and subprocess.run([*AS_NOBODY, sys.executable, "-c", ""])
    if not tried or tried.returncode:
        pytest.skip("setpriv cannot make an ordinary user of root, so `make lab` was tried as root only")
    return AS_NOBODY


@pytest.fixture(scope="module")
def folder(user):
    """A folder of the user's with a Makefile, lessons and a home; pytest's own would let root in alone."""
    with tempfile.TemporaryDirectory(prefix="make-lab-") as name:
        folder = Path(name)
        shutil.copy(PROJECT / "Makefile", folder)
        shutil.copytree(PROJECT / "notebooks", folder / "notebooks")
        (folder / "home").mkdir()
        if user:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        yield folder


@pytest.fixture(scope="module")
def server(user, folder):
    log = folder / "lab.log"
    # Nothing else of the environment: no display, no terminal, no settings of the user's Jupyter.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home")}
    command = ["make", "--old-file=.venv/installed", "lab", f"BIN={Path(sys.executable).parent}"]
    with log.open("w") as output:
        process = subprocess.Popen(
            user + command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Server(process, log)
    finally:
        if process.poll() is None:
            end(processes_of(process))
        process.wait()


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    yield page
    page.close()


def test_root_is_told_why_it_may(server, user):
    owner = server.processes[-1].uids().effective
    assert owner == (NOBODY if user else os.geteuid())
    assert ("You are root." in server.printed) == (owner == 0)


def test_what_it_prints_alarms_nobody(server):
    assert "No web browser found" in server.printed
    assert not re.search(r"Traceback|^\[E", server.printed, flags=re.MULTILINE)


def test_listens_on_loopback_only(server):
    connections = []
    for process in server.processes:
        with suppress(psutil.NoSuchProcess):  # one that JupyterLab started for a moment
            connections += process.net_connections(kind="inet")
    listening = [one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN]
    assert listening
    assert all(ip_address(ip).is_loopback for ip in listening), listening


def test_refuses_whoever_has_no_token(server):
    page, token = server.address.split("?token=")
    with urllib.request.urlopen(page, timeout=30) as answer:
        assert "/login?" in answer.url
    contents = f"{page.partition('/lab')[0]}/api/contents"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(contents, timeout=30)
    with urllib.request.urlopen(f"{contents}?token={token}", timeout=30) as answer:
        assert answer.status == 200


def test_saves_pictures_in_place_of_views_that_end_with_the_kernel(server):
    page, token = server.address.split("?token=")
    address = f"{page.partition('/lab')[0]}/api/contents/saved.ipynb?token={token}"
    view = {"model_id": "1", "version_major": 2, "version_minor": 0}
    with_a_picture, without = (
        new_output("display_data", {"application/vnd.jupyter.widget-view+json": view} | others)
        for others in ({"text/html": "<img>", "text/plain": "A sentence."}, {"text/plain": "IntSlider()"})
    )
    lesson = new_notebook(cells=[new_code_cell("explorer", outputs=[with_a_picture, without])])
    body = json.dumps({"type": "notebook", "content": lesson}).encode()
    with urllib.request.urlopen(urllib.request.Request(address, body, method="PUT"), timeout=30):
        pass
    with urllib.request.urlopen(address, timeout=30) as answer:
        saved = json.load(answer)["content"]["cells"][0]["outputs"]
    assert saved[0]["data"] == {"text/html": "<img>", "text/plain": "A sentence."}
    assert saved[1]["data"] == without["data"]


def test_the_address_opens_the_first_lesson_and_its_pictures(server, page):
    start_is_shown(page, server.address)
    page.get_by_role("link", name="Padding, stride and output size").first.click()
    with page.expect_response(keeps_the_session):
        expect(tab(page)).to_have_text("3-1c_padding_stride_output_size.ipynb")
    picture_is_seen(page)
    # Also after a session that left off at another lesson.
    start_is_shown(page, server.address)


def keeps_the_session(answer):
    return answer.request.method == "PUT" and "/api/workspaces" in answer.url


def start_is_shown(page, address):
    page.goto(address)
    expect(tab(page)).to_have_text("3-0_start_here.ipynb", timeout=60_000)
    picture_is_seen(page)


def tab(page):
    return page.locator("#jp-main-dock-panel .jp-mod-current[role=tab]")


def picture_is_seen(page):
    image = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output img").first
    image.scroll_into_view_if_needed()
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
