"""Write what the documents show of the code and the recordings, and README's picture: `make readme`."""

import ast
import graphlib
import hashlib

from helpers.chapter.equation_map import equation_table
from helpers.chapter.lessons import lesson_notes, lesson_table
from helpers.language import language
from helpers.programs.compared import conditions, recorded_variants, variants_table
from helpers.programs.variants import GROUPS
from publish.lesson_html import PROJECT
from publish.moving_picture import moving_picture

_FOLDERS = ("helpers", "publish", "benchmarks")


def main():
    """Write each document anew."""
    for name, text in documents().items():
        (PROJECT / name).write_text(text, "utf-8")


def documents():
    """Return the text that each document in the reader's language should have, by its name."""
    if language() != "en":
        lessons = f"{lesson_table(f'notebooks/{language()}/')}\n\n{lesson_notes()}"
        made = _written({f"README.{language()}.md": {"lessons": lessons}})
        return made | {f"docs/output_size_explorer.{language()}.svg": moving_picture()}
    parts = {
        "README.md": {
            "lessons": f"{lesson_table('notebooks/en/')}\n\n{lesson_notes()}",
            "equations": equation_table("notebooks/en/", project_folder=""),
            "variants": variants_tables(),
        },
        "CONTRIBUTING.md": {"rooms": rooms_picture()},
        "data/SOURCES.md": {"variants": variants_files()},
    }
    return _written(parts) | {"docs/output_size_explorer.svg": moving_picture()}


def _written(parts):
    return {name: _with_parts((PROJECT / name).read_text("utf-8"), part) for name, part in parts.items()}


def _with_parts(text, parts):
    for mark, part in parts.items():
        start, end = f"<!-- {mark}: written by make readme -->\n", f"<!-- end of {mark} -->\n"
        before, written = text.split(start)
        _, after = written.split(end)
        text = f"{before}{start}{part}\n{end}{after}"
    return text


def variants_tables():
    """Write what the recorded variants came to, a table for each group of which some are recorded."""
    groups = [group for group in GROUPS if recorded_variants(group)]
    return "\n\n".join(f"{variants_table(group)}\n\n{conditions(group)}" for group in groups)


def variants_files():
    """List the files of the recorded variants with the command that made each, and its sum."""
    lines = ["| file | made by | sha256 |", "|---|---|---|"]
    runs = [run for group in GROUPS for some in recorded_variants(group).values() for run in some]
    for run in runs:
        seed, model = run.about["seed"], run.about["model"]
        command = f"`python -m helpers.training {model} --epochs {run.epochs} --seed {seed}`"
        for file in ("history.json", "result.npz"):
            path = f"runs/{model}-seed{seed}/{file}"
            found = hashlib.sha256((PROJECT / "data" / path).read_bytes()).hexdigest()
            lines.append(f"| `{path}` | {command} | `{found}` |")
    return "\n".join(lines)


def rooms_picture():
    """Draw the rooms and what each imports as a Mermaid graph; what follows from other arrows is left out."""
    arrows = room_imports()
    lines = ["```mermaid", "flowchart BT"]
    # Sorted, so that the picture comes out the same every time.
    ordered = graphlib.TopologicalSorter({name: sorted(arrows[name]) for name in sorted(arrows)})
    for name in ordered.static_order():
        indirect = set().union(*(_below(target, arrows) for target in arrows[name]))
        lines += [f"  {name} --> {target}" for target in sorted(arrows[name] - indirect)]
    return "\n".join([*lines, "```"])


def _below(name, arrows):
    return arrows[name].union(*(_below(target, arrows) for target in arrows[name]))


def room_imports():
    """Compute room -> the other rooms that its files import; a room is a folder or file of helpers."""
    arrows = {room(path): set() for path in modules()}
    for path in modules():
        for module in imported_modules(path):
            parts = module.split(".")
            target = parts[1] if parts[0] == "helpers" and len(parts) > 1 else parts[0]
            if target in arrows and target != room(path):
                arrows[room(path)].add(target)
    return arrows


def modules():
    """List the Python files whose imports count."""
    found = sorted(path for folder in _FOLDERS for path in (PROJECT / folder).rglob("*.py"))
    return [path for path in found if path != PROJECT / "helpers" / "__init__.py"]


def room(path):
    """Return the room that a file belongs to."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return parts[1] if parts[0] == "helpers" else parts[0]


def imported_modules(path):
    """Yield the modules that a file imports, also those inside of functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module == "helpers":
                yield from (f"helpers.{name.name}" for name in node.names)


if __name__ == "__main__":
    main()
