"""Measure what a student's kernel costs a server, and let a class of 20 work at once: `make load`."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
import psutil
from jupyter_client.manager import start_new_kernel

from benchmarks.__main__ import table_head

_MEGABYTE = 2**20
_LESSON = Path(__file__).parents[1] / "notebooks" / "en" / "3-1d_pooling.ipynb"
_STUDENTS = 20
_MOVES = 100  # of a slider, by each student
_PAUSE = 0.25  # seconds between two moves
_REST = 5  # seconds over which a kernel at rest is watched

_EXPLORER = "from helpers.explorers import PoolingExplorer\nexplorer = PoolingExplorer()\nexplorer"
_TRAIN = """
from helpers.programs import MNIST
from helpers.runs import Settings
from helpers.training import KerasTrainer, NotebookProgress, train
train(KerasTrainer(MNIST.keras_model()), MNIST.load(), Settings(epochs=1, batch_size=64), NotebookProgress())
"""
_MOVE = "explorer.controls['block'].value = {}"


def main():
    """Print both tables."""
    print("## One kernel\n")
    table_head("what runs", "own MB", "resident MB", "CPU % at rest", "CPU % while a slider moves")
    for name, code in (
        ("an explorer", _EXPLORER),
        ("an explorer, after an epoch of TensorFlow", f"{_TRAIN}{_EXPLORER}"),
    ):
        own, resident, rest, moving = cost(code)
        print(f"| {name} | {own:.0f} | {resident:.0f} | {rest:.1f} | {moving:.1f} |")
    own, resident = server_memory()
    print(f"| JupyterLab's server, without a kernel | {own:.0f} | {resident:.0f} | | |")
    memory, seconds = class_at_once(_STUDENTS, _MOVES)
    print(f"\n## {_STUDENTS} kernels at once: lesson {_LESSON.stem}, then {_MOVES} moves each\n")
    table_head("", "")
    print(f"| own MB, all kernels | {sum(memory):.0f} |")
    print(f"| own MB, the largest | {max(memory):.0f} |")
    for name, percentile in (("median", 50), ("95th percentile", 95), ("slowest", 100)):
        print(f"| answer to a move, {name}, ms | {1000 * np.percentile(seconds, percentile):.0f} |")
    print(f"\n{psutil.cpu_count()} cores; load of the machine afterwards: {psutil.getloadavg()[0]:.0f}.")


def cost(code):
    """Return a kernel's megabytes, own and resident, and its CPU % at rest and while a slider moves."""
    with kernel() as (process, client):
        answer(client, code)
        rest = cpu_percent(process, lambda: time.sleep(_REST))
        moving = cpu_percent(process, lambda: moves(client, 20))
        return *megabytes(process), rest, moving


def megabytes(process):
    """Return the memory that a process has to itself, and all of it, with what others use as well."""
    memory = process.memory_full_info()
    return memory.uss / _MEGABYTE, memory.rss / _MEGABYTE


def server_memory():
    """Return the megabytes, own and resident, of JupyterLab's server; a hub starts one for each student."""
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process = psutil.Process(server.pid)
        while not any(link.status == psutil.CONN_LISTEN for link in process.net_connections()):
            if server.poll() is not None:
                raise RuntimeError("JupyterLab's server did not start.")
            time.sleep(0.2)
        time.sleep(_REST)
        return megabytes(process)
    finally:
        server.terminate()
        server.wait()


def cpu_percent(process, action):
    """Return the share of one core that a process takes during an action."""
    process.cpu_percent()
    action()
    return process.cpu_percent()


def class_at_once(students, count):
    """Let every student run the lesson and then, together, move a slider.

    Args:
        students: how many kernels.
        count: moves of each.

    Returns:
        Own megabytes of each kernel; seconds of each answer, of all students.

    Raises:
        RuntimeError: a kernel failed.
    """
    together = threading.Barrier(students)

    def student(_):
        with kernel() as (process, client):
            try:
                for cell in nbformat.read(_LESSON, as_version=4).cells:
                    if cell.cell_type == "code":
                        answer(client, cell.source)
                answer(client, _EXPLORER)
            except BaseException:
                together.abort()  # else the others would wait for this one
                raise
            together.wait()
            seconds = moves(client, count)
            return megabytes(process)[0], seconds

    with ThreadPoolExecutor(students) as room:
        memory, seconds = zip(*room.map(student, range(students)), strict=True)
    return memory, np.concatenate(seconds)


@contextmanager
def kernel():
    """Start a kernel; give its process and a client, and end it afterwards."""
    manager, client = start_new_kernel(
        kernel_name="python3", cwd=_LESSON.parent, startup_timeout=300, stderr=subprocess.DEVNULL
    )
    try:
        yield psutil.Process(manager.provisioner.pid), client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def moves(client, count):
    """Move the explorer's slider back and forth; return the seconds of each answer."""
    seconds = []
    for i in range(count):
        start = time.perf_counter()
        answer(client, _MOVE.format(1 + i % 2))
        seconds.append(time.perf_counter() - start)
        time.sleep(_PAUSE)
    return seconds


def answer(client, code):
    """Run code in a kernel until it is done; raise RuntimeError where it fails."""
    reply = client.execute_interactive(code, output_hook=lambda message: None, timeout=600)
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"{code.splitlines()[0]}: {reply['content'].get('evalue')}")


if __name__ == "__main__":
    main()
