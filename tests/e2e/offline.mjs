// SPDX-License-Identifier: Apache-2.0
// offline.mjs KIND IN OUT...: a capture (pcap, little endian, microseconds)
// in the form that others write. offline.mjs records JSONL: records without
// what differs from run to run. offline.mjs facts PCAP: what is in it.
import { readFileSync, writeFileSync } from 'node:fs';

const [kind, input, ...outs] = process.argv.slice(2);
const out = outs[0];

function packets(file) {
	const b = readFileSync(file), list = [];

	for (let at = 24; at < b.length;) {
		const len = b.readUInt32LE(at + 8);

		list.push({
			us: BigInt(b.readUInt32LE(at)) * 1000000n +
				BigInt(b.readUInt32LE(at + 4)),
			wire: b.readUInt32LE(at + 12),
			data: b.subarray(at + 16, at + 16 + len),
		});
		at += 16 + len;
	}
	return list;
}

const u32 = big => (...v) => {
	const b = Buffer.alloc(4 * v.length);

	v.forEach((n, i) => big ? b.writeUInt32BE(n, 4 * i)
		: b.writeUInt32LE(n, 4 * i));
	return b;
};
const u16 = big => (...v) => {
	const b = Buffer.alloc(2 * v.length);

	v.forEach((n, i) => big ? b.writeUInt16BE(n, 2 * i)
		: b.writeUInt16LE(n, 2 * i));
	return b;
};

function pcap(list, big = false, nano = false) {
	const w = u32(big), parts = [w(nano ? 0xa1b23c4d : 0xa1b2c3d4),
		u16(big)(2, 4), w(0, 0, 262144, 1)];

	for (const p of list)
		parts.push(w(Number(p.us / 1000000n),
			Number(p.us % 1000000n) * (nano ? 1000 : 1),
			p.data.length, p.wire), p.data);
	return Buffer.concat(parts);
}

const pad = b => Buffer.concat([b, Buffer.alloc(-b.length & 3)]);

// Interfaces: { link, snap, options: [[code, bytes]], ticks(us) }
function pcapng(list, interfaces, big = false, late = 0) {
	const w = u32(big), h = u16(big), parts = [];
	const block = (type, body) => {
		parts.push(w(type, body.length + 12), body,
			w(body.length + 12));
	};
	const describe = i => {
		const opts = (i.options ?? []).map(([code, b]) =>
			Buffer.concat([h(code, b.length), pad(b)]));

		block(1, Buffer.concat([h(i.link ?? 1, 0),
			w(i.snap ?? 262144), ...opts,
			opts.length ? w(0) : Buffer.alloc(0)]));
	};

	block(0x0a0d0d0a, Buffer.concat([w(0x1a2b3c4d), h(1, 0),
		w(0xffffffff, 0xffffffff)]));
	interfaces.slice(0, late ? 1 : undefined).forEach(describe);
	list.forEach((p, n) => {
		const no = late && n < late ? 0 : n % interfaces.length;
		const t = (interfaces[no].ticks ?? (us => us))(p.us);

		if (late && n === late)
			interfaces.slice(1).forEach(describe);
		block(6, Buffer.concat([w(no, Number(t >> 32n),
			Number(t & 0xffffffffn), p.data.length, p.wire),
			pad(p.data)]));
	});
	return Buffer.concat(parts);
}

const offset = Buffer.alloc(8);
offset.writeBigInt64LE(1000n);
const nanos = { options: [[9, Buffer.from([9])]], ticks: us => us * 1000n };
const binary = { options: [[9, Buffer.from([0x80 | 30])]],
	ticks: us => (us * (1n << 30n) + 999999n) / 1000000n };
const shifted = { options: [[14, offset]],
	ticks: us => us - 1000n * 1000000n };

const kinds = {
	swapped: l => pcap(l, true),
	nano: l => pcap(l, false, true),
	nano_swapped: l => pcap(l, true, true),
	ng: l => pcapng(l, [{}]),
	ng_swapped: l => pcapng(l, [{}], true),
	ng_two: l => pcapng(l, [{}, {}]),
	ng_resolutions: l => pcapng(l, [{}, nanos, binary]),
	ng_offset: l => pcapng(l, [{}, shifted]),
	ng_unlimited: l => pcapng(l, [{ snap: 0 }, { snap: 0 }]),
	ng_link: l => pcapng(l, [{}, { link: 101 }]),
	ng_link_late: l => pcapng(l, [{}, { link: 101 }], false, 100),
	ng_snap: l => pcapng(l, [{}, { snap: 65535 }]),
	ng_simple: l => {
		const w = u32(false), b = pcapng([], [{}]);

		return Buffer.concat([b, ...l.map(p => Buffer.concat([
			w(3, 16 + pad(p.data).length, p.wire), pad(p.data),
			w(16 + pad(p.data).length)]))]);
	},
	other_link: l => {
		const b = pcap(l);

		b.writeUInt32LE(147, 20);
		return b;
	},
	// One byte in front of the 100th packet's header is missing.
	torn: l => {
		const at = pcap(l.slice(0, 100)).length, b = pcap(l);

		return Buffer.concat([b.subarray(0, at), b.subarray(at + 1)]);
	},
};

if (kind === 'records') {
	const flows = new Map();

	for (const line of readFileSync(input, 'utf8').split('\n')) {
		if (!line)
			continue;
		const r = JSON.parse(line);

		if (r.type === 'counters')
			continue;
		if (!flows.has(r.flow_id))
			flows.set(r.flow_id, flows.size + 1);
		r.flow_id = flows.get(r.flow_id);
		delete r.boot;
		delete r.seq;
		console.log(JSON.stringify(r));
	}
} else if (kind === 'facts') {
	const l = packets(input);
	const time = us => new Date(Number(us / 1000n)).toISOString()
		.slice(0, 19);
	const bytes = l.reduce((n, p) => n + p.data.length, 0);

	console.log(l.length, bytes, time(l[0].us), time(l.at(-1).us));
} else if (kind === 'parts') {
	const l = packets(input), n = Math.ceil(l.length / outs.length);

	outs.forEach((f, i) =>
		writeFileSync(f, pcap(l.slice(i * n, (i + 1) * n))));
} else if (kind === 'mirrors') {
	// A mirror for each direction: Ethernet, one VLAN tag or none, IPv4.
	const to_server = p => p.data.readUInt16BE(
		p.data.readUInt16BE(12) === 0x8100 ? 40 : 36) < 1024;
	const l = packets(input), up = l.filter(to_server);

	if (up.length === 0 || up.length === l.length)
		throw new Error(`${input}: one direction only`);
	writeFileSync(outs[0], pcap(up));
	writeFileSync(outs[1], pcap(l.filter(p => !to_server(p))));
} else if (kinds[kind]) {
	writeFileSync(out, kinds[kind](packets(input)));
} else {
	console.error(`offline.mjs: ${kind}: unknown`);
	process.exit(2);
}
