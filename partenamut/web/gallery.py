"""Every component on one page with invented data; routed for development and for the accessibility tests only."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from partenamut.web import formats
from partenamut.web.forms import (
    AutocompleteSelect,
    DayField,
    EuroField,
    FilterForm,
    IbanField,
    NissField,
    PortalForm,
    Radios,
    UploadField,
    YesNoField,
)

HOMES = ["Le Bouleau, Spa", "Les Tilleuls, Liège", "Ter Duinen, De Haan", "Haus am See, Eupen"]


class SampleForm(PortalForm):
    """One field of each kind."""

    day = DayField(label="Début du séjour", help_text="Par exemple 07 03 2026")
    birth = DayField(label="Date de naissance", required=False, autocomplete="bday")
    niss = NissField(label="Numéro de registre national", help_text="Au dos de la carte d'identité")
    iban = IbanField(label="Compte bancaire", required=False)
    amount = EuroField(label="Montant payé", max_value=5000)
    mail = forms.EmailField(label="Adresse e-mail")
    nights = forms.IntegerField(label="Nombre de nuits", min_value=1, max_value=60)
    kind = forms.ChoiceField(
        label="Formule",
        choices=[("stay", "Séjour de convalescence"), ("home", "Aide à domicile")],
        widget=Radios(hints={"stay": "En maison de repos, 60 jours au plus."}),
    )
    alone = YesNoField(label="Vivez-vous seul ?")
    means = forms.MultipleChoiceField(
        label="Aide reçue",
        choices=[("nurse", "Infirmier"), ("family", "Famille")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    residence = forms.ChoiceField(
        label="Résidence",
        choices=[("", ""), *((name, name) for name in HOMES)],
        widget=AutocompleteSelect,
    )
    reason = forms.ChoiceField(label="Motif", choices=[("", ""), ("a", "Opération"), ("b", "Accident")])
    certificate = UploadField(label="Certificat", help_text="PDF ou photo, 10 Mo au plus", multiple=True)
    note = forms.CharField(label="Remarque", max_length=500, required=False, widget=forms.Textarea)
    agree = forms.BooleanField(label="Je confirme ces réponses")
    field_groups = [("Paiement", ["iban", "amount"])]


class SampleFilter(FilterForm):
    """The filters of the sample list."""

    search = forms.CharField(label="Nom ou référence", max_length=80)
    since = DayField(label="Depuis le")
    state = forms.ChoiceField(label="État", choices=[("", "Tous"), ("open", "À traiter"), ("done", "Décidé")])


def _events() -> list[dict[str, str]]:
    today = timezone.localdate()
    return [
        {"state": "past", "title": "Demande reçue", "when": formats.day(today - timedelta(days=4))},
        {"state": "past", "title": "Certificat complet", "when": formats.day(today - timedelta(days=2))},
        {"state": "now", "title": "Avis du médecin-conseil", "text": "Un médecin lit votre demande."},
        {"state": "next", "title": "Décision", "when": "La moitié en 3 jours, 9 sur 10 en 7 jours"},
    ]


def _reasons() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(met=True, message="Votre cotisation est en ordre.", source="Statuts, article 12"),
        SimpleNamespace(
            met=False,
            message="L'hôpital se trouve à plus de trente jours du séjour.",
            source="Brochure convalescence, page 4",
        ),
    ]


def _table() -> dict[str, Any]:
    columns = [
        {"label": "Référence", "sort_url": "?sort=reference", "sorted": "ascending"},
        {"label": "Membre", "sort_url": "?sort=member"},
        {"label": "Reçue le"},
        {"label": "État"},
        {"label": "Montant", "numeric": True, "sort_url": "?sort=-amount", "sorted": ""},
    ]
    rows = [
        [
            {"text": f"CNV-2026-00{number}", "url": "#main", "nowrap": True},
            "Vandenbroucke-Delacroix, Marie-Antoinette",
            formats.day(date(2026, 3, number)),
            {"text": "À traiter", "tone": "warning"},
            formats.euros(Decimal("1234.5") * number),
        ]
        for number in range(7, 10)
    ]
    return {"columns": columns, "rows": rows}


def _sample(request: HttpRequest) -> dict[str, Any]:
    return {
        "navigation": [
            {"label": "Accueil", "url": "/components/", "current": True},
            {"label": "Mes demandes", "url": "/components/form/", "current": False},
            {"label": "Mes paiements", "url": "/components/list/", "current": False},
        ],
        "labels": ["Vous", "Le séjour", "Les documents", "Vérifier"],
        "events": _events(),
        "reasons": _reasons(),
        "table": _table(),
        "stay": [
            {"label": "Résidence", "value": "Le Bouleau, Spa", "url": "/components/form/#id_residence"},
            {"label": "Séjour", "value": formats.period(date(2026, 3, 7), date(2026, 3, 20)), "url": "#main"},
            {"label": "Remarque", "value": ""},
        ],
        "files": [
            {
                "name": "certificat.pdf",
                "state": "Reçu",
                "tone": "success",
                "details": "240 ko",
                "remove_url": "#",
            },
            {"name": "photo de la facture de l'hôpital.gif", "error": "Ce format n'est pas accepté."},
        ],
        "channels": ["En ligne", "Papier"],
        "monthly": [
            {"label": "Janvier", "short": "jan", "values": [30, 12]},
            {"label": "Février", "short": "fév", "values": [41, 9]},
        ],
        "limits": [
            {"label": "Séances", "used": 12, "projected": 40, "limit": 30, "texts": ["12", "40", "30"]},
            {"label": "Groupes", "used": 5, "projected": 9, "limit": 20, "texts": ["5", "9", "20"]},
        ],
        "limit_heads": ["Limite de", "Utilisé", "Prévu", "Maximum"],
        "months": [
            {"label": "Janvier", "value": 42},
            {"label": "Février", "value": 17},
            {"label": "Mars", "value": 68},
        ],
        "exports": [{"url": "?export=csv", "label": "CSV"}, {"url": "?export=xlsx", "label": "Excel"}],
        "page": Paginator(range(400), 20).get_page(request.GET.get("page")),
        "amount": Decimal("1234567.5"),
        # Short enough to see the warning come: /components/?session
        "session_seconds": 4 if "session" in request.GET else 0,
    }


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """The components of member pages."""
    return render(request, "gallery/components.html", _sample(request))


@login_not_required
@require_http_methods(["GET", "POST"])
def sample_form(request: HttpRequest) -> HttpResponse:
    """The form pack: empty, or with its errors after a POST."""
    form = SampleForm(request.POST, request.FILES) if request.method == "POST" else SampleForm()
    return render(request, "gallery/form.html", _sample(request) | {"form": form})


@login_not_required
@require_safe
def sample_list(request: HttpRequest) -> HttpResponse:
    """A staff list: filters, count, table, pages."""
    filters = SampleFilter(request.GET or None)
    return render(request, "gallery/list.html", _sample(request) | {"filters": filters})


@login_not_required
@require_safe
def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """An error page as it will look."""
    return render(request, f"{status}.html", status=status)


urlpatterns = [
    path("", components, name="gallery"),
    path("form/", sample_form, name="gallery_form"),
    path("list/", sample_list, name="gallery_list"),
    path("error/<int:status>/", error_page, name="gallery_error"),
]
