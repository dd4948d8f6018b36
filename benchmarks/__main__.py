"""Measure what a student feels and how the reference compares: `make bench`.

Every ratio comes from two implementations run in turn in this process, on the same NumPy arrays in and out.
Times on a busy machine vary; medians and ratios are what to read.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from jupyter_client.manager import start_new_kernel
from scipy.signal import correlate

from helpers import explorers
from helpers.course import LESSONS
from helpers.reference.convolution import conv2d
from helpers.reference.geometry import pad, resolve_padding
from tests.browser import NO_CHROMIUM, cell, explorers_of, find_chromium, jupyterlab

_MEGABYTE = 2**20
# The four convolutions of section 3-5: picture (H, W, C) and filters (f_h, f_w, C, K), padding "same".
_CHAPTER_CONVOLUTIONS = (
    ("MNIST 1", (28, 28, 1), (5, 5, 1, 16)),
    ("MNIST 2", (14, 14, 16), (5, 5, 16, 36)),
    ("CIFAR-10 1", (32, 32, 3), (3, 3, 3, 32)),
    ("CIFAR-10 2", (16, 16, 32), (3, 3, 32, 64)),
)


def main():
    """Print all tables."""
    explorer_times()
    browser_times()
    start_up()
    convolution_ratios()


def explorer_times():
    """Time each explorer from a control's event to the new picture, from random settings."""
    print("## From a control to the picture, in milliseconds\n")
    table_head("explorer", "changes", "median", "95th percentile", "longest")
    for name in explorers.__all__:
        times = np.array(change_times(getattr(explorers, name)())) * 1000
        median, high = np.percentile(times, [50, 95])
        print(f"| {name} | {len(times)} | {median:.1f} | {high:.1f} | {times.max():.1f} |")


def change_times(explorer, settings=50):
    """Move each control once from every one of many random settings; return the seconds of each change."""
    rng = np.random.default_rng(0)
    controls = [explorer.controls[name] for name in explorer.state]
    times = []
    for _ in range(settings):
        explorer.set(
            **{name: one_of(control_values(explorer.controls[name]), rng) for name in explorer.state}
        )
        for control in controls:
            others = [value for value in control_values(control) if value != control.value]
            if others:
                times.append(measured(control.set_trait, "value", one_of(others, rng)))
    return times


def browser_times():
    """Time each explorer in a browser, from a key on a slider, or a menu's choice, to the changed page."""
    print("\n## The same in the browser, to the changed page\n")
    if find_chromium() is None:
        print(NO_CHROMIUM)
        return
    table_head("explorer", "changes", "median", "95th percentile", "longest")
    measured_already = set()
    with tempfile.TemporaryDirectory() as folder, jupyterlab(Path(folder)) as lab:
        for lesson in LESSONS:
            new = [found for found in explorers_of(lesson.name) if found[1] not in measured_already]
            if not new:
                continue
            measured_already.update(name for _, name in new)
            with lab.lesson(lesson.name) as page:
                for index, name in new:
                    times = cell(page, index).locator(".cnn-explorer").evaluate(_TIME_CHANGES)
                    median, high = np.percentile(times, [50, 95])
                    print(f"| {name} | {len(times)} | {median:.0f} | {high:.0f} | {max(times):.0f} |")


# Moves each slider and menu step by step; one that does not change the picture is left.
_TIME_CHANGES = """async (explorer) => {
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
  for (const control of explorer.querySelectorAll(".noUi-handle, select")) {
    for (let run = 0; run < 20; run += 1) {
      const time = await changed(() => move(control));
      if (time === null) break;
      times.push(time);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return times;
}"""


def control_values(control):
    """List the values that a person can give a control."""
    if hasattr(control, "options"):
        return [value for _, value in control.options]
    return np.arange(control.min, control.max + control.step / 2, control.step).tolist()


def one_of(values, rng):
    """Draw one of the values as it is; `rng.choice` would make an array of them first."""
    return values[rng.integers(len(values))]


