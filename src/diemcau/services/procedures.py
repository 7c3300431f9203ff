"""The procedures there are: those that came along and those that offices wrote, by version."""

from collections.abc import Mapping

from diemcau.domain.journal import Note
from diemcau.domain.procedure import Procedure, ProcedureFile
from diemcau.domain.refusal import Text, Unknown
from diemcau.ports.clock import Clock
from diemcau.ports.procedures import ProcedureReader
from diemcau.services.records import Records


class Procedures:
    """Every version is kept, since a running session keeps the one it began with."""

    def __init__(self, records: Records, reader: ProcedureReader, clock: Clock) -> None:
        self._records = records
        self._reader = reader
        self._clock = clock
        self._read: dict[str, Procedure] = {}

    async def start(self) -> None:
        """Keep the shipped procedures that are not kept yet, and read all."""
        texts = self._reader.shipped()
        fresh = [self._file(text, name, "") for name, text in texts.items()]
        kept = self._records.all(ProcedureFile)
        new = [file for file in fresh if file.id not in kept]
        if new:
            await self._records.commit(*new)
        for file in self._records.all(ProcedureFile).values():
            self._read[file.id] = self._reader.parse(file.text, file.id)

    def get(self, version: str) -> Procedure:
        """The procedure of that version (``<id>.<version>``), or the latest of that id."""
        latest = self.latest().get(version)
        found = self._read.get(version) or latest
        if found is None:
            known = ", ".join(self.latest())
            raise Unknown(
                f"Không có quy trình «{version}»; chọn một trong: {known}.",
                f"No procedure {version!r}; choose one of: {known}.",
            )
        return found

    def latest(self) -> Mapping[str, Procedure]:
        """The newest version of each procedure, by id: of those that somebody added, if there are
        any. What came along with an upgrade takes nobody's own procedure away."""
        files = sorted(
            self._records.all(ProcedureFile).values(), key=lambda f: (f.by != "", f.added_at)
        )
        return {self._read[f.id].id: self._read[f.id] for f in files if f.id in self._read}

    def text(self, version: str) -> str:
        """The file as it was written."""
        procedure = self.get(version)
        return self._records.all(ProcedureFile)[version_id(procedure)].text

    async def add(self, text: str, by: str) -> Procedure:
        """Let this be the newest version; raises ``ProcedureFaulty`` with every faulty line."""
        file = self._file(text, "procedure", by)
        procedure = self._reader.parse(text, file.id)
        newest = self.latest().get(procedure.id)
        if newest is None or version_id(newest) != file.id:
            self._read[file.id] = procedure
            note = Note(
                by,
                "procedure.added",
                f"procedure/{file.id}",
                Text(
                    f"Thêm quy trình «{procedure.name.vi}»",
                    f"Procedure {procedure.name.en!r} added",
                ),
            )
            await self._records.commit(file, notes=[note])
        return procedure

    def _file(self, text: str, name: str, by: str) -> ProcedureFile:
        procedure = self._reader.parse(text, name)
        return ProcedureFile(version_id(procedure), text, self._clock.now(), by)


def version_id(procedure: Procedure) -> str:
    return f"{procedure.id}.{procedure.version}"
