"""What a witness keeps: its state, so that it is not told another history after a restart, and the evidence.

One file of state, replaced whole and synced before anything in it is served; one of evidence beside it, which only
grows. Whoever can write these files is the witness.
"""

import fcntl
import os
from pathlib import Path
from typing import IO, Any

import msgspec

from tocsin.alarms import Alarm, Board, State
from tocsin.notice import (
    Domain,
    EntryType,
    Revocation,
    Roster,
    SigningKey,
    Trust,
    b64,
    decode,
    decode_notice,
    encode,
    encode_notice,
    from_b64,
)
from tocsin.notice.statement import Audited

from .findings import Finding, Standing
from .record import Record, Remembered
from .watch import Watch

FORMAT = 1


class KeepingError(Exception):
    """A file of the witness cannot be used; the text says why and what to do."""

    code = "witness_files"


class _Alarm(msgspec.Struct, frozen=True):
    sequence: int
    state: State
    notice: str


class _Entry(msgspec.Struct, frozen=True):
    sequence: int
    chain: str
    body: str
    type: EntryType


class Kept(msgspec.Struct, frozen=True):
    """The state file. Keys, hashes and documents are base64url."""

    format: int
    authority: str
    pinned: dict[Domain, str]
    roots: dict[Domain, str]
    rosters: dict[Domain, str]
    revocations: dict[Domain, str]
    epoch: str
    sequence: int
    chain: str
    entries: tuple[_Entry, ...]
    alarms: tuple[_Alarm, ...]
    ended: tuple[_Alarm, ...]
    own: str
    audited: tuple[int, str]
    checkpoints: tuple[str, ...]
    past_epochs: tuple[str, ...]
    highest: dict[Domain, tuple[int, int]]
    findings: tuple[Finding, ...]


class Files:
    """The files of one witness, locked while it runs."""

    def __init__(self, state: Path) -> None:
        self.state, self.evidence = state, state.with_name(state.name + ".evidence")
        try:
            state.parent.mkdir(parents=True, exist_ok=True)
            self._lock: IO[str] = state.with_name(state.name + ".lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KeepingError(f"another witness runs on {state}; give this one its own --state") from None
        except OSError as why:
            raise KeepingError(f"{state} cannot be used: {why.strerror}; choose another --state") from None

    def close(self) -> None:
        """Let another witness have the files."""
        self._lock.close()

    def load(self, name: str, key: SigningKey, where: str, pinned: Trust) -> Watch:
        """Return the watch as it was kept, or a new one. Raises ``KeepingError`` if it was about something else."""
        try:
            kept = msgspec.json.decode(self.state.read_bytes(), type=Kept)
        except FileNotFoundError:
            return Watch(name, key, Record.of(where, pinned))
        except (OSError, msgspec.MsgspecError) as why:
            raise KeepingError(f"{self.state} cannot be read ({why}); a witness never begins anew by itself") from None
        if kept.format != FORMAT or (kept.authority, kept.pinned) != (pinned.authority, _texts(pinned.roots)):
            raise KeepingError(f"{self.state} is about other roots than --pin; choose another --state")
        return _watch(kept, name, key, where, pinned)

    def save(self, watch: Watch) -> None:
        """Replace the state, synced. Raises ``KeepingError``."""
        unfinished = self.state.with_name(self.state.name + ".new")
        try:
            _write(unfinished, msgspec.json.encode(_kept(watch)), "wb")
            unfinished.replace(self.state)
            _sync_folder(self.state.parent)
        except OSError as why:
            raise KeepingError(f"{self.state} cannot be written: {why.strerror}") from None

    def add_evidence(self, finding: Finding, at_ms: int) -> None:
        """Add *finding* with what proves it. Raises ``KeepingError``."""
        line = msgspec.json.encode({"at_ms": at_ms} | msgspec.to_builtins(finding)) + b"\n"
        try:
            _write(self.evidence, line, "ab")
        except OSError as why:
            raise KeepingError(f"{self.evidence} cannot be written: {why.strerror}") from None


def read_or_make_key(path: Path) -> SigningKey:
    """Return the key in *path*, one line of base64url; made, for the owner's eyes, if there is none."""
    try:
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(b64(os.urandom(32)) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return SigningKey.from_seed(from_b64(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError) as why:
        raise KeepingError(f"{path} is no key of a witness: {why}") from None


def _kept(watch: Watch) -> Kept:
    record, trust = watch.record, watch.record.trust
    return Kept(
        format=FORMAT,
        authority=trust.authority,
        pinned=_texts(record.pinned.roots),
        roots=_texts(trust.roots),
        rosters={domain: b64(encode(one)) for domain, one in trust.rosters.items()},
        revocations={domain: b64(encode(one)) for domain, one in trust.revocations.items()},
        epoch=record.epoch,
        sequence=record.sequence,
        chain=b64(record.chain),
        entries=tuple(_Entry(at, b64(one.chain), b64(one.body), one.type) for at, one in record.entries.items()),
        alarms=tuple(map(_alarm, record.board.alarms.values())),
        ended=tuple(map(_alarm, record.board.ended.values())),
        own=watch.own,
        audited=(watch.audited.entries, b64(watch.audited.hash)),
        checkpoints=tuple(watch.checkpoints),
        past_epochs=tuple(watch.past_epochs),
        highest=watch.highest,
        findings=watch.standing.lasting,  # what may pass is found again if it has not
    )


def _watch(kept: Kept, name: str, key: SigningKey, where: str, pinned: Trust) -> Watch:
    trust = Trust(
        kept.authority,
        {domain: from_b64(root) for domain, root in kept.roots.items()},
        {domain: decode(from_b64(one), Roster) for domain, one in kept.rosters.items()},
        {domain: decode(from_b64(one), Revocation) for domain, one in kept.revocations.items()},
        pinned.lineage,
    )
    board = Board(*({one.notice.alarm: one for one in map(_standing, group)} for group in (kept.alarms, kept.ended)))
    record = Record(where, pinned, trust, kept.epoch, kept.sequence, from_b64(kept.chain), board)
    record.boards[kept.sequence] = board
    for one in kept.entries:
        # Learned in another run: whatever was to come has had its time.
        record.entries[one.sequence] = Remembered(from_b64(one.chain), from_b64(one.body), one.type, 0.0)
    return Watch(
        name,
        key,
        record,
        Standing(kept.findings),
        kept.own,
        Audited(kept.audited[0], from_b64(kept.audited[1])),
        list(kept.checkpoints),
        list(kept.past_epochs),
        dict(kept.highest),
    )


def _alarm(alarm: Alarm) -> _Alarm:
    return _Alarm(alarm.sequence, alarm.state, b64(encode_notice(alarm.notice)))


def _standing(kept: _Alarm) -> Alarm:
    return Alarm(decode_notice(from_b64(kept.notice)), kept.sequence, kept.state)


def _texts(keys: Any) -> dict[Domain, str]:
    return {domain: b64(key) for domain, key in keys.items()}


def _write(path: Path, data: bytes, mode: str) -> None:
    with path.open(mode) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
