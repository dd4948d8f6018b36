"""What tests of more than one file need: a browser, and a page of it that asks no network."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from benchmarks.browser import NO_CHROMIUM, find_chromium


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
