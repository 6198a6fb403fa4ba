"""The form pack: what a person may type, what is said when it is wrong, and the markup around it."""

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.forms import formset_factory
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from partenamut.web.forms import (
    AutocompleteSelect,
    DayField,
    EuroField,
    FilterForm,
    IbanField,
    NissField,
    PortalForm,
    PortalFormMixin,
    PortalModelForm,
    PortalRenderer,
    Radios,
    SafeText,
    UploadField,
    YesNoField,
    error_links,
    form_field,
)

NISS = "85073003328"
IBAN = "BE71096123456769"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def one(field, **data):
    """A bound form with the one field `it`."""
    return type("One", (PortalForm,), {"it": field})(data)


def errors_of(form):
    form.full_clean()
    return form.errors.get("it", [])


# --- days


def day(text, **options):
    d, m, y = text.split("/")
    return one(DayField(label="Start", **options), it_day=d, it_month=m, it_year=y)


@pytest.mark.parametrize("typed", ["07/03/2026", "7/3/2026", " 7 / 03 / 2026 "])
def test_a_day_is_read_with_and_without_zeros(typed):
    form = day(typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["it"] == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31/4/2026", "“Start”: 31 April 2026 does not exist."),
        ("29/2/2026", "“Start”: 29 February 2026 does not exist."),
        ("32/4/2026", "“Start”: the day is a number from 1 to 31."),
        ("0/4/2026", "“Start”: the day is a number from 1 to 31."),
        ("x/4/2026", "“Start”: the day is a number from 1 to 31."),
        ("٣/4/2026", "“Start”: the day is a number from 1 to 31."),
        ("-1/4/2026", "“Start”: the day is a number from 1 to 31."),
        ("1/13/2026", "“Start”: the month is a number from 1 to 12."),
        ("1/4/26", "“Start”: write the year with four figures, for example 2026."),
        ("1/4/0000", "“Start”: write the year with four figures, for example 2026."),
        ("1/4/99999", "“Start”: write the year with four figures, for example 2026."),
        ("/4/2026", "“Start”: enter the day."),
        ("1//2026", "“Start”: enter the month."),
        ("1/4/", "“Start”: enter the year."),
        ("31/12/1899", "“Start” cannot be before 01/01/1900."),
        ("1/1/2101", "“Start” cannot be after 31/12/2100."),
        ("//", "Enter the date of “Start”."),
    ],
)
def test_a_wrong_day_says_what_is_wrong_and_keeps_what_was_typed(typed, sentence):
    form = day(typed)
    assert errors_of(form) == [sentence]
    assert form["it"].value() == typed.split("/")


def test_every_wrong_part_of_a_day_has_its_error_and_its_link():
    form = day("/14/26")
    assert [link.target for link in error_links(form)] == ["id_it_0", "id_it_1", "id_it_2"]
    html = str(form)
    assert html.count('aria-invalid="true"') == 3
    form = day("31/4/2026")
    assert str(form).count('aria-invalid="true"') == 1
    assert form["it"].focus_id == "id_it_0"


def test_bounds_of_a_day_are_included():
    bounds = {"min_value": date(2026, 3, 7), "max_value": date(2026, 3, 9)}
    assert day("7/3/2026", **bounds).is_valid()
    assert day("9/3/2026", **bounds).is_valid()
    assert errors_of(day("6/3/2026", **bounds)) == ["“Start” cannot be before 07/03/2026."]
    assert errors_of(day("10/3/2026", **bounds)) == ["“Start” cannot be after 09/03/2026."]


def test_an_open_day_is_none():
    form = day("//", required=False)
    assert form.is_valid()
    assert form.cleaned_data["it"] is None


def test_a_day_can_come_from_a_link_and_from_the_database():
    assert one(DayField(), it="2026-03-07").is_valid()
    assert not one(DayField(), it="2026-13-07").is_valid()
    form = type("Stored", (PortalForm,), {"it": DayField()})(initial={"it": date(2026, 3, 7)})
    assert 'value="07"' in str(form)
    assert not type("Stored", (PortalForm,), {"it": DayField()})(
        {"it_day": "7", "it_month": "3", "it_year": "2026"}, initial={"it": date(2026, 3, 7)}
    ).has_changed()


