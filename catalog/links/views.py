from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.links.mail import mail_first_report
from catalog.links.models import Report
from catalog.models import Article
from playbook.http import HttpRequest


@require_POST
def report_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Report a broken link, once a day for each learner and article."""
    article: Article = request.snapshot.article(slug)
    if not article.status.is_public:
        raise Http404
    if not request.user.is_authenticated:
        messages.info(
            request, _("Sign in to report a broken link. Editors do not see who reported it.")
        )
        return redirect_to_login(article.get_absolute_url())
    if article.is_retired or not article.url or request.POST.get("url") != article.url:
        messages.info(request, _("That link has changed in the meantime. Nothing was reported."))
    elif Report.objects.file(request.user.pk, article, timezone.now()):
        mail_first_report(article)
        messages.success(request, _("Thank you. The broken link was reported to the editors."))
    else:
        messages.info(request, _("You already reported this link today. Thank you."))
    return HttpResponseRedirect(article.get_absolute_url())
