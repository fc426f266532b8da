"""The admin of the catalogue. Progress is private to each learner and is not in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalog.admin.articles import ArticleAdmin
from catalog.admin.entries import EntryAdmin
from catalog.admin.layers import LayerAdmin, StatusAdmin
from catalog.admin.sections import SectionAdmin

__all__ = ["ArticleAdmin", "EntryAdmin", "LayerAdmin", "SectionAdmin", "StatusAdmin"]

admin.site.site_header = _("System Design Playbook: editing")
admin.site.site_title = _("System Design Playbook")
admin.site.index_title = _("Overview")
