"""What a room and the control room write to each other (R6.1-6).

``dossier`` of a record: that of the session, or the conference's id where it has none.
"""

from dataclasses import dataclass
from datetime import datetime

from diemcau.domain.refusal import Invalid

LONGEST_LINE = 500


@dataclass(frozen=True)
class ChatLine:
    """One line between a site and the control room; ``room``: the site wrote it."""

    id: str
    dossier: str
    site: str
    at: datetime
    by: str
    text: str
    room: bool


def require_line(text: str) -> str:
    """The text without space around it; raises ``Invalid`` for none, or too much."""
    line = text.strip()
    if not line:
        raise Invalid("Hãy viết nội dung.", "Write something.")
    if len(line) > LONGEST_LINE:
        raise Invalid(
            f"Nội dung dài quá {LONGEST_LINE} ký tự.", f"It is over {LONGEST_LINE} characters."
        )
    return line
