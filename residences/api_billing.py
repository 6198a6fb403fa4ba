"""Accounts and invoices over the REST API: entries read, made and withdrawn; invoices read with their lines."""

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils.timezone import localdate, now
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from partenamut.accounts.permissions import user_of
from partenamut.accounts.roles import Permission
from partenamut.audit.services import note_access
from partenamut.money import CENT
from partenamut.web.api import allows
from partenamut.web.api_fields import DayField, RowField, WordsField
from residences.models import (
    Convention,
    Entry,
    EntryKind,
    Invoice,
    InvoiceLine,
    InvoiceShare,
    Supplement,
)
from residences.services import accounts

PURPOSE = "api"
MayDirect = allows(Permission.DIRECT_RESIDENCE)


# --- entries ----------------------------------------------------------------------------------------------


class AccountEntrySerializer(serializers.ModelSerializer[Entry]):
    """An entry of an account, and the invoice that has it."""

    home = serializers.UUIDField(source="convention.home.public_id", read_only=True)
    convention = serializers.UUIDField(source="convention.public_id", read_only=True)
    supplement = serializers.UUIDField(source="supplement.public_id", read_only=True, default=None)
    invoice = serializers.SerializerMethodField()
    has_document = serializers.SerializerMethodField()

    class Meta:
        model = Entry
        fields = (
            "public_id",
            "home",
            "convention",
            "kind",
            "date",
            "label",
            "supplement",
            "quantity",
            "unit_price",
            "amount",
            "explanation",
            "has_document",
            "invoice",
            "withdrawn_at",
            "withdrawn_because",
        )

    def get_invoice(self, row: Entry) -> str | None:
        """The number of the invoice, once there is one."""
        line: InvoiceLine | None = getattr(row, "line", None)
        return line.invoice.number if line else None

    def get_has_document(self, row: Entry) -> bool:
        """Whether its document is there; an advance without one cannot be invoiced (art. 4 §5)."""
        return row.upload_id is not None


class NewAccountEntrySerializer(serializers.Serializer[Any]):
    """An entry as a program sends it; which fields it needs depends on its kind."""

    convention = RowField()
    kind = serializers.ChoiceField(choices=EntryKind.choices)
    date = DayField()
    supplement = RowField(required=False)
    quantity = serializers.DecimalField(
        max_digits=6, decimal_places=2, min_value=CENT, required=False, default=Decimal(1)
    )
    label = WordsField(max_length=150, required=False, default="")  # type: ignore[assignment]
    amount = serializers.DecimalField(max_digits=9, decimal_places=2, required=False)
    inami_amount = serializers.DecimalField(max_digits=9, decimal_places=2, required=False)
    explanation = WordsField(max_length=300, required=False, default="", allow_blank=True)

    #: What each kind cannot do without.
    NEEDED = {
        EntryKind.SUPPLEMENT: ("supplement",),
        EntryKind.ADVANCE: ("label", "amount"),
        EntryKind.CARE: ("label", "amount", "inami_amount"),
        EntryKind.CORRECTION: ("label", "amount", "explanation"),
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The entry with what its kind needs."""
        missing = [name for name in self.NEEDED[attrs["kind"]] if attrs.get(name) in (None, "")]
        if missing:
            raise serializers.ValidationError(
                {name: self.fields[name].error_messages["required"] for name in missing}
            )
        return attrs


class EntryWithdrawalSerializer(serializers.Serializer[Any]):
    """Why an entry is withdrawn."""

    because = WordsField(max_length=200)


class EntryApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Entries by convention, kind and days; only those that no invoice has with `open`."""

    convention = django_filters.UUIDFilter(field_name="convention__public_id")
    home = django_filters.UUIDFilter(field_name="convention__home__public_id")
    kind = django_filters.ChoiceFilter(choices=EntryKind.choices)
    since = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="date", lookup_expr="lte")
    open = django_filters.BooleanFilter(method="still_open")

    class Meta:
        model = Entry
        fields: list[str] = []

    def still_open(self, rows: QuerySet[Entry], _name: str, value: bool) -> QuerySet[Entry]:
        """Those that no invoice has, or the others."""
        if value:
            return rows.filter(withdrawn_at=None, line=None)
        return rows.exclude(withdrawn_at=None, line=None)


class EntryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Entry]):
    """Entries of the accounts of the user's homes: to read, to make, to withdraw."""

    queryset = Entry.objects.none()
    serializer_class = AccountEntrySerializer
    permission_classes = (MayDirect,)
    filterset_class = EntryApiFilter
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Entry]:
        """Those of the homes that the user directs today, the latest first."""
        mine = Convention.objects.directed_by(user_of(self.request), localdate())
        rows: QuerySet[Entry] = Entry.objects.filter(convention__in=mine)
        return rows.select_related("convention__home", "supplement", "line__invoice").order_by("-date", "-pk")

    @extend_schema(request=NewAccountEntrySerializer, responses={201: AccountEntrySerializer})
    def create(self, request: Request) -> Response:
        """An entry made; what the convention does not allow is refused with its article. Documents are added in the portal."""
        user = user_of(request)
        mine = Convention.objects.directed_by(user, localdate())
        rows = {
            "convention_rows": mine,
            "supplement_rows": Supplement.objects.filter(home__conventions__in=mine).distinct(),
        }
        sent = NewAccountEntrySerializer(data=request.data, context=rows)
        sent.is_valid(raise_exception=True)
        entry = _made(sent.validated_data, {"actor": user, "at": now()})
        shown = self.get_queryset().get(pk=entry.pk)
        return Response(self.get_serializer(shown).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EntryWithdrawalSerializer, responses=AccountEntrySerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, public_id: str) -> Response:
        """The entry withdrawn with its reason, while no invoice has it."""
        entry = self.get_object()  # a stranger's is not there, whatever is sent about it
        sent = EntryWithdrawalSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        accounts.withdraw_entry(entry=entry, **sent.validated_data, actor=user_of(request), at=now())
        return Response(self.get_serializer(self.get_object()).data)


