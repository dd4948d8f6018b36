"""What readers see in words comes from the catalogue, in whole sentences, and the catalogue is complete."""

import ast
import json
import os
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from helpers import language
from helpers.language import say, say_count

PROJECT = Path(__file__).parents[1]
CATALOGUE = PROJECT / "locale" / "helpers.pot"
FILES = sorted(path for folder in ("helpers", "publish") for path in (PROJECT / folder).rglob("*.py"))
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PROJECT).as_posix())
# Words of formulas, and Keras's names of layers, which no language translates.
FORMULA_WORDS = {"ReLU", "max", "exp", "RGB", "MNIST", "CIFAR", "conv", "pool", "relu"}
# Everything that the explorers show at first, with where it is shown.
SHOW_ALL = """
import json, re
from xml.etree import ElementTree
from helpers import explorers
from helpers.drawing.picture import RUN_HINT
texts = {"hint": [re.sub("<[^>]*>", "", RUN_HINT)]}
for name in explorers.__all__:
    explorer = getattr(explorers, name)()
    shown = [element.text or "" for element in ElementTree.fromstring(explorer.view.svg).iter()]
    for control in explorer.controls.values():
        shown += [getattr(control, "description", ""), getattr(control, "tooltip", "") or ""]
        shown += [str(label) for label in getattr(control, "_options_labels", ())]
    texts[name] = [*shown, explorer.summary]
print(json.dumps(texts))
"""


def sentences(path):
    """Yield each call of say or say_count in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "say_count"):
            yield node


def keys(call):
    return call.args[: 1 if call.func.id == "say" else 2]


@pytest.fixture
def brackets(tmp_path, monkeypatch):
    """Make [brackets] around each sentence the reader's language; return what a child process needs."""
    with open(CATALOGUE, encoding="utf-8") as file:
        catalogue = read_po(file, locale="en")
    for message in catalogue:
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            translated = tuple(f"[{form}]" for form in forms)
            message.string = translated if isinstance(message.id, tuple) else translated[0]
    folder = tmp_path / "brackets" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with open(folder / "helpers.mo", "wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    monkeypatch.setenv("CNN_LANGUAGE", "brackets")
    language._catalogue.cache_clear()
    yield f"import pathlib\nfrom helpers import language\nlanguage.LOCALE = pathlib.Path({str(tmp_path)!r})\n"
    language._catalogue.cache_clear()


def test_english_needs_no_catalogue():
    assert say("The output is {height} × {width}.", height=4, width=5) == "The output is 4 × 5."
    assert [say_count("{count} window", "{count} windows", n) for n in (1, 2)] == ["1 window", "2 windows"]


def test_a_translation_takes_the_place_of_the_sentence(brackets):
    assert say("Start here") == "[Start here]"


@each_file
def test_every_sentence_is_written_out_where_it_is_said(path):
    for call in sentences(path):
        for key in keys(call):
            assert isinstance(key, ast.Constant), f"line {call.lineno}: Babel cannot read this sentence"
            assert isinstance(key.value, str)


@each_file
def test_nothing_is_said_inside_of_a_formatted_string(path):
    """Babel does not look into one before Python 3.12."""
    inside = {
        inner.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") in ("say", "say_count")
    }
    assert not inside


@each_file
def test_every_name_in_a_sentence_gets_a_value(path):
    for call in sentences(path):
        given = {keyword.arg for keyword in call.keywords}
        if None in given:
            continue  # **values, filled in when it is said
        given |= {"count"} if call.func.id == "say_count" else set()
        for key in keys(call):
            named = {name for _, name, _, _ in string.Formatter().parse(key.value) if name}
            assert named | (given & {"count"}) == given, f"line {call.lineno}"


@each_file
def test_no_formatted_string_holds_a_sentence(path):
    """Two words in a row are a sentence, except in errors (all that the reference says) and in markup."""
    if "reference" in path.parts:
        return
    tree = ast.parse(path.read_text("utf-8"))
    errors = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Raise) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in errors:
            text = " ".join(part.value for part in node.values if isinstance(part, ast.Constant))
            if not set(text) & set("<={"):
                assert not re.search(r"[A-Za-z]{2,} [a-z]{2,}", text), f"line {node.lineno}: {text}"


def test_the_catalogue_lists_every_sentence(tmp_path):
    makefile = (PROJECT / "Makefile").read_text()
    command = re.search(r"pybabel (.*?)\n\n", makefile, re.DOTALL)[1].replace("\\\n", " ").split()
    command[command.index("locale/helpers.pot")] = str(tmp_path / "helpers.pot")
    subprocess.run([Path(sys.executable).with_name("pybabel"), *command], check=True, cwd=PROJECT)
    assert (tmp_path / "helpers.pot").read_text() == CATALOGUE.read_text(), "run `make words`"


def test_explorers_say_nothing_without_the_catalogue(brackets):
    result = subprocess.run(
        [sys.executable, "-c", brackets + SHOW_ALL],
        check=True,
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
        text=True,
    )
    unsaid = {}
    for name, texts in json.loads(result.stdout).items():
        rest = "\n".join(texts)  # a sentence may run over several lines of a picture
        while rest != (rest := re.sub(r"\[[^\[\]]*\]", " ", rest)):
            pass
        if words := set(re.findall(r"[A-Za-z]{3,}", rest)) - FORMULA_WORDS:
            unsaid[name] = sorted(words)
    assert not unsaid
