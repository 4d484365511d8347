"""Signed notes and checkpoints: what is written is read, and nothing else is believed."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.notice import Domain, Position, Reason, Refused, Role, SigningKey, Trust
from tocsin.notice.signed_note import (
    NOTE_SIGNATURES_MAX,
    NoteError,
    NoteSignature,
    SignedNote,
    cosign,
    cosigned_at,
    is_note_signed,
    sign_note,
)
from tocsin.notice.statement import Audited, Statement, verify_statement
from tocsin.testing.rosters import roster_of, sealed, service

NAME, NOW = "notes.example", 1_790_000_000


def _key(word: str) -> SigningKey:
    return SigningKey.from_seed(sha256(f"note tests: {word}".encode()).digest())


ROOTS = {domain: _key(f"root {domain}") for domain in Domain}
HEART, DUTY, OBSERVER = _key("heart"), _key("duty"), _key("observer")
STATEMENT = Statement(
    NAME, Position("00112233445566ff", 7), sha256(b"chain").digest(), Audited(3, sha256(b"audit").digest()),
    sha256(b"board").digest(), NOW * 1000,
)  # fmt: skip


@pytest.fixture(scope="module")
def trust() -> Trust:
    members = [service("server", HEART.public, roles=(Role.HEARTBEAT,)), service("duty", DUTY.public)]
    roster = roster_of(NAME, Domain.ACTUAL, ROOTS[Domain.ACTUAL], members, NOW - 100)
    pinned = Trust(NAME, {domain: root.public for domain, root in ROOTS.items()})
    learned = pinned.learn(sealed(roster, ROOTS[Domain.ACTUAL]).pack())
    assert isinstance(learned, Trust)
    return learned


def test_a_checkpoint_that_the_server_signed_is_believed(trust: Trust) -> None:
    note = SignedNote.read(STATEMENT.signed(HEART).write())
    assert verify_statement(note, trust) == STATEMENT
    assert note.write() == STATEMENT.signed(HEART).write()


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        pytest.param(STATEMENT.signed(DUTY), Reason.KEY, id="a key that signs no heartbeats"),
        pytest.param(STATEMENT.signed(_key("stranger")), Reason.KEY, id="a key of nobody"),
        pytest.param(sign_note(STATEMENT.write(), "another.name", HEART), Reason.KEY, id="under another name"),
        pytest.param(replace(STATEMENT, authority="other.example").signed(HEART), Reason.AUTHORITY, id="authority"),
        pytest.param(replace(STATEMENT, time_ms=(NOW - 101) * 1000).signed(HEART), Reason.ROSTER, id="before it all"),
        pytest.param(sign_note("hello\n", STATEMENT.origin, HEART), Reason.DOCUMENT, id="no checkpoint"),
        pytest.param(
            sign_note(STATEMENT.write() + "more\n", STATEMENT.origin, HEART), Reason.DOCUMENT, id="a line more"
        ),
        pytest.param(
            sign_note(STATEMENT.write().replace("\n7\n", "\n07\n"), STATEMENT.origin, HEART), Reason.DOCUMENT, id="07"
        ),
    ],
)
def test_a_checkpoint_is_refused_by_the_first_rule_that_fails(trust: Trust, note: SignedNote, reason: Reason) -> None:
    refused = verify_statement(note, trust)
    assert isinstance(refused, Refused)
    assert refused.reason is reason


def test_one_wrong_signature_in_the_servers_name_spoils_the_note(trust: Trust) -> None:
    good = STATEMENT.signed(HEART)
    wrong = replace(good.signatures[0], signature=bytes(64))
    refused = verify_statement(good.with_signature(wrong), trust)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.KEY


def test_a_witness_cosigns_with_the_time_and_its_name_and_key_are_told_from_others() -> None:
    note = SignedNote.read(cosign(STATEMENT.signed(HEART), "observer", OBSERVER, NOW + 5).write())
    assert cosigned_at(note, "observer", OBSERVER.public) == NOW + 5
    assert cosigned_at(note, "observer", HEART.public) is None
    assert cosigned_at(note, "another", OBSERVER.public) is None
    assert not is_note_signed(note, "observer", OBSERVER.public)
    assert is_note_signed(note, STATEMENT.origin, HEART.public)


def test_a_cosignature_holds_for_its_own_time_and_text_only() -> None:
    note = cosign(STATEMENT.signed(HEART), "observer", OBSERVER, NOW)
    *others, ours = note.signatures
    later = replace(ours, signature=(NOW + 1).to_bytes(8, "big") + ours.signature[8:])
    assert cosigned_at(replace(note, signatures=(*others, later)), "observer", OBSERVER.public) is None
    assert cosigned_at(replace(note, text=note.text.replace("\n7\n", "\n8\n")), "observer", OBSERVER.public) is None
    assert cosigned_at(cosign(note, "observer", OBSERVER, NOW + 9), "observer", OBSERVER.public) == NOW + 9


@pytest.mark.parametrize(
    "data",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n\n— name AAAA\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— na me AAAAAAAA\n",
        "text\n\n— name AAAAAAA=\n— name\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n— name AAAAAAAA",
        "te\tx\n\n— name AAAAAAAA\n",
        "te\rxt\n\n— name AAAAAAAA\n",
        "text\ud800\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * (NOTE_SIGNATURES_MAX + 1),
        "t" * 8192 + "\n\n— name AAAAAAAA\n",
    ],
)
def test_what_is_no_note_is_refused(data: str) -> None:
    with pytest.raises(NoteError):
        SignedNote.read(data)


def test_the_text_ends_at_the_last_empty_line_and_sixteen_signatures_are_read() -> None:
    lines = "— name AAAAAAAA\n" * NOTE_SIGNATURES_MAX
    note = SignedNote.read(f"one\n\ntwo\n\n{lines}")
    assert note.text == "one\n\ntwo\n"
    assert note.signatures == (NoteSignature("name", bytes(4), bytes(2)),) * NOTE_SIGNATURES_MAX


def test_a_name_with_a_space_signs_nothing() -> None:
    with pytest.raises(NoteError):
        sign_note("text\n", "two words", HEART)


@given(st.text(max_size=300))
def test_any_text_is_read_as_it_is_written_or_refused(data: str) -> None:
    try:
        note = SignedNote.read(data)
    except NoteError:
        return
    assert note.write() == data


@given(st.data())
def test_no_changed_byte_of_a_checkpoint_is_believed(trust: Trust, data: st.DataObject) -> None:
    good = STATEMENT.signed(HEART).write().encode()
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        note = SignedNote.read(bad.decode())
    except (NoteError, UnicodeDecodeError):
        return
    assert isinstance(verify_statement(note, trust), Refused)
