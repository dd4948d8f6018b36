// Run in Node by archives.py, which hands over as JSON: `archives`, {path: where Python finds their modules},
// `pyodide`, the folder of its files, and `imports`, the code with which lessons begin.
//
// Starts Python as a page does, and compiles what was imported, so that no page has to. The project's own modules
// keep their source as well: lessons show it, and errors quote it.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { loadPyodide } from "pyodide";

const inside = (path) => `/tmp/${basename(path)}`; // an archive, in Python's own file system

const { archives, pyodide, imports } = JSON.parse(readFileSync(0, "utf-8"));
const python = await loadPyodide({ indexURL: pyodide });
for (const [path, home] of Object.entries(archives)) {
  const content = new Uint8Array(readFileSync(path));
  python.FS.writeFile(inside(path), content);
  if (!home.endsWith(".zip")) python.unpackArchive(content, "zip", { extractDir: home });
}
python.registerJsModule("page", {
  post(text) {
    if (JSON.parse(text).output?.type === "error") throw new Error(text);
  },
});
const kernel = python.pyimport("kernel");
for (const source of imports) kernel.prepare(0, source);
python.runPython(`
import importlib._bootstrap_external as machinery
import sys
import zipfile

import publish.page_html  # which kernel imports when it shows something

OWN = ("helpers/", "publish/", "kernel.py")


def compile_imported(path, home):
    """Compile those modules of an archive that were imported from this home."""
    imported = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name in [name for name in files if name.endswith(".py") and f"{home}/{name}" in imported]:
        code = compile(files[name], f"{home}/{name}", "exec", dont_inherit=True)
        # Such that Python does not ask whether the source has changed.
        content = bytes(machinery._code_to_hash_pyc(code, bytes(8), False))
        if name.startswith(OWN):
            folder, slash, file = name.rpartition("/")
            files[f"{folder}{slash}__pycache__/{file.removesuffix('.py')}.cpython-312.pyc"] = content
        else:
            files[f"{name}c"] = content
            del files[name]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
`);
const compileImported = python.globals.get("compile_imported");
for (const [path, home] of Object.entries(archives)) {
  compileImported(inside(path), home);
  writeFileSync(path, python.FS.readFile(inside(path)));
}
