"""What `make bench` says about the machine, and the other kernel of `make blas`."""

import os
import platform
import subprocess
import sys

import pytest

from benchmarks import machine

X86 = """processor\t: 0
model name\t: Example CPU @ 2.90GHz
flags\t\t: fpu sse4_2 fma avx avx2 avx512f avx512_vnni

processor\t: 1
model name\t: Example CPU @ 2.90GHz
flags\t\t: fpu sse4_2 fma avx avx2 avx512f avx512_vnni
"""
ARM = """processor\t: 0
Features\t: fp asimd evtstrm sve
CPU part\t: 0xd40
"""


def test_reads_name_and_vector_instructions(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(X86)
    assert machine.processor(cpuinfo) == ("Example CPU @ 2.90GHz", ["AVX", "AVX2", "FMA", "AVX-512"])


def test_a_processor_without_a_name_is_called_by_its_kind(tmp_path, monkeypatch):
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(ARM)
    assert machine.processor(cpuinfo) == ("aarch64", ["NEON", "SVE"])


def test_without_cpuinfo_python_names_the_processor(tmp_path, monkeypatch):
    monkeypatch.setattr(platform, "processor", lambda: "arm")
    assert machine.processor(tmp_path / "cpuinfo") == ("arm", [])


def test_describes_a_machine_of_which_nothing_is_known(monkeypatch):
    monkeypatch.setattr(machine, "processor", lambda: ("arm", []))
    monkeypatch.setattr(machine, "blas", lambda: None)
    assert machine.describe().startswith("arm; cores: ")
    assert machine.describe().endswith("instructions unknown; a BLAS that threadpoolctl does not know")


def test_the_other_kernel_runs_here_and_is_another_one():
    other = machine.other_kernel()
    if other is None:
        pytest.skip("NumPy's BLAS has no second kernel for this machine")
    assert other != machine.blas()["architecture"]
    product = "import numpy; numpy.eye(99) @ numpy.eye(99); "
    program = f"{product}from benchmarks import machine; print(machine.describe())"
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "OPENBLAS_CORETYPE": other}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f"kernel {other}, " in result.stdout


@pytest.mark.parametrize(
    ("architecture", "instructions", "other"),
    [
        ("SkylakeX", ["AVX", "AVX2", "FMA", "AVX-512"], "Haswell"),
        ("Haswell", ["AVX", "AVX2", "FMA", "AVX-512"], "SkylakeX"),
        ("Zen", ["AVX", "AVX2", "FMA"], "Sandybridge"),
    ],
)
def test_another_kernel_uses_other_instructions(architecture, instructions, other, monkeypatch):
    monkeypatch.setattr(machine, "blas", lambda: {"internal_api": "openblas", "architecture": architecture})
    monkeypatch.setattr(machine, "processor", lambda: ("", instructions))
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert machine.other_kernel() == other


@pytest.mark.parametrize(
    ("library", "kind"),
    [
        (None, "x86_64"),
        ({"internal_api": "mkl", "architecture": ""}, "x86_64"),
        ({"internal_api": "openblas", "architecture": "neoversen1"}, "aarch64"),
    ],
)
def test_elsewhere_there_is_no_other_kernel(library, kind, monkeypatch):
    monkeypatch.setattr(machine, "blas", lambda: library)
    monkeypatch.setattr(platform, "machine", lambda: kind)
    assert machine.other_kernel() is None
