"""How a lesson shows the code that it explains."""

import ast
import inspect
import reprlib
import textwrap
from pathlib import Path

from IPython.display import Markdown

_PROJECT = Path(__file__).resolve().parents[2]


def show_source(*functions):
    """Show the code of functions as it stands in helpers/, of their docstrings only the first line.

    Args:
        functions: functions, classes or methods of the project.

    Returns:
        Their sources, coloured, each under the name of its file.

    Raises:
        TypeError: one is not a function of the project.
    """
    return Markdown("\n\n".join(_source(function) for function in functions))


def _source(function):
    try:
        file = Path(inspect.getsourcefile(function)).relative_to(_PROJECT).as_posix()
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"expected a function of this project, got {reprlib.repr(function)}; "
            "pass the function itself, such as conv2d, without parentheses"
        ) from error
    source = textwrap.dedent(inspect.getsource(function))  # a method is indented
    lines = source.splitlines()
    definition = ast.parse(source).body[0]
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        first = lines[docstring.lineno - 1].removesuffix('"""') + '"""'
        lines[docstring.lineno - 1 : docstring.end_lineno] = [first]
    code = "\n".join(lines)
    return f"`{file}`\n```python\n{code}\n```"
