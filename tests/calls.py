"""Read off the source what a test calls, and what computes the value that a lesson's cell shows."""

import ast
from functools import cache
from pathlib import Path

from reading import lesson_cells

PROJECT = Path(__file__).parents[1]


def called_by_test(file, test):
    """List what a test calls, itself or by helpers in tests/: (module, name)."""
    return _reached({(file.removesuffix(".py"), test)}, lambda module: not module.startswith("helpers."))


def shown_by_cell(lesson, cell):
    """List what computes the value that a cell of a lesson shows: (module, name)."""
    statements, imports = _until(lesson, cell)
    return _reached(_computing(statements, imports), lambda module: module.startswith("helpers."))


def _reached(start, follow):
    """Follow names through the modules that may be followed; return every (module, name) on the way."""
    seen, new = set(), set(start)
    while new:
        seen |= new
        new = {used for module, name in new if follow(module) for used in _uses(module, name)} - seen
    return seen


def _uses(module, name):
    """List what the definition of a name uses, or what the name is imported from."""
    source = _source(module)
    if source is None:
        return set()
    definitions, imports = source
    if name in imports:
        return {imports[name]}
    return {_meaning(used, imports, module) for node in definitions.get(name, []) for used in _names(node)}


@cache
def _source(module):
    """Parse a module: name -> nodes that bind it, name -> (module, name) it is imported from.

    None where helpers/ and tests/ have no such module.
    """
    path = module.replace(".", "/")
    files = [PROJECT / place for place in (f"{path}.py", f"{path}/__init__.py", f"tests/{path}.py")]
    file = next((file for file in files if file.is_file()), None)
    if file is None:
        return None
    tree, definitions = ast.parse(file.read_text()), {}
    for node in tree.body:
        for name in _bound(node):
            definitions.setdefault(name, []).append(node)
    return definitions, _imports(tree)


def _imports(tree):
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _bound(node):
    """List the names that a statement gives a value."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not _is_read(part)}


def _names(node):
    """List the names that a node reads, also "name.attribute", and a function's arguments, the fixtures."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and _is_read(part):
            yield part.id
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            yield f"{part.value.id}.{part.attr}"
        elif isinstance(part, ast.arg):
            yield part.arg
        elif isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            yield part.target.id


def _is_read(name):
    return isinstance(name.ctx, ast.Load)


def _meaning(used, imports, module):
    """Return the (module, name) that a used name stands for."""
    name, _, attribute = used.partition(".")
    if attribute and name in imports:
        return ".".join(imports[name]), attribute
    return imports.get(name, (module, name))


def _until(lesson, wanted):
    """Parse a lesson up to the end of a cell: a list of statements for each cell, and what is imported."""
    cells, imports = [], {}
    for cell in lesson_cells(lesson):
        if cell.cell_type == "code":
            tree = ast.parse(cell.source)
            cells.append(tree.body)
            imports |= _imports(tree)
        if cell.id == wanted:
            return cells, imports
    raise KeyError(wanted)


def _computing(cells, imports):
    """List what the last cell's value is computed by, or is asserted to be equal to, in the lesson."""
    shown = cells[-1][-1]
    assert isinstance(shown, ast.Expr), "the cell shows nothing"
    earlier = [node for cell in cells for node in cell][:-1]
    variables = {name for node in earlier for name in _bound(node)}
    start = set(_names(shown))
    for node in cells[-1]:
        if isinstance(node, ast.Assert) and variables & start & set(_names(node)):
            start |= set(_names(node))
    found, seen = set(), set()
    todo = {(name, len(earlier)) for name in start}
    while todo:
        name, before = todo.pop()
        seen.add((name, before))
        places = [place for place in range(before) if name in _bound(earlier[place])]
        if places:
            todo |= {(used, places[-1]) for used in _names(earlier[places[-1]])} - seen
        else:
            found.add(_meaning(name, imports, "the lesson"))
    return found
