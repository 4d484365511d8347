/** Who is trusted, since when, and what was not believed; and the way to forget it all. */

import { useEffect, useState } from "preact/hooks";
import { fromB64, hex, sha256 } from "../../shared/bytes.ts";
import type { Pin } from "../../shared/trust.ts";
import type { Model } from "../model.ts";
import type { Words } from "../words/words.ts";

// What a person compares with the printed card: as many digits as nobody can find a second key for.
const FINGERPRINT_SIZE_BYTES = 20;

export function About({ model, words }: { model: Model; words: Words }) {
  const { pin, refused } = model.device;
  return (
    <details class="about">
      <summary>
        <h2>{words.about}</h2>
      </summary>
      {pin && (
        <>
          <p>
            {words.authority}: <strong>{pin.authority}</strong>
          </p>
          <h3>{words.roots}</h3>
          <Fingerprints pin={pin} words={words} />
          <p>{words.rootsMeaning}</p>
        </>
      )}
      {model.watched.size > 0 && <h3>{words.witnesses}</h3>}
      {Array.from(model.watched, ([name, verdict]) => (
        <p key={name}>
          {name}: {words.witnessVerdicts[verdict]}
        </p>
      ))}
      {refused && <p class="refused">{words.refusedMessage(refused)}</p>}
      <p>{words.forgetAllMeaning}</p>
      <button type="button" class="forget" onClick={() => void model.forgetAll()}>
        {words.forgetAll}
      </button>
    </details>
  );
}

/** The hashes of the two root keys, in groups that can be read aloud. */
export function Fingerprints({ pin, words }: { pin: Pin; words: Words }) {
  const [hashes, setHashes] = useState<[string, string]>(["…", "…"]);
  const { actual, exercise } = pin.roots;
  useEffect(() => {
    void Promise.all([fingerprint(actual), fingerprint(exercise)]).then(setHashes);
  }, [actual, exercise]);
  return (
    <dl class="fingerprints">
      <dt>{words.alarm}</dt>
      <dd>{hashes[0]}</dd>
      <dt>{words.exercise}</dt>
      <dd>{hashes[1]}</dd>
    </dl>
  );
}

async function fingerprint(root: string): Promise<string> {
  const key = fromB64(root);
  if (!key) return root;
  return (hex(await sha256(key)).slice(0, 2 * FINGERPRINT_SIZE_BYTES).match(/.{4}/g) ?? []).join(" ");
}
