"""What every business of the mutuality shares; it knows none of them."""

from partenamut.celery import app as celery_app

__all__ = ["celery_app"]
