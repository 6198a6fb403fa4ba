"""Work behind the pages of the registry."""

from celery import shared_task
from django.utils import timezone

from partenamut.registry import services
from partenamut.registry.models import MemberImport


@shared_task
def import_members(import_id: int) -> None:
    """Takes the next lines of an import over, then rings for the ones behind them."""
    member_import = MemberImport.objects.select_related("created_by").get(pk=import_id)
    if member_import.status != MemberImport.Status.RUNNING:
        return
    if services.take_over(member_import=member_import, at=timezone.now()):
        import_members.delay(import_id)


@shared_task
def continue_imports() -> None:
    """Rings for every import that was cut short."""
    running = MemberImport.objects.filter(status=MemberImport.Status.RUNNING)
    for import_id in running.values_list("pk", flat=True):
        import_members.delay(import_id)
