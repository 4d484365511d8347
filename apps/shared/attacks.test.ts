/** Attacks on the page's device, one named test each, with the golden data of `vectors/`: what it says, and that it shows nothing. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Device } from "./device.ts";
import { type Memory, fleetingMemory } from "./memory.ts";
import { HandClock } from "./testing.ts";
import type { Pin, Reason } from "./trust.ts";

interface Vectors<Case> {
  trust: Pin;
  rosters: string[];
  parents: Record<string, string | null>;
  cases: Case[];
}

const read = <Case>(name: string): Vectors<Case> =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8"));
const people = read<{ name: string; event: string; envelope: string; revocations: string[] }>("people");
const lists = read<{ name: string; learn: string[] }>("revocations");
const roots = read<{ name: string; learn: string[]; root: string }>("roots");

const LENGTH_AT = 4;
const ALERT = envelopeOf("an author and an approver");
const BOTH_REVOKED = (people.cases.find(({ name }) => name === "all revoked") as { revocations: string[] }).revocations[0] as string;

function envelopeOf(name: string): string {
  const found = people.cases.find((one) => one.name === name);
  assert.ok(found, name);
  return found.envelope;
}

function lineage(code: string): string[] {
  const above = people.parents[code];
  return above ? [code, ...lineage(above)] : [code];
}

async function open(memory: Memory = fleetingMemory(), vectors: { trust: Pin; rosters?: string[] } = people): Promise<Device> {
  const device = new Device({
    memory,
    remembered: await memory.load(),
    clock: new HandClock(),
    askLineage: async () => lineage,
    askAlarm: async () => [],
    reconnect: () => {},
    doubtAuthority: () => {},
  });
  const [actual, exercise] = vectors.rosters ?? [];
  const rosters = { actual: actual ? [actual] : [], exercise: exercise ? [exercise] : [] };
  await device.meet({ ...vectors.trust, rosters, revocations: {} });
  return device;
}

const hear = (device: Device, event: string, data: object) =>
  device.hear({ frame: "event", event: { event, data: JSON.stringify(data), id: "00112233445566ff-9" } });
const tell = (device: Device, envelope: string, event = "notice") => hear(device, event, { envelope });

test("what two people signed is shown, with their names", async () => {
  const device = await open();
  await tell(device, ALERT);
  const [held] = device.alarms.values();
  assert.deepEqual(held?.signers.map(({ name }) => name), ["Олена К.", "Тарас Ш."]);
});

const FORGED: [attack: string, vector: string, reason: Reason][] = [
  ["forged by a key made by oneself", "a passkey that is not listed", "key"],
  ["forged by one stolen passkey", "one person alone", "people"],
  ["forged by one person twice", "one person twice, by one key", "people"],
  ["forged by one person with two keys", "one person twice, by two keys", "people"],
  ["forged beside a passkey of one's own", "a passkey that is not listed beside one that is", "people"],
  ["forged by the server's key", "the heartbeat key", "key"],
  ["forged out of the signer's regions", "out of his regions", "scope"],
  ["forged about a hazard out of scope", "out of his hazards", "scope"],
  ["an end forged by a machine", "a machine that would end an alarm", "scope"],
  ["an end forged by one person", "all clear by one", "people"],
  ["a passkey used on another site", "another origin", "signature"],
  ["a passkey used without its person", "the person was not verified", "signature"],
  ["a signature of another notice", "another document's signature", "signature"],
];
for (const [attack, vector, reason] of FORGED) {
  test(`${attack}: ${reason}`, async () => {
    const device = await open();
    await tell(device, envelopeOf(vector));
    assert.equal(device.refused, reason);
    assert.equal(device.alarms.size, 0);
  });
}

test("an exercise that comes as a real alert: status", async () => {
  const device = await open();
  await tell(device, envelopeOf("an exercise by two"));
  assert.equal(device.refused, "status");
  assert.equal(device.alarms.size, 0);
});

for (const [field, old, altered] of [
  ["region", '"regions":["A1"]', '"regions":["A2"]'],
  ["text", "air raid alert", "air raid ended"],
  ["level", '"level":"red"', '"level":"yellow"'],
  ["expiry", '"expires":1790007200', '"expires":1790009200'],
] as const) {
  test(`an altered ${field}: signature`, async () => {
    const device = await open();
    const binary = Buffer.from(ALERT, "base64url").toString("latin1");
    assert.equal(binary.split(old).length, 2);
    const bytes = Buffer.from(binary.replace(old, altered), "latin1");
    bytes.writeUInt16BE(bytes.readUInt16BE(LENGTH_AT) + altered.length - old.length, LENGTH_AT);
    await tell(device, bytes.toString("base64url"));
    assert.equal(device.refused, "signature");
    assert.equal(device.alarms.size, 0);
  });
}

test("ordered by a revoked key: revoked; what was believed before stays, also when the page is opened anew", async () => {
  const memory = fleetingMemory();
  const device = await open(memory);
  await tell(device, ALERT);
  await hear(device, "revocation", { revocation: BOTH_REVOKED });
  assert.equal(device.refused, undefined);
  assert.equal(device.alarms.size, 1);
  await tell(device, ALERT);
  assert.equal(device.refused, "revoked");

  const again = await open(memory);
  assert.equal(again.alarms.size, 1, "a revocation never clears");
  await tell(again, envelopeOf("in the other order"));
  assert.equal(again.refused, "revoked", "the list is remembered");
});

test("a revocation that is taken back: old", async () => {
  const device = await open();
  const [newer, older] = (lists.cases.find(({ name }) => name === "an older version") as { learn: string[] }).learn;
  await hear(device, "revocation", { revocation: newer });
  await hear(device, "revocation", { revocation: older });
  assert.equal(device.refused, "old");
});

test("a roster rolled back, by a root that was changed: key; the new root is remembered", async () => {
  const memory = fleetingMemory();
  const device = await open(memory, { trust: roots.trust });
  const { learn, root } = roots.cases.find(({ name }) => name === "the old root alone, after the change") as { learn: string[]; root: string };
  for (const roster of learn) await hear(device, "roster", { roster });
  assert.equal(device.refused, "key");
  assert.equal(device.pin?.roots.actual, root);
  assert.equal((await memory.load()).facts.pin?.roots.actual, root);
});

test("a printed card is pinned; another authority at the address is a stranger", async () => {
  const memory = fleetingMemory();
  const card = { authority: "card.example", roots: people.trust.roots };
  const first = new Device({
    memory, remembered: await memory.load(), clock: new HandClock(), askLineage: async () => lineage, askAlarm: async () => [],
    reconnect: () => {}, doubtAuthority: () => {},
  });
  await first.pinTo(card);
  await first.meet({ ...people.trust, rosters: { actual: [], exercise: [] }, revocations: {} });
  assert.deepEqual(first.stranger, people.trust);
  assert.deepEqual((await memory.load()).facts.pin, card);
});

test("a card with other keys than those pinned changes nothing, and is told of for as long as the page is open", async () => {
  const device = await open();
  const card = { ...people.trust, roots: { ...people.trust.roots, actual: people.trust.roots.exercise } };
  await device.pinTo(card);
  await device.meet({ ...people.trust, rosters: { actual: [], exercise: [] }, revocations: {} });
  assert.deepEqual(device.otherCard, card);
  assert.deepEqual(device.pin, people.trust);
});
