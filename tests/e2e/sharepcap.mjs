// SPDX-License-Identifier: Apache-2.0
// sharepcap.mjs IN.pcap OUT.pcap SUBS.csv cgn|map_e: puts the lines
// 198.51.100.10 to .21 of generated traffic behind 198.51.100.99, each with
// ports of its own, and rewrites the subscriber list to the inside.
import fs from "node:fs";
const [input, output, subs, kind] = process.argv.slice(2);
const b = fs.readFileSync(input);
const seen = new Map(), count = new Map();

function portOf(line, port) {
	const key = `${line}:${port}`;
	if (!seen.has(key)) {
		const n = count.get(line) ?? 0;
		count.set(line, n + 1);
		const k = n % 240; // what a MAP-E line has; reused after that
		seen.set(key, kind === "cgn" ? 1024 + line * 1000 + k :
			((k >> 4) + 1) * 4096 + line * 16 + k % 16);
	}
	return seen.get(key);
}
function sum(from, to, s) {
	for (let i = from; i < to; i += 2)
		s += b[i] * 256 + (i + 1 < to ? b[i + 1] : 0);
	while (s > 0xffff)
		s = (s & 0xffff) + (s >>> 16);
	return s;
}
const shared = (at) => b.readUIntBE(at - 3, 3) === 0xc63364 &&
	b[at] >= 10 && b[at] <= 21;
function rewrite(ip, end) {
	const tcp = ip + (b[ip] & 15) * 4;
	for (const [addr, port] of [[ip + 15, tcp], [ip + 19, tcp + 2]]) {
		if (!shared(addr))
			continue;
		const line = b[addr], text = `198.51.100.${line}`;
		b.writeUInt16BE(portOf(line, b.readUInt16BE(port)), port);
		b[addr] = 99;
		for (let i; (i = b.subarray(tcp, end).indexOf(text)) >= 0;)
			b.write("198.51.100.99", tcp + i);
	}
	b.writeUInt16BE(0, ip + 10);
	b.writeUInt16BE(~sum(ip, tcp, 0) & 0xffff, ip + 10);
	b.writeUInt16BE(0, tcp + 16);
	b.writeUInt16BE(~sum(tcp, end,
		sum(ip + 12, ip + 20, 6 + end - tcp)) & 0xffff, tcp + 16);
}
// Behind VLAN tags and PPPoE; 0: no IPv4.
function ipOf(frame) {
	let at = frame + 12;
	while ([0x8100, 0x88a8].includes(b.readUInt16BE(at)))
		at += 4;
	if (b.readUInt16BE(at) === 0x8864)
		return b.readUInt16BE(at + 8) === 0x21 ? at + 10 : 0;
	return b.readUInt16BE(at) === 0x0800 ? at + 2 : 0;
}
for (let at = 24; at < b.length;) {
	const end = at + 16 + b.readUInt32LE(at + 8), ip = ipOf(at + 16);
	if (ip > 0 && b[ip + 9] === 6 &&
	    (b.readUInt16BE(ip + 6) & 0x3fff) === 0 &&
	    (shared(ip + 15) || shared(ip + 19)))
		rewrite(ip, ip + b.readUInt16BE(ip + 2));
	at = end;
}
fs.writeFileSync(output, b);
fs.writeFileSync(subs, fs.readFileSync(subs, "utf8").replace(
	/^198\.51\.100\.(1\d|2[01])\/32/gm, (_, n) => kind === "cgn" ?
		`100.64.1.${n}/32` :
		`2001:db8:11${(n >> 4).toString(16)}:` +
		`${(n & 15).toString(16)}000::/52`));
