"""The form pack: accessible markup, errors that name their field, typed values that are never lost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxLengthValidator
from django.core.validators import ProhibitNullCharactersValidator as NoNull
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.forms.models import ModelFormMetaclass
from django.forms.renderers import DjangoTemplates
from django.forms.utils import pretty_name
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from partenamut.web import formats
from partenamut.web.fields import (
    AutocompleteSelect,
    DayField,
    DayWidget,
    EnterpriseField,
    EuroField,
    FigureField,
    IbanField,
    NissField,
    Radios,
    UploadField,
    UploadWidget,
    YesNoField,
)
from partenamut.web.text import SafeText, composed, shown

__all__ = [
    "AutocompleteSelect",
    "DayField",
    "DayWidget",
    "EnterpriseField",
    "ErrorLink",
    "EuroField",
    "FigureField",
    "FilterForm",
    "IbanField",
    "NissField",
    "PortalForm",
    "PortalFormMixin",
    "PortalModelForm",
    "PortalRenderer",
    "Radios",
    "SafeText",
    "UploadField",
    "UploadWidget",
    "YesNoField",
    "error_links",
]

# Text that is no sentence or line typed by a person: their own checks say what they may hold.
EXEMPT = (forms.UUIDField, forms.GenericIPAddressField, forms.JSONField)

# Hashing a longer one would only keep a processor busy.
PASSWORD_LENGTH = 1000

#: widget class -> kind of control; the first that fits counts
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (DayWidget, "day"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)
CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "input": "govuk-input",
    "checkbox": "govuk-checkboxes__input",
}
REQUIRED = {
    "day": _("Enter the date of “%(label)s”."),
    "checkboxes": _("Tick at least one answer to “%(label)s”."),
    "radios": _("Choose an answer to “%(label)s”."),
    "checkbox": _("Tick “%(label)s” to go on."),
    "select": _("Choose an answer to “%(label)s”."),
    "file": _("Add a file to “%(label)s”."),
}
FILL_IN = _("Fill in “%(label)s”.")
MESSAGES = {
    "max_length": _("“%(label)s” has %(show_value)d characters; it may have %(limit_value)d."),
    "min_length": _("“%(label)s” has %(show_value)d characters; it needs %(limit_value)d."),
    "min_value": _("“%(label)s” is %(limit_value)s at least."),
    "max_value": _("“%(label)s” is %(limit_value)s at most."),
    "invalid_choice": _("Choose an answer to “%(label)s” from the list."),
    "empty": _("The file of “%(label)s” is empty: choose it again."),
}
INVALID: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.EmailField, _("“%(label)s” is an e-mail address, for example name@example.be.")),
    (forms.IntegerField, _("“%(label)s” is a number, written with figures.")),
)


class PortalBoundField(BoundField):
    """A field in a form: knows its kind, its ids and where a link to its error should go."""

    @cached_property
    def kind(self) -> str:
        """hidden, day, radios, checkboxes, checkbox, select, textarea, file or input."""
        widget = self.field.widget
        if widget.is_hidden:
            return "hidden"
        return next((kind for base, kind in KINDS if isinstance(widget, base)), "input")

    @property
    def data(self) -> Any:
        """What was typed, text in Unicode's composed form."""
        typed = super().data
        if isinstance(self.field.widget, forms.PasswordInput):
            return typed  # a password is what was typed, to the letter
        if isinstance(typed, str):
            return composed(typed)
        if isinstance(typed, list):
            return [composed(part) if isinstance(part, str) else part for part in typed]
        return typed

    def value(self) -> Any:
        """What the input shows: what was typed, with marks in place of unsafe characters."""
        value = super().value()
        return shown(value) if isinstance(value, str) else value

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes with the classes of the portal; no maxlength, which cuts pasted text silently."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        own = (widget or self.field.widget).attrs
        css = f"{CLASSES.get(self.kind, '')} {own.get('class', '')}".strip()
        if self.errors and self.kind in ("select", "textarea", "input"):
            css += f" govuk-{self.kind}--error"
        if css and self.kind != "hidden":
            built["class"] = css
        if self.kind in ("input", "textarea"):
            built["maxlength"] = False
        if self.kind == "day":
            built["data-wrong-parts"] = " ".join(self.wrong_parts)
        return built

    @cached_property
    def wrong_parts(self) -> list[str]:
        """The parts of a day (day, month, year) that have an error."""
        return [
            error.params["part"] for error in self._errors_as_data if error.params and "part" in error.params
        ]

    @property
    def _errors_as_data(self) -> list[ValidationError]:
        return self.form.errors.as_data().get(self.name, [])

    @property
    def error_id(self) -> str:
        """The id of the paragraph with the field's errors."""
        return f"{self.auto_id}_error"

    @property
    def hint_id(self) -> str:
        """The id of the hint."""
        return f"{self.auto_id}_helptext"

    @property
    def focus_id(self) -> str:
        """The id of the input that a link to the field's error goes to."""
        return self.part_id(self.wrong_parts[0]) if self.wrong_parts else self.first_id

    @property
    def first_id(self) -> str:
        """The id of the field's first input."""
        own = str(self.field.widget.attrs.get("id") or self.auto_id)
        return f"{own}_0" if self.kind in ("day", "radios", "checkboxes") else own

    def part_id(self, part: str) -> str:
        """The id of one input of a day."""
        return f"{self.auto_id}_{('day', 'month', 'year').index(part)}"

    @property
    def is_optional(self) -> bool:
        """Whether the label says that the field may stay empty."""
        marked = getattr(self.form, "mark_optional", True)
        return marked and not self.field.required and self.kind != "checkbox"


