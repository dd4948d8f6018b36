"""Live pages beside JupyterLab, in one run: the first explorer, a key's way to the picture, bytes, memory."""

import statistics
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import sync_playwright

from benchmarks.browser import TIME_CHANGES, find_chromium, jupyterlab
from benchmarks.machine import table_head
from publish import site
from publish.serve import site_server

_MEGABYTE = 10**6
_MINUTE = 60_000  # milliseconds
_ALIVE = ".live:not(.making)"
_PADDING, _START, _INSIDE = "3-1c_padding_stride_output_size", "3-0_start_here", "3-5c_look_inside"
# A grid of numbers, and a network: explorer, its lesson, its cell there.
_EXPLORERS = (
    ("OutputSizeExplorer", _PADDING, "output-size-explorer"),
    ("DigitInsideExplorer", _INSIDE, "digit-inside-explorer"),
)
# 1.6 Mbit/s, and 150 ms there and back.
_SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 100_000}
_SETTLES = 6  # seconds that a browser works on behind a visit: it writes down what it keeps
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def live_times(runs=3):
    """Print how live pages and JupyterLab compare, one after the other in each run."""
    first = {f"live page, {visit} visit": [] for visit in ("first", "second", "third")}
    first |= {"JupyterLab, nothing kept": [], "JupyterLab, again": []}
    keys = {}
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "site") as address:
        for run in range(runs):
            with browser() as chromium:
                with chromium.new_context() as context:
                    for visit in ("first", "second", "third"):
                        first[f"live page, {visit} visit"].append(seconds_to_explorer(context, address))
                        time.sleep(_SETTLES)
                if run == 0:
                    keys |= {
                        ("live page", name): keys_in_a_page(chromium, address, *at)
                        for name, *at in _EXPLORERS
                    }
                    facts = {
                        "loaded for it, compressed": f"{bytes_loaded(chromium, address) / _MEGABYTE:.1f} MB",
                        "readable at 1.6 Mbit/s": f"{readable(chromium, address):.2f} s",
                    }
            with jupyterlab(Path(folder) / f"lab-{run}") as lab:
                for what in ("nothing kept", "again"):
                    start = time.perf_counter()
                    with lab.explorers(["OutputSizeExplorer", "DigitInsideExplorer"]) as page:
                        first[f"JupyterLab, {what}"].append(time.perf_counter() - start)
                        if (run, what) == (0, "again"):
                            for name, *_ in _EXPLORERS:
                                keys["JupyterLab", name] = page.explorers[name].evaluate(TIME_CHANGES)
        memory = {lesson: page_memory(address, lesson) for lesson in (_START, _PADDING, _INSIDE)}
    _print_tables(first, keys, facts, memory)


def _print_tables(first, keys, facts, memory):
    print("\n## Live pages and JupyterLab\n")
    table_head("to the first explorer", "seconds, median", "all")
    for what, times in first.items():
        print(f"| {what} | {statistics.median(times):.1f} | {', '.join(f'{one:.1f}' for one in times)} |")
    print()
    table_head("from a key to the picture, ms", "explorer", "changes", "median", "95th percentile")
    for (where, name), times in keys.items():
        median, high = np.percentile(times, [50, 95])
        print(f"| {where} | {name} | {len(times)} | {median:.0f} | {high:.0f} |")
    print()
    table_head("a live page", "")
    for what, fact in facts.items():
        print(f"| {what} | {fact} |")
    for lesson, size in memory.items():
        print(f"| memory of {lesson}, all alive | {size / _MEGABYTE:.0f} MB |")


@contextmanager
def served(folder):
    """Write the site into a folder and serve it as `make serve` does; yield its address."""
    site.main(folder)
    with site_server(folder, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def browser():
    """Start Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium())
        chromium.new_page()  # another tab, as a reader has; without one the second visit took 4 s
        yield chromium
        chromium.close()


def seconds_to_explorer(context, address):
    """Open a lesson that comes alive by itself; return the seconds until its first piece has."""
    page = context.new_page()
    page.goto(f"{address}/{_PADDING}.html?live", wait_until="commit")
    page.locator(_ALIVE).first.wait_for(timeout=10 * _MINUTE)
    milliseconds = page.evaluate("performance.now()")
    page.wait_for_load_state("networkidle")
    page.close()
    return milliseconds / 1000


def keys_in_a_page(chromium, address, lesson, cell):
    """Time an explorer of a live page as `browser_times` does in JupyterLab; return milliseconds."""
    page = chromium.new_page()
    page.goto(f"{address}/{lesson}.html")
    place = page.locator(f"[data-live={cell}]")
    place.get_by_role("button").first.click()
    place.locator(_ALIVE).wait_for(timeout=10 * _MINUTE)
    times = place.locator(".cnn-explorer").evaluate(TIME_CHANGES)
    page.close()
    return times


def bytes_loaded(chromium, address):
    """Return the bytes that a page loads until its first piece is alive, as they travel."""
    with chromium.new_context(service_workers="block") as context:
        sizes = []
        context.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
        seconds_to_explorer(context, address)
        return sum(sizes)


def readable(chromium, address):
    """Return the seconds until a lesson can be read on a slow connection."""
    page = chromium.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _SLOW)
    page.goto(f"{address}/{_PADDING}.html")
    milliseconds = page.evaluate(_PAINTED)
    page.close()
    return milliseconds / 1000


def page_memory(address, lesson):
    """Return the bytes that belong to the process of a page alone, once all in it is alive."""
    with browser() as chromium:
        page = chromium.new_page()
        page.goto(f"{address}/{lesson}.html?live")
        for place in page.locator("[data-live]").all():
            place.scroll_into_view_if_needed()
            place.locator(_ALIVE).wait_for(timeout=10 * _MINUTE)
        processes = chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        pages = [psutil.Process(one["id"]) for one in processes if one["type"] == "renderer"]
        return max(process.memory_full_info().uss for process in pages)