def test_the_parts_of_a_birth_date_tell_the_browser_what_they_are():
    html = str(type("Birth", (PortalForm,), {"it": DayField(autocomplete="bday")})())
    for part in ("day", "month", "year"):
        assert f'autocomplete="bday-{part}"' in html


# --- numbers of the field


@pytest.mark.parametrize("typed", [NISS, "85.07.30-033.28", "85 07 30 033 28", "  85.07.30 - 033.28 "])
def test_niss_as_typed(typed):
    form = one(NissField(), it=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["it"] == NISS


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("8507300332", "11 figures"),
        ("85.07.30-033.29", "not a valid number"),
        ("85.07.30-O33.28", "figures only"),
    ],
)
def test_a_wrong_niss_says_why_and_stays(typed, words):
    form = one(NissField(label="Number"), it=typed)
    (sentence,) = errors_of(form)
    assert words in sentence
    assert "Number" in sentence
    assert f'value="{typed}"' in str(form["it"])


@pytest.mark.parametrize(
    "typed", [IBAN, "BE71 0961 2345 6769", "be71.0961.2345.6769", "LU280019400644750000"]
)
def test_iban_as_typed(typed):
    form = one(IbanField(), it=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["it"] == "".join(typed.split()).replace(".", "").upper()


@pytest.mark.parametrize(
    "typed", ["BE71 0961 2345 6768", "BE71 0961", "0961 2345 6769", "BE71 0961 2345 676€"]
)
def test_a_wrong_iban_says_so_and_stays(typed):
    form = one(IbanField(label="Account"), it=typed)
    (sentence,) = errors_of(form)
    assert sentence.startswith("“Account”")
    assert typed in str(form["it"])


def test_stored_numbers_show_as_they_are_printed():
    class Both(PortalForm):
        niss = NissField()
        iban = IbanField()

    html = str(Both(initial={"niss": NISS, "iban": IBAN}))
    assert 'value="85.07.30-033.28"' in html
    assert 'value="BE71\u00a00961\u00a02345\u00a06769"' in html


def test_open_numbers_are_empty():
    form = one(NissField(required=False), it="  ")
    assert form.is_valid()
    assert form.cleaned_data["it"] == ""


# --- amounts


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234,5", "1234.50"),
        ("1234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1.234", "1234.00"),
        ("1\u202f234,50\u00a0€", "1234.50"),
        ("1 234.50 €", "1234.50"),
        ("0", "0.00"),
        ("1.234.567", "1234567.00"),
        ("0,05", "0.05"),
    ],
)
def test_amounts_as_they_are_typed_here(typed, amount):
    form = one(EuroField(), it=typed)
    assert form.is_valid(), form.errors
    assert str(form.cleaned_data["it"]) == amount


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("12,345", "two figures at most"),
        ("1,234.50", "amount in euros"),
        ("12.34.56", "amount in euros"),
        ("1e3", "amount in euros"),
        ("NaN", "amount in euros"),
        ("Infinity", "amount in euros"),
        ("٣", "amount in euros"),
        ("12,", "amount in euros"),
        ("-1", "0.00\u00a0€ at least"),
        ("100000000", "99,999,999.99\u00a0€ at most"),
        ("1" * 5000, "at most"),
    ],
)
def test_a_wrong_amount_says_why(typed, words):
    form = one(EuroField(label="Paid"), it=typed)
    (sentence,) = errors_of(form)
    assert words in sentence
    assert sentence.startswith("“Paid”")


def test_a_stored_amount_has_the_comma_of_the_language():
    with translation.override("fr"):
        html = str(type("Stored", (PortalForm,), {"it": EuroField()})(initial={"it": Decimal("1234.5")}))
    assert 'value="1234,50"' in html


# --- text


@pytest.mark.parametrize("bad", ["a\x00b", "a\u202eb", "a\u2066b", "a\ud800b", "a\x1bb", "a\x85b"], ids=ascii)
def test_unsafe_text_is_refused_and_shown_with_a_mark(bad):
    form = one(forms.CharField(max_length=9, label="Name"), it=bad)
    assert errors_of(form) == [
        "“Name” holds invisible characters that cannot be kept: type it again without copying."
    ]
    str(form).encode()
    assert "a\ufffdb" in str(form)


