/** Draws the app's icon as SVG and as PNG of any size: a bell in three shapes, so that no picture has to be kept. */

import { crc32, deflateSync } from "node:zlib";

const GROUND = [0xb3, 0x00, 0x1b] as const;
const BELL = [0xff, 0xff, 0xff] as const;
// Each pixel is the mean of this many squared samples.
const SAMPLES = 3;

/** Whether the point is part of the bell. Both coordinates run from 0 to 1. */
function isBell(x: number, y: number): boolean {
  const aside = Math.abs(x - 0.5);
  const dome = y >= 0.26 && y <= 0.64 && aside <= (y < 0.44 ? Math.sqrt(Math.max(0, 0.18 ** 2 - (0.44 - y) ** 2)) : 0.18 + (y - 0.44) * 0.24);
  const rim = y > 0.64 && y <= 0.7 && aside <= 0.28;
  const clapper = Math.hypot(x - 0.5, y - 0.745) <= 0.055;
  const crown = Math.hypot(x - 0.5, y - 0.25) <= 0.04;
  return dome || rim || clapper || crown;
}

export const ICON_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
<rect width="100" height="100" rx="22" fill="#b3001b"/>
<g fill="#fff"><circle cx="50" cy="25" r="4"/><path d="M32 44a18 18 0 0 1 36 0l4.8 20H27.200z"/><path d="M22 64h56v6H22z"/><circle cx="50" cy="74.500" r="5.500"/></g>
</svg>
`;

/** Return a PNG of *size* pixels; a maskable one has no rounded corners and a smaller bell. */
export function iconPng(size: number, shape: "rounded" | "maskable"): Uint8Array {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const [red, green, blue, alpha] = pixel(x, y, size, shape);
      rows.set([red, green, blue, alpha], y * (1 + size * 4) + 1 + x * 4);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function pixel(x: number, y: number, size: number, shape: "rounded" | "maskable"): [number, number, number, number] {
  let bell = 0;
  let inside = 0;
  for (let across = 0; across < SAMPLES; across += 1) {
    for (let down = 0; down < SAMPLES; down += 1) {
      const px = (x + (across + 0.5) / SAMPLES) / size;
      const py = (y + (down + 0.5) / SAMPLES) / size;
      const scale = shape === "maskable" ? 1.25 : 1;
      if (shape === "maskable" || isRounded(px, py)) inside += 1;
      if (isBell(0.5 + (px - 0.5) * scale, 0.5 + (py - 0.5) * scale)) bell += 1;
    }
  }
  const share = bell / SAMPLES ** 2;
  const mixed = GROUND.map((ground, index) => Math.round(ground + ((BELL[index] as number) - ground) * share));
  return [mixed[0] as number, mixed[1] as number, mixed[2] as number, Math.round((255 * inside) / SAMPLES ** 2)];
}

function isRounded(x: number, y: number): boolean {
  const radius = 0.22;
  const dx = Math.max(radius - x, x - (1 - radius), 0);
  const dy = Math.max(radius - y, y - (1 - radius), 0);
  return Math.hypot(dx, dy) <= radius;
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
