"""The Python of a live page: it runs cells, and carries messages between its widgets and their views.

It runs in a worker of the page. `page` is the way out of it, which worker.js provides: `page.post(text,
buffers)` sends a message, written as JSON.
"""

import ast
import json
import linecache
import os
import symtable
import sys
import time
import traceback
from pathlib import Path

import comm
import page
from comm.base_comm import BaseComm, CommManager
from IPython.lib.pretty import pretty

_VIEW = "application/vnd.jupyter.widget-view+json"
_REPRESENTATIONS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "image/svg+xml": "_repr_svg_",
}
# Packages that the installed lessons have, and live pages do not.
_LACKING = {"PIL", "keras", "matplotlib", "scipy", "skimage", "tensorflow", "tqdm"}
_PAUSE = 0.1  # seconds between two pieces of what is printed
_RECORD = Path.home() / "answers.json"  # helpers/questions/record.py keeps it

_namespace = sys.modules["__main__"].__dict__
_execution = None  # the number of the execution that runs, which its outputs carry
_parent = ""  # the message that is being answered
_known_record = ""
_printed = []  # and not sent yet: (name of the stream, texts)
_sent = 0.0  # when that was done last
_cells = set()  # the names under which tracebacks know them


class PageComm(BaseComm):
    """A comm whose other end is in the page."""

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        """Send a message to the page."""
        message = {"comm": self.comm_id, "data": data or {}, "metadata": metadata or {}, "parent": _parent}
        _post(msg_type, [bytes(buffer) for buffer in buffers or []], **message)


_comms = CommManager()
# Before ipywidgets is imported, which makes comms as soon as it makes a widget.
comm.create_comm = PageComm
comm.get_comm_manager = lambda: _comms


class _Printed:
    """What a cell prints on one of its streams: sent in pieces, in order with what the cell shows."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name = name

    def write(self, text):
        """Take a text."""
        if _printed and _printed[-1][0] == self.name:
            _printed[-1][1].append(text)
        else:
            _printed.append((self.name, [text]))
        # Not each line by itself: a cell may print thousands.
        if time.monotonic() - _sent > _PAUSE:
            _flush()
        return len(text)

    def flush(self):
        """Send what was printed so far."""
        _flush()

    def isatty(self):
        """Tell that this is no terminal."""
        return False


class _Lacking:
    """Stands for what a cell would have made with a package that live pages do not have."""

    def __init__(self, package):
        self.__package = package

    def __getattr__(self, name):
        raise ModuleNotFoundError(name=self.__package)

    def __call__(self, *arguments, **options):
        raise ModuleNotFoundError(name=self.__package)

    @property
    def package(self):
        """Which package it is."""
        return self.__package


def start(language, record):
    """Get ready to run cells.

    Args:
        language: of the page, such as "en".
        record: what the reader answered on earlier visits, the text of a file; "" at first.
    """
    os.environ |= {"CNN_LANGUAGE": language, "CNN_ANSWERS": str(_RECORD)}
    keep_record(record)
    sys.stdout, sys.stderr = _Printed("stdout"), _Printed("stderr")


def keep_record(text):
    """Write down what the reader answered elsewhere: on earlier visits, or in another window."""
    global _known_record
    _known_record = text
    if text:
        _RECORD.write_text(text, "utf-8")
    else:
        _RECORD.unlink(missing_ok=True)


def execute(number, cell, source):
    """Run a cell, and send what comes out of it: what it prints, what it shows, its value or its error.

    Args:
        number: which the outputs carry.
        cell: its id, which a traceback names.
        source: its code.
    """

    def run():
        try:
            _run(f"<{cell}>", source)
        except Exception as error:
            package = _lacking(error) or _lacking_name(source)
            if package is None:
                raise
            _stand_in(source, package)
            _output(type="lacking", lacking=package)

    _answer(number, run)


def prepare(number, source):
    """Run a lesson's cell of imports, but for those of a package that live pages do not have.

    Explorers and questions do without it; where code of the lesson needs it, that cell says so.
    """

    def run():
        for statement in ast.parse(source).body:
            try:
                exec(compile(ast.Module([statement], []), "<imports>", "exec"), _namespace)
            except ImportError as error:
                if _lacking(error) is None:
                    raise
                _stand_in(ast.unparse(statement), _lacking(error))

    _answer(number, run)


def show(value, name=""):
    """Show a value below the cell that runs, in the place of what it has shown under this name."""
    _flush()
    _output(type="display", data=mime_bundle(value), id=name)


def receive(text, buffers):
    """Hand a message of a view to its widget.

    Args:
        text: the message, written as JSON.
        buffers: what is binary in it, as JavaScript has it.
    """
    global _parent
    message = json.loads(text)
    _parent = message["id"]
    try:
        content = {"comm_id": message["comm"], "data": message["data"]}
        _comms.comm_msg(None, None, {"content": content, "buffers": buffers.to_py(), "metadata": {}})
    finally:
        _flush()
        _parent = ""
    _post("idle", id=message["id"])
    _tell_record()


def mime_bundle(value):
    """Return what a page may show for a value: MIME type -> text, or a widget's view."""
    bundle = {}
    if hasattr(value, "_repr_mimebundle_") and not isinstance(value, type):
        made = value._repr_mimebundle_()
        bundle = dict(made[0] if isinstance(made, tuple) else made)
    for mime, name in _REPRESENTATIONS.items():
        if mime not in bundle and hasattr(value, name) and not isinstance(value, type):
            bundle[mime] = getattr(value, name)()
    bundle.setdefault("text/plain", pretty(value))
    if _VIEW in bundle:
        # The view takes the place of the picture and the words that a lesson shows before it runs.
        return {_VIEW: bundle[_VIEW], "text/plain": bundle["text/plain"]}
    if "text/markdown" in bundle:
        from publish.page_html import markdown

        bundle["text/html"] = markdown(bundle["text/markdown"])
    if "text/html" in bundle:
        from publish.page_html import for_page

        bundle["text/html"] = for_page(bundle["text/html"])
    return bundle


