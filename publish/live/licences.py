"""What the pages deliver, and under which licence, as each package says itself."""

import json
import sysconfig
import zipfile
from html import escape
from importlib.metadata import distribution
from pathlib import Path

from helpers.language import say
from publish.live.archives import FILES, NUMPY, PACKAGES, PROJECT
from publish.live.build import MODULES, bundled_packages

_FILES_OF_LICENCES = ("license", "licence", "copying")


def licences_html():
    """Return the list of packages with their licences as HTML that may stand in Markdown."""
    title, whole = escape(say("Licences")), escape(say("The whole text"))
    text = escape(say("Whose work these pages bring along, and under which licence."))
    parts = [f"<h1>{title}</h1>", f"<p>{text}</p>"]
    for name, licence, source, texts in licences():
        link = f' · <a href="{escape(source)}">{escape(source)}</a>' if source else ""
        parts.append(f"<h2>{escape(name)}</h2><p>{escape(licence)}{link}</p>")
        # As Markdown, which takes a text only from one <pre> to the next as it is.
        parts += [
            f"<details><summary>{whole}</summary>",
            *(f"<pre>{escape(t)}</pre>" for t in texts),
            "</details>",
        ]
    return "\n\n".join(parts)


def licences():
    """List (name and version, name of the licence, where the source is, texts) of all that pages deliver."""
    own = (PROJECT / "LICENSE").read_text("utf-8")
    return [
        ("cnn-chapter", "MIT", "", [own]),
        *(_npm(name) for name in bundled_packages()),
        _python(),
        _numpy(),
        *(_installed(name) for name in (*PACKAGES, "ziamath")),
    ]


def _npm(name):
    folder = MODULES / name
    package = json.loads((folder / "package.json").read_text("utf-8"))
    texts = [path.read_text("utf-8") for path in sorted(folder.iterdir()) if _is_licence(path)]
    return f"{name} {package['version']}", package["license"], package.get("homepage", ""), texts


def _installed(name):
    package = distribution(name)
    about = package.metadata
    classified = [text.split(" :: ")[-1] for text in about.get_all("Classifier", []) if "License ::" in text]
    # Some write the whole text where its name belongs.
    licence = about["License-Expression"] or (about["License"] or classified[0]).splitlines()[0]
    files = [Path(file.locate()) for file in package.files if ".dist-info" in str(file)]
    texts = [path.read_text("utf-8") for path in files if _is_licence(path)]
    return f"{name} {package.version}", licence, about["Home-page"] or "", texts


def _python():
    # Part of Pyodide's package; the text is the one that every Python carries.
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    return (
        "Python 3.12.7",
        "PSF-2.0",
        "https://www.python.org/",
        [text.read_text("utf-8")] if text.exists() else [],
    )


def _numpy():
    with zipfile.ZipFile(FILES / NUMPY) as wheel:
        texts = [
            wheel.read(name).decode() for name in wheel.namelist() if name.endswith("dist-info/LICENSE.txt")
        ]
    return f"numpy {NUMPY.split('-')[1]}", "BSD-3-Clause", "https://numpy.org/", texts


def _is_licence(path):
    return path.name.lower().startswith(_FILES_OF_LICENCES)
