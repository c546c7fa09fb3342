// SPDX-License-Identifier: Apache-2.0
// node shiftpcap.mjs IN OUT WHEN [PACKETS]: a capture (pcap of any byte order)
// at another time, so many packets of it. WHEN, in seconds: +N later than it
// was; from:N its first packet is N after now; to:N its last one is N after
// now. Prints the time of the first packet.
import { readFileSync, writeFileSync } from 'node:fs';

const [from, to, when, packets] = process.argv.slice(2);
const b = readFileSync(from);
const little = [0xa1b2c3d4, 0xa1b23c4d].includes(b.readUInt32LE(0));
const get = (at) => little ? b.readUInt32LE(at) : b.readUInt32BE(at);
const put = (v, at) => little ? b.writeUInt32LE(v, at)
	: b.writeUInt32BE(v, at);
const starts = [];
let end = 24;
while (end + 16 <= b.length && starts.length !== Number(packets ?? -1)) {
	starts.push(end);
	end += 16 + get(end + 8);
}
const now = Math.floor(Date.now() / 1000);
const [, how, n] = /^(\+|from:|to:)(-?\d+)$/.exec(when);
const by = Number(n) + {
	'+': 0,
	'from:': now - get(starts[0]),
	'to:': now - Math.max(...starts.map(get)),
}[how];
for (const at of starts)
	put(get(at) + by, at);
writeFileSync(to, b.subarray(0, end));
console.log(get(starts[0]));
