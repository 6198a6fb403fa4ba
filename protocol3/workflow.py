"""The life of a monthly closing as a table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.roles import Permission as P
from partenamut.workflow import Step, Workflow


class ClosingStatus(TextChoices):
    """Where a closing stands."""

    CHECKED = "checked", _("Checked")
    ISSUING = "issuing", _("Being issued")
    INTERRUPTED = "interrupted", _("Interrupted")
    PARTLY_ISSUED = "partly_issued", _("Partly issued")
    ISSUED = "issued", _("Issued")
    DISCARDED = "discarded", _("Discarded")


class ClosingAction(TextChoices):
    """What can be done with a closing."""

    ISSUE = "issue", _("Issue the notes")
    INTERRUPT = "interrupt", _("Interrupt")
    RESUME = "resume", _("Resume")
    FINISH = "finish", _("Finish")
    DISCARD = "discard", _("Discard")


S, A = ClosingStatus, ClosingAction

CLOSING = Workflow[ClosingStatus, ClosingAction](
    "closing",
    S.CHECKED,
    [
        Step(A.ISSUE, (S.CHECKED,), (S.ISSUING,), P.BILL_PROJECT),
        Step(A.INTERRUPT, (S.ISSUING,), (S.INTERRUPTED,), P.BILL_PROJECT),
        Step(A.RESUME, (S.INTERRUPTED, S.PARTLY_ISSUED), (S.ISSUING,), P.BILL_PROJECT),
        Step(A.FINISH, (S.ISSUING,), (S.ISSUED, S.PARTLY_ISSUED), "system"),
        Step(A.DISCARD, (S.CHECKED,), (S.DISCARDED,), P.BILL_PROJECT),
    ],
)

#: States in which the month can be closed anew: for what came late, or for an insurer that could not be issued.
SETTLED = (S.ISSUED, S.PARTLY_ISSUED, S.DISCARDED)
#: States in which nothing more can come of a closing.
ENDED = (S.ISSUED, S.DISCARDED)
