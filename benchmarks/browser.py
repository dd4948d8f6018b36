"""Lessons in a real JupyterLab and a real Chromium, for the browser tests and for `make bench`."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

LESSONS = Path(__file__).parents[1] / "notebooks" / "en"
NO_CHROMIUM = (
    "No Chromium, so no lesson was opened in a browser. Install one (Debian, Ubuntu: apt install chromium), "
    "or name its program: CHROMIUM=/path/to/chromium"
)
SMALLEST_TYPE = 11  # pixels
# Lists the text that a page shows smaller than so many pixels, of the SVG elements that a selector finds.
SMALL_TYPE = """([selector, smallest]) => [...document.querySelectorAll(selector)].filter((text) => {
  const scale = text.ownerSVGElement.getScreenCTM().a;
  return parseFloat(getComputedStyle(text).fontSize) * scale < smallest;
}).map((text) => text.outerHTML)"""
# Moves each slider and menu of an explorer step by step; one that does not change the picture is left.
# Returns the milliseconds from each move to the changed page.
TIME_CHANGES = """async (explorer) => {
  const picture = explorer.querySelector(".cnn-svg-view").firstChild;
  const changed = (act) => new Promise((resolve) => {
    const start = performance.now();
    const end = (time) => { watch.disconnect(); clearTimeout(limit); resolve(time); };
    const watch = new MutationObserver(() => end(performance.now() - start));
    const limit = setTimeout(end, 1000, null);
    watch.observe(picture, { childList: true });
    act();
  });
  const move = (control) => {
    if (control.matches("select")) {
      control.selectedIndex = (control.selectedIndex + 1) % control.length;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      const key = control.ariaValueNow === control.ariaValueMax ? "ArrowLeft" : "ArrowRight";
      control.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
  };
  const times = [];
  // Looked up each time: a control may be replaced when another moves.
  const controls = () => explorer.querySelectorAll(".noUi-handle, select");
  for (let place = 0; place < controls().length; place += 1) {
    for (let run = 0; run < 20; run += 1) {
      const time = await changed(() => move(controls()[place]));
      if (time === null) break;
      times.push(time);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return times;
}"""
_USUAL_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # Every cell stands in the page, also those that are scrolled away.
    "notebook-extension/tracker": {"windowingMode": "none"},
}


def find_chromium():
    """Return the path of the browser that CHROMIUM names, or of one with a usual name; None without one."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, _USUAL_NAMES)), None)


def explorers_of(name, folder=LESSONS):
    """List the explorers that a lesson shows: (index of the cell, name of the class)."""
    cells = nbformat.read(folder / f"{name}.ipynb", as_version=4).cells
    lines = [cell.source.rpartition("\n")[2] if cell.cell_type == "code" else "" for cell in cells]
    found = [(index, re.fullmatch(r"(\w+Explorer)\(\)", line)) for index, line in enumerate(lines)]
    return [(index, match.group(1)) for index, match in found if match]


@contextmanager
def jupyterlab(folder):
    """Serve copies of the lessons on loopback, with settings of its own; yield a Lab.

    Args:
        folder: an empty folder for copies, settings and log.
    """
    lessons = folder / "lessons"
    shutil.copytree(LESSONS, lessons)
    for name, values in _SETTINGS.items():
        file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    port, token = _free_port(), secrets.token_hex(16)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={lessons}"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"]
    with (folder / "jupyterlab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=find_chromium())
                lab = Lab(browser, f"http://127.0.0.1:{port}", token, lessons)
                lab.wait_until_it_answers(server)
                yield lab
                browser.close()
        finally:
            server.terminate()
            server.wait(timeout=30)


class Lab:
    """A running JupyterLab and the browser that opens its lessons.

    Attributes:
        folder: where the lessons lie; what is written there can be opened too.
    """

    def __init__(self, browser, address, token, folder):
        self._browser, self._address, self._token, self.folder = browser, address, token, folder
        self._page = None

    @contextmanager
    def lesson(self, name):
        """Open a lesson, run it and wait for its explorers; yield the page, then end the kernel."""
        with self.stored_lesson(name) as page:
            run_all(page, name, self.folder)
            yield page

    @contextmanager
    def stored_lesson(self, name):
        """Open a lesson as it is stored and run nothing; yield the page, then end the kernel.

        One lesson at a time, all in one page: JupyterLab takes longer to start than a lesson to open. The
        page's `console_errors` lists what its JavaScript complained of since the lesson was opened.
        """
        if self._page is None:
            self._page = self._start(name)
        else:
            self._page.console_errors.clear()
            self._page.evaluate(_OPEN, f"{name}.ipynb")
        page = self._page
        try:
            page.wait_for_function(_OPENED, arg=f"{name}.ipynb", timeout=60_000)
            page.evaluate(_READY)
            page.wait_for_function(_DRAWN)
            yield page
        finally:
            page.evaluate(_CLOSE)
            for session in json.loads(self._ask("GET", "sessions")):
                self._ask("DELETE", f"sessions/{session['id']}")

    @contextmanager
    def explorers(self, names):
        """Open a notebook that shows explorers and nothing else, and run it; yield the page.

        The page's `explorers` maps their names to what they show; `kernel` is the kernel's process.
        """
        imports = f"import os\nfrom helpers.explorers import {', '.join(names)}\nos.getpid()"
        sources = (imports, *(f"{name}()" for name in names))
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in sources],
            metadata={"kernelspec": {"display_name": "Python 3 (ipykernel)", "name": "python3"}},
        )
        nbformat.write(notebook, self.folder / "explorers.ipynb")
        with self.lesson("explorers") as page:
            page.kernel = int(cell(page, 0).locator(".jp-OutputArea-output").text_content())
            page.explorers = {
                name: cell(page, index).locator(".cnn-explorer") for index, name in enumerate(names, start=1)
            }
            yield page

    def _start(self, name):
        """Start JupyterLab in a page, with a lesson open."""
        page = self._browser.new_page(viewport={"width": 1300, "height": 1000})
        page.console_errors = []
        page.on("console", lambda message: message.type == "error" and page.console_errors.append(message))
        page.on("pageerror", lambda error: page.console_errors.append(error))
        page.goto(f"{self._address}/doc/tree/{name}.ipynb?token={self._token}&reset")
        return page

    def wait_until_it_answers(self, server):
        """Wait for the first answer of a server that was just started."""
        for _ in range(300):
            try:
                return self._ask("GET", "status")
            except urllib.error.URLError:
                assert server.poll() is None, "JupyterLab ended; its log is jupyterlab.log"
                time.sleep(0.2)
        raise TimeoutError("JupyterLab did not answer within a minute")

    def _ask(self, method, path):
        headers = {"Authorization": f"token {self._token}"}
        request = urllib.request.Request(f"{self._address}/api/{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()


def cell(page, index):
    """Find a cell of the lesson, with what it shows, by its index."""
    return page.locator(".jp-Cell").nth(index)


def run_all(page, name, folder=LESSONS):
    """Run all cells of the lesson that a page shows, and wait for its explorers."""
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    for index, _ in explorers_of(name, folder):
        cell(page, index).locator(".cnn-svg-view svg").wait_for()


# Without the question whether to save.
_CLOSE = "jupyterapp.shell.currentWidget?.dispose()"
_OPEN = f"""async (path) => {{
  {_CLOSE};
  await jupyterapp.commands.execute("docmanager:open", {{ path }});
}}"""
_OPENED = "(path) => window.jupyterapp?.shell.currentWidget?.context.path === path"
_READY = """async () => {
  await jupyterapp.restored;
  const { context, sessionContext } = jupyterapp.shell.currentWidget;
  await Promise.all([context.ready, sessionContext.ready]);
}"""
_DRAWN = """() => {
  const { widgets, model } = jupyterapp.shell.currentWidget.content;
  return widgets.length === model.cells.length && !widgets.some((cell) => cell.isPlaceholder());
}"""


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
