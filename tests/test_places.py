"""Pages of figures and equations: live at once, from any server, and on the next visit without a network."""

import re
import shutil
import time
from functools import partial
from http.server import ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from live_pages import MINUTE, Silent, opened, plain_server, serving, wait_until
from playwright.sync_api import expect
from reading import lesson_cells

from helpers.chapter.errata import ERRATA
from helpers.chapter.lessons import EDITIONS
from publish.delivery import finish
from publish.lesson_html import PROJECT, is_explorer
from publish.places import EQUATIONS, FIGURES
from publish.serve import site_server

pytestmark = pytest.mark.slow

PLACES = (*FIGURES, *EQUATIONS)
LIVE = ".live:not(.making)"
each_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)


@pytest.fixture(scope="module")
def folder(site_folder):
    return site_folder


def test_every_number_of_the_book_has_its_page_in_order():
    assert [place.number for place in FIGURES] == [
        *(f"3-{number}" for number in range(1, 11)),
        *("3-12", "3-13", "4-3"),
    ]
    assert [place.number for place in EQUATIONS] == [f"3.{number}" for number in range(1, 36)]


@each_place
def test_what_a_place_shows_lies_in_one_lesson(place):
    assert {entry.cell.partition("#")[0] for entry in place.entries} == {place.lesson.name}
    cells = {cell.id: cell for cell in lesson_cells(place.lesson.name)}
    if place.explorer:
        assert is_explorer(cells[place.explorer])
    else:
        assert place.number == "4-3"  # nothing of it moves
    page = place.page(cells)
    assert len({cell.id for cell in page.cells}) == len(page.cells)
    title, _, subject = page.cells[0].source.splitlines()
    assert (title, subject.lower()) == (f"# {place.title}", place.subject.lower())
    wanted = {entry.cell.partition("#")[2] for entry in place.entries}
    assert wanted <= {cell.id for cell in page.cells}


@each_place
def test_links_lead_to_the_lesson_and_to_both_neighbours(folder, place):
    html = (folder / f"{place.name}.html").read_text("utf-8")
    targets = re.findall(r'href="([^":]+\.html[^"]*)"', html)
    for target in targets:
        file, _, cell = target.partition("#")
        assert not cell or f'id="{cell}"' in (folder / file).read_text("utf-8")
    for entry in place.entries:
        lesson, cell = entry.cell.split("#")
        assert f"{lesson}.html#cell-id={cell}" in targets
    family = FIGURES if place in FIGURES else EQUATIONS
    at = family.index(place)
    neighbours = {one.name for one in family[max(0, at - 1) : at + 2]} - {place.name}
    others = {f"{edition}/{place.name}" for edition in EDITIONS if edition != "en"}
    found = {target.removesuffix(".html") for target in targets if "#" not in target}
    assert found == neighbours | others | {"index"}


@each_place
def test_the_still_picture_is_the_one_that_comes_alive(place):
    if not place.explorer:
        return
    page = place.page({cell.id: cell for cell in lesson_cells(place.lesson.name)})
    still = next(cell for cell in page.cells if cell.id == place.explorer)
    imports, alive = place.program(page).cells
    names = {}
    exec(imports.source, names)
    explorer = eval(alive.source, names)
    (shown,) = still.outputs
    assert without_pixels(explorer.view.svg) in without_pixels(unquote(shown.data["text/html"]))
    assert shown.data["text/plain"] == explorer.summary


def without_pixels(svg):
    """Take images out of an SVG: their bytes depend on the library that wrote them."""
    return re.sub(r"base64,[\w+/=]*", "", svg)


@pytest.mark.parametrize("place", EQUATIONS, ids=lambda place: place.name)
def test_a_step_of_the_backward_pass_is_the_equation_s_own(place):
    page = place.page({cell.id: cell for cell in lesson_cells(place.lesson.name)})
    explorer = next(cell for cell in page.cells if cell.id == place.explorer)
    if "Backpropagation" not in explorer.source:
        return
    # The chapter updates C and its channels by 3.29 and 3.31, with the gradients of the equations before.
    number = {"3.29": "3.28", "3.31": "3.30"}.get(place.number, place.number)
    assert f"equation {number}:" in explorer.outputs[0].data["text/plain"]


