"""The two ways in which a command says no. Both carry a sentence for the person, and nothing has happened."""


class Refused(Exception):
    """The actor has no right to do this."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotPossible(Exception):
    """The actor has the right, but a rule or the present state stands against it."""

    def __init__(self, message: str, status: int = 409, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.retry_after = retry_after
