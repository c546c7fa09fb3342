// SPDX-License-Identifier: Apache-2.0
// seeds.mjs PCAP FOLDER: connections of the generator's traffic as inputs of
// the fuzz targets, in the form that each one describes.
import fs from 'node:fs';
import zlib from 'node:zlib';

const MAX_FLOWS = 60;
const MAX_PACKETS = 60;
const [pcap, folder] = process.argv.slice(2);
const file = fs.readFileSync(pcap);

function write(target, no, data) {
	fs.mkdirSync(`${folder}/${target}`, {recursive: true});
	fs.writeFileSync(`${folder}/${target}/${no}`, data);
}

// Ethernet, at most one tag, no extension headers: all that the generator has.
function parse(frame) {
	let at = 12;
	while (frame.readUInt16BE(at) === 0x8100)
		at += 4;
	const v6 = frame.readUInt16BE(at) === 0x86dd;
	at += 2;
	if ((v6 ? frame[at + 6] : frame[at + 9]) !== 6)
		return null;
	const [src, dst] = v6
		? [frame.subarray(at + 8, at + 24), frame.subarray(at + 24, at + 40)]
		: [frame.subarray(at + 12, at + 16), frame.subarray(at + 16, at + 20)];
	const size = v6 ? 40 + frame.readUInt16BE(at + 4)
			: frame.readUInt16BE(at + 2);
	const tcp = at + (v6 ? 40 : (frame[at] & 15) * 4);
	const ends = [src.toString('hex') + frame.readUInt16BE(tcp),
		dst.toString('hex') + frame.readUInt16BE(tcp + 2)];
	return {
		flow: [...ends].sort().join(), from: ends[0],
		data: frame.subarray(tcp + (frame[tcp + 12] >> 4) * 4, at + size),
	};
}

const flows = new Map();
for (let at = 24; at + 16 <= file.length;) {
	const size = file.readUInt32LE(at + 8);
	const frame = file.subarray(at + 16, at + 16 + size);
	at += 16 + size;
	const p = parse(frame);
	if (p === null)
		continue;
	if (!flows.has(p.flow))
		flows.set(p.flow, {client: p.from, packets: [], pieces: []});
	const flow = flows.get(p.flow);
	flow.packets.push(frame);
	flow.pieces.push({server: p.from !== flow.client, data: p.data});
}

// u8 link type (0: Ethernet), u16 length, bytes
function link(flow) {
	return Buffer.concat(flow.packets.slice(0, MAX_PACKETS).flatMap((f) =>
		[Buffer.from([0, f.length >> 8, f.length & 255]), f]));
}
// u8: bit 0 server, bit 1 lost, the rest is the length; bytes
function smtp(flow) {
	const out = [];
	for (const p of flow.pieces.slice(0, MAX_PACKETS))
		for (let i = 0; i < p.data.length; i += 63) {
			const d = p.data.subarray(i, i + 63);
			out.push(Buffer.from([d.length << 2 | p.server]), d);
		}
	return Buffer.concat(out);
}
// What the client says after 354.
function message(flow) {
	const at = flow.pieces.findIndex((p) => p.server &&
		p.data.toString('latin1').startsWith('354'));
	if (at < 0)
		return Buffer.alloc(0);
	return Buffer.concat(flow.pieces.slice(at).filter((p) => !p.server)
		.map((p) => p.data)).subarray(0, 4096);
}

// One flow of each length in packets and in bytes: those differ.
const seen = new Set();
const chosen = [...flows.values()].filter((f) => {
	const key = f.pieces.reduce((n, p) => n + p.data.length, 0) >> 4;
	return !seen.has(key) && seen.add(key);
}).slice(0, MAX_FLOWS);
chosen.forEach((flow, no) => {
	const m = message(flow);
	write('fuzz_link', no, link(flow));
	write('fuzz_smtp', no, smtp(flow));
	if (m.length > 0)
		write('fuzz_header', no, m);
});

let end = 24;
for (let i = 0; i < 20; i++)
	end += 16 + file.readUInt32LE(end + 8);
write('fuzz_files', 'pcap', file.subarray(0, end));
write('fuzz_files', 'gzip', zlib.gzipSync(file.subarray(0, end)));
