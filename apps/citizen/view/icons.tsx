/** The signs of the page: each state has a shape of its own, so that no colour is needed to tell them apart. */

import type { JSX } from "preact";

export type Sign = "alarm" | "partial" | "expired" | "unknown" | "clear" | "not_live" | "exercise" | "sound" | "mute" | "live" | "place";

const DRAWINGS: Record<Sign, JSX.Element> = {
  // A triangle: danger, as on every road.
  alarm: (
    <>
      <path d="M32 5 61 57H3Z" fill="currentColor" />
      <path d="M32 23v17M32 47v4" class="cut" />
    </>
  ),
  // A circle of which one half is filled: a part of the place.
  partial: (
    <>
      <circle cx="32" cy="32" r="26" class="line" />
      <path d="M32 6a26 26 0 0 1 0 52Z" fill="currentColor" />
    </>
  ),
  // An hourglass with a question mark's dot: time is over, the answer is missing.
  expired: (
    <>
      <path d="M14 6h36M14 58h36M18 6c0 16 28 36 28 52M46 6c0 16-28 36-28 52" class="line" />
      <circle cx="32" cy="32" r="5" fill="currentColor" />
    </>
  ),
  // A question in a circle: an alarm, and nobody here knows where.
  unknown: (
    <>
      <circle cx="32" cy="32" r="26" class="line" />
      <path d="M24 26a8 8 0 1 1 12 7c-3 2-4 3-4 6M32 46v2" class="line" />
    </>
  ),
  clear: (
    <>
      <circle cx="32" cy="32" r="26" class="line" />
      <path d="m20 33 9 9 17-19" class="line" />
    </>
  ),
  // Waves, struck through: nothing is heard.
  not_live: (
    <>
      <path d="M6 24a38 38 0 0 1 52 0M15 35a25 25 0 0 1 34 0M24 45a12 12 0 0 1 16 0" class="line" />
      <path d="M8 58 56 6" class="line" />
    </>
  ),
  // A board with a pencil's line: a lesson.
  exercise: (
    <>
      <rect x="6" y="10" width="52" height="34" rx="3" class="line" />
      <path d="M16 22h32M16 32h20M24 58l8-14 8 14" class="line" />
    </>
  ),
  sound: (
    <>
      <path d="M6 24h12l16-14v44L18 40H6Z" fill="currentColor" />
      <path d="M42 22a14 14 0 0 1 0 20M49 14a25 25 0 0 1 0 36" class="line" />
    </>
  ),
  mute: (
    <>
      <path d="M6 24h12l16-14v44L18 40H6Z" fill="currentColor" />
      <path d="m42 24 16 16M58 24 42 40" class="line" />
    </>
  ),
  live: (
    <>
      <path d="M6 24a38 38 0 0 1 52 0M15 35a25 25 0 0 1 34 0" class="line" />
      <circle cx="32" cy="47" r="6" fill="currentColor" />
    </>
  ),
  place: (
    <>
      <path d="M32 59C20 44 13 34 13 24a19 19 0 0 1 38 0c0 10-7 20-19 35Z" class="line" />
      <circle cx="32" cy="24" r="6" fill="currentColor" />
    </>
  ),
};

export function Icon({ sign }: { sign: Sign }) {
  return (
    <svg class="icon" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      {DRAWINGS[sign]}
    </svg>
  );
}