@pytest.mark.parametrize("place", EQUATIONS, ids=lambda place: place.name)
def test_an_equation_s_page_shows_the_equation(folder, place):
    html = (folder / f"{place.name}.html").read_text("utf-8")
    head, _, _ = html.partition("data-live")
    labels = re.findall(r'class="number">\((.*?)\)<', head)
    assert head.count("<math") == len(labels) > 0
    assert all(label.startswith(place.number) for label in labels)
    # Where following the print gives something else, both stand there.
    wrong = {"3.29", "3.31"}  # of an update that is none, nothing is put right
    if any(one.kind == "result" for one in place.errata) and place.number not in wrong:
        assert f"{place.number}, as printed" in labels
        assert f"{place.number}, put right" in labels


def test_each_slip_of_the_print_is_told_where_it_stands(folder):
    told = {}
    for place in PLACES:
        html = (folder / f"{place.name}.html").read_text("utf-8")
        for erratum in ERRATA:
            lesson, cell = erratum.proof.split("#")
            if f'href="{lesson}.html#cell-id={cell}">See why' in html:
                told.setdefault(erratum.proof, []).append(place.number)
    for erratum in ERRATA:
        for number in re.findall(r"3[-.]\d+", erratum.place):
            assert number in told[erratum.proof]
    worked = [erratum.proof for erratum in ERRATA if "3-3_worked" in erratum.proof]
    assert all(told[proof] == ["3-10"] for proof in worked)


def test_no_page_knows_where_it_was_made(folder):
    files = [path for path in folder.rglob("*") if path.suffix in (".css", ".html", ".ipynb", ".js", ".json")]
    assert not [path.name for path in files if str(PROJECT) in path.read_text("utf-8")]


def test_the_front_page_leads_to_all(folder):
    html = (folder / "index.html").read_text("utf-8")
    assert all(f'href="{place.name}.html"' in html for place in PLACES)


@pytest.mark.parametrize("server", ["plain", "own"])
@pytest.mark.parametrize("name", ["figure-3-6", "equation-3.28"])
def test_a_place_is_live_at_once(browser, folder, server, name):
    made = plain_server(folder) if server == "plain" else site_server(folder, "127.0.0.1", 0)
    with serving(made) as address, opened(browser, f"{address}/{name}.html") as page:
        first = page.locator("[data-live] figure.explorer svg").first.inner_html()
        piece = page.locator("[data-live]").first
        piece.locator(LIVE).wait_for(timeout=MINUTE)
        expect(piece.locator("figure.explorer")).not_to_be_visible()
        before = piece.locator(".cnn-svg-view svg").inner_html()
        assert sorted(before) == sorted(first)  # the still one has its attributes in another order
        if name.startswith("figure"):
            piece.get_by_role("combobox", name="Output").select_option(index=1)
        else:
            piece.get_by_role("slider", name="Step").press("ArrowRight")
        page.wait_for_function(
            "before => document.querySelector('.live .cnn-svg-view svg').innerHTML !== before", arg=before
        )


def test_every_place_is_readable_at_every_width(browser, folder):
    page = browser.new_page(java_script_enabled=False)
    for width in (360, 900):
        page.set_viewport_size({"width": width, "height": 800})
        for place in PLACES:
            page.goto((folder / f"{place.name}.html").as_uri())
            expect(page.locator("h1")).to_contain_text(place.title)
            assert page.locator("html").evaluate("one => one.scrollWidth") <= width, place.name
    page.close()


def kept(page):
    """List the paths that the browser keeps of the site, by the names of its caches."""
    return page.evaluate(
        """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async (name) => [
          name, (await (await caches.open(name)).keys()).map(
            ({ url }) => url.slice(new URL("./", location).href.length)),
        ])))"""
    )


def test_the_second_visit_needs_no_network(browser, folder):
    with browser.new_context() as context:
        page = context.new_page()
        # As on GitHub Pages, which has a site below its project's name.
        with serving(plain_server(folder.parent)) as server:
            address = f"{server}/{folder.name}"
            page.goto(f"{address}/figure-3-6.html")
            page.locator(LIVE).first.wait_for(timeout=MINUTE)
            wait_until(page, "caches.match('figure-3-6.html')")
            ((_, files),) = kept(page).items()
        assert {"live/lessons.zip.packed", "live/worker.js", "figure-3-6.html", "index.html"} <= set(files)
        # Nothing that nobody asked for.
        assert [name for name in files if re.match(r"(figure|equation|3-).*html", name)] == [
            "figure-3-6.html"
        ]
        assert not [name for name in files if name.startswith("live/data/")]
        # The server is gone, and the page is opened anew.
        page.goto(f"{address}/figure-3-6.html")
        page.locator(LIVE).first.wait_for(timeout=MINUTE)
        page.goto(f"{address}/")
        expect(page.locator("h1")).to_be_visible()
        # A page that was never opened says so, and leads to those that were.
        page.goto(f"{address}/figure-3-9.html")
        expect(page.locator("h1")).to_have_text("This page is not in your browser yet")
        assert page.locator("main a").all_inner_texts() == ["The convolution chapter, hands-on", "Figure 3-6"]
        # Its style has come, too.
        assert page.evaluate("getComputedStyle(document.querySelector('.page')).maxWidth") != "none"
        page.get_by_role("link", name="Figure 3-6").click()
        page.locator(LIVE).first.wait_for(timeout=MINUTE)


