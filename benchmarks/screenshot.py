"""Take README's picture of an explorer, in a real JupyterLab: `python -m benchmarks.screenshot`."""

import tempfile
from pathlib import Path

from benchmarks.browser import jupyterlab

PICTURE = Path(__file__).parents[1] / "docs" / "output_size_explorer.png"


def main(file=PICTURE):
    """Photograph the explorer of Figure 3-3, after a click on an output, as on a laptop's screen."""
    with (
        tempfile.TemporaryDirectory() as folder,
        jupyterlab(Path(folder)) as lab,
        lab.explorers(["OutputSizeExplorer"]) as page,
    ):
        page.set_viewport_size({"width": 1366, "height": 768})
        explorer = page.explorers["OutputSizeExplorer"]
        explorer.locator("[data-cell=output-1-1]").first.click()
        explorer.get_by_text("2·1 + 3·1 +").wait_for()
        page.mouse.move(0, 0)
        # The right of the explorer is empty in this state.
        page.screenshot(path=file, clip=explorer.bounding_box() | {"width": 880})


if __name__ == "__main__":
    main()
