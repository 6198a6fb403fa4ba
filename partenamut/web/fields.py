"""Form fields of the portal: days, national numbers, account numbers, amounts, files, long choices."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.dates import MONTHS
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partenamut.identifiers import parse_enterprise, parse_iban, parse_niss
from partenamut.web import formats
from partenamut.web.text import UNSAFE

EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)
PARTS = ("day", "month", "year")
MEGABYTE = 1024 * 1024


class DayWidget(forms.MultiWidget):
    """Three inputs: day, month, year. Also reads one ISO date under the field's own name (links that prefill)."""

    template_name = "forms/widgets/day.html"
    labels = (_("Day"), pgettext_lazy("part of a date", "Month"), _("Year"))

    def __init__(self, attrs: dict[str, Any] | None = None, *, autocomplete: str = "") -> None:
        self.autocomplete = autocomplete
        super().__init__(dict.fromkeys(PARTS, forms.TextInput), attrs)

    def decompress(self, value: Any) -> list[str]:
        """The three texts of a date, or of an ISO text."""
        if isinstance(value, str):
            value = _iso(value)
        return [f"{value.day:02d}", f"{value.month:02d}", str(value.year)] if value else ["", "", ""]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """The three texts as typed; those of an ISO date when only that was sent."""
        typed = [str(part or "") for part in super().value_from_datadict(data, files, name)]
        return typed if any(typed) else self.decompress(str(data.get(name) or ""))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether neither the three parts nor an ISO date were sent."""
        return name not in data and super().value_omitted_from_data(data, files, name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template draws: each part with its label, its width and whether it is wrong."""
        attrs = dict(attrs or {})
        wrong = str(attrs.pop("data-wrong-parts", "")).split()
        if wrong:
            attrs.pop("aria-invalid", None)
        context = super().get_context(name, value, attrs)
        for part, label, drawn in zip(PARTS, self.labels, context["widget"]["subwidgets"], strict=True):
            drawn["label"] = label
            drawn["attrs"] |= {"inputmode": "numeric"}
            drawn["attrs"]["class"] = f"govuk-input govuk-input--width-{4 if part == 'year' else 2}"
            if self.autocomplete:
                drawn["attrs"]["autocomplete"] = f"{self.autocomplete}-{part}"
            if part in wrong:
                drawn["attrs"]["aria-invalid"] = "true"
            if drawn["attrs"].get("aria-invalid"):
                drawn["attrs"]["class"] += " govuk-input--error"
        return context


