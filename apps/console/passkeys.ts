/** Making a passkey and signing in with one: what the browser gives, in the form that the server reads. */

import { b64, fromB64 } from "../shared/bytes.ts";
import { type Me, enrolOptions, finishEnrolment, finishSignIn, signInOptions } from "./api.ts";

export async function enrol(token: string): Promise<{ holder: string; name: string; key: string; fingerprint: string }> {
  const options = await enrolOptions(token);
  const credential = (await navigator.credentials.create({
    publicKey: {
      ...options,
      attestation: "none",
      challenge: bytesOf(options.challenge),
      user: { ...options.user, id: bytesOf(options.user.id) },
      excludeCredentials: described(options.excludeCredentials ?? []),
    } as unknown as PublicKeyCredentialCreationOptions,
  })) as PublicKeyCredential | null;
  if (!credential) throw new Error("No passkey was made.");
  const response = credential.response as AuthenticatorAttestationResponse;
  return finishEnrolment(token, {
    ...common(credential),
    response: {
      clientDataJSON: b64(new Uint8Array(response.clientDataJSON)),
      attestationObject: b64(new Uint8Array(response.attestationObject)),
      transports: response.getTransports(),
    },
  });
}

export async function signIn(): Promise<Me> {
  const options = await signInOptions();
  const credential = (await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      allowCredentials: described(options.allowCredentials ?? []),
    } as unknown as PublicKeyCredentialRequestOptions,
  })) as PublicKeyCredential | null;
  if (!credential) throw new Error("No passkey was used.");
  const response = credential.response as AuthenticatorAssertionResponse;
  return finishSignIn({
    ...common(credential),
    response: {
      clientDataJSON: b64(new Uint8Array(response.clientDataJSON)),
      authenticatorData: b64(new Uint8Array(response.authenticatorData)),
      signature: b64(new Uint8Array(response.signature)),
      userHandle: response.userHandle ? b64(new Uint8Array(response.userHandle)) : null,
    },
  });
}

function common(credential: PublicKeyCredential) {
  return {
    id: credential.id,
    rawId: b64(new Uint8Array(credential.rawId)),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function described(listed: { id: string; type: string }[]) {
  return listed.map((one) => ({ ...one, id: bytesOf(one.id) }));
}

function bytesOf(text: string) {
  const bytes = fromB64(text);
  if (!bytes) throw new Error("The server sent something that is not base64url.");
  return bytes;
}
