"""The tables of cases: only what stands in them happens, and their pictures are up to date."""

from pathlib import Path

import pytest

from convalescence.workflow import RECOGNITION, REQUEST, Action, Status
from partenamut.payments.workflow import BATCH, PAYABLE
from partenamut.workflow import Step, TransitionRefused, Workflow

DOCS = Path(__file__).parents[2] / "docs" / "workflows"
TABLES = [REQUEST, RECOGNITION, PAYABLE, BATCH]


def test_a_step_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(TransitionRefused):
        REQUEST.step(Action.PAY, Status.DRAFT)
    with pytest.raises(TransitionRefused):
        REQUEST.step(Action.DECIDE, Status.SUBMITTED, Status.PAID)


def test_an_action_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Workflow("w", "a", [Step("go", ("a",), ("b",), "x"), Step("go", ("b",), ("a",), "x")])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_can_be_reached(table: Workflow[str, str]) -> None:
    reached: set[str] = {table.initial}
    before: set[str] = set()
    while reached != before:
        before = set(reached)
        reached |= {target for state in before for step in table.possible(state) for target in step.targets}
    assert reached == {state for step in table.steps for state in (*step.sources, *step.targets)} | {
        table.initial
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_picture_in_the_documentation_is_up_to_date(table: Workflow[str, str]) -> None:
    assert f"```mermaid\n{table.mermaid()}```" in (DOCS / f"{table.name}.md").read_text()
