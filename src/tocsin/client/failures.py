"""What can go wrong between a caller and a server, each with a stable ``code`` and a sentence for people.

What a command does about it, and with which exit status, is ``tocsin.cli``'s business.
"""

from dataclasses import dataclass


class ClientError(Exception):
    """Something that the client was asked for did not happen; the text says what, and the way out."""

    code = "client_error"


class FolderError(ClientError):
    """The data folder does not hold what it should."""

    code = "data_folder"


class Unreachable(ClientError):
    """No answer, or one that says "later": asking again with the same id is harmless."""

    code = "unreachable"


class AnswerUnreadable(ClientError):
    """What answered does not speak as ``spec/stream.md`` says."""

    code = "answer_unreadable"


class NotAsOrdered(ClientError):
    """The server froze something else than what was ordered. Nothing was signed."""

    code = "not_as_ordered"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that the refused order may have meant: its name in an order, and what it is."""

    name: str
    description: str


class OrderRefused(ClientError):
    """The server refused; nothing was written. ``code`` is the server's."""

    def __init__(self, http_status: int, code: str, message: str, candidates: tuple[Candidate, ...] = ()) -> None:
        super().__init__(message)
        self.http_status, self.code, self.candidates = http_status, code, candidates
