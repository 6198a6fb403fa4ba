"""A case's life as a table: which action leads from which states to which, and who may take it. Pure."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from msgspec import Struct

S = TypeVar("S", bound=str)
A = TypeVar("A", bound=str)


class TransitionRefused(Exception):
    """Raised when an action is not possible in the state a case is in."""

    def __init__(self, action: str, status: str) -> None:
        super().__init__(f"{action} is not possible from {status}")
        self.action = action
        self.status = status


class Step(Struct, Generic[S, A], frozen=True):
    """One row of the table: an action, the states it starts from and may lead to, who may take it."""

    action: A
    sources: tuple[S, ...]
    targets: tuple[S, ...]
    permission: str
    also: tuple[str, ...] = ()
    needs_note: bool = False

    @property
    def permissions(self) -> tuple[str, ...]:
        """The rights of which one is needed."""
        return (self.permission, *self.also)


class Workflow(Generic[S, A]):
    """The whole table; every action stands in it once."""

    def __init__(self, name: str, initial: S, steps: Iterable[Step[S, A]]) -> None:
        self.name = name
        self.initial = initial
        self.steps = tuple(steps)
        self._by_action = {step.action: step for step in self.steps}
        if len(self._by_action) < len(self.steps):
            raise ValueError(f"{name}: an action stands in the table twice")

    def step(self, action: A, status: S, target: S | None = None) -> tuple[Step[S, A], S]:
        """The row of an action and the state it leads to; TransitionRefused where the table has none."""
        step = self._by_action[action]
        reached = target if target is not None else step.targets[0]
        if status not in step.sources or reached not in step.targets:
            raise TransitionRefused(action, status)
        return step, reached

    def possible(self, status: S) -> list[Step[S, A]]:
        """The rows that start from a state."""
        return [step for step in self.steps if status in step.sources]

    def mermaid(self) -> str:
        """The table as a state diagram for the documentation."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for step in self.steps:
            for source in step.sources:
                lines += [f"    {source} --> {target}: {step.action}" for target in step.targets]
        return "\n".join(lines) + "\n"
