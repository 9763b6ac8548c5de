"""The project's own errors. Their texts are Japanese, for the office, and never hold the content of a line."""


class HenreiError(Exception):
    """Something the user can act on; the message says what happened and what to do."""


class UnreadableFile(HenreiError):
    """A file that is ours by name or content but cannot be loaded whole. `rule` is a short stable name."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
