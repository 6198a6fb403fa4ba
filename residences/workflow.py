"""The lives of a convention, an amendment, a price campaign and a monthly run, as tables."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from partenamut.accounts.roles import Permission as P
from partenamut.workflow import Step, Workflow

# --- the convention -----------------------------------------------------------------------------------------


class ConventionStatus(TextChoices):
    """Where a convention stands."""

    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready to sign")
    SIGNED = "signed", _("Signed")
    IN_FORCE = "in_force", _("In force")
    NOTICE_GIVEN = "notice_given", _("Notice given")
    ENDED = "ended", _("Ended")
    DISCARDED = "discarded", _("Discarded")


class ConventionAction(TextChoices):
    """What can be done with a convention."""

    PREPARE = "prepare", _("Offer for signature")
    REOPEN = "reopen", _("Take back to the draft")
    COMMENT = "comment", _("Comment on an article")
    SIGN = "sign", _("Sign")
    START = "start", _("Begin")
    GIVE_NOTICE = "give_notice", _("Record a notice")
    WITHDRAW_NOTICE = "withdraw_notice", _("Withdraw the notice")
    END = "end", _("End")
    DISCARD = "discard", _("Discard")


S, A = ConventionStatus, ConventionAction

CONVENTION = Workflow[ConventionStatus, ConventionAction](
    "convention",
    S.DRAFT,
    [
        Step(A.PREPARE, (S.DRAFT,), (S.READY,), P.DIRECT_RESIDENCE),
        Step(A.REOPEN, (S.READY,), (S.DRAFT,), P.DIRECT_RESIDENCE),
        # A remark of the resident's side opens exactly the article that it is about.
        Step(A.COMMENT, (S.READY,), (S.DRAFT,), P.FILE_REQUESTS),
        Step(A.SIGN, (S.READY,), (S.SIGNED,), P.DIRECT_RESIDENCE, also=(P.FILE_REQUESTS,)),
        Step(A.START, (S.SIGNED,), (S.IN_FORCE,), "system"),
        Step(A.GIVE_NOTICE, (S.SIGNED, S.IN_FORCE), (S.NOTICE_GIVEN,), P.DIRECT_RESIDENCE),
        Step(
            A.WITHDRAW_NOTICE, (S.NOTICE_GIVEN,), (S.SIGNED, S.IN_FORCE), P.DIRECT_RESIDENCE, needs_note=True
        ),
        Step(A.END, (S.SIGNED, S.IN_FORCE, S.NOTICE_GIVEN), (S.ENDED,), P.DIRECT_RESIDENCE),
        Step(A.DISCARD, (S.DRAFT, S.READY), (S.DISCARDED,), P.DIRECT_RESIDENCE, needs_note=True),
    ],
)

#: States in which nobody has signed for both sides yet.
UNSIGNED = (S.DRAFT, S.READY)
#: States of a signed convention that still runs.
RUNNING = (S.SIGNED, S.IN_FORCE, S.NOTICE_GIVEN)
#: States of a convention that both sides signed.
SIGNED_ONES = (*RUNNING, S.ENDED)


# --- the amendment ------------------------------------------------------------------------------------------


class AmendmentStatus(TextChoices):
    """Where an amendment stands."""

    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready to sign")
    SIGNED = "signed", _("Signed")
    DISCARDED = "discarded", _("Discarded")


AMENDMENT = Workflow[AmendmentStatus, ConventionAction](
    "amendment",
    AmendmentStatus.DRAFT,
    [
        Step(A.PREPARE, (AmendmentStatus.DRAFT,), (AmendmentStatus.READY,), P.DIRECT_RESIDENCE),
        Step(A.REOPEN, (AmendmentStatus.READY,), (AmendmentStatus.DRAFT,), P.DIRECT_RESIDENCE),
        Step(A.COMMENT, (AmendmentStatus.READY,), (AmendmentStatus.DRAFT,), P.FILE_REQUESTS),
        Step(
            A.SIGN,
            (AmendmentStatus.READY,),
            (AmendmentStatus.SIGNED,),
            P.DIRECT_RESIDENCE,
            also=(P.FILE_REQUESTS,),
        ),
        Step(
            A.DISCARD,
            (AmendmentStatus.DRAFT, AmendmentStatus.READY),
            (AmendmentStatus.DISCARDED,),
            P.DIRECT_RESIDENCE,
            needs_note=True,
        ),
    ],
)

#: An amendment that is not over: one at a time (house rule).
OPEN_AMENDMENTS = (AmendmentStatus.DRAFT, AmendmentStatus.READY)


# --- the price campaign -------------------------------------------------------------------------------------


class CampaignStatus(TextChoices):
    """Where a rise of prices stands."""

    DRAFT = "draft", _("Draft")
    NOTIFIED = "notified", _("Notified")
    DISCARDED = "discarded", _("Discarded")


class CampaignAction(TextChoices):
    """What can be done with a rise of prices."""

    NOTIFY = "notify", _("Notify the new prices")
    DISCARD = "discard", _("Discard")


CAMPAIGN = Workflow[CampaignStatus, CampaignAction](
    "price-campaign",
    CampaignStatus.DRAFT,
    [
        Step(CampaignAction.NOTIFY, (CampaignStatus.DRAFT,), (CampaignStatus.NOTIFIED,), P.DIRECT_RESIDENCE),
        Step(
            CampaignAction.DISCARD, (CampaignStatus.DRAFT,), (CampaignStatus.DISCARDED,), P.DIRECT_RESIDENCE
        ),
    ],
)


# --- the monthly run ----------------------------------------------------------------------------------------


class RunStatus(TextChoices):
    """Where the invoices of a month stand."""

    CHECKED = "checked", _("Checked")
    ISSUING = "issuing", _("Being issued")
    INTERRUPTED = "interrupted", _("Interrupted")
    PARTLY_ISSUED = "partly_issued", _("Partly issued")
    ISSUED = "issued", _("Issued")
    DISCARDED = "discarded", _("Discarded")


class RunAction(TextChoices):
    """What can be done with the invoices of a month."""

    ISSUE = "issue", _("Issue the invoices")
    INTERRUPT = "interrupt", _("Interrupt")
    RESUME = "resume", _("Resume")
    FINISH = "finish", _("Finish")
    DISCARD = "discard", _("Discard")


R, D = RunStatus, RunAction

INVOICE_RUN = Workflow[RunStatus, RunAction](
    "invoice-run",
    R.CHECKED,
    [
        Step(D.ISSUE, (R.CHECKED,), (R.ISSUING,), P.DIRECT_RESIDENCE),
        Step(D.INTERRUPT, (R.ISSUING,), (R.INTERRUPTED,), P.DIRECT_RESIDENCE),
        Step(D.RESUME, (R.INTERRUPTED, R.PARTLY_ISSUED), (R.ISSUING,), P.DIRECT_RESIDENCE),
        Step(D.FINISH, (R.ISSUING,), (R.ISSUED, R.PARTLY_ISSUED), "system"),
        Step(D.DISCARD, (R.CHECKED,), (R.DISCARDED,), P.DIRECT_RESIDENCE),
    ],
)
