"""Files that come with a form: checked, cleaned and kept, or refused beside the field."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File

from partenamut.accounts.models import User
from partenamut.documents.errors import UploadRefused
from partenamut.documents.models import Upload
from partenamut.documents.services import receive


def received(file: "File[Any]", field: str, *, actor: User, at: datetime) -> Upload:
    """The file of a form field, checked and kept; ValidationError on that field with what is wrong."""
    try:
        return receive(file=file, kind=f"residences_{field}", actor=actor, at=at)
    except UploadRefused as error:
        raise ValidationError({field: error.message}) from error
