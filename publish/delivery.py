"""What a finished site gets so that it travels well: its service worker, and its files compressed."""

import gzip
import hashlib
import json
from pathlib import Path

_WORKER = Path(__file__).parent / "live" / "sw.js"
_COMPRESSED = {".css", ".html", ".ipynb", ".js", ".json", ".svg"}


def finish(folder):
    """Write sw.js, and the twins that end in .gz, of all that lies in a folder."""
    for twin in folder.rglob("*.gz"):
        twin.unlink()
    worker = folder / "sw.js"
    worker.unlink(missing_ok=True)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {path.relative_to(folder).as_posix(): _sum(path) for path in files}
    # The version is the sum of all: any other file makes another version.
    version = hashlib.sha256(json.dumps(sums).encode()).hexdigest()[:16]
    lines = [f"const VERSION = {json.dumps(version)};", f"const FILES = {json.dumps(sums)};"]
    worker.write_text("\n".join([*lines, _WORKER.read_text("utf-8")]), "utf-8")
    for path in (*files, worker):
        if path.suffix in _COMPRESSED:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _sum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
