"""The two ceremonies of Web Authentication, by the library ``webauthn``: enrolment and sign-in.

ES256 only, discoverable, with user verification, and no attestation: whom a key belongs to is said by a person who was
there and by the roster that lists it, not by its maker. Signatures over notices are ``tocsin.notice.passkeys``'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import webauthn
from webauthn.helpers import decode_credential_public_key, options_to_json_dict, parse_client_data_json
from webauthn.helpers.cose import COSECRV, COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import DecodedEC2PublicKey
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tocsin.issuing import Refusal
from tocsin.notice import cose_key, from_b64, is_cose_key

TIMEOUT_MS = 120_000
CREDENTIAL_ID_SIZE_BYTES_MAX = 1_023  # Web Authentication, level 3, 4, "Credential ID"
_COORDINATE_SIZE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Where people use their passkeys: the relying party, and the origins of the console."""

    rp_id: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewKey:
    """A passkey that was just made: its credential id, and its COSE key in the one form of a roster."""

    credential: bytes
    public: bytes


def registration_options(
    place: Place, authority: str, holder: str, name: str, known: Sequence[bytes], challenge: bytes
) -> dict[str, Any]:
    """Return ``PublicKeyCredentialCreationOptionsJSON``; *known* are the credential ids that the person has."""
    options = webauthn.generate_registration_options(
        rp_id=place.rp_id,
        rp_name=f"Tocsin {authority}",
        user_name=holder,
        # The same for the same person: a second key on one authenticator takes the place of the first.
        user_id=sha256(f"tocsin {authority} {holder}".encode()).digest(),
        user_display_name=name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        supported_pub_key_algs=[COSEAlgorithmIdentifier.ECDSA_SHA_256],
    )
    return options_to_json_dict(options)


def verify_registration(place: Place, credential: dict[str, Any], challenge: bytes) -> NewKey | Refusal:
    """Return the key that *credential* (``RegistrationResponseJSON``) brings, or why it is not taken."""
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=list(place.origins),
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier.ECDSA_SHA_256],
        )
        decoded = decode_credential_public_key(verified.credential_public_key)
    except _UNREADABLE as why:
        return Refusal("passkey_refused", f"the passkey was not taken: {why}; try again, or use another key")
    public = _in_one_form(decoded)
    if public is None or not 1 <= len(verified.credential_id) <= CREDENTIAL_ID_SIZE_BYTES_MAX:
        return Refusal("passkey_refused", "the passkey is no ES256 key on P-256; use another key")
    return NewKey(verified.credential_id, public)


def sign_in_options(place: Place, challenge: bytes) -> dict[str, Any]:
    """Return ``PublicKeyCredentialRequestOptionsJSON``; the browser offers whatever keys the person has here."""
    options = webauthn.generate_authentication_options(
        rp_id=place.rp_id,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def verify_sign_in(place: Place, credential: dict[str, Any], challenge: bytes, public: bytes) -> Refusal | None:
    """Return why *credential* (``AuthenticationResponseJSON``) was not made by the key *public*, if so."""
    try:
        webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=list(place.origins),
            credential_public_key=public,
            # Passkeys that live on several devices do not count, so nothing is made of the counter.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _UNREADABLE as why:
        return Refusal("sign_in_refused", f"the passkey's answer does not hold: {why}")
    return None


def challenge_of(credential: dict[str, Any]) -> bytes:
    """Return the challenge that *credential* says it answers; empty if that cannot be read."""
    try:
        return parse_client_data_json(from_b64(credential["response"]["clientDataJSON"])).challenge
    except (*_UNREADABLE, LookupError):
        return b""


def credential_id_of(credential: dict[str, Any]) -> bytes:
    """Return the id of the passkey that answered; empty if that cannot be read."""
    try:
        return from_b64(credential["rawId"])
    except (*_UNREADABLE, LookupError):
        return b""


# What a stranger's JSON can make the library raise beside its own errors.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, AttributeError)


def _in_one_form(decoded: object) -> bytes | None:
    """Return the key as a roster lists it, however the authenticator spelled it; None for any other kind of key."""
    if not isinstance(decoded, DecodedEC2PublicKey) or decoded.crv != COSECRV.P256:
        return None
    if decoded.alg != COSEAlgorithmIdentifier.ECDSA_SHA_256:
        return None
    if len(decoded.x) != _COORDINATE_SIZE_BYTES or len(decoded.y) != _COORDINATE_SIZE_BYTES:
        return None
    public = cose_key(decoded.x, decoded.y)
    return public if is_cose_key(public) else None
