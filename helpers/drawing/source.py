"""How a lesson shows the code that it explains."""

import ast
import inspect
import reprlib
from pathlib import Path

from IPython.display import Markdown

_PROJECT = Path(__file__).resolve().parents[2]


def show_source(function):
    """Show the code of a function as it stands in helpers/, of its docstring only the first line.

    Args:
        function: a function of the project.

    Returns:
        Its source, coloured, under the name of its file.

    Raises:
        TypeError: it is not a function of the project.
    """
    try:
        file = Path(inspect.getsourcefile(function)).relative_to(_PROJECT).as_posix()
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"expected a function of this project, got {reprlib.repr(function)}; "
            "pass the function itself, such as conv2d, without parentheses"
        ) from error
    source = inspect.getsource(function)
    lines = source.splitlines()
    definition = ast.parse(source).body[0]
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        first = lines[docstring.lineno - 1].removesuffix('"""') + '"""'
        lines[docstring.lineno - 1 : docstring.end_lineno] = [first]
    code = "\n".join(lines)
    return Markdown(f"`{file}`\n```python\n{code}\n```")
