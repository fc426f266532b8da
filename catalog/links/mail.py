"""Mail to editors about a report of a broken link."""

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.links.models import Report
from catalog.models import Article
from playbook.editor_mail import mail_editors, register

DECIDING = "catalog.change_article"


def register_mail() -> None:
    register(DECIDING)


def mail_first_report(article: Article) -> None:
    """Mail about the first report of a link; more reports of it are in the queue already."""
    if Report.objects.unsettled().filter(article=article.pk).count() != 1:
        return
    subject = _("Broken link: %(title)s") % {"title": article.title}
    address = reverse("admin:links_brokenlink_change", args=[article.pk])
    context = {"article": article, "address": address}
    mail_editors(DECIDING, subject, "links/mail/new_report.txt", context)
