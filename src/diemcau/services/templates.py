"""The office's own document templates: each change of one is in the log book."""

import asyncio

from diemcau.domain.journal import Note
from diemcau.domain.refusal import Text
from diemcau.ports.documents import Documents, Format
from diemcau.services.records import Records


class Templates:
    def __init__(self, documents: Documents, records: Records) -> None:
        self.documents = documents
        self._records = records

    async def replace(self, form: str, format: Format, data: bytes, by: str) -> None:
        """Raises ``TemplateBroken`` and keeps the former, if it cannot print an example."""
        await asyncio.to_thread(self.documents.replace_template, form, format, data)
        text = Text(f"Thay mẫu {form} ({format})", f"Template {form} ({format}) replaced")
        await self._note("template.replaced", form, text, by)

    async def restore(self, form: str, format: Format, by: str) -> None:
        await asyncio.to_thread(self.documents.restore_template, form, format)
        text = Text(f"Dùng lại mẫu gốc {form} ({format})", f"Template {form} ({format}) restored")
        await self._note("template.restored", form, text, by)

    async def _note(self, action: str, form: str, text: Text, by: str) -> None:
        await self._records.commit(notes=[Note(by, action, f"template/{form}", text)])
