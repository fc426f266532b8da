import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playbook.settings")

application = get_wsgi_application()

if settings.SENTRY_DSN:
    from playbook.observing import reports

    reports.start()
