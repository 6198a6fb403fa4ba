"""Pages of long lists: counting stops at a bound, and so do the pages."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import QuerySet

#: Nobody reads further; counting and skipping more rows than this only costs the database.
BOUND = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that sees the first `BOUND` rows only; `more` says whether there are others."""

    bound = BOUND

    @cached_property
    def count(self) -> int:
        """How many rows the pages show."""
        return min(self._counted, self.bound)

    @property
    def more(self) -> bool:
        """Whether the list goes on beyond the last page."""
        return self._counted > self.bound

    @cached_property
    def _counted(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: self.bound + 1].count()
        return len(rows)
