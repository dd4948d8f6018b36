"""Explorers fit on a screen: who moves a control sees what it changes, and can read it."""

import pytest

from benchmarks.browser import NO_CHROMIUM, SMALL_TYPE, SMALLEST_TYPE, find_chromium, jupyterlab
from helpers import explorers

pytestmark = [pytest.mark.slow, pytest.mark.skipif(find_chromium() is None, reason=NO_CHROMIUM)]

LAPTOP, PROJECTOR, PHONE = (1366, 768), (1280, 720), (420, 800)
TYPE = [".cnn-svg-view text", SMALLEST_TYPE]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page with every explorer."""
    with jupyterlab(tmp_path_factory.mktemp("jupyterlab")) as lab, lab.explorers(explorers.__all__) as page:
        yield page


# Hides all cells but that of an explorer: with 25 of them on the page, each change would take its time.
ALONE = """(explorer) => {
  for (const cell of document.querySelectorAll(".jp-Cell")) {
    cell.style.display = cell.contains(explorer) ? "" : "none";
  }
}"""


def resize(page, size):
    width, height = size
    page.set_viewport_size({"width": width, "height": height})


# Of the player the first button: its others set back what it has moved.
CONTROLS = (
    "select, input[type=number], input[type=checkbox], .noUi-handle, .widget-button, "
    ".widget-play > button:first-child"
)

# Focuses a control and tells the key that moves it by a step, null for one that is disabled. `window.change`
# becomes the boxes, in the picture's own pixels, of all that came or went in the next picture.
WATCH = """(control) => {
  if (control.matches(":disabled, [disabled]")) return null;
  const picture = control.closest(".cnn-explorer").querySelector(".cnn-svg-view").firstChild;
  const parts = () => {
    const [paper, ...drawn] = picture.querySelectorAll("svg *:not(:has(*))");
    return new Map(drawn.map((part) => [part.outerHTML, part.getBBox()]));
  };
  const before = parts();
  window.change = new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      watch.disconnect();
      const after = parts();
      const lacking = (these, those) => [...these].filter(([part]) => !those.has(part)).map(([, box]) => box);
      resolve([...lacking(after, before), ...lacking(before, after)]);
    });
    watch.observe(picture, { childList: true });
    setTimeout(resolve, 1500, []);  // the control changes nothing
  });
  control.focus();
  if (control.matches("select")) return control.selectedIndex < control.length - 1 ? "ArrowDown" : "ArrowUp";
  if (control.matches("[type=checkbox]")) return " ";
  if (control.matches("input")) return "ArrowUp";
  if (control.matches("button")) return "Enter";
  return control.ariaValueNow === control.ariaValueMax ? "ArrowLeft" : "ArrowRight";
}"""

# Scrolls as little as it takes to see what changed; lists what of it is not seen together with the control,
# [top, bottom] in the picture's pixels; null where nothing changed.
UNSEEN = """async (control) => {
  const boxes = (await window.change).map((box) => DOMRect.fromRect(box));
  if (!boxes.length) return null;
  await new Promise(requestAnimationFrame);
  const page = document.querySelector(".jp-WindowedPanel-outer"), room = page.getBoundingClientRect();
  const svg = control.closest(".cnn-explorer").querySelector(".cnn-svg-view svg");
  const shown = (box) => {
    const { a: scale, e: left, f: top } = svg.getScreenCTM();
    return new DOMRect(left + scale * box.x, top + scale * box.y, scale * box.width, scale * box.height);
  };
  const inside = (box) => box.top >= room.top - 1 && box.bottom <= room.bottom + 1
    && box.left >= room.left - 1 && box.right <= room.right + 1;
  const uncovered = () => {
    const box = control.getBoundingClientRect();
    const uppermost = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return inside(box) && control.contains(uppermost);
  };
  const left = Math.min(...boxes.map((box) => box.left)), right = Math.max(...boxes.map((box) => box.right));
  const top = Math.min(...boxes.map((box) => box.top)), bottom = Math.max(...boxes.map((box) => box.bottom));
  const all = new DOMRect(left, top, right - left, bottom - top);
  const ends = [boxes.find((box) => box.top === top), boxes.find((box) => box.bottom === bottom)];
  return (shown(all).height <= room.height ? [all] : ends).filter((part) => {
    const box = shown(part);
    page.scrollTop += Math.min(0, box.top - room.top) + Math.max(0, box.bottom - room.bottom);
    return !inside(shown(part)) || !uncovered();
  }).map((part) => [Math.round(part.top), Math.round(part.bottom)]);
}"""


def test_a_control_and_what_it_changes_are_seen_together(page, subtests):
    """Move each control by a step from the keyboard; hold what it changed against both windows.

    After the least scrolling all that changed stands in the window, and so does the control, uncovered. Where
    what changed is taller than the window, this holds for its uppermost part and for its lowest one.
    """
    for name, shown in page.explorers.items():
        with subtests.test(explorer=name):
            shown.evaluate(ALONE)
            controls, changed = shown.locator(CONTROLS), 0
            for place in range(controls.count()):
                control = controls.nth(place)
                if key := control.evaluate(WATCH):
                    page.keyboard.press(key)
                    for size in (LAPTOP, PROJECTOR):
                        resize(page, size)
                        unseen = control.evaluate(UNSEEN)
                        assert not unseen, f"from top to bottom, for control {place} at {size}"
                    changed += unseen is not None
            assert changed


def test_numbers_are_large_enough_to_read(page, subtests):
    for name, shown in page.explorers.items():
        with subtests.test(explorer=name):
            shown.evaluate(ALONE)
            for size in (LAPTOP, PROJECTOR, PHONE):
                resize(page, size)
                assert page.evaluate(SMALL_TYPE, TYPE) == []
            # On a phone a wide picture scrolls by itself; the page does not.
            assert page.locator(".jp-WindowedPanel-outer").evaluate("e => e.scrollWidth <= e.clientWidth")
