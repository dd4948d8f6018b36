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
from ipywidgets import Checkbox
from jupyter_client.manager import start_new_kernel
from scipy.signal import correlate
from threadpoolctl import threadpool_limits

from benchmarks.browser import NO_CHROMIUM, TIME_CHANGES, cell, explorers_of, find_chromium, jupyterlab
from benchmarks.live import live_times
from benchmarks.machine import describe, table_head
from helpers import explorers
from helpers.chapter.lessons import LESSONS
from helpers.programs import CIFAR10, MNIST, PROGRAMS
from helpers.reference.conv2d import conv2d
from helpers.reference.geometry import pad, resolve_padding
from helpers.reference.optimizers import Adam
from helpers.training.blocks import loss_and_gradients
from helpers.training.numpy_trainer import keep_freed_memory

_MEGABYTE = 2**20
# The four convolutions of section 3-5: picture (H, W, C) and filters (f_h, f_w, C, K), padding "same".
_CHAPTER_CONVOLUTIONS = (
    ("MNIST 1", (28, 28, 1), (5, 5, 1, 16)),
    ("MNIST 2", (14, 14, 16), (5, 5, 16, 36)),
    ("CIFAR-10 1", (32, 32, 3), (3, 3, 3, 32)),
    ("CIFAR-10 2", (16, 16, 32), (3, 3, 32, 64)),
)
# Adam's, next to the usual ones: Keras rounds them to 32 bits, which hold these exactly.
_BETAS = {"beta_1": 7 / 8, "beta_2": 1023 / 1024}


def main():
    """Print what computes here, then all tables."""
    print(f"{describe()} where a table does not say 2\n")
    explorer_times()
    browser_times()
    live_times()
    start_up()
    convolution_ratios()
    layer_ratios()
    training_ratios()
    training_memory()
    equal_training()


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
    times = []
    for _ in range(settings):
        explorer.set(
            **{name: one_of(control_values(explorer.controls[name]), rng) for name in explorer.state}
        )
        for name in explorer.state:
            control = explorer.controls[name]
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
                    times = cell(page, index).locator(".cnn-explorer").evaluate(TIME_CHANGES)
                    median, high = np.percentile(times, [50, 95])
                    print(f"| {name} | {len(times)} | {median:.0f} | {high:.0f} | {max(times):.0f} |")


def control_values(control):
    """List the values that a person can give a control."""
    if hasattr(control, "options"):
        return [value for _, value in control.options]
    if isinstance(control, Checkbox):
        return [False, True]
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
    print("\n## conv2d, float32, batch 256, 2 BLAS threads: milliseconds, and its time over the other's\n")
    table_head("layer", "conv2d", "TensorFlow", "conv2d / TensorFlow", "conv2d / SciPy (8 pictures)")
    rng = np.random.default_rng(0)
    for name, image, kernel in _CHAPTER_CONVOLUTIONS:
        x = rng.standard_normal((256, *image), dtype=np.float32)
        weights = rng.standard_normal(kernel, dtype=np.float32)
        theirs = tensorflow_conv2d()
        np.testing.assert_allclose(conv2d_same(x, weights), theirs(x, weights), rtol=1e-3, atol=1e-3)
        with threadpool_limits(2, user_api="blas"):  # the explorers' import has set 1
            ours, theirs, ratio = in_turn(conv2d_same, theirs, x, weights, runs=9)
        _, _, scipy_ratio = in_turn(conv2d_same, scipy_conv2d, x[:8], weights, runs=3)
        print(f"| {name} | {ours * 1000:.1f} | {theirs * 1000:.1f} | {ratio:.2f} | {scipy_ratio:.4f} |")


def layer_ratios():
    """Compare each layer's way forward and back with TensorFlow's, on a batch of 256."""
    print("\n## Layers forward and back, batch 256, 2 BLAS threads: milliseconds, and their ratio\n")
    table_head("layer", "NumPy", "TensorFlow", "NumPy / TensorFlow")
    for program in PROGRAMS.values():
        x, _ = _batch(program, 256)
        for layer in numpy_twin(program).layers:
            output, _ = layer.forward(x)
            theirs = tensorflow_layer(layer)
            if theirs:
                parameters = list(layer.parameters.values())
                with threadpool_limits(2, user_api="blas"):
                    times = in_turn(forward_and_back(layer), theirs, x, output, *parameters, runs=9)
                ours, theirs, ratio = times[0] * 1000, times[1] * 1000, times[2]
                print(f"| {program.name} {layer.name} | {ours:.1f} | {theirs:.1f} | {ratio:.2f} |")
            x = output


def forward_and_back(layer):
    """Return a function that takes a batch through a layer and a gradient back."""

    def both(x, grad_output, *parameters):
        _, backward = layer.forward(x)
        return backward(grad_output)

    return both


def tensorflow_layer(layer):
    """Return the same in TensorFlow, as a compiled graph; None for a layer that only moves numbers."""
    import helpers.keras_backend  # noqa: F401, I001  it swallows TensorFlow's start-up lines
    import tensorflow as tf

    operation = {
        "Conv2D": lambda x, kernel, bias: tf.nn.conv2d(x, kernel, 1, "SAME") + bias,
        "Dense": lambda x, kernel, bias: x @ kernel + bias,
        "MaxPool2D": lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"),
        "ReLU": tf.nn.relu,
    }.get(type(layer).__name__)
    if operation is None:
        return None

    @tf.function
    def both(x, grad_output, *parameters):
        with tf.GradientTape() as tape:
            tape.watch([x, *parameters])
            output = operation(x, *parameters)
        return tape.gradient(output, [x, *parameters], output_gradients=grad_output)

    return lambda *arrays: [gradient.numpy() for gradient in both(*map(tf.constant, arrays))]


