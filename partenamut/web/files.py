"""Several files in one field: the good ones are taken, each refused one says why."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partenamut.web.forms import UploadField, UploadWidget

MEGABYTES = 10
HINT = gettext_lazy("PDF, JPEG, PNG, HEIC or TIFF, %(size)d MB at most for each file.")


class FilesField(UploadField):
    """Optional files; what is wrong with one never loses the others. Gives the good ones and the refusals."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", lazy(lambda: HINT % {"size": MEGABYTES}, str)())
        super().__init__(
            multiple=True,
            required=False,
            max_bytes=MEGABYTES * 2**20,
            widget=UploadWidget(multiple=True),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """A pair: the files whose name and size are right, and the sentences about the others."""
        kept: list[UploadedFile[Any]] = []
        refused: list[str] = []
        for file in data if isinstance(data, (list, tuple)) else [data]:
            try:
                if one := self._one(file, initial):
                    kept.append(one)
            except ValidationError as error:
                # The sentences of the field itself name it; nobody fills the name in later here.
                for each in error.error_list:
                    each.params = {"label": self.label, **(each.params or {})}
                refused += error.messages
        return kept, refused


class FilesForm(forms.BaseForm):
    """What forms with an `uploads` field share."""

    @property
    def files_kept(self) -> "list[UploadedFile[Any]]":
        """The files whose name and size are right."""
        return list(self._sorted_files()[0])

    @property
    def files_refused(self) -> list[str]:
        """A sentence for each of the others."""
        return list(self._sorted_files()[1])

    def _sorted_files(self) -> "tuple[list[UploadedFile[Any]], list[str]]":
        return getattr(self, "cleaned_data", {}).get("uploads") or ([], [])

    def refuse_files(self, sentences: list[str]) -> None:
        """Shows the sentences beside the field."""
        if sentences:
            self.add_error("uploads", ValidationError(sentences))


def named(file: "UploadedFile[Any]", sentence: str) -> str:
    """The sentence about a file, with its name before it."""
    return _("“%(file)s”: %(sentence)s") % {"file": file.name, "sentence": sentence}
