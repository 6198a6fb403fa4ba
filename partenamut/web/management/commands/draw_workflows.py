"""`manage.py draw_workflows`: the tables of all cases as pictures in docs/workflows."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand

from partenamut.casework.models import Case
from partenamut.workflow import Workflow


class Command(BaseCommand):
    """Writes one page for each kind of case."""

    help = "Draws the workflow of every kind of case into docs/workflows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the pages; a test fails when they are stale."""
        folder = Path(settings.BASE_DIR) / "docs" / "workflows"
        folder.mkdir(parents=True, exist_ok=True)
        for model in apps.get_models():
            if issubclass(model, Case):
                (folder / f"{model.workflow.name}.md").write_text(_page(model.workflow))


def _page(workflow: Workflow[str, str]) -> str:
    rows = "\n".join(
        f"| {step.action} | {', '.join(step.sources)} | {', '.join(step.targets)} | {', '.join(step.permissions)} |"
        for step in workflow.steps
    )
    return (
        f"# {workflow.name}\n\n```mermaid\n{workflow.mermaid()}```\n\n"
        f"| action | from | to | right |\n| --- | --- | --- | --- |\n{rows}\n"
    )
