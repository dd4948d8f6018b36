"""What tests of more than one file need: a browser, and a page of it that asks no network."""

from contextlib import contextmanager

import pytest
from filelock import FileLock
from live_pages import opened_once, plain_server, serving
from playwright.sync_api import sync_playwright

from benchmarks.browser import NO_CHROMIUM, find_chromium
from publish import site


# For each file its own: Playwright keeps an event loop running, in which other tests could not start theirs.
@pytest.fixture(scope="module")
def browser():
    path = find_chromium()
    if path is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@contextmanager
def offline_page(browser):
    """Open a page 900 pixels wide that fails where it asks the network."""
    page = browser.new_page(viewport={"width": 900, "height": 900})
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    yield page
    page.close()
    assert all(url.startswith(("file:", "data:")) for url in requests), requests


@pytest.fixture
def page(browser):
    with offline_page(browser) as page:
        yield page


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory, worker_id):
    """The pages of `make site`, built once for all processes of the tests; they only look at them."""
    folder = tmp_path_factory.getbasetemp() / "site"
    if worker_id != "master":
        folder = tmp_path_factory.getbasetemp().parent / "site"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            unfinished = folder.with_name("unfinished-site")
            site.main(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def address(site_folder):
    """Where a server has these pages that knows nothing of them, as `python -m http.server`."""
    with serving(plain_server(site_folder)) as address:
        yield address


@pytest.fixture(scope="module")
def reader(browser, address):
    """A page in a browser that keeps Python from lesson to lesson, and starts it anew for each."""
    with opened_once(browser, f"{address}/index.html") as page:
        yield page
