// SPDX-License-Identifier: Apache-2.0
// shift.mjs IN.pcap OUT.pcap AGO: the same packets, the last one AGO seconds
// before now; prints when the first one is, in seconds of the epoch.
import { readFileSync, writeFileSync } from 'node:fs';

const [from, to, ago] = process.argv.slice(2);
const b = readFileSync(from);
const little = [0xa1b2c3d4, 0xa1b23c4d].includes(b.readUInt32LE(0));
const get = (at) => little ? b.readUInt32LE(at) : b.readUInt32BE(at);
const put = (v, at) => little ? b.writeUInt32LE(v, at)
	: b.writeUInt32BE(v, at);
const at = [];
for (let i = 24; i + 16 <= b.length; i += 16 + get(i + 8))
	at.push(i);
const by = Math.floor(Date.now() / 1000) - Number(ago) -
	Math.max(...at.map(get));
for (const i of at)
	put(get(i) + by, i);
writeFileSync(to, b);
console.log(get(at[0]));
