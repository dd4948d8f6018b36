"""The sheet of QR codes: each is read as a phone reads it, off the printed page."""

import re

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from publish import qr
from publish.places import FIGURES

pytestmark = pytest.mark.slow

ADDRESS = "https://lessons.example.org/deep-learning/chapter-3/"


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    return qr.write(tmp_path_factory.mktemp("qr"), ADDRESS)


def test_every_figure_has_its_code(sheet, page, tmp_path):
    page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots per inch
    page.goto(sheet.as_uri())
    page.emulate_media(media="print")
    items = page.locator("li").all()
    figures = [(figure.title, figure.subject, f"{ADDRESS}{figure.name}.html") for figure in FIGURES]
    for item, (name, about, link) in zip(items, [*figures, ("All lessons", ADDRESS, ADDRESS)], strict=True):
        path = tmp_path / "code.png"
        item.screenshot(path=path)
        (read,) = zxingcpp.read_barcodes(np.asarray(Image.open(path).convert("L")))
        assert read.text == link
        assert item.locator("h2").inner_text() == name
        assert item.locator("p").inner_text() == about
        assert item.locator("svg").bounding_box()["width"] >= 110  # 29 millimetres


def test_all_of_them_stand_on_one_sheet(sheet, page):
    page.goto(sheet.as_uri())
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}zh-Hant/"])
def test_codes_in_chinese_lead_to_the_chinese_pages(address, tmp_path, monkeypatch):
    monkeypatch.setattr(qr, "language", lambda: "zh-Hant")
    links = re.findall(r'href="(http[^"]*)"', qr.write(tmp_path, address).read_text("utf-8"))
    assert links[0] == f"{ADDRESS}zh-Hant/figure-3-1.html"
    assert links[-1] == f"{ADDRESS}zh-Hant/"


@pytest.mark.parametrize("address", ["", "example.org", "ftp://example.org/", "https://example.org/?live"])
def test_an_address_that_is_none_is_refused(address, capsys):
    with pytest.raises(SystemExit):
        qr.main(["--address", address])
    assert "expected an address such as" in capsys.readouterr().err
