"""Downloads: names, types and what the browser may do with them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from partenamut.documents import services
from partenamut.documents.responses import as_download
from tests.documents import files, samples


@pytest.fixture
def upload(person, at, shelf):
    file = SimpleUploadedFile("Attestation médicale « été ».pdf", files.PDF)
    return services.receive(file=file, kind="certificate", actor=person, at=at)


@pytest.fixture
def rendered(at, db):
    return services.issue(
        key="k",
        kind="decision",
        template=samples.STATEMENT,
        context=samples.statement(),
        language="fr",
        title="Décision : 1/2 \u202e",
        issued_on=samples.DAY,
        actor=None,
        at=at,
    )


def test_a_document_is_a_download(rendered):
    response = as_download(rendered)
    assert response.content == bytes(rendered.content)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''D%C3%A9cision%20%201-2.pdf"


def test_a_document_can_be_shown_in_the_browser(rendered):
    assert as_download(rendered, inline=True)["Content-Disposition"].startswith("inline; filename*=utf-8''")


def test_nothing_is_guessed_run_or_kept(rendered, upload):
    for item in (rendered, upload):
        response = as_download(item)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cache-Control"] == "private, no-store"


def test_a_received_file_keeps_its_name(upload):
    response = as_download(upload)
    with upload.file.open("rb") as stored:
        assert response.content == stored.read()
    assert response["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''Attestation%20m%C3%A9dicale"
    )
    assert response["Content-Type"] == "application/pdf"


def test_a_removed_file_is_not_found(upload, person, at):
    with pytest.raises(Http404):
        as_download(services.remove(upload=upload, actor=person, at=at))


def test_the_middleware_leaves_the_policy_alone(rendered, rf):
    from csp.middleware import CSPMiddleware

    response = CSPMiddleware(lambda _request: as_download(rendered))(rf.get("/"))
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
