import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from playbook import metrics_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playbook.settings")
metrics_files.join()

application = get_wsgi_application()

if settings.SENTRY_DSN:
    from playbook import reports

    reports.start()
