"""The catalogue as something that rendered pages depend on."""

from playbook.rendering.dependencies import Dependency

CATALOG = Dependency(
    "CATALOG",
    lambda request: request.snapshot.key,
    attributes=frozenset({"snapshot"}),
    tables=("catalog_", "playbook_file_", "prompts_", "cases_", "prerequisites_"),
    store=lambda request: request.snapshot.rendered,
)
"""The catalogue as this reader may see it, and its revisions."""
