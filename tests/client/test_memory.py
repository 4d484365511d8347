"""What is remembered of trust: no server takes it back, after any restart, and no file on the disk forges it."""

from pathlib import Path

from tests.client.authority import HEART, ISSUERS, NAME, NOW, ROOTS, ROSTERS, TRUST, key
from tocsin.client import Follower, Memory, RosterLearned
from tocsin.client.events import KeysRevoked, NotBelieved
from tocsin.notice import Domain, Magic, Reason, Revocation, RevokedKey, Role, b64, encode, seal, sign_document
from tocsin.notice.envelope import Envelope
from tocsin.testing.rosters import roster_of, service

NEW_ROOT, REVOKER = key("new root"), key("revoker")
MEMBERS = [service("duty", ISSUERS[Domain.ACTUAL].public), service("server", HEART.public, roles=(Role.HEARTBEAT,))]


def actual(version: int) -> str:
    """Return the roster of that version, signed by the old root and the new one where it changes."""
    root = NEW_ROOT if version >= 2 else ROOTS[Domain.ACTUAL]
    made = encode(
        roster_of(NAME, Domain.ACTUAL, root, MEMBERS, NOW - 9, version=version, lasts_s=100_008, revokers=(REVOKER,))
    )
    signers = [ROOTS[Domain.ACTUAL], NEW_ROOT] if version == 2 else [root]
    return Envelope(Magic.ROSTER, made, tuple(sign_document(one, Magic.ROSTER, made) for one in signers)).b64()


def revocation() -> str:
    taken = RevokedKey(ISSUERS[Domain.ACTUAL].id.hex(), "stolen", ())
    return seal(REVOKER, Magic.REVOCATION, Revocation(1, NAME, Domain.ACTUAL, 1, NOW, (taken,))).b64()


def started(memory: Memory) -> Follower:
    follower, kept = Follower(TRUST, 0.0), memory.load()
    assert not [one for one in follower.learn_trust(kept.all_rosters(), kept.revocations.values()) if _is_fault(one)]
    return follower


def _is_fault(event: object) -> bool:
    return isinstance(event, NotBelieved)


def test_a_device_that_starts_again_knows_the_new_root_and_takes_no_older_roster(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "seen.json")
    first = started(memory)
    events = list(first.learn_trust([actual(1), b64(ROSTERS[1]), actual(2), actual(3), actual(4)]))
    assert sum(isinstance(one, RosterLearned) for one in events) == 5
    memory.save(first.learned)
    # The one that changed the root stays, since it leads to the newest; the others are of no more use.
    assert first.learned.rosters[Domain.ACTUAL] == (actual(2), actual(4))
    again = started(memory)
    assert again.trust.rosters[Domain.ACTUAL].version == 4
    assert again.trust.roots[Domain.ACTUAL] == NEW_ROOT.public
    assert again.learned == first.learned
    assert list(again.learn_trust([actual(2), actual(3)])) == []
    (refused,) = again.learn_trust([actual(1)])
    assert isinstance(refused, NotBelieved)
    assert refused.reason is Reason.KEY
    assert again.trust.rosters[Domain.ACTUAL].version == 4


def test_a_revocation_is_remembered_until_a_newer_roster_ends_it(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "seen.json")
    first = started(memory)
    events = list(first.learn_trust([actual(1)], [revocation()]))
    assert isinstance(events[-1], KeysRevoked)
    memory.save(first.learned)
    again = started(memory)
    assert again.trust.revocations[Domain.ACTUAL].version == 1
    list(again.learn_trust([actual(2)]))
    assert again.learned.revocations == {}


def test_a_file_that_was_changed_or_cannot_be_read_is_worth_nothing(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "seen.json")
    assert started(memory).trust.rosters == {}
    memory.file.write_text("no JSON")
    assert started(memory).trust.rosters == {}
    forged = seal(key("somebody"), Magic.ROSTER, roster_of(NAME, Domain.ACTUAL, key("somebody"), MEMBERS, NOW)).b64()
    memory.file.write_text(f'{{"rosters": {{"actual": ["{forged}"]}}, "revocations": {{}}}}')
    kept, follower = memory.load(), Follower(TRUST, 0.0)
    (refused,) = follower.learn_trust(kept.all_rosters(), kept.revocations.values())
    assert isinstance(refused, NotBelieved)
    assert follower.trust.rosters == {}
