"""What is written in more than one file agrees."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers import explorers
from helpers.chapter import FIGURE_3_2_INPUT
from publish.documents import documents

PROJECT = Path(__file__).parents[1]
METADATA = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
DOCUMENTS = [
    *("README.md", "CONTRIBUTING.md", "benchmarks/README.md", "data/SOURCES.md"),
    *("docs/publishing.md", "docs/servers.md", "docs/teaching.md"),
    *("README.zh-Hant.md", "docs/publishing.zh-Hant.md", "docs/teaching.zh-Hant.md"),
]


def pins():
    lines = (PROJECT / "constraints.txt").read_text().splitlines()
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def dependencies():
    extras = METADATA["optional-dependencies"]
    return [Requirement(line) for line in [*METADATA["dependencies"], *extras["test"]]]


@pytest.mark.parametrize("requirement", dependencies(), ids=str)
def test_every_dependency_is_pinned_to_a_version_it_allows(requirement):
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("name", pins())
def test_every_pin_runs_on_the_first_release_of_each_python(name):
    # A Linux distribution may carry 3.11.2; pip then refuses what asks for 3.11.5.
    pythons = [f"3.{minor}.0" for minor in range(8, 30)]
    allowed = list(SpecifierSet(METADATA["requires-python"]).filter(pythons))
    needed = SpecifierSet(metadata(name)["Requires-Python"] or "")
    assert list(needed.filter(allowed)) == allowed, f"{needed}: pin an older version in constraints.txt"


def test_environment_adds_only_python_and_pip_to_the_list_in_pyproject():
    # Read line by line: the file is ours and flat, and a YAML parser would be a dependency for one test.
    lines = [line.strip() for line in (PROJECT / "environment.yml").read_text().splitlines()]
    entries = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    channel, python, *rest = entries
    assert channel == "conda-forge"
    assert rest == ["pip", "pip:", "--constraint constraints.txt", "--editable .[test]"]
    name, version = python.split("=")
    assert name == "python"
    assert SpecifierSet(METADATA["requires-python"]).contains(version)


def test_makefile_and_pyproject_name_the_same_pythons():
    makefile = (PROJECT / "Makefile").read_text()
    bounds = re.search(r"\((\d+, \d+)\) <= sys.version_info\[:2\] <= \((\d+, \d+)\)", makefile)
    allowed = SpecifierSet(METADATA["requires-python"])
    versions = [f"3.{minor}" for minor in range(8, 30) if allowed.contains(f"3.{minor}")]
    assert [versions[0], versions[-1]] == [bound.replace(", ", ".") for bound in bounds.groups()]


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "data/SOURCES.md", "docs/output_size_explorer.svg"]
)
def test_documents_show_what_the_code_says(name):
    assert (PROJECT / name).read_text() == documents()[name], "run `make readme`"


def test_chinese_documents_show_what_the_code_says():
    program = "import json; from publish.documents import documents; print(json.dumps(documents()))"
    environment = os.environ | {"CNN_LANGUAGE": "zh-Hant"}
    run = [sys.executable, "-c", program]
    made = json.loads(
        subprocess.run(run, env=environment, cwd=PROJECT, capture_output=True, check=True).stdout
    )
    assert sorted(made) == ["README.zh-Hant.md", "docs/output_size_explorer.zh-Hant.svg"]
    assert made == {name: (PROJECT / name).read_text("utf-8") for name in made}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files(document):
    path = PROJECT / document
    targets = re.findall(r"\]\(([^)# ]+)", path.read_text())
    for target in targets:
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_readme_and_help_name_only_targets_that_exist():
    makefile = (PROJECT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    guides = [name for name in DOCUMENTS if name.startswith("docs/")]
    for document in ("README.md", "CONTRIBUTING.md", *guides):
        text = (PROJECT / document).read_text()
        named = re.findall(r"(?:`|^)make ([a-z]+)", text, flags=re.MULTILINE)
        assert set(named) <= targets, document
        assert named, document


def test_the_teachers_guide_names_every_explorer_of_the_lessons_and_no_other():
    guide = (PROJECT / "docs" / "teaching.md").read_text()
    assert set(re.findall(r"`(\w+Explorer)`", guide)) == set(explorers.__all__)


def test_continuous_integration_runs_the_command_of_the_readme():
    assert "\nmake test" in (PROJECT / ".ci" / "run").read_text()
    assert "\nmake test" in (PROJECT / "README.md").read_text()


def test_what_publishes_the_pages_is_pinned_and_may_do_no_more_than_that():
    workflow = (PROJECT / ".github" / "workflows" / "pages.yml").read_text()
    makefile = (PROJECT / "Makefile").read_text()
    for target in re.findall(r"run: make (\w+)", workflow):
        assert re.search(f"^{target}:", makefile, flags=re.MULTILINE)
    actions = re.findall(r"uses: (.*)", workflow)
    assert len(actions) == 4
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v[\d.]+", action) for action in actions)
    # Nothing is granted to all jobs, and only the one that runs no code of ours may publish.
    assert "\npermissions: {}\n" in workflow
    build, publish = workflow.split("  publish:")
    assert re.findall(r"[\w-]+: (?:write|read)\b", build) == ["contents: read"]
    assert re.findall(r"[\w-]+: (?:write|read)\b", publish) == ["pages: write", "id-token: write"]
    assert "run:" not in publish


def test_the_moving_picture_shows_each_step_in_its_turn_and_rests_for_those_who_want_it():
    picture = (PROJECT / "docs" / "output_size_explorer.svg").read_text()
    assert len(picture) < 600_000
    turns = re.findall(r"(\d+\.\d+)%\{visibility:visible\}(\d+\.\d+)%\{visibility:hidden\}", picture)
    assert len(turns) == picture.count('class="frame"') == 9 + 25 + 9
    starts, ends = zip(*turns, strict=True)
    assert starts == ("0.000", *ends[:-1])
    assert ends[-1] == "100.000"
    assert "prefers-reduced-motion:reduce" in picture
    assert picture.count("Height and width: d = (4 − 2 + 2·1)/2 + 1 = 3") == 9


def test_the_explorer_that_contributing_shows_works():
    source = re.search(r"```python\n(.*?)```", (PROJECT / "CONTRIBUTING.md").read_text(), re.DOTALL)[1]
    names = {}
    exec(source, names)
    explorer = names["WindowMeanExplorer"]()
    explorer.set(side=3)
    explorer.click("output-1-0")
    assert explorer.state == {"side": 3, "cell": 3}
    mean = np.mean(FIGURE_3_2_INPUT[1:4, 0:3])
    assert explorer.summary == f"The mean of this window is {mean:.2f}."
