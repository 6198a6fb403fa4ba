"""The Celery application: tasks take ids, the database knows what is done."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partenamut.settings.dev")

app = Celery("partenamut")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