def test_text_is_stripped_and_composed():
    form = one(forms.CharField(max_length=9), it="  Lie\u0300ge\t ")
    assert form.is_valid()
    assert form.cleaned_data["it"] == "Li\u00e8ge"


def test_lines_and_tabs_are_text():
    form = one(forms.CharField(max_length=20, widget=forms.Textarea), it="one\r\n\ttwo")
    assert form.is_valid(), form.errors


def test_text_without_limit_is_a_mistake_of_ours():
    with pytest.raises(ImproperlyConfigured, match="it needs a max_length"):
        one(forms.CharField(), it="x")


def test_too_long_text_is_kept_whole():
    form = one(forms.CharField(max_length=5, label="Note", widget=forms.Textarea), it="abcdefgh")
    assert errors_of(form) == ["“Note” has 8 characters; it may have 5."]
    assert "abcdefgh" in str(form)
    assert "maxlength" not in str(form)


def test_safe_text_can_stand_alone():
    SafeText()("déjà vu")
    with pytest.raises(ValidationError):
        SafeText()("\u202e")
    assert SafeText() == SafeText()


# --- files


def upload(*files, **options):
    data = MultiValueDict({"it": list(files)})
    return type("Up", (PortalForm,), {"it": UploadField(label="Papers", **options)})({}, data)


def test_a_file_is_taken():
    form = upload(SimpleUploadedFile("Certificat.PDF", b"%PDF"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["it"].name == "Certificat.PDF"


def test_each_refused_file_has_its_sentence():
    form = upload(
        SimpleUploadedFile("good.pdf", b"x"),
        SimpleUploadedFile("film.mp4", b"x"),
        SimpleUploadedFile("large.pdf", b"x" * 2_000_001),
        SimpleUploadedFile("turned\u202efdp.pdf", b"x"),
        SimpleUploadedFile("empty.pdf", b""),
        multiple=True,
        max_bytes=1024 * 1024,
    )
    said = " ".join(errors_of(form))
    assert "“film.mp4” is not accepted" in said
    assert "“large.pdf” is too large: 1 MB at most." in said
    assert "rename the file" in said
    assert "is empty" in said
    assert "good.pdf" not in said


def test_several_files_come_as_a_list_and_none_is_an_error():
    form = upload(SimpleUploadedFile("a.pdf", b"x"), SimpleUploadedFile("b.png", b"x"), multiple=True)
    assert form.is_valid(), form.errors
    assert [file.name for file in form.cleaned_data["it"]] == ["a.pdf", "b.png"]
    assert errors_of(upload(multiple=True)) == ["Add a file to “Papers”."]
    empty = upload(multiple=True, required=False)
    assert empty.is_valid()
    assert empty.cleaned_data["it"] == []


def test_the_browser_offers_the_accepted_kinds_only():
    assert 'accept=".pdf,.png"' in str(
        type("Up", (PortalForm,), {"it": UploadField(accept=(".pdf", ".png"))})()
    )


# --- choices


def test_yes_and_no_are_true_false_and_nothing_else():
    for typed, answer in (("yes", True), ("no", False)):
        form = one(YesNoField(), it=typed)
        assert form.is_valid()
        assert form.cleaned_data["it"] is answer
    assert errors_of(one(YesNoField(label="Alone?"), it="maybe")) == [
        "Choose an answer to “Alone?” from the list."
    ]
    form = type("Stored", (PortalForm,), {"it": YesNoField()})(initial={"it": False})
    assert re.search(r'value="no"[^>]* checked', str(form))


def test_a_choice_from_elsewhere_is_refused_with_a_sentence():
    form = one(forms.ChoiceField(label="Kind", choices=[("a", "A")]), it="z")
    assert errors_of(form) == ["Choose an answer to “Kind” from the list."]


# --- sentences


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (forms.CharField(max_length=9), "Fill in “Thing”."),
        (forms.ChoiceField(choices=[("", ""), ("a", "A")]), "Choose an answer to “Thing”."),
        (forms.ChoiceField(choices=[("a", "A")], widget=Radios), "Choose an answer to “Thing”."),
        (
            forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple),
            "Tick at least one answer to “Thing”.",
        ),
        (forms.BooleanField(), "Tick “Thing” to go on."),
        (EuroField(), "Fill in “Thing”."),
        (forms.CharField(max_length=9, error_messages={"required": "Say your name."}), "Say your name."),
    ],
)
def test_a_missing_answer_names_its_question(field, sentence):
    field.label = "Thing"
    assert errors_of(one(field)) == [sentence]