def training_ratios():
    """Compare a training step of each NumPy twin with Keras's, 2 threads each, in turn."""
    print("\n## Training, batch 256: pictures a second, and NumPy's over Keras's\n")
    table_head("model", "NumPy", "Keras", "NumPy / Keras")
    for program in PROGRAMS.values():
        x, target = _batch(program, 256)
        with threadpool_limits(1, user_api="blas"):
            ours, theirs, ratio = in_turn(numpy_step(program), keras_step(program), x, target, runs=11)
        print(f"| {program.name} | {256 / ours:.0f} | {256 / theirs:.0f} | {1 / ratio:.2f} |")


def training_memory():
    """Measure the peak resident memory of a process that trains, for either side of each model."""
    print("\n## Training, batch 256: peak resident MB of the process\n")
    table_head("model", "NumPy", "Keras")
    for program in PROGRAMS.values():
        ours, theirs = (_peak_of(side, program) for side in ("numpy_step", "keras_step"))
        print(f"| {program.name} | {ours:.0f} | {theirs:.0f} |")


def _peak_of(side, program):
    code = (
        f"from benchmarks import __main__ as bench; program = bench.PROGRAMS[{program.name!r}]; "
        f"step, batch = bench.{side}(program), bench._batch(program, 256); [step(*batch) for _ in range(20)]"
    )
    # Looked at from here, as what the process reports itself would count what this one held when it started.
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) as process:
        watched, peak = psutil.Process(process.pid), 0
        while process.poll() is None:
            peak = max(peak, watched.memory_info().rss)
            time.sleep(0.005)
        assert process.returncode == 0, process.stderr.read()
    return peak / _MEGABYTE


def equal_training():
    """Train both sides from the same weights on the same batches, dropout off, and compare.

    In float32 rounding alone drives them apart, step by step; float64 leaves it no room.
    """
    from helpers.keras_backend import keras

    print("\n## The same steps: largest difference between NumPy and Keras\n")
    table_head("model", "numbers", "steps", "loss, relative", "weights, absolute")
    for program, steps in ((MNIST, 50), (CIFAR10, 20)):
        for precision in ("float32", "float64"):
            keras.config.set_floatx(precision)
            keras.config.set_dtype_policy(precision)
            losses, weights = _differences(program, steps, precision)
            print(f"| {program.name} | {precision} | {steps} | {losses:.1e} | {weights:.1e} |")


def _differences(program, steps, precision):
    """Return the largest difference of a loss and of a weight."""
    twin, optimizer, model = numpy_twin(program), Adam(**_BETAS), keras_model(program, **_BETAS)
    twin.set_parameters({key: array.astype(precision) for key, array in twin.parameters.items()})
    # Copies: TensorFlow may keep the arrays themselves, which the twin changes in place.
    model.set_weights([array.copy() for array in twin.parameters.values()])
    losses = []
    for step in range(steps):
        batch = [array.astype(precision) for array in _batch(program, 256, seed=step)]
        model.reset_metrics()
        theirs = model.train_on_batch(*batch, return_dict=True)["loss"]
        losses.append(abs(numpy_training(twin, optimizer, *batch) / theirs - 1))
    weights = [
        np.abs(array - judge).max()
        for array, judge in zip(twin.parameters.values(), model.get_weights(), strict=True)
    ]
    return max(losses), max(weights)


def numpy_twin(program):
    """Return the NumPy twin of a model, with memory set as for its training."""
    keep_freed_memory()
    return program.network(np.random.default_rng(0))


def numpy_step(program):
    """Return a training step of the NumPy twin, dropout included."""
    twin, optimizer, rng = numpy_twin(program), Adam(), np.random.default_rng(1)
    return lambda x, target: numpy_training(twin, optimizer, x, target, rng)


def numpy_training(twin, optimizer, x, target, rng=None):
    """Take one step of training with 2 threads; return the loss before it."""
    loss, _, gradients = loss_and_gradients(twin, x, target, rng, 2)
    optimizer.step(twin.parameters, gradients)
    return loss


def keras_step(program):
    """Return a training step of the Keras model, with the settings of helpers/training."""
    return program.keras_model().train_on_batch


def keras_model(program, **adam):
    """Return the Keras model without dropout, compiled with these settings of Adam."""
    from helpers.keras_backend import keras

    model = keras.models.clone_model(
        program.keras_model(),
        clone_function=lambda layer: keras.layers.Dropout(0) if layer.name.startswith("dropout") else layer,
    )
    model.compile(keras.optimizers.Adam(**adam), "categorical_crossentropy", jit_compile=False)
    return model


def _batch(program, size, seed=0):
    """Draw pictures, each class brighter in a place of its own, so that there is something to learn."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, size)
    x = rng.random((size, *program.picture), dtype=np.float32) / 2
    x[np.arange(size), 2 * labels, :] += 0.5
    return x, np.eye(10, dtype=np.float32)[labels]


def conv2d_same(x, kernel):
    """Convolve with the reference."""
    return conv2d(x, kernel, padding="same")


def tensorflow_conv2d():
    """Return TensorFlow's convolution as a compiled graph that takes and gives NumPy arrays."""
    # Imported only now, so that nothing before is measured with it.
    import helpers.keras_backend  # noqa: F401, I001  it swallows TensorFlow's start-up lines
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
    first(*arguments), second(*arguments)  # warms both
    pairs = [(measured(first, *arguments), measured(second, *arguments)) for _ in range(runs)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    return ours, theirs, statistics.median(a / b for a, b in pairs)


def measured(function, *arguments):
    """Return the seconds that one call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
