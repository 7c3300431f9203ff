"""Where procedures come from: a reader of their files."""

from collections.abc import Mapping
from typing import Protocol

from diemcau.domain.procedure import Procedure


class ProcedureReader(Protocol):
    def shipped(self) -> Mapping[str, str]:
        """The texts of the files that came along, by name."""
        ...

    def parse(self, text: str, name: str) -> Procedure:
        """Raises ``Invalid`` that names every fault with its line."""
        ...