def start_up():
    """Measure `import helpers.explorers` alone, and the kernel of a lesson that shows an explorer."""
    print("\n## Without TensorFlow\n")
    table_head("what", "seconds", "resident MB")
    runs = [import_cost() for _ in range(5)]
    seconds, memory = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"| import helpers.explorers | {seconds:.2f} | {memory:.0f} |")
    print(f"| a lesson's kernel, one explorer shown | | {kernel_memory():.0f} |")


def import_cost():
    """Import the explorers in a fresh Python; return seconds and megabytes resident."""
    program = (
        "import time; start = time.perf_counter(); import helpers.explorers; "
        "seconds = time.perf_counter() - start; import psutil; "
        "print(seconds, psutil.Process().memory_info().rss)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seconds, memory = map(float, result.stdout.split())
    return seconds, memory / _MEGABYTE


def kernel_memory():
    """Return the megabytes resident in a kernel that shows the output-size explorer."""
    manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    try:
        client.execute_interactive(
            "from helpers.explorers import OutputSizeExplorer\nOutputSizeExplorer()",
            output_hook=lambda message: None,
        )
        return psutil.Process(manager.provisioner.pid).memory_info().rss / _MEGABYTE
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def convolution_ratios():
    """Compare `conv2d` with TensorFlow on a full batch and with SciPy on a few pictures of it."""
    print("\n## conv2d, float32, batch 256: milliseconds, and its time over the other's\n")
    table_head("layer", "conv2d", "TensorFlow", "conv2d / TensorFlow", "conv2d / SciPy (8 pictures)")
    rng = np.random.default_rng(0)
    for name, image, kernel in _CHAPTER_CONVOLUTIONS:
        x = rng.standard_normal((256, *image), dtype=np.float32)
        weights = rng.standard_normal(kernel, dtype=np.float32)
        ours, theirs, ratio = in_turn(conv2d_same, tensorflow_conv2d(), x, weights, runs=9)
        _, _, scipy_ratio = in_turn(conv2d_same, scipy_conv2d, x[:8], weights, runs=3)
        print(f"| {name} | {ours * 1000:.1f} | {theirs * 1000:.1f} | {ratio:.2f} | {scipy_ratio:.4f} |")


def conv2d_same(x, kernel):
    """Convolve with the reference."""
    return conv2d(x, kernel, padding="same")


def tensorflow_conv2d():
    """Return TensorFlow's convolution as a compiled graph that takes and gives NumPy arrays."""
    # Imported only now, so that nothing before is measured with it.
    import helpers.training.backend  # noqa: F401, I001  it swallows TensorFlow's start-up lines
    import tensorflow

    graph = tensorflow.function(lambda x, kernel: tensorflow.nn.conv2d(x, kernel, 1, "SAME"))
    return lambda x, kernel: graph(x, kernel).numpy()


def scipy_conv2d(x, kernel):
    """Convolve with SciPy, one picture and one filter at a time, padding as for "same"."""
    paddings = resolve_padding("same", x.shape[1:3], kernel.shape[:2], (1, 1))
    maps = [
        [correlate(picture, kernel[..., k], mode="valid")[..., 0] for k in range(kernel.shape[-1])]
        for picture in pad(x, paddings)
    ]
    return np.moveaxis(np.array(maps), 1, -1)


def in_turn(first, second, *arguments, runs):
    """Run two functions alternately; return both median seconds and the median of the ratios."""
    # This also warms both.
    np.testing.assert_allclose(first(*arguments), second(*arguments), rtol=1e-3, atol=1e-3)
    pairs = [(measured(first, *arguments), measured(second, *arguments)) for _ in range(runs)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    return ours, theirs, statistics.median(a / b for a, b in pairs)


def measured(function, *arguments):
    """Return the seconds that one call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def table_head(*names):
    """Print the head of a Markdown table."""
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")


if __name__ == "__main__":
    main()
