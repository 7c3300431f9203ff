"""The one error a command can end in: a stable code and a sentence that says what to do."""


class MixerError(Exception):
    """A command that makes no sense; nothing was changed by it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
