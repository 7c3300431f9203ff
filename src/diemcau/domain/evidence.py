"""Which steps of a procedure the system itself has seen done."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from diemcau.domain.agenda import Done
from diemcau.domain.casework import CheckSheet, checks_passed
from diemcau.domain.dossier import Dossier, Stage
from diemcau.domain.journal import SYSTEM
from diemcau.domain.procedure import Evidence, Procedure, Step


@dataclass(frozen=True)
class Facts:
    """What there is beside the dossier: check sheets by (step, site), sites with a contact."""

    sheets: Mapping[tuple[str, str], CheckSheet] = field(default_factory=dict)
    contacts: frozenset[str] = frozenset()
    plan_agreed: bool = False
    tiers: Mapping[str, str] = field(default_factory=dict)
    """The tier of each site's unit."""
    linked: bool = False
    """Every satellite MCU of the plan is joined to the master."""


def remaining(dossier: Dossier, procedure: Procedure) -> Procedure:
    """The procedure as far as it can still be done: of a session that is over, its assessment."""
    if not dossier.ended:
        return procedure
    left = dossier.stage is Stage.CLOSED
    steps = (step for step in procedure.steps if left and step.evidence is Evidence.ASSESSMENT)
    return replace(procedure, steps=tuple(steps), gates=())


def settled(dossier: Dossier, procedure: Procedure, facts: Facts, now: datetime) -> Dossier:
    """The dossier with those steps done whose evidence is complete; none is ever undone."""
    steps = dict(dossier.steps)
    for step in procedure.steps:
        if step.id not in steps and complete(step, dossier, facts):
            at = _since(step, dossier) or now
            steps[step.id] = Done(at, SYSTEM, str(step.evidence), due=step.due(dossier.times))
    return replace(dossier, steps=steps) if len(steps) > len(dossier.steps) else dossier


def complete(step: Step, dossier: Dossier, facts: Facts) -> bool:
    match step.evidence:
        case Evidence.NOTICES:
            return dossier.notice > 0
        case Evidence.PLAN:
            return facts.plan_agreed
        case Evidence.CHECKS:
            sheets = {site: sheet for (of, site), sheet in facts.sheets.items() if of == step.id}
            return checks_passed(step, sites_of(step, dossier, facts), sheets)
        case Evidence.CONTACTS:
            return facts.contacts >= set(sites_of(step, dossier, facts))
        case Evidence.LINKS:
            return facts.linked
        case Evidence.OPENING:
            return dossier.opened_at is not None
        case Evidence.SESSION:
            return dossier.closed_at is not None
        case Evidence.ASSESSMENT:
            return bool(dossier.assessment)
        case _:
            return False


def _since(step: Step, dossier: Dossier) -> datetime | None:
    """When a session was opened, also if it was before its procedure had a step for that."""
    return dossier.opened_at if step.evidence is Evidence.OPENING else None


def sites_of(step: Step, dossier: Dossier, facts: Facts) -> tuple[str, ...]:
    """The sites that a step is about: those of its tiers, all if it names none."""
    if not step.tiers:
        return dossier.sites
    return tuple(site for site in dossier.sites if facts.tiers.get(site) in step.tiers)


def missing_sites(step: Step, dossier: Dossier, facts: Facts) -> tuple[str, ...]:
    """The sites that lack a contact or a passed check; () for a step that is no matter of sites."""
    if step.evidence is Evidence.CONTACTS:
        return tuple(s for s in sites_of(step, dossier, facts) if s not in facts.contacts)
    if not step.checks:
        return ()
    return tuple(
        site
        for site in sites_of(step, dossier, facts)
        if (sheet := facts.sheets.get((step.id, site))) is None or not sheet.passed(step.checks)
    )
