"""Who sends files and orders documents in these tests, and when."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage

from tests.factories.accounts import UserFactory

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def at():
    return NOON


@pytest.fixture
def person(db):
    return UserFactory()


@pytest.fixture
def shelf() -> Iterator[list[str]]:
    """The storage, empty; call it for the places of the files in it."""

    def places():
        if not default_storage.exists("uploads"):
            return []
        return [
            f"uploads/{folder}/{name}"
            for folder in default_storage.listdir("uploads")[0]
            for name in default_storage.listdir(f"uploads/{folder}")[1]
        ]

    for place in places():
        default_storage.delete(place)
    yield places
    for place in places():
        default_storage.delete(place)
