"""Users with roles."""

from datetime import UTC, datetime
from typing import Any

from factory.declarations import Sequence
from factory.django import DjangoModelFactory
from factory.helpers import post_generation

from partenamut.accounts.models import RoleAssignment, User

PASSWORD = "a-long-enough-password"
#: The library types a call of a factory as the factory; what comes back is a row.
ModelFactory: Any = DjangoModelFactory

GRANTED = datetime(2024, 1, 1, 9, tzinfo=UTC)


class UserFactory(ModelFactory):
    """A user; `UserFactory(roles=[Role.ADVISER])` has that role, `password=` sets another password."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = Sequence(lambda count: f"user{count}@example.org")
    name = Sequence(lambda count: f"User {count}")
    language = "fr"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        kwargs.setdefault("password", PASSWORD)
        return model_class.objects.create_user(*args, **kwargs)

    @post_generation
    def roles(self, create: bool, extracted: Any, **_kwargs: Any) -> None:
        if create and extracted:
            RoleAssignment.objects.bulk_create(
                RoleAssignment(user=self, role=role, granted_at=GRANTED) for role in extracted
            )
            self.__dict__.pop("roles", None)
