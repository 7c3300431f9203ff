"""The script's versions: written, compared, approved; late ones with a reason (R5-script)."""

from collections.abc import Sequence

from diemcau.domain import script as verbs
from diemcau.domain.dossier import Dossier, Stage
from diemcau.domain.refusal import Conflict, Text, Unknown
from diemcau.domain.script import Script, ScriptItem
from diemcau.services.dossiers.files import Draft, Files


class Scripts:
    def __init__(self, files: Files) -> None:
        self._files = files

    def versions(self, dossier: Dossier) -> list[Script]:
        """All of them, the newest first."""
        scripts = self._files.records.of(Script, dossier.id).values()
        return sorted(scripts, key=lambda script: -script.number)

    def in_force(self, dossier: Dossier) -> Script | None:
        return verbs.in_force(self.versions(dossier))

    def version(self, dossier: Dossier, number: int) -> Script:
        found = self._files.records.get(Script, f"{dossier.id}.{number}")
        if found is None:
            raise Unknown(
                f"Không có kịch bản lần {number}.", f"There is no version {number} of the script."
            )
        return found

    async def write(
        self, dossier_id: str, items: Sequence[ScriptItem], former: int, reason: str, by: str
    ) -> Script:
        """The next version. ``former`` is the one it was made from: a newer one is a conflict.

        During the session it is in force at once, and must say why.
        """

        def work(dossier: Dossier) -> Draft:
            dossier.require_open()
            versions = self.versions(dossier)
            newest = versions[0].number if versions else 0
            if former != newest:
                raise Conflict(
                    f"Đã có kịch bản lần {newest}; tải lại rồi sửa trên bản đó.",
                    f"There is a version {newest} already; reload and edit that one.",
                )
            now, late = self._files.clock.now(), dossier.stage is Stage.HELD
            script = verbs.written(
                versions, dossier_id, items, dossier.sites, late=late, reason=reason, by=by, now=now
            )
            if late:
                script = verbs.approved(script, by, now)
            text = Text(f"Kịch bản lần {script.number}", f"Script, version {script.number}")
            return Draft(dossier, "script.written", text, (script,), reason=script.reason)

        await self._files.change(dossier_id, by, work)
        return self.versions(self._files.dossier(dossier_id))[0]

    async def approve(self, dossier_id: str, number: int, by: str) -> Script:
        def work(dossier: Dossier) -> Draft:
            dossier.require_open()
            script = self.version(dossier, number)
            newest = self.versions(dossier)[0].number
            if number != newest:
                raise Conflict(
                    f"Chỉ duyệt được bản mới nhất (lần {newest}).",
                    f"Only the newest version ({newest}) can be approved.",
                )
            after = verbs.approved(script, by, self._files.clock.now())
            text = Text(f"Duyệt kịch bản lần {number}", f"Script {number} approved")
            return Draft(dossier, "script.approved", text, (after,))

        await self._files.change(dossier_id, by, work)
        return self.version(self._files.dossier(dossier_id), number)
