"""The processor, its vector instructions, its BLAS kernel: what times and the last bits of sums depend on."""

import os
import platform
import sys
from pathlib import Path

import numpy as np  # noqa: F401  it loads the BLAS that is looked at
from threadpoolctl import threadpool_info

# Those that a matrix product runs on, by their names in /proc/cpuinfo.
_INSTRUCTIONS = {
    "avx": "AVX",
    "avx2": "AVX2",
    "fma": "FMA",
    "avx512f": "AVX-512",
    "asimd": "NEON",
    "sve": "SVE",
}
_AVX_512_KERNELS = ("SkylakeX", "Cooperlake", "SapphireRapids")


def describe():
    """Say in a line what computes here."""
    name, instructions = processor()
    library = blas()
    products = (
        "a BLAS that threadpoolctl does not know"
        if library is None
        else "{internal_api} {version}, kernel {architecture}, threads: {num_threads}".format_map(library)
    )
    return f"{name}; cores: {os.cpu_count()}; {', '.join(instructions) or 'instructions unknown'}; {products}"


def processor(cpuinfo=Path("/proc/cpuinfo")):
    """Return the processor's name and vector instructions; off Linux, only the name that Python knows."""
    facts = {}
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    flags = facts.get("flags", facts.get("Features", "")).split()
    name = facts.get("model name") or platform.processor() or platform.machine()
    return name, [instruction for flag, instruction in _INSTRUCTIONS.items() if flag in flags]


def blas():
    """Return threadpoolctl's facts on NumPy's BLAS; None where it has none, as on Apple's Accelerate."""
    # NumPy's comes first: it is loaded before SciPy's.
    return next((library for library in threadpool_info() if library["user_api"] == "blas"), None)


def other_kernel():
    """Name an OpenBLAS kernel, not the one in use, that this processor can run; None where there is none."""
    library = blas()
    is_x86 = platform.machine() in ("x86_64", "AMD64")
    if library is None or library["internal_api"] != "openblas" or not is_x86:
        return None
    if library["architecture"] in _AVX_512_KERNELS:
        return "Haswell"
    _, instructions = processor()
    return "SkylakeX" if "AVX-512" in instructions else "Sandybridge"


def table_head(*names):
    """Print the head of a Markdown table."""
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")


if __name__ == "__main__":
    kernel = other_kernel()
    if kernel is None:
        print("NumPy's BLAS has no second kernel for this machine.", file=sys.stderr)
    else:
        print(kernel)
