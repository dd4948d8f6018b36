"""Write a sheet to print: a QR code for each figure of the book, which leads to the figure that moves.

    python -m publish.qr --address https://example.org/lessons/

The address is where the folder that `make site` writes is on the web; the codes lead to its pages in the
reader's language.
"""

import argparse
import shutil
from urllib.parse import urljoin, urlsplit

import segno

from helpers.language import language, say
from publish.lesson_html import FILES, PROJECT, home
from publish.places import FIGURES
from publish.worksheets import template


def main(arguments=None):
    """Read the command line, and write the sheet."""
    parser = argparse.ArgumentParser(
        prog="python -m publish.qr", description="Write a sheet of QR codes, one for each figure of the book."
    )
    parser.add_argument("--address", type=_address, required=True, help="of the pages, on the web")
    sheet = write(PROJECT / "qr", parser.parse_args(arguments).address)
    print(say("The QR codes are in {file}.", file=sheet))


def write(folder, address):
    """Write the sheet into a folder.

    Args:
        folder: gets the page and its style.
        address: of the site's folder, or of the language's in it; it ends with a slash.

    Returns:
        The path of the page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(FILES / "qr.css", folder)
    if not address.endswith(f"/{home(language())}"):
        address += home(language())
    codes = [(figure.title, figure.subject, urljoin(address, f"{figure.name}.html")) for figure in FIGURES]
    codes.append((say("All lessons"), address, address))
    drawn = [(name, about, link, _draw(link)) for name, about, link in codes]
    title = say("The figures of the book, in motion")
    sheet = folder / "figures.html"
    sheet.write_text(
        template("qr.html.j2").render(title=title, codes=drawn, say=say, language=language), "utf-8"
    )
    return sheet


def _draw(link):
    """Return a QR code as SVG; a quarter of it may be soiled."""
    code = segno.make(link, error="q", micro=False, boost_error=False)
    return code.svg_inline(border=4, omitsize=True, light="#fff")


def _address(text):
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(
            f"expected an address such as https://example.org/cnn/, got {text!r}"
        )
    return text if text.endswith("/") else f"{text}/"


if __name__ == "__main__":
    main()
