from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.links.models import Report
from catalog.models import Article
from playbook.http import HttpRequest


@require_POST
def report_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Tells the editors that the link is broken: once a day, learner and article."""
    article: Article = request.snapshot.article(slug)
    if not article.status.is_public:
        raise Http404
    if not request.user.is_authenticated:
        messages.info(request, _("Sign in to report a broken link. It tells no one who you are."))
        return redirect_to_login(article.get_absolute_url())
    if article.is_retired or not article.url or request.POST.get("url") != article.url:
        messages.info(request, _("That link was changed meanwhile; nothing was reported."))
    elif Report.objects.file(request.user.pk, article, timezone.now()):
        messages.success(request, _("Thank you: the editors know now that the link is broken."))
    else:
        messages.info(request, _("You told the editors today already: they know, thank you."))
    return HttpResponseRedirect(article.get_absolute_url())
