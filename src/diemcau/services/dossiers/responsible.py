"""Which units answer for a step of a session, by its roles and by what it still waits for."""

from collections.abc import Iterable

from diemcau.domain.accounts import Account
from diemcau.domain.directory import Site
from diemcau.domain.dossier import Dossier
from diemcau.domain.evidence import missing_sites
from diemcau.domain.procedure import Evidence, Procedure, Step
from diemcau.domain.roles import Role
from diemcau.services.dossiers.files import Files

_ROOMS = {Role.ROOM_MANAGER, Role.ROOM_OPERATOR}
_MCUS = {Role.MANAGER, Role.TECHNICIAN, Role.TELECOM}


class Responsible:
    def __init__(self, files: Files) -> None:
        self._files = files

    def units(self, dossier: Dossier, procedure: Procedure, subject: str) -> tuple[str, ...]:
        """The units that answer for a step, or for the missing steps of a gate.

        The office answers for all; beside it, where sites are missing, only their units and
        those of their MCUs.
        """
        gate = next((gate for gate in procedure.gates if gate.id == subject), None)
        steps = gate.steps if gate else (subject,)
        found: list[str] = []
        for step_id in steps:
            if step_id not in dossier.steps:
                found += self._of_step(dossier, procedure, step_id)
        return tuple(dict.fromkeys(found))

    def leading(self, procedure: Procedure) -> tuple[str, ...]:
        """The units with a part in the procedure whatever its sites: those of the DIC."""
        if not any(Role.DIC in step.roles for step in procedure.steps):
            return ()
        return tuple(dict.fromkeys(self._holders(Role.DIC)))

    def _of_step(self, dossier: Dossier, procedure: Procedure, step_id: str) -> Iterable[str]:
        step = procedure.step(step_id)
        if step is None:
            return
        roles = set(step.roles)
        if Role.OFFICE in roles:
            yield dossier.unit
        if Role.DIC in roles:
            yield from self._holders(Role.DIC)
        missing = missing_sites(step, dossier, self._files.facts(dossier)) or dossier.sites
        directory = self._files.book.directory
        sites = [directory.sites[site] for site in missing if site in directory.sites]
        if roles & _ROOMS:
            yield from (site.unit for site in sites)
        if roles & _MCUS:
            for mcu_id in self._mcus(dossier, step, sites):
                mcu = directory.mcus.get(mcu_id)
                if mcu is not None and mcu.unit:
                    yield mcu.unit

    def _mcus(self, dossier: Dossier, step: Step, sites: Iterable[Site]) -> Iterable[str]:
        """Where a step is done: a session is opened at its master, all else at the sites' MCUs."""
        if step.evidence is Evidence.OPENING:
            return [dossier.master]
        plan = self._files.plan(dossier)
        homes = plan.plan.home if plan else {}
        return [homes.get(site.id) or site.mcu for site in sites]

    def _holders(self, role: Role) -> Iterable[str]:
        """The units of those who have the role: where they work, which the unit that the role is
        given on often is not (the whole province); that one of whoever is not in the directory."""
        people = self._files.book.directory.people
        for account in self._files.records.all(Account).values():
            for grant in account.grants:
                if account.active and grant.role is role:
                    person = people.get(account.person)
                    yield person.unit if person else grant.unit
