"""The admin of playbook files; Django imports this package to register it."""

from catalog.playbook_file.admin import questions, revisions

__all__ = ["questions", "revisions"]
