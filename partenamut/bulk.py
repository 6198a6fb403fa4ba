"""Many rows at once by COPY: no query per row, columns prepared as the models would."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model

#: Lines that go to the database in one message.
_LINES_TOGETHER = 2_000


def reserve(model: type[Model], count: int) -> list[int]:
    """So many primary keys that nobody else gets; they come back in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, _column(model), count],
        )
        return sorted(key for (key,) in cursor.fetchall())


def keys_by_index() -> None:
    """Has the rows that many new ones point to be found by their index until the transaction ends.

    A connection plans these checks once: where the table was nearly empty then, it would go on reading the whole
    of it for every row.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
        cursor.execute("SET LOCAL enable_seqscan = off")


def check_now(model: type[Model], name: str) -> None:
    """Has the rows written so far checked against what a foreign key points to, and not only at the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)"
            " WHERE conrelid = %s::regclass AND contype = 'f' AND attname = %s",
            [model._meta.db_table, _field(model, name).column],
        )
        for (constraint,) in cursor.fetchall():
            cursor.execute(f'SET CONSTRAINTS "{constraint}" IMMEDIATE')


def copy(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows of the named fields; constraints and triggers of the table hold as for any insert."""
    encoders = [_field(model, name).get_db_prep_save for name in names]
    with _stream(model, names) as target:
        for row in rows:
            target.write_row([encode(value, connection) for encode, value in zip(encoders, row, strict=True)])


def copy_text(model: type[Model], names: Sequence[str], lines: Iterable[str]) -> None:
    """As `copy`, several times as fast, for lines written already: values between tabs, a line feed at the end.

    Only for numbers, days, codes and amounts: nothing in them is escaped.
    """
    source = iter(lines)
    with _stream(model, names) as target:
        while block := "".join(islice(source, _LINES_TOGETHER)):
            target.write(block)


@contextmanager
def uncollected() -> Iterator[None]:
    """Reckons with very many small values that hold no circles: looking for circles again and again costs a third."""
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


@contextmanager
def _stream(model: type[Model], names: Sequence[str]) -> Iterator[Any]:
    """What takes the rows; errors of the database come as Django's own, as from any other query."""
    columns = ", ".join(f'"{_field(model, name).column}"' for name in names)
    statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as target:
        yield target


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _column(model: type[Model]) -> str:
    pk = model._meta.pk
    if pk is None or pk.column is None:
        raise TypeError(f"{model.__name__} has no key of its own")
    return pk.column