class DayField(forms.Field):
    """A date typed in three parts; bounds are included. Each error names the part that is wrong."""

    widget = DayWidget
    default_error_messages = {
        "required": _("Enter the date of “%(label)s”."),
        "no_day": _("“%(label)s”: enter the day."),
        "no_month": _("“%(label)s”: enter the month."),
        "no_year": _("“%(label)s”: enter the year."),
        "day": _("“%(label)s”: the day is a number from 1 to 31."),
        "month": _("“%(label)s”: the month is a number from 1 to 12."),
        "year": _("“%(label)s”: write the year with four figures, for example 2026."),
        "not_a_day": _("“%(label)s”: %(day)s %(month)s %(year)s does not exist."),
        "min_value": _("“%(label)s” cannot be before %(limit)s."),
        "max_value": _("“%(label)s” cannot be after %(limit)s."),
    }

    def __init__(
        self, *, min_value: date = EARLIEST, max_value: date = LATEST, autocomplete: str = "", **kwargs: Any
    ) -> None:
        self.min_value = max(min_value, EARLIEST)
        self.max_value = min(max_value, LATEST)
        if autocomplete:
            kwargs.setdefault("widget", DayWidget(autocomplete=autocomplete))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """The day; None when nothing was typed; ValidationError with every wrong part otherwise."""
        if isinstance(value, date) or value is None:
            return value
        typed = [str(part).strip() for part in value]
        if not any(typed):
            return None
        wrong = [error for error in map(self._wrong_part, PARTS, typed) if error]
        if wrong:
            raise ValidationError(wrong)
        return self._existing(*map(int, typed))

    def validate(self, value: Any) -> None:
        """ValidationError for a missing day that is required, or one out of bounds."""
        super().validate(value)
        if value is None:
            return
        if value < self.min_value:
            raise self._error("min_value", "year", limit=formats.day(self.min_value))
        if value > self.max_value:
            raise self._error("max_value", "year", limit=formats.day(self.max_value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the typed day is another one than the initial one."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except (ValidationError, TypeError):
            return True

    def _wrong_part(self, part: str, text: str) -> ValidationError | None:
        if not text:
            return self._error(f"no_{part}", part)
        longest = 4 if part == "year" else 2
        fits = text.isascii() and text.isdigit() and len(text) <= longest
        if part == "year":
            return None if fits and len(text) == 4 and int(text) else self._error("year", part)
        limit = 31 if part == "day" else 12
        return None if fits and 1 <= int(text) <= limit else self._error(part, part)

    def _existing(self, day: int, month: int, year: int) -> date:
        try:
            return date(year, month, day)
        except ValueError:
            raise self._error("not_a_day", "day", day=day, month=MONTHS[month], year=year) from None

    def _error(self, code: str, part: str, **params: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"part": part, **params})


class CompactField(forms.CharField):
    """A number of the field, typed with or without spaces, dots and dashes; cleaned to its bare form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)

    def parse(self, text: str) -> str:
        """The bare form; ValueError with a `code` when it cannot be."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        """The bare form; ValidationError with a sentence that says what is wrong."""
        text = super().clean(value)
        if text in self.empty_values:
            return self.empty_value
        try:
            return self.parse(text)
        except ValueError as error:
            code = str(getattr(error, "code", "check"))
            message = self.error_messages.get(code) or self.error_messages["check"]
            raise ValidationError(message, code=code) from error


class NissField(CompactField):
    """A national register number (NISS or BIS); cleaned to eleven digits, shown as on the card."""

    default_error_messages = {
        "length": _("“%(label)s” has 11 figures, as on the identity card: 85.07.30-033.28."),
        "characters": _(
            "“%(label)s” is written with figures only, as on the identity card: 85.07.30-033.28."
        ),
        "check": _("“%(label)s” is not a valid number: compare it with the identity card."),
    }

    def parse(self, text: str) -> str:
        """Eleven digits."""
        return parse_niss(text)

    def prepare_value(self, value: Any) -> Any:
        """A stored number as it is printed on the card; a typed text as it was typed."""
        return (
            formats.niss(value) if isinstance(value, str) and value.isdigit() and len(value) == 11 else value
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A number pad on phones; never completed by the browser of a shared computer."""
        return super().widget_attrs(widget) | {
            "inputmode": "numeric",
            "autocomplete": "off",
            "class": "govuk-input--width-10",
        }


class IbanField(CompactField):
    """A bank account number; cleaned to its bare form, shown in groups of four."""

    default_error_messages = {
        "length": _("“%(label)s”: a Belgian account number has BE and 14 figures."),
        "characters": _("“%(label)s” begins with two letters, for example BE71 0961 2345 6769."),
        "check": _("“%(label)s” is not a valid account number: compare it with your bank card."),
    }

    def parse(self, text: str) -> str:
        """Letters and digits without spaces."""
        return parse_iban(text)

    def prepare_value(self, value: Any) -> Any:
        """A stored number in groups of four; a typed text as it was typed."""
        return formats.iban(value) if isinstance(value, str) and value.isalnum() and len(value) > 4 else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Wide enough for 34 characters in groups of four."""
        return super().widget_attrs(widget) | {
            "autocomplete": "off",
            "spellcheck": "false",
            "class": "govuk-input--width-20",
        }


class FigureField(CompactField):
    """A number of figures only, with a number pad on phones."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Wide enough for the printed form; never completed by the browser."""
        return super().widget_attrs(widget) | {
            "inputmode": "numeric",
            "autocomplete": "off",
            "class": "govuk-input--width-10",
        }


class EnterpriseField(FigureField):
    """An enterprise number (BCE); cleaned to ten digits, shown as the register prints it."""

    default_error_messages = {
        "length": _("“%(label)s” has 10 figures, for example 0123.456.749."),
        "characters": _("“%(label)s” is written with figures, for example 0123.456.749."),
        "check": _("“%(label)s” is not a valid number: compare it with the register of enterprises."),
    }

    def parse(self, text: str) -> str:
        """Ten digits."""
        return parse_enterprise(text)

    def prepare_value(self, value: Any) -> Any:
        """A stored number as it is printed; a typed text as it was typed."""
        return formats.enterprise(value) if isinstance(value, str) else value


class EuroInput(forms.TextInput):
    """A text input with the euro sign behind it."""

    template_name = "forms/widgets/euro.html"


class EuroField(forms.Field):
    """An amount in euros, as a Decimal with two decimals; reads 1234,5, 1.234,50 and 1 234.50 €."""

    widget = EuroInput
    default_error_messages = {
        "invalid": _("“%(label)s” is an amount in euros, for example 1234,50."),
        "cents": _("“%(label)s” has two figures at most after the comma."),
        "min_value": _("“%(label)s” is %(limit)s at least."),
        "max_value": _("“%(label)s” is %(limit)s at most."),
    }

    def __init__(
        self,
        *,
        min_value: Decimal | int = 0,
        max_value: Decimal | int = Decimal("99999999.99"),
        **kwargs: Any,
    ) -> None:
        self.min_value, self.max_value = Decimal(min_value), Decimal(max_value)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        """The amount; None when nothing was typed."""
        if value in self.empty_values:
            return None
        plain = _plain_number(str(value).replace("€", ""))
        try:
            amount = Decimal(plain)
        except InvalidOperation:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if amount.as_tuple().exponent not in (0, -1, -2):
            raise ValidationError(self.error_messages["cents"], code="cents")
        self._within(amount)
        return amount.quantize(Decimal("0.01"))

    def prepare_value(self, value: Any) -> Any:
        """A stored amount with the decimal sign of the language; a typed text as it was typed."""
        if isinstance(value, Decimal):
            return f"{value:.2f}".replace(".", get_format("DECIMAL_SEPARATOR"))
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the typed amount differs from the initial one."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

    def _within(self, amount: Decimal) -> None:
        for code, limit, wrong in (
            ("min_value", self.min_value, amount < self.min_value),
            ("max_value", self.max_value, amount > self.max_value),
        ):
            if wrong:
                params = {"limit": formats.euros(limit)}
                raise ValidationError(self.error_messages[code], code=code, params=params)


class UploadWidget(forms.FileInput):
    """A file input, for one file or several."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, multiple: bool = False) -> None:
        self.allow_multiple_selected = multiple
        super().__init__({"multiple": True, **(attrs or {})} if multiple else attrs)


class UploadField(forms.FileField):
    """One file, or a list when `multiple`; checks name and size here, the content is checked by the documents."""

    default_error_messages = {
        "extension": _("“%(file)s” is not accepted: send a file that ends in %(accepted)s."),
        "size": _("“%(file)s” is too large: %(limit)s MB at most."),
        "unsafe_name": _("The name of a file holds invisible characters: rename the file and send it again."),
        "long_name": _("The name of a file is too long: give it a shorter name and send it again."),
    }

    def __init__(
        self,
        *,
        accept: Sequence[str] = (".pdf", ".jpg", ".jpeg", ".png", ".heic", ".tif", ".tiff"),
        max_bytes: int = 10 * MEGABYTE,
        multiple: bool = False,
        **kwargs: Any,
    ) -> None:
        self.accept, self.max_bytes, self.multiple = tuple(accept), max_bytes, multiple
        kwargs.setdefault("widget", UploadWidget(multiple=multiple))
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The kinds of files that the browser offers."""
        return super().widget_attrs(widget) | {"accept": ",".join(self.accept)}

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The uploaded file, or the list of them; every refused file has its own error."""
        if not self.multiple:
            return self._one(data, initial)
        files = data if isinstance(data, (list, tuple)) else [data]
        kept, errors = [], []
        for file in files or [None]:
            try:
                kept.append(self._one(file, initial))
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors)
        return [file for file in kept if file]

    def _one(self, data: Any, initial: Any) -> Any:
        if isinstance(data, UploadedFile):
            self._check(data)
        return super().clean(data, initial)

    def _check(self, file: "UploadedFile[Any]") -> None:
        name = str(file.name or "")
        if UNSAFE.search(name):
            raise ValidationError(self.error_messages["unsafe_name"], code="unsafe_name")
        if len(name) > (self.max_length or len(name)):
            raise ValidationError(self.error_messages["long_name"], code="long_name")
        if not name.lower().endswith(self.accept):
            params = {"file": name, "accepted": ", ".join(self.accept)}
            raise ValidationError(self.error_messages["extension"], code="extension", params=params)
        if (file.size or 0) > self.max_bytes:
            params = {"file": name, "limit": str(self.max_bytes // MEGABYTE)}
            raise ValidationError(self.error_messages["size"], code="size", params=params)


class Radios(forms.RadioSelect):
    """Radio buttons; `hints` gives some values a sentence of explanation."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Iterable[Any] = (),
        *,
        hints: Mapping[str, Any] = {},
    ) -> None:
        self.hints = dict(hints)
        super().__init__(attrs, choices)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option with its hint."""
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        return option


class YesNoField(forms.TypedChoiceField):
    """A question answered by yes or no; True, False, or None when left open."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Radios(attrs={"data-inline": True}))
        super().__init__(
            choices=[("yes", _("Yes")), ("no", _("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """A stored answer as its choice."""
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class AutocompleteSelect(forms.Select):
    """A long list that completes what is typed; a plain select without scripts."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The select with the sentences that its script says."""
        says = {
            "none": str(_("Nothing found")),
            "short": str(_("Type {count} letters or more")),
            "results": str(_("{count} choices")),
            "help": str(_("When choices appear, use the up and down arrows, and Enter to choose.")),
        }
        return super().get_context(name, value, (attrs or {}) | {"data-autocomplete": json.dumps(says)})


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _plain_number(text: str) -> str:
    """The digits with a point before the decimals, whichever of the Belgian ways they were typed in."""
    compact = "".join(text.split()).replace("'", "")
    if not compact.isascii() or not set(compact) <= set("0123456789.,-"):
        return "?"
    if "," in compact:
        whole, _comma, cents = compact.rpartition(",")
        return f"{_ungrouped(whole)}.{cents or '?'}"
    if compact.count(".") == 1 and len(compact.partition(".")[2]) != 3:
        return compact
    return _ungrouped(compact)


def _ungrouped(text: str) -> str:
    """A whole number without its thousands points; "?" when they do not stand every three figures."""
    first, *others = text.split(".")
    if others and (not 1 <= len(first.lstrip("-")) <= 3 or any(len(group) != 3 for group in others)):
        return "?"
    return "".join([first, *others])
