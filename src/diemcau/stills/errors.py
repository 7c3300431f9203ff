"""What a request can be refused with."""


class StillError(Exception):
    """``code`` is stable (docs/protocol.md section 5), ``message`` for whoever reads the log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