class PortalRenderer(DjangoTemplates):
    """Draws forms with the templates of the portal, other widgets with those of Django."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
    bound_field_class = PortalBoundField
    own = {
        "django/forms/widgets/radio.html": "forms/widgets/choices.html",
        "django/forms/widgets/checkbox_select.html": "forms/widgets/choices.html",
    }

    def get_template(self, template_name: str) -> Any:
        """The template, ours first."""
        name = self.own.get(template_name, template_name)
        return get_template(name) if name.startswith("forms/") else super().get_template(name)


@dataclass(frozen=True)
class FieldGroup:
    """Fields that are drawn together; without a legend they stand on their own."""

    legend: Any
    fields: list[BoundField]


class PortalFormMixin(forms.BaseForm):
    """What both kinds of forms share. `field_groups` draws fields under legends: [(legend, [names])]."""

    default_renderer = PortalRenderer
    bound_field_class = PortalBoundField
    use_required_attribute = False
    mark_optional = True
    field_groups: Sequence[tuple[Any, Sequence[str]]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            prepare_field(name, field)

    def add_error(self, field: str | None, error: Any) -> None:
        """Adds the error; the words %(label)s in it become the label of its field."""
        super().add_error(field, self._labelled(field, error))

    def _labelled(self, field: str | None, error: Any) -> Any:
        if not isinstance(error, ValidationError):
            error = ValidationError(error)
        if hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                for each in errors:
                    self._label_one(name, each)
        else:
            for each in error.error_list:
                self._label_one(field, each)
        return error

    def _label_one(self, name: str | None, error: ValidationError) -> None:
        if name in self.fields and "%(label)s" in str(error.message):
            error.params = {**(error.params or {}), "label": self.fields[name].label}

    @property
    def errors_id(self) -> str:
        """The id of the box with the errors of the whole form."""
        return f"{self.prefix}-form-errors" if self.prefix else "form-errors"

    def groups(self) -> list[FieldGroup]:
        """The visible fields in the order of the form; a group stands where its first field does."""
        group_of = {name: place for place, (_legend, names) in enumerate(self.field_groups) for name in names}
        groups: dict[int | str, FieldGroup] = {}
        for field in self.visible_fields():
            place = group_of.get(field.name)
            key, legend = (field.name, "") if place is None else (place, self.field_groups[place][0])
            groups.setdefault(key, FieldGroup(legend, [])).fields.append(field)
        return list(groups.values())


class PortalForm(PortalFormMixin, forms.Form):
    """A form of the portal."""


def form_field(column: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    """The form field of a column; a date column is typed in three parts."""
    if isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
        kwargs.setdefault("form_class", DayField)
    return column.formfield(**kwargs)


class _PortalModelFormMetaclass(ModelFormMetaclass):
    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        meta = attrs.get("Meta")
        if meta is not None and not hasattr(meta, "formfield_callback"):
            meta.formfield_callback = staticmethod(form_field)
        return super().__new__(mcs, name, bases, attrs)


class PortalModelForm(PortalFormMixin, forms.ModelForm, metaclass=_PortalModelFormMetaclass):  # type: ignore[type-arg]
    """A form of the portal over a model; its date columns become DayField."""


@dataclass(frozen=True)
class ActiveFilter:
    """A filter in use: what it is, what it asks, and the query string without it."""

    label: str
    text: str
    query: str


class FilterForm(PortalForm):
    """Filters in a GET form: every field is optional, and nothing typed is lost when one is wrong."""

    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def active(self) -> list[ActiveFilter]:
        """The filters in use, each with the query string that drops it."""
        if not self.is_bound:
            return []
        self.full_clean()
        used = [name for name, value in self.cleaned_data.items() if value not in (None, "", [], False)]
        return [self._active(self[name]) for name in used if not self[name].is_hidden]

    def _active(self, field: BoundField) -> ActiveFilter:
        own = {field.html_name, *(f"{field.html_name}_{part}" for part in ("day", "month", "year"))}
        rest = [
            (key, value) for key, value in _pairs(self.data) if key not in own and key != "page" and value
        ]
        return ActiveFilter(
            str(field.label), _filter_text(field, self.cleaned_data[field.name]), urlencode(rest)
        )


def prepare_field(name: str, field: forms.Field) -> None:
    """Gives a field its label, its sentences and its text checks; ImproperlyConfigured for text without limit."""
    if field.label is None:
        field.label = pretty_name(name)
    _own_sentences(field)
    if isinstance(field, forms.CharField) and not isinstance(field, EXEMPT):
        _bound_text(name, field)
    if type(field.widget) is forms.NumberInput:
        # A wheel over a number input changes it unseen; a text input with a number pad does not.
        attrs = {key: value for key, value in field.widget.attrs.items() if key not in ("min", "max", "step")}
        decimal = isinstance(field, forms.DecimalField)
        attrs = {"inputmode": "decimal" if decimal else "numeric", "class": "govuk-input--width-5"} | attrs
        field.widget = forms.TextInput(attrs)


def _own_sentences(field: forms.Field) -> None:
    kind = next((kind for base, kind in KINDS if isinstance(field.widget, base)), "input")
    for code, sentence in {**MESSAGES, "required": REQUIRED.get(kind, FILL_IN)}.items():
        if _is_stock(field, code):
            field.error_messages[code] = sentence
    for base, sentence in INVALID:
        if isinstance(field, base) and _is_stock(field, "invalid"):
            field.error_messages["invalid"] = sentence
            # The validators of e-mail addresses and numbers carry a sentence of their own.
            break


def _is_stock(field: forms.Field, code: str) -> bool:
    """Whether the field still says what Django says by default."""
    given = field.error_messages.get(code)
    if given is None:
        return True
    for owner in type(field).__mro__:
        stock = vars(owner).get("default_error_messages", {}).get(code)
        if stock is not None:
            return owner.__module__.startswith("django.") and given == stock
    return False


def _bound_text(name: str, field: forms.CharField) -> None:
    if isinstance(field.widget, forms.PasswordInput):
        field.validators = [*field.validators, MaxLengthValidator(PASSWORD_LENGTH)]
        return
    if field.max_length is None:
        raise ImproperlyConfigured(f"The text field {name} needs a max_length.")
    others = [check for check in field.validators if not isinstance(check, (SafeText, NoNull))]
    field.validators = [*others, SafeText()]


@dataclass(frozen=True)
class ErrorLink:
    """One line of an error summary; no target for an error of a hidden field."""

    text: str
    target: str


def error_links(*bound: Any) -> list[ErrorLink]:
    """Every error of the forms and formsets, in the order of the page, with the id to go to."""
    return [link for item in bound for form in _forms(item) for link in _form_links(form)]


def _forms(item: Any) -> Iterator[Any]:
    if isinstance(item, BaseFormSet):
        yield item
        yield from item.forms
    elif item:
        yield item


def _form_links(form: Any) -> Iterator[ErrorLink]:
    if isinstance(form, BaseFormSet):
        yield from (ErrorLink(str(text), f"{form.prefix}-form-errors") for text in form.non_form_errors())
        return
    whole = getattr(form, "errors_id", "form-errors")
    yield from (ErrorLink(str(text), whole) for text in form.non_field_errors())
    for field in _drawn_fields(form):
        yield from _field_links(field, whole)


def _drawn_fields(form: Any) -> Iterable[Any]:
    groups = form.groups() if hasattr(form, "groups") else [FieldGroup("", form.visible_fields())]
    return [*(field for group in groups for field in group.fields), *form.hidden_fields()]


def _field_links(field: Any, whole: str) -> Iterator[ErrorLink]:
    errors = form_errors.get(field.name, []) if (form_errors := field.form.errors.as_data()) else []
    for error in errors:
        part = (error.params or {}).get("part")
        target = whole if field.is_hidden else field.part_id(part) if part else _focus_id(field)
        yield from (ErrorLink(str(text), target) for text in error.messages)


def _focus_id(field: Any) -> str:
    return str(getattr(field, "focus_id", "") or field.id_for_label or field.auto_id)


def _pairs(data: Any) -> Iterator[tuple[str, str]]:
    lists = data.lists() if hasattr(data, "lists") else ((key, [value]) for key, value in dict(data).items())
    return ((str(key), str(value)) for key, values in lists for value in values)


def _filter_text(field: BoundField, value: Any) -> str:
    choices: Mapping[str, str] = dict(_flat(getattr(field.field, "choices", ())))
    chosen = value if isinstance(value, (list, tuple)) else [value]
    if choices and not hasattr(value, "pk"):
        return ", ".join(choices.get(str(each), str(each)) for each in chosen)
    if isinstance(field.field, DayField):
        return formats.day(value)
    return field.value() if isinstance(field.value(), str) and not hasattr(value, "pk") else str(value)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(value), str(label)
