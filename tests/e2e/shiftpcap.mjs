// SPDX-License-Identifier: Apache-2.0
// node shiftpcap.mjs IN OUT SECONDS [PACKETS]: a capture (pcap, little-endian)
// as if it had been taken so much later; so many packets of it.
import fs from 'node:fs';

const [from, to, seconds, packets] = process.argv.slice(2);
const b = fs.readFileSync(from);
let at = 24;
for (let n = 0; at + 16 <= b.length && n !== Number(packets ?? -1); n++) {
	b.writeUInt32LE(b.readUInt32LE(at) + Number(seconds), at);
	at += 16 + b.readUInt32LE(at + 8);
}
fs.writeFileSync(to, b.subarray(0, at));
