import sys

from django.core.management.base import BaseCommand

from playbook.doctor.examination import examine
from playbook.doctor.findings import Finding, Level


class Command(BaseCommand):
    help = "Examine the site and what it needs; exit with 1 if there is a problem."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        levels = []
        for about, finding in examine():
            self.stdout.write(line_of(about, finding))
            levels.append(finding.level)
        if Level.PROBLEM in levels:
            sys.exit(1)


def line_of(about: str, finding: Finding) -> str:
    line = f"{finding.level:8} {about:13} {finding.sentence}"
    return f"{line}\n{'':22} → {finding.advice}" if finding.advice else line
