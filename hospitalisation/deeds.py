"""Words for what is done beside the steps of the workflow, as the history shows it."""

from django.utils.translation import gettext_lazy as _

DEEDS = {
    "start": _("Begun"),
    "stay": _("Stay changed"),
    "lines": _("Lines of the bill entered"),
    "discard": _("Draft thrown away"),
    "paper_received": _("Paper received"),
    "certificate": _("Original certificate received"),
    "message": _("Message"),
    "assign": _("Assigned"),
    "statement": _("Statement made"),
    "figure": _("Figure entered"),
    "figure_withdrawn": _("Figure withdrawn"),
    "day_share": _("Share a day entered"),
    "export": _("List exported"),
    "download": _("File downloaded"),
    "contest": _("Letter to the hospital made"),
}