def _answer(number, run):
    """Call `run()`, and send what comes out of it under this number."""
    global _execution
    _execution = number
    try:
        run()
    except BaseException as error:  # whatever the reader's code raises is told to the reader
        _flush()
        text = _traceback(error)
        _output(type="error", name=type(error).__name__, message=str(error), traceback=text)
    _flush()
    _post("done", number=number)
    _tell_record()


def _run(name, source):
    """Run the code of a cell, and show its last expression's value, unless a semicolon follows it."""
    _cells.add(name)
    # So that tracebacks, and `inspect.getsource`, find the lines of the cell.
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    tree, last = ast.parse(source, name), None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, name, "exec"), _namespace)
    if last is not None:
        value = eval(compile(last, name, "eval"), _namespace)
        if value is not None:
            show(value)


def _lacking(error):
    """Return the package without which an error would not have come, if live pages do not have it."""
    while isinstance(error, ImportError):
        package = (error.name or "").partition(".")[0]
        if package in _LACKING:
            return package
        error = error.__cause__ or error.__context__  # helpers say it in their own words
    return None


def _lacking_name(source):
    """Return the package for want of which a name of this code could not be made, or None."""
    try:
        used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    except SyntaxError:
        return None
    found = [_namespace[name] for name in sorted(used) if type(_namespace.get(name)) is _Lacking]
    return found[0].package if found else None


def _stand_in(source, package):
    """Let the names that this code could not make say what they need, where code below uses them."""
    for name in symtable.symtable(source, "cell", "exec").get_symbols():
        if name.is_assigned():
            _namespace[name.get_name()] = _Lacking(package)
        elif name.is_imported():
            _namespace.setdefault(name.get_name(), _Lacking(package))


def _traceback(error):
    """Write down which lines of the reader's cells led to an error, where it came up, and what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    shown = [
        frame
        for frame in frames
        if frame.filename in _cells or (frame is frames[-1] and frame.filename != __file__)
    ]
    return "".join(traceback.format_list(shown) + traceback.format_exception_only(error))


def _output(**output):
    _post("output", number=_execution, output=output)


def _flush():
    """Send what was printed so far."""
    global _sent
    for name, texts in _printed:
        _output(type="stream", name=name, text="".join(texts))
    _printed.clear()
    _sent = time.monotonic()


def _post(kind, buffers=(), **message):
    page.post(json.dumps({"type": kind, **message}), list(buffers))


def _tell_record():
    """Send the record of answers to the page, which keeps it, if it has changed."""
    global _known_record
    text = _RECORD.read_text("utf-8") if _RECORD.exists() else ""
    if text != _known_record:
        _known_record = text
        _post("record", text=text)