def test_numbers_and_addresses_say_what_they_are():
    assert errors_of(one(forms.EmailField(label="Mail"), it="x@")) == [
        "“Mail” is an e-mail address, for example name@example.be."
    ]
    assert errors_of(one(forms.IntegerField(label="Nights"), it="two")) == [
        "“Nights” is a number, written with figures."
    ]
    assert errors_of(one(forms.IntegerField(label="Nights", max_value=3), it="9")) == [
        "“Nights” is 3 at most."
    ]


def test_a_label_with_a_percent_sign_is_only_a_label():
    assert errors_of(one(NissField(label="100 %(x)s"), it="1"))[0].startswith("“100 %(x)s”")


# --- markup


class Ids(HTMLParser):
    """Collects the ids of a page and what points at them."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.asked, self.inputs = [], set(), 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.inputs += tag in ("input", "select", "textarea") and attrs.get("type") != "hidden"
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.asked |= {attrs["for"]} if "for" in attrs else set()
        self.asked |= set(attrs.get("aria-describedby", "").split())


class Whole(PortalForm):
    start = DayField(help_text="For example 7 3 2026")
    name = forms.CharField(max_length=9, help_text="As on the card")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=Radios(hints={"a": "The first"}))
    help = forms.MultipleChoiceField(choices=[("n", "Nurse")], widget=forms.CheckboxSelectMultiple)
    home = forms.ChoiceField(choices=[("a", "A")], widget=AutocompleteSelect)
    paid = EuroField(required=False, help_text="With the cents")
    note = forms.CharField(max_length=90, widget=forms.Textarea, required=False)
    papers = UploadField()
    agree = forms.BooleanField(help_text="Read it first")
    secret = forms.CharField(max_length=3, widget=forms.HiddenInput)
    field_groups = [("Money", ["paid", "note"])]

    def clean(self):
        raise ValidationError("These answers do not go together.")


@pytest.mark.parametrize("data", [None, {"secret": "far too long", "start_day": "x"}], ids=["empty", "wrong"])
def test_every_label_and_description_finds_its_target_once(data):
    page = Ids(str(Whole(data)))
    assert page.inputs == 12
    assert page.asked <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_hint_stands_before_the_input_and_describes_it():
    html = str(Whole({"name": ""})["name"].as_field_group())
    assert html.index("id_name_helptext") < html.index("id_name_error") < html.index("<input")
    assert 'aria-describedby="id_name_helptext id_name_error"' in html


def test_choices_and_days_are_fieldsets_with_a_legend():
    html = str(Whole())
    assert html.count("<fieldset") == 4  # the day, two choices, one group
    assert html.count("<legend") == 4
    assert 'role="group" aria-describedby="id_start_helptext"' in html
    assert 'id="id_kind_0" aria-describedby="id_kind_0_hint"' in html


def test_groups_stand_where_their_first_field_is():
    html = str(Whole())
    assert (
        html.index('name="home"')
        < html.index("Money")
        < html.index('name="paid"')
        < html.index('name="papers"')
    )


def test_optional_fields_say_so():
    html = str(Whole())
    assert html.count("(optional)") == 2


def test_the_browser_checks_nothing_itself():
    html = str(Whole())
    assert " required" not in html
    assert 'type="number"' not in str(one(forms.IntegerField(), it="1"))


def test_the_summary_says_the_same_words_as_the_fields_and_links_to_them():
    form = Whole({"secret": "far too long", "start_day": "x"})
    form_html = str(form)
    ids = set(Ids(form_html).ids)
    links = error_links(form)
    assert len(links) > 8
    for link in links:
        assert link.target in ids, link
        assert link.text in form_html.replace("&quot;", '"')
    summary = Template("{% load portal %}{% error_summary form %}").render(Context({"form": form}))
    assert "These answers do not go together." in summary
    assert 'href="#form-errors"' in summary
    assert 'href="#id_kind_0"' in summary


def test_no_summary_without_errors():
    page = Template("{% load portal %}{% error_summary form %}")
    assert page.render(Context({"form": Whole()})).strip() == ""


def test_what_was_typed_is_escaped():
    form = one(forms.CharField(max_length=3, label="<b>"), it='"><script>')
    assert "<script>" not in str(form)
    assert "<b>" not in str(form)


def test_formsets_have_their_own_ids_and_are_in_the_summary():
    class Line(PortalForm):
        what = forms.CharField(max_length=5)

    formset = formset_factory(Line, extra=2, min_num=1, validate_min=True)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-what": "too long", "form-1-what": "\x00"}
    )
    assert not formset.is_valid()
    targets = [link.target for link in error_links(formset)]
    assert "id_form-0-what" in targets
    assert set(targets) <= set(Ids(formset.render(renderer=formset.forms[0].renderer)).ids) | {
        "form-form-errors"
    }


# --- forms over models


def test_a_date_column_is_typed_in_three_parts_and_a_moment_is_not():
    assert isinstance(form_field(models.DateField()), DayField)
    assert not isinstance(form_field(models.DateTimeField()), DayField)
    assert type(form_field(models.DateField(), form_class=forms.DateField)) is forms.DateField


def test_a_model_form_uses_our_fields_markup_and_sentences():
    class Log(models.Model):
        day = models.DateField(verbose_name="day")
        name = models.CharField(max_length=5, verbose_name="name")

        class Meta:
            app_label = "web"
            managed = False

    class LogForm(PortalModelForm):
        class Meta:
            model = Log
            fields = ["day", "name"]

    try:
        form = LogForm({"name": "too long"})
        assert form.errors == {
            "day": ["Enter the date of “Day”."],
            "name": ["“Name” has 8 characters; it may have 5."],
        }
        assert 'name="day_month"' in str(form)
    finally:
        del apps.all_models["web"]["log"]
        apps.clear_cache()


# --- Django's own forms


class Passwords(PortalFormMixin, forms.Form):
    password = forms.CharField(widget=forms.PasswordInput, strip=False)


def test_a_password_is_what_was_typed():
    typed = " e\u0301\u202e "
    form = Passwords({"password": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["password"] == typed
    assert typed not in str(form)
    assert not Passwords({"password": "x" * 1001}).is_valid()


def test_a_plain_form_drawn_by_our_renderer_has_our_markup():
    class Plain(forms.Form):
        name = forms.CharField(label="Name")

    html = str(Plain({}, renderer=PortalRenderer()))
    assert 'class="govuk-input govuk-input--error"' in html
    assert 'id="id_name_error"' in html


# --- filters


class Search(FilterForm):
    search = forms.CharField(label="Name", max_length=20)
    since = DayField(label="Since")
    state = forms.ChoiceField(label="State", choices=[("", "All"), ("open", "To do"), ("done", "Done")])


def active(query):
    return [(each.label, each.text, each.query) for each in Search(QueryDict(query)).active()]


def test_active_filters_can_each_be_dropped():
    assert active("search=Ann+B&state=open&page=3&sort=-day") == [
        ("Name", "Ann B", "state=open&sort=-day"),
        ("State", "To do", "search=Ann+B&sort=-day"),
    ]
    assert active("since_day=7&since_month=3&since_year=2026&state=done") == [
        ("Since", "07/03/2026", "state=done"),
        ("State", "Done", "since_day=7&since_month=3&since_year=2026"),
    ]


def test_nothing_asked_nothing_active():
    assert Search().active() == []
    assert active("search=&page=2") == []


def test_a_wrong_filter_is_told_and_the_others_count():
    form = Search(QueryDict("state=lost&search=Ann"))
    assert [each.label for each in form.active()] == ["Name"]
    assert form.errors["state"] == ["Choose an answer to “State” from the list."]
    assert "(optional)" not in str(form)
