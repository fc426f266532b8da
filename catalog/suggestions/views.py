from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.suggestions.forms import SuggestionForm
from catalog.suggestions.mail import mail_suggestion
from catalog.suggestions.models import SuggestionKind
from playbook.http import NEVER_STORED, HttpRequest, sign_in_required

TEMPLATE = "suggestions/suggestion_add.html"


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion_add(request: HttpRequest) -> HttpResponse:
    """Show how to contribute, with the form for signed-in readers; sending it needs an account."""
    if request.method == "POST":
        response = send(request)
    else:
        form = blank(request) if request.user.is_authenticated else None
        article = request.snapshot.articles.get(request.GET.get("article", ""))
        response = render(request, TEMPLATE, {"form": form, "article": article})
    response["Cache-Control"] = NEVER_STORED
    return response


@sign_in_required
@transaction.atomic
def send(request: HttpRequest) -> HttpResponse:
    # Locking the learner makes simultaneous requests see each other's suggestions.
    users = get_user_model()._default_manager.select_for_update()
    learner = get_object_or_404(users, pk=request.user.pk)
    form = SuggestionForm(request.POST, learner=learner, snapshot=request.snapshot)
    if not form.is_valid():
        return render(request, TEMPLATE, {"form": form})
    mail_suggestion(form.save())
    message = _("Thank you. An editor will review your suggestion.")
    link = _("See your suggestions")
    messages.success(request, format_html('{} <a href="#suggestions">{}</a>', message, link))
    # Without a fragment, so that the page opens at the message.
    return redirect("progress:progress_detail")


def blank(request: HttpRequest) -> SuggestionForm:
    """Return an empty form; choose the article if the reader came from its page."""
    slug = request.GET.get("article", "")
    initial = (
        {"kind": SuggestionKind.CORRECTION, "article": slug}
        if slug in request.snapshot.articles
        else {}
    )
    assert not request.user.is_anonymous
    return SuggestionForm(learner=request.user, snapshot=request.snapshot, initial=initial)
