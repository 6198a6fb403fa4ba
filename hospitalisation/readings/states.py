"""The states of a claim as pages show them."""

from hospitalisation.workflow import Status

#: Colour of each state; its words say the same.
TONES: dict[str, str] = {
    Status.DRAFT: "neutral",
    Status.ANNOUNCED: "info",
    Status.RECEIVED: "info",
    Status.INFORMATION_ASKED: "warning",
    Status.EXAMINED: "info",
    Status.SECOND_READING: "warning",
    Status.DECIDED: "success",
    Status.NOTHING_DUE: "neutral",
    Status.REFUSED: "error",
    Status.PAYMENT_PROPOSED: "neutral",
    Status.PAYMENT_APPROVED: "neutral",
    Status.PAID: "success",
    Status.WITHDRAWN: "neutral",
    Status.APPEALED: "warning",
}
