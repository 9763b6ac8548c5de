"""The project's own errors. Their texts are Japanese, for the office, and never hold the content of a line."""


class HenreiError(Exception):
    """Something the user can act on; the message says what happened and what to do.

    `exit_code` is what the command line ends with: 2 for wrong use, 1 where the use was right but it failed.
    """

    exit_code = 2


class InUse(HenreiError):
    """The database is held by another process: the same command will work later."""

    exit_code = 1


class UnreadableFile(HenreiError):
    """A file that is ours by name or content but cannot be loaded whole. `rule` is a short stable name."""

    exit_code = 1

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
