// SPDX-License-Identifier: Apache-2.0
// cap_attack.mjs KIND FILE: a capture that asks for as much of the agent's
// memory as it can. Raw IPv4, without checksums. No argument: the kinds.
import { closeSync, openSync, writeSync } from 'node:fs';

const [kind, file] = process.argv.slice(2);
const SYN = 2, ACK = 16, PSH = 24;
const out = file === undefined ? -1 : openSync(file, 'w');
let held = [], heldBytes = 0, us = 0;

function flush() {
	writeSync(out, Buffer.concat(held));
	held = [];
	heldBytes = 0;
}
function put(data) {
	const head = Buffer.alloc(16);
	us += 3;
	head.writeUInt32LE(1764000000 + Math.floor(us / 1e6), 0);
	head.writeUInt32LE(us % 1e6, 4);
	head.writeUInt32LE(data.length, 8);
	head.writeUInt32LE(data.length, 12);
	held.push(head, data);
	heldBytes += 16 + data.length;
	if (heldBytes > 1 << 20)
		flush();
}
// Of 198.18.0.0/15, the client by number; the server is 192.0.2.25.
const client = n => 0xc6120000 + (n & 0x1ffff);
const server = 0xc0000219;
function ip(src, dst, payload, { id = 0, frag = 0 } = {}) {
	const b = Buffer.alloc(20 + payload.length);
	b[0] = 0x45;
	b.writeUInt16BE(b.length, 2);
	b.writeUInt16BE(id, 4);
	b.writeUInt16BE(frag, 6);
	b[8] = 60;
	b[9] = 6;
	b.writeUInt32BE(src, 12);
	b.writeUInt32BE(dst, 16);
	payload.copy(b, 20);
	put(b);
}
function tcp(n, up, flags, seq, ack, text = '') {
	const data = Buffer.from(text, 'latin1');
	const b = Buffer.alloc(20 + data.length);
	const port = 1024 + (n >> 17);
	b.writeUInt16BE(up ? port : 25, 0);
	b.writeUInt16BE(up ? 25 : port, 2);
	b.writeUInt32BE(seq >>> 0, 4);
	b.writeUInt32BE(ack >>> 0, 8);
	b[12] = 0x50;
	b[13] = flags;
	b.writeUInt16BE(65535, 14);
	data.copy(b, 20);
	if (up)
		ip(client(n), server, b);
	else
		ip(server, client(n), b);
}
// A connection that goes on by say(up, text).
function open(n) {
	const next = [1, 1];
	tcp(n, true, SYN, 0, 0);
	tcp(n, false, SYN | ACK, 0, 1);
	tcp(n, true, ACK, 1, 1);
	return (up, text) => {
		const me = up ? 0 : 1;
		tcp(n, up, PSH, next[me], next[1 - me], text);
		next[me] += text.length;
	};
}
function session(n) {
	const say = open(n);
	say(false, '220 mx.example.net ESMTP\r\n');
	say(true, 'EHLO a.example.com\r\n');
	say(false, '250-mx.example.net\r\n250 PIPELINING\r\n');
	return say;
}
const long = 'x'.repeat(1400);
const kinds = {
	syns() {
		for (let n = 0; n < 300000; n++)
			tcp(n, true, SYN, n, 0);
	},
	idle() {
		for (let n = 0; n < 40000; n++)
			session(n)(true, 'MAIL FROM:<half');
	},
	// Every buffer of a session as full as it gets.
	sessions() {
		for (let n = 0; n < 10000; n++) {
			const say = session(n);
			say(true, 'MAIL FROM:<a@b.example.com>\r\n');
			for (let k = 0; k < 6; k++) {
				let text = '';
				for (let i = 0; i < 20; i++)
					text += `RCPT TO:<u@d${k}-${i}-` +
						`${'y'.repeat(30)}.example>\r\n`;
				say(true, text);
			}
			for (let i = 0; i < 20; i++)
				say(false, `5${10 + i} 5.${i}.9 no\r\n`);
			say(true, 'DATA\r\n');
			say(false, '354 go\r\n');
			say(true, `From: ${'<a@c.example>, '.repeat(90)}\r\n`);
			say(true, `DKIM-Signature: v=1; d=e.example; b=${long}`);
		}
	},
	// Commands that nobody answers.
	pipelined() {
		const text = 'NOOP\r\n'.repeat(230);
		for (let n = 0; n < 8000; n++) {
			const say = session(n);
			for (let k = 0; k < 5; k++)
				say(true, text);
		}
	},
	// The same from all at once, when the budget is spent.
	together() {
		const text = 'NOOP\r\n'.repeat(230);
		const say = [];
		for (let n = 0; n < 4900; n++)
			say.push(session(n));
		for (let k = 0; k < 5; k++)
			say.forEach(s => s(true, text));
	},
	// Messages whose replies do not come: their headers are kept.
	headers() {
		for (let n = 0; n < 4900; n++) {
			const say = session(n);
			for (let k = 0; k < 8; k++) {
				say(true, 'MAIL FROM:<a@b.example>\r\n' +
					'RCPT TO:<a@b.example>\r\nDATA\r\n');
				say(false, '250 ok\r\n250 ok\r\n354 go\r\n');
				say(true, 'DKIM-Signature: v=1; a=rsa-sha256; ' +
					'd=e.example; s=s; h=From; bh=AAAA; b=' +
					'A'.repeat(1200));
				for (let i = 0; i < 3; i++)
					say(true, `\r\nX-${i}: ${long}`);
				say(true, '\r\n\r\nx\r\n.\r\n');
			}
		}
	},
	// A TLS handshake message of 16 KiB that does not end.
	hellos() {
		for (let n = 0; n < 8000; n++) {
			const say = session(n);
			say(true, 'STARTTLS\r\n');
			say(false, '220 go\r\n');
			say(true, '\x16\x03\x01\x3f\xff\x01\x00\x3f\xf0\x03\x03');
			for (let i = 0; i < 8; i++)
				say(true, long);
		}
	},
	// No handshake, and a hole before what is there.
	half() {
		for (let n = 0; n < 60000; n++) {
			tcp(n, true, ACK, 1, 1, 'EHLO x\r\n');
			tcp(n, true, ACK, 3000, 1, long);
			tcp(n, false, ACK, 9000, 1, long);
		}
	},
	holes() {
		for (let n = 0; n < 6000; n++) {
			open(n);
			for (let i = 1; i < 40; i++)
				tcp(n, true, ACK, 1 + i * 1400, 1, long);
		}
	},
	one_flow() {
		open(1);
		for (let i = 1; i < 200000; i++)
			tcp(1, i % 2 === 0, ACK, 1 + i * 1400, 1, long);
	},
	tiny_holes() {
		open(1);
		for (let i = 1; i < 300000; i++)
			tcp(1, true, ACK, 1 + i * 2 % 65000, 1, 'x');
	},
	fragments() {
		const part = Buffer.alloc(1400, 1);
		for (let n = 0; n < 200000; n++)
			ip(client(n), server, part, { id: n & 0xffff,
				frag: 0x2000 | n % 3 * 175 });
	},
	tiny_fragments() {
		const part = Buffer.alloc(8, 1);
		for (let n = 0; n < 400000; n++)
			ip(client(n >> 4), server, part, { id: n >> 4 & 0xffff,
				frag: 0x2000 | (n & 15) * 2 });
	},
};
if (file === undefined) {
	console.log(Object.keys(kinds).join('\n'));
	process.exit(0);
}
const head = Buffer.alloc(24);
head.writeUInt32LE(0xa1b2c3d4, 0);
head.writeUInt16LE(2, 4);
head.writeUInt16LE(4, 6);
head.writeUInt32LE(65535, 16);
head.writeUInt32LE(101, 20); // LINKTYPE_RAW
held.push(head);
kinds[kind]();
flush();
closeSync(out);
