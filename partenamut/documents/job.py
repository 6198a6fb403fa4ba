"""What a PDF engine is asked for, besides the words."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

AUTHOR = "Partenamut"


@dataclass(frozen=True, slots=True)
class DataAttachment:
    """The data of a document as text, carried inside the PDF for a machine to read."""

    name: str
    text: str
    media_type: str = "application/json"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """Language, title, day of issue, standard and attachments of one document."""

    language: str
    title: str
    issued_on: date
    archived: bool
    attachments: tuple[DataAttachment, ...]

    @property
    def moment(self) -> datetime:
        """Midnight UTC of the day of issue: the only time that is written into the file."""
        return datetime.combine(self.issued_on, time(), UTC)
