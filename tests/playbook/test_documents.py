"""Everything that the guides, the Makefile and the container files name exists."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from tests.playbook.configured import configured
from tests.settings import VARIABLES

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "Makefile", "Dockerfile", "compose.yaml")
    for path in ROOT.glob(pattern)
)
MAKEFILE = (ROOT / "Makefile").read_text()
# What the Makefile calls its own, what it may be told, and the variables of the container images.
OTHERS = {
    *re.findall(r"^([A-Z_]+) :?=", MAKEFILE, re.MULTILINE),
    "PYTHON",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD",
    "POSTGRES_USER",
    "PYTHONUNBUFFERED",
}


ASSIGNED = re.compile(r"\b(SITE_URL|DATABASE_URL|EMAIL_URL)=([^\s`]+)")
BY_SCHEME = {
    "DATABASE_URL": re.compile(r"\b(?:sqlite|postgres\w*)://[^\s`,)]+"),
    "EMAIL_URL": re.compile(r"\b(?:(?:smtp\S*|subm\w+)://[^\s`,)]+|console:)"),
}


def example_addresses() -> list[tuple[str, str]]:
    """Variable and value of every address that a guide or the example gives for one of them."""
    addresses = set()
    for document in [*DOCUMENTS, ROOT / ".env.example"]:
        if document.suffix not in {".md", ".example"}:
            continue
        text = document.read_text()
        addresses.update(ASSIGNED.findall(text))
        for name, pattern in BY_SCHEME.items():
            addresses.update((name, value) for value in pattern.findall(text))
    return sorted(addresses)


def variables_read() -> set[str]:
    """Return the variables that settings.py reads, and those read before it."""
    variables = set()
    programs = [ROOT / "playbook" / name for name in ("starting/preflight.py", "settings.py")]
    for call in ast.walk(ast.parse("\n".join(program.read_text() for program in programs))):
        if not isinstance(call, ast.Call):
            continue
        reader = ast.unparse(call.func)
        if reader == "variable":
            variables.add(ast.literal_eval(call.args[1]))
        elif reader in {"env.str", "os.environ.get"}:
            variables.add(ast.literal_eval(call.args[0]))
    return variables


def test_the_example_env_file_lists_exactly_the_variables_that_exist() -> None:
    assert variables_read() == VARIABLES


def test_each_variable_of_the_example_env_file_is_explained() -> None:
    blocks = (ROOT / ".env.example").read_text().strip().split("\n\n")
    for block in blocks[1:]:
        explanation = [line for line in block.splitlines() if not re.match(r"(# )?[A-Z_]+=", line)]
        assert explanation, block
        assert all(line.startswith("# ") for line in explanation), block


def test_only_the_secret_key_has_to_be_set() -> None:
    active = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert active == [("SECRET_KEY", "")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_variables_named_in_the_guides_exist(document: Path) -> None:
    text = document.read_text()
    named = set(re.findall(r"\b([A-Z][A-Z_]{2,})(?==)", text))
    named |= set(re.findall(r"`([A-Z]+_[A-Z_]+)`", text))
    of_django = {*dir(settings), *settings.DATABASES["default"]}
    assert named - VARIABLES - OTHERS - of_django == set()


def test_addresses_of_each_kind_are_found() -> None:
    assert {name for name, _value in example_addresses()} == {
        "SITE_URL",
        "DATABASE_URL",
        "EMAIL_URL",
    }


@pytest.mark.parametrize(("name", "value"), example_addresses())
def test_addresses_given_as_examples_are_accepted(
    name: str, value: str, capfd: pytest.CaptureFixture[str]
) -> None:
    filled_in = value.replace(":PORT", ":5000")
    configured(**{name: filled_in})
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_named_in_the_guides_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(
        re.findall(r"(?:`|^ *|&& |=\d+ )make ([a-z][a-z-]+)", document.read_text(), re.MULTILINE)
    )
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_linked_in_the_guides_exist(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_direct_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    direct = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=;]", requirement)[0] for requirement in direct}
    listed = re.findall(
        r"^\| ([A-Za-z0-9-]+) \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE
    )
    heads = ["file", "package", "package"]
    assert sorted(listed) == sorted([*names, *heads])


def test_every_test_that_a_guide_names_exists() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)\(", sources))
    guides = "\n".join(path.read_text() for path in ROOT.glob("docs/*.md"))
    named = set(re.findall(r"`(test_\w+)`", guides))
    assert named
    assert named - tests == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_named_in_the_guides_exist(document: Path) -> None:
    named = re.findall(
        r"(?<![/\w])(?:playbook|accounts|catalog|progress|bench)/[\w/]+\.py\b", document.read_text()
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


def as_shown(text: str) -> str:
    """Return a text with “…” for what differs, and without its capitals and line ends."""
    varies = re.sub(r"{{.*?}}|%\(\w+\)s", "…", text.replace("’", "'"))
    return " ".join(varies.split()).casefold()


def test_what_the_guide_for_learners_calls_by_name_is_on_the_site() -> None:
    guide = as_shown((ROOT / "docs/learners.md").read_text())
    named = set(re.findall(r"(?<![*\w])\*([a-z][^*]+?)\*(?![*\w])", guide))
    apps = ("accounts", "catalog", "playbook", "progress")
    files = [path for app in apps for path in ROOT.glob(f"{app}/**/*.py")]
    files += [*ROOT.glob("templates/**/*.html"), ROOT / "fixtures/statuses.json"]
    site = as_shown("\n".join(path.read_text() for path in files))
    assert len(named) > 50
    assert [name for name in sorted(named) if name not in site] == []
