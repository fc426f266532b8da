"""Decide all questions of a revision alike."""

from catalog.playbook_file.matching.decisions import ALL, NEW, SAME, placement_key
from catalog.playbook_file.models import Revision
from catalog.playbook_file.revisions.planning import plan


def decide_all(revision: Revision, decision: str) -> int:
    """Answer each question with `NEW` or `SAME`, or with any other text leave all of them open.

    Store the answer of each question, so that single answers can be changed. Keep the layers that
    were decided. Return how many questions are decided.
    """
    layers = {
        key: layer for key, layer in revision.decisions.items() if key.startswith(placement_key(""))
    }
    revision.decisions = {**layers, ALL: decision} if decision in {NEW, SAME} else layers
    questions = plan(revision).merge.questions
    answers = {question.key: question.decision for question in questions if question.decision}
    revision.decisions = {**layers, **answers}
    revision.save(update_fields=["decisions"])
    return len(answers)
