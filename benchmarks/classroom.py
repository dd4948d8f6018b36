"""Measure what a student's kernel costs, and a class of them at once: `make load`.

Other work on the machine shows in the times; memory hardly changes with it.
"""

import asyncio
import os
import platform
import statistics
import time
from contextlib import asynccontextmanager
from pathlib import Path

import nbformat
import psutil
from jupyter_client.manager import AsyncKernelManager

LESSONS = Path(__file__).parents[1] / "notebooks" / "en"
NUMPY_LESSON = "3-1c_padding_stride_output_size"
STUDENTS = 20
_MEGABYTE = 2**20
_PATIENCE = 300  # seconds for one answer
# A hand at a slider: it moves every quarter of a second, round and round.
_PAUSE = 0.25
_MAKE_EXPLORER = "from helpers.explorers import OutputSizeExplorer\nslider_explorer = OutputSizeExplorer()"
_MOVE_SLIDER = "slider_explorer.controls['padding'].value = {value}\nslider_explorer.summary"
_TENSORFLOW_MODEL = "from helpers.training.models import mnist_model\nmodel = mnist_model()"


class Student:
    """A kernel and what is asked of it."""

    def __init__(self, manager, client):
        self._client = client
        self._process = psutil.Process(manager.provisioner.pid)

    async def run(self, code):
        """Run code and return the seconds until its answer.

        Raises:
            RuntimeError: the code failed, or the kernel died.
        """
        start = time.perf_counter()
        answer = await self._client.execute_interactive(code, timeout=_PATIENCE, output_hook=lambda _: None)
        if answer["content"]["status"] != "ok":
            raise RuntimeError("\n".join(answer["content"]["traceback"]))
        return time.perf_counter() - start

    async def run_lesson(self, name):
        """Run all code cells of a lesson; return the seconds of the slowest."""
        cells = nbformat.read(LESSONS / f"{name}.ipynb", as_version=4).cells
        return max([await self.run(cell.source) for cell in cells if cell.cell_type == "code"])

    async def move_slider(self, moves):
        """Move a slider of the output-size explorer; return the seconds of each answer."""
        await self.run(_MAKE_EXPLORER)
        seconds = []
        for move in range(moves):
            seconds.append(await self.run(_MOVE_SLIDER.format(value=move % 4)))
            await asyncio.sleep(_PAUSE)
        return seconds

    def memory(self):
        """Return the megabytes that the kernel has to itself, and all that are resident."""
        memory = self._process.memory_full_info()
        return memory.uss / _MEGABYTE, memory.rss / _MEGABYTE

    async def load(self, activity):
        """Return the percent of one core that the kernel uses during an activity."""
        self._process.cpu_percent()
        await activity
        return self._process.cpu_percent()


@asynccontextmanager
async def student():
    """Start a kernel as JupyterLab does, and end it afterwards."""
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(cwd=str(LESSONS), stderr=asyncio.subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=_PATIENCE)
        yield Student(manager, client)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


async def cost(prepare):
    """Measure one kernel after some code: megabytes, and its load at rest and while a slider moves."""
    async with student() as one:
        await one.run(prepare)
        await one.run(_MAKE_EXPLORER)
        at_rest = await one.load(asyncio.sleep(5))
        moving = await one.load(one.move_slider(20))
        own, resident = one.memory()
        return own, resident, at_rest, moving


async def attend(moves):
    """Be one student: run the lesson, then move a slider."""
    async with student() as one:
        slowest_cell = await one.run_lesson(NUMPY_LESSON)
        answers = await one.move_slider(moves)
        return slowest_cell, answers, one.memory()


async def class_at_once(students, moves):
    """Let many students attend at once; return what each came to, or raise the first failure."""
    return await asyncio.gather(*(attend(moves) for _ in range(students)))


async def main():
    """Print both tables."""
    busy = psutil.cpu_percent(interval=2)
    print(f"{os.cpu_count()} cores, {platform.machine()}; other programs used {busy:.0f} % of them before.\n")
    print("## One kernel\n")
    print("| kernel | MB of its own | MB resident | % of a core at rest | % while a slider moves |")
    print("|---|---|---|---|---|")
    for name, prepare in (("NumPy lessons", ""), ("with TensorFlow and a model", _TENSORFLOW_MODEL)):
        own, resident, at_rest, moving = await cost(prepare)
        print(f"| {name} | {own:.0f} | {resident:.0f} | {at_rest:.1f} | {moving:.1f} |")
    await print_class()


async def print_class():
    """Print the second table: a class that all runs a lesson at the same moment."""
    results = await class_at_once(STUDENTS, moves=20)
    slowest_cells, answers, memories = zip(*results, strict=True)
    seconds = sorted(second for some in answers for second in some)
    own, _ = zip(*memories, strict=True)
    print(f"\n## {STUDENTS} kernels at once, each running {NUMPY_LESSON} and moving a slider\n")
    print("| what | value |\n|---|---|")
    print(f"| a kernel's own memory, median | {statistics.median(own):.0f} MB |")
    print(f"| all kernels' own memory | {sum(own):.0f} MB |")
    print(f"| slowest cell of the lesson | {max(slowest_cells):.1f} s |")
    print(f"| slider, median answer | {1000 * statistics.median(seconds):.0f} ms |")
    print(f"| slider, 95th percentile | {1000 * seconds[int(0.95 * len(seconds))]:.0f} ms |")
    print(f"| slider, slowest answer | {1000 * seconds[-1]:.0f} ms |")


if __name__ == "__main__":
    asyncio.run(main())
