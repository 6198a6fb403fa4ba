"""The letters of a rise: the list with their state, one PDF, all of them as one file."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from partenamut.accounts.permissions import user_of
from partenamut.audit.services import record
from partenamut.documents.responses import as_download
from partenamut.documents.services import bytes_of
from partenamut.documents.zipping import as_zip
from partenamut.web.worklist import Link
from residences.models import PriceNotice
from residences.readings import price_notices as reading
from residences.readings.prices import address
from residences.views.loading import directs, note_file_opened
from residences.views.price_campaigns import campaign_of

#: Why a file is opened; it stands in the access log.
NOTICE = gettext_noop("Notice of a new price")


@directs
@require_safe
def price_notices(request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID) -> HttpResponseBase:
    """Who was told of a rise, and the letter of each."""
    found = campaign_of(request, home_id, campaign_id)
    actions = [Link(label=_("All letters (ZIP)"), url=address("price_notices_zip", found))]
    return reading.NoticeList(found).respond(
        request,
        title=_("Letters of the rise"),
        caption=found.number or "",
        actions=actions if found.notices.exists() else [],
        back=address("campaign", found),
        back_label=_("Rise of prices"),
        home=found.home,
        here="prices",
    )


@directs
@require_safe
def price_notice(
    request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID, notice_id: uuid.UUID
) -> HttpResponse:
    """One letter of a rise."""
    found = campaign_of(request, home_id, campaign_id)
    rows = PriceNotice.objects.filter(campaign=found).select_related(
        "document", "convention__resident__member"
    )
    notice = get_object_or_404(rows, public_id=notice_id)
    if notice.convention is not None:
        note_file_opened(request, notice.convention.resident, NOTICE)
    return as_download(bytes_of(notice.document, at=timezone.now()))


@directs
@require_safe
def price_notices_zip(request: HttpRequest, home_id: uuid.UUID, campaign_id: uuid.UUID) -> HttpResponseBase:
    """The letters of a rise as one file, written while it leaves."""
    found = campaign_of(request, home_id, campaign_id)
    if found.notified_on is None:
        # Nothing was sent: there is nothing to download yet.
        return redirect(address("campaign", found))
    record(action="price_notices_taken", subject=found, actor=user_of(request), at=timezone.now())
    return as_zip(reading.zip_of(found), f"{found.number}.zip")
