// SPDX-License-Identifier: Apache-2.0
// Captures for identity.sh: identity.mjs now IN OUT SECONDS moves the first
// SECONDS of a capture to now; identity.mjs mirror IN OUT LOST puts RADIUS
// accounting between its packets: C1 has the bot's address, stops after 90 s
// (LOST=1: without a word), C2 gets it at 100 s, C1 another one at 110 s.
import { readFileSync, writeFileSync } from 'node:fs';

function read(path) {
	const b = readFileSync(path);
	const packets = [];
	const nano = b.readUInt32LE(0) === 0xa1b23c4d ? 1000 : 1;
	for (let at = 24; at < b.length;) {
		const len = b.readUInt32LE(at + 8);
		packets.push({
			us: b.readUInt32LE(at) * 1e6 +
				Math.floor(b.readUInt32LE(at + 4) / nano),
			data: b.subarray(at + 16, at + 16 + len),
		});
		at += 16 + len;
	}
	return packets;
}
function write(path, packets) {
	const head = Buffer.alloc(24);
	head.writeUInt32LE(0xa1b2c3d4, 0);
	head.writeUInt16LE(2, 4);
	head.writeUInt16LE(4, 6);
	head.writeUInt32LE(65535, 16);
	head.writeUInt32LE(1, 20);
	const parts = [head];
	for (const p of packets) {
		const h = Buffer.alloc(16);
		h.writeUInt32LE(Math.floor(p.us / 1e6), 0);
		h.writeUInt32LE(p.us % 1e6, 4);
		h.writeUInt32LE(p.data.length, 8);
		h.writeUInt32LE(p.data.length, 12);
		parts.push(h, p.data);
	}
	writeFileSync(path, Buffer.concat(parts));
}

// RFC 2866; the agent is not given the secret, so that any authenticator will do
let id = 0;
function attribute(type, value) {
	return Buffer.concat([Buffer.from([type, value.length + 2]), value]);
}
function u32(n) {
	const b = Buffer.alloc(4);
	b.writeUInt32BE(n);
	return b;
}
const ip = (text) => Buffer.from(text.split('.').map(Number));
function accounting(us, status, session, user, address) {
	const attributes = Buffer.concat([
		attribute(40, u32(status)),
		attribute(44, Buffer.from(session)),
		attribute(1, Buffer.from(user)),
		attribute(4, ip('192.0.2.254')),
		attribute(8, ip(address)),
		attribute(55, u32(Math.floor(us / 1e6))),
	]);
	const radius = Buffer.alloc(20);
	radius[0] = 4;
	radius[1] = id++;
	radius.writeUInt16BE(20 + attributes.length, 2);
	const udp = Buffer.alloc(8);
	udp.writeUInt16BE(40000, 0);
	udp.writeUInt16BE(1813, 2);
	udp.writeUInt16BE(28 + attributes.length, 4);
	const head = Buffer.alloc(20);
	head[0] = 0x45;
	head.writeUInt16BE(48 + attributes.length, 2);
	head[8] = 64;
	head[9] = 17;
	ip('192.0.2.254').copy(head, 12);
	ip('192.0.2.253').copy(head, 16);
	let sum = 0;
	for (let i = 0; i < 20; i += 2) sum += head.readUInt16BE(i);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
	head.writeUInt16BE(~sum & 0xffff, 10);
	const ether = Buffer.from('020000000001020000000002' + '0800', 'hex');
	return { us, data: Buffer.concat([ether, head, udp, radius, attributes]) };
}

const [what, input, output, number] = process.argv.slice(2);
const all = read(input);
const first = all[0].us;
if (what === 'now') {
	const shift = Math.floor(Date.now() * 1000 - first);
	write(output, all.filter((p) => p.us - first < Number(number) * 1e6)
		.map((p) => ({ us: p.us + shift, data: p.data })));
} else {
	const at = (s) => first + s * 1e6;
	const told = [
		accounting(at(-10), 1, 'S1', 'C1', '198.51.100.10'),
		...(number === '1' ? []
			: [accounting(at(90), 2, 'S1', 'C1', '198.51.100.10')]),
		accounting(at(100), 1, 'S2', 'C2', '198.51.100.10'),
		accounting(at(110), 1, 'S3', 'C1', '198.51.100.20'),
	];
	write(output, all.filter((p) => p.us - first < 80e6).concat(told)
		.sort((a, b) => a.us - b.us));
}
