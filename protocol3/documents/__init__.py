"""The words of the notes, reminders, statements and information sheets of the care projects.

Each struct holds the figures; its function turns them into an order of a document, in words of the language.
"""

from protocol3.documents.information import InformationWords, information_order
from protocol3.documents.letters import ReminderWords, StatementWords, reminder_order, statement_order
from protocol3.documents.notes import Kind, NoteWords, RecapLine, RecapWords, note_order, recap_order
from protocol3.documents.parts import LineWords, ProjectWords, service_name

__all__ = [
    "InformationWords",
    "Kind",
    "LineWords",
    "NoteWords",
    "ProjectWords",
    "RecapLine",
    "RecapWords",
    "ReminderWords",
    "StatementWords",
    "information_order",
    "note_order",
    "recap_order",
    "reminder_order",
    "service_name",
    "statement_order",
]