class Slow(Silent):
    """Sends NumPy in small pieces, and counts how often somebody asks for it."""

    asked = 0

    def send_head(self):
        Slow.asked += self.path.endswith("numpy.zip.packed")
        return super().send_head()

    def copyfile(self, source, outputfile):
        if not source.name.endswith("numpy.zip.packed"):
            return super().copyfile(source, outputfile)
        while piece := source.read(100_000):
            outputfile.write(piece)
            time.sleep(0.1)


def test_what_was_loading_when_a_page_ended_is_not_loaded_again(browser, folder):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Slow, directory=folder))
    with serving(server) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/figure-3-6.html")
        wait_until(page, "navigator.serviceWorker.ready")
        for _ in range(MINUTE // 20):
            if Slow.asked:
                break
            page.wait_for_timeout(20)
        page.reload()
        page.locator(LIVE).first.wait_for(timeout=MINUTE)
        assert Slow.asked == 1


def test_old_and_new_files_never_mix(browser, folder, tmp_path):
    site_copy, lesson = tmp_path / "site", "3-1c_padding_stride_output_size"
    shutil.copytree(folder, site_copy)
    with serving(plain_server(site_copy)) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/{lesson}.html")
        wait_until(page, f"caches.match('{lesson}.html')")
        page.wait_for_function("() => navigator.serviceWorker.controller")
        (old,) = kept(page)
        # A new version comes while the page of the old one is open: what it loads now would not fit.
        for ending in ("html", "ipynb"):
            path = site_copy / f"{lesson}.{ending}"
            path.write_text(path.read_text("utf-8").replace("Padding", "PADDING"), "utf-8")
        load = "path => fetch(path).then(one => one.text()).then(() => 'loaded', () => 'refused')"
        assert page.evaluate(load, f"{lesson}.ipynb") == "refused"
        assert page.evaluate(load, f"{lesson}.html") == "loaded"  # the old one, which was kept
        finish(site_copy)
        # The next visit is the old page's, which finds the new version, and nothing alive in itself.
        page.goto(f"{address}/{lesson}.html")
        page.wait_for_function("() => document.title.includes('PADDING')", timeout=MINUTE)
        wait_until(page, f"caches.keys().then(names => !names.includes('{old}'))")
        assert page.evaluate(load, f"{lesson}.ipynb") == "loaded"
        assert len(kept(page)) == 1


def test_a_page_that_is_live_at_once_is_renewed_on_the_next_visit(browser, folder, tmp_path):
    site_copy = tmp_path / "site"
    shutil.copytree(folder, site_copy)
    with serving(plain_server(site_copy)) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/figure-3-6.html")
        page.locator(LIVE).first.wait_for(timeout=MINUTE)
        path = site_copy / "figure-3-6.html"
        path.write_text(path.read_text("utf-8").replace("The filter as", "THE FILTER AS"), "utf-8")
        finish(site_copy)
        page.reload()
        wait_until(page, "navigator.serviceWorker.ready.then(one => one.waiting)")
        subject = page.locator("main p").first
        expect(subject).to_contain_text("The filter as")  # nothing is taken from the reader
        for _ in range(5):  # a busy machine may take longer to end the old page than the new one waits
            page.reload()
            page.locator(LIVE).first.wait_for(timeout=MINUTE)
            if "THE FILTER AS" in subject.inner_text():
                break
        expect(subject).to_contain_text("THE FILTER AS")
        page.locator(LIVE).first.wait_for(timeout=MINUTE)


def test_where_the_worker_cannot_start_the_page_comes_alive_without(browser, folder, tmp_path):
    site_copy = tmp_path / "site"
    shutil.copytree(folder, site_copy)
    # As while somebody copies a new version: this does not have the sum that sw.js knows.
    (site_copy / "lesson.css").write_text("", "utf-8")
    with serving(plain_server(site_copy)) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/figure-3-6.html")
        page.locator(LIVE).first.wait_for(timeout=MINUTE)
        assert not page.evaluate("() => navigator.serviceWorker.controller")
