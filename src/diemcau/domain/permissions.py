"""Who may do what: the one table of rights (R5-access).

A role is given on a unit and reaches what ``roles.reach`` says, so every right is a role *and* a
place. What links may do is here as well: a link's place is its conference.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from diemcau.domain.roles import ACCOUNT_ROLES, Role


class Action(StrEnum):
    READ_DIRECTORY = "read-directory"
    EDIT_DIRECTORY = "edit-directory"
    EDIT_DUTIES = "edit-duties"
    MANAGE_ACCOUNTS = "manage-accounts"
    READ_PROCEDURES = "read-procedures"
    EDIT_PROCEDURES = "edit-procedures"
    EDIT_TEMPLATES = "edit-templates"
    READ_LOG_BOOK = "read-log-book"
    READ_DOSSIER = "read-dossier"
    EDIT_DOSSIER = "edit-dossier"
    """Open a dossier, change it, tell the units, agree on plan and script, cancel, assess."""
    PLAN = "plan"
    CHECK = "check"
    """Enter results of checks, contacts and the roll for a site."""
    ACKNOWLEDGE = "acknowledge"
    MARK_STEP = "mark-step"
    """Say that a step is done; the procedure says which of these roles, for each step."""
    HOLD = "hold"
    """Open and close the session on the MCUs."""
    DIRECT = "direct"
    EXAMINE = "examine"
    """Let sites be examined by themselves: the unattended rehearsal."""
    CALL = "call"
    WATCH = "watch"
    JOIN = "join"
    MUTE_SITE = "mute-site"
    TAKE_PART = "take-part"
    """What a room says for itself: it asks to speak, writes, reports what is wrong."""
    SEE_TO = "see-to"
    """Work on an incident of a site or link, from taking it up to closing it."""
    ANSWER = "answer"
    """For the carrier: confirm an incident's cause, solution and time."""
    HEAR = "hear"
    """For the chair: an incident that he was told of."""


_STAFF = frozenset(
    {
        Role.OFFICE, Role.DIC, Role.MANAGER, Role.TECHNICIAN,
        Role.ROOM_MANAGER, Role.ROOM_OPERATOR, Role.TELECOM,
    }
)  # fmt: skip
_EVERYBODY = frozenset(ACCOUNT_ROLES)
_DIRECTORS = frozenset({Role.OPERATOR, Role.OFFICE, Role.TECHNICIAN})


def _with_operator(*roles: Role) -> frozenset[Role]:
    return frozenset({Role.OPERATOR, *roles})


ALLOWED: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.READ_DIRECTORY: _with_operator(*_EVERYBODY - {Role.DELEGATE}),
        Action.EDIT_DIRECTORY: _with_operator(Role.ADMIN, Role.OFFICE, Role.DIC, Role.MANAGER),
        Action.EDIT_DUTIES: _with_operator(
            Role.ADMIN, Role.OFFICE, Role.DIC, Role.MANAGER, Role.ROOM_MANAGER, Role.TELECOM
        ),
        Action.MANAGE_ACCOUNTS: _with_operator(Role.ADMIN),
        Action.READ_PROCEDURES: _with_operator(*_EVERYBODY),
        Action.EDIT_PROCEDURES: _with_operator(Role.ADMIN, Role.OFFICE),
        Action.EDIT_TEMPLATES: _with_operator(Role.ADMIN, Role.OFFICE),
        Action.READ_LOG_BOOK: _with_operator(Role.ADMIN, Role.OFFICE, Role.DIC, Role.INSPECTOR),
        Action.READ_DOSSIER: _with_operator(*_EVERYBODY - {Role.ADMIN}),
        Action.EDIT_DOSSIER: _with_operator(Role.OFFICE),
        Action.PLAN: _with_operator(Role.OFFICE, Role.MANAGER, Role.TECHNICIAN),
        Action.CHECK: _with_operator(*_STAFF),
        Action.ACKNOWLEDGE: _with_operator(*_STAFF),
        Action.MARK_STEP: _with_operator(*_STAFF),
        Action.HOLD: _DIRECTORS,
        Action.DIRECT: _DIRECTORS,
        Action.EXAMINE: _DIRECTORS | {Role.DIC, Role.MANAGER},
        Action.CALL: _DIRECTORS | {Role.CHAIR},
        Action.WATCH: _DIRECTORS
        | {Role.CHAIR, Role.SITE, Role.VIEWER, Role.MANAGER, Role.DIC, Role.TELECOM},
        Action.JOIN: frozenset({Role.OPERATOR, Role.SITE, Role.CHAIR, *_STAFF - {Role.DIC}}),
        Action.TAKE_PART: _DIRECTORS
        | {Role.SITE, Role.MANAGER, Role.ROOM_MANAGER, Role.ROOM_OPERATOR},
        Action.SEE_TO: _DIRECTORS | {Role.MANAGER, Role.TELECOM},
        Action.ANSWER: _with_operator(Role.TELECOM),
        Action.HEAR: _with_operator(Role.CHAIR),
        Action.MUTE_SITE: _DIRECTORS | {Role.SITE, Role.CHAIR},
    }
)