def _made(values: dict[str, Any], by: dict[str, Any]) -> Entry:
    """The entry of a kind by its use case."""
    said = {"convention": values["convention"], "day": values["date"], **by}
    if values["kind"] == EntryKind.SUPPLEMENT:
        return accounts.add_supplement(supplement=values["supplement"], quantity=values["quantity"], **said)
    said |= {"label": values["label"], "amount": values["amount"], "upload": None}
    if values["kind"] == EntryKind.ADVANCE:
        return accounts.add_advance(**said)
    if values["kind"] == EntryKind.CARE:
        return accounts.add_care(inami_amount=values["inami_amount"], **said)
    return accounts.add_correction(explanation=values["explanation"], **said)


# --- invoices ---------------------------------------------------------------------------------------------


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    """A line of an invoice."""

    class Meta:
        model = InvoiceLine
        fields = (
            "position",
            "kind",
            "label",
            "first_day",
            "last_day",
            "days",
            "quantity",
            "unit_price",
            "percent",
            "amount",
        )


class InvoiceShareSerializer(serializers.ModelSerializer[InvoiceShare]):
    """What one debtor owes."""

    class Meta:
        model = InvoiceShare
        fields = ("public_id", "name", "amount", "communication")


class ListedInvoiceSerializer(serializers.ModelSerializer[Invoice]):
    """An invoice in a list."""

    home = serializers.UUIDField(source="home.public_id", read_only=True)
    convention = serializers.UUIDField(source="convention.public_id", read_only=True)
    credits = serializers.CharField(source="credits.number", read_only=True, default=None)
    shares = InvoiceShareSerializer(many=True, read_only=True)

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = (
            "public_id",
            "number",
            "kind",
            "home",
            "convention",
            "credits",
            "month",
            "issued_on",
            "received_on",
            "due_on",
            "dispute_until",
            "total",
            "inami_days",
            "inami_amount",
            "explanation",
            "shares",
        )


class InvoiceSerializer(ListedInvoiceSerializer):
    """An invoice with its lines."""

    lines = InvoiceLineSerializer(many=True, read_only=True)

    class Meta(ListedInvoiceSerializer.Meta):
        fields = (*ListedInvoiceSerializer.Meta.fields, "lines")


class InvoiceApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Invoices by home, convention, kind and days of issue."""

    home = django_filters.UUIDFilter(field_name="home__public_id")
    convention = django_filters.UUIDFilter(field_name="convention__public_id")
    month = django_filters.DateFilter(field_name="month", help_text="The first day of the month.")
    since = django_filters.DateFilter(field_name="issued_on", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="issued_on", lookup_expr="lte")

    class Meta:
        model = Invoice
        fields = ("kind",)


class InvoiceViewSet(viewsets.ReadOnlyModelViewSet[Invoice]):
    """The invoices of the user's homes, as they were issued."""

    queryset = Invoice.objects.none()
    serializer_class = InvoiceSerializer
    permission_classes = (MayDirect,)
    filterset_class = InvoiceApiFilter
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Invoice]:
        """Those of the homes that the user directs today, the latest first."""
        mine = Convention.objects.directed_by(user_of(self.request), localdate())
        rows: QuerySet[Invoice] = Invoice.objects.filter(convention__in=mine)
        rows = rows.select_related("home", "convention__resident__member", "credits").order_by("-pk")
        rows = rows.prefetch_related(Prefetch("shares", InvoiceShare.objects.order_by("pk")))
        if self.action == "list":
            return rows
        return rows.prefetch_related(Prefetch("lines", InvoiceLine.objects.order_by("position")))

    def get_serializer_class(self) -> Any:
        """The whole invoice, or in a list without its lines."""
        return ListedInvoiceSerializer if self.action == "list" else InvoiceSerializer

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One invoice with its lines; the opening is logged."""
        invoice = self.get_object()
        resident = invoice.convention.resident
        note_access(
            person=resident.member or resident,
            actor=user_of(request),
            at=now(),
            purpose=PURPOSE,
            path=request.path,
        )
        return Response(self.get_serializer(invoice).data)


def register(router: BaseRouter) -> None:
    """Puts the endpoints of accounts and invoices under /api/v1/."""
    router.register("rest-homes/entries", EntryViewSet, basename="rest-home-entry")
    router.register("rest-homes/invoices", InvoiceViewSet, basename="rest-home-invoice")
