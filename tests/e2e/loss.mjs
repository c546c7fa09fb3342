// SPDX-License-Identifier: Apache-2.0
// loss.mjs KIND WHOLE.json MANGLED.json: is every field of the second
// possible, given the first? KIND: loss, order (packets change places), same
// (packets doubled: the same records), client or server (that side only).
import fs from "node:fs";

const [kind, wholeFile, mangledFile] = process.argv.slice(2);
const read = file => fs.readFileSync(file, "utf8").split("\n").filter(l => l)
	.map(l => JSON.parse(l));
const key = r => [r.client, r.client_port, r.server, r.server_port].join(" ");
const turned = r => [r.server, r.server_port, r.client, r.client_port].join(" ");
const byFlow = all => {
	const flows = new Map();
	for (const r of all.filter(r => !["counters", "summary"]
		.includes(r.type)))
		flows.set(key(r), [...flows.get(key(r)) ?? [], r]);
	return flows;
};
let bad = 0;
const wrong = (flow, text) => {
	console.log(`${flow}: ${text}`);
	bad++;
};
const sum = (list, f) => list.reduce((n, x) => n + f(x), 0);
const of = (recs, type) => recs.filter(r => r.type === type);
const replies = recs => recs.flatMap(r => r.replies ?? []);

// What a connection's records name, as a set of "field value".
function names(recs) {
	const out = new Set();
	const add = (f, v) => v !== "" && v != null && out.add(`${f} ${v}`);
	for (const r of recs) {
		if (r.helo) {
			add("helo", r.helo.name);
		}
		for (const m of [r.mail_from, r.message_id].filter(m => m))
			add("domain", m.domain);
		for (const m of r.header_from ?? [])
			add("header", m.domain);
		for (const d of r.rcpt_domains ?? [])
			add("rcpt", d.domain);
		for (const q of r.replies ?? []) {
			add("reply", q.code);
			add("enhanced", `${q.code} ${q.enhanced}`);
			if (q.names_client)
				add("names", q.code);
		}
		for (const d of r.dkim ?? []) {
			add("dkim", d.domain);
			add("selector", d.selector);
		}
		add("mechanism", r.auth_mechanism === "?" ? "" :
			r.auth_mechanism);
		add("sni", r.sni);
	}
	return out;
}
const counts = recs => ({
	rcpt: sum(of(recs, "transaction"), t => t.rcpt_count),
	rcpt_accepted: sum(of(recs, "transaction"), t => t.rcpt_accepted),
	mail_from: of(recs, "transaction").filter(t => t.mail_from).length,
	delivered: of(recs, "transaction")
		.filter(t => t.end === "delivered").length,
	rejected: of(recs, "transaction")
		.filter(t => t.end === "rejected").length,
	seen_bytes: sum(of(recs, "transaction"), t => +t.seen_bytes),
	received: sum(of(recs, "transaction"), t => t.received_count),
	replies: sum(replies(recs), q => q.count),
});

function possible(flow, whole, seen) {
	const may = names(whole);
	for (const n of names(seen))
		if (!may.has(n))
			wrong(flow, `invented: ${n}`);
	const most = counts(whole);
	for (const [f, n] of Object.entries(counts(seen)))
		if (n > most[f])
			wrong(flow, `${f} ${n}, in truth ${most[f]}`);
	if (seen.some(r => r.authenticated) && !whole.some(r => r.authenticated))
		wrong(flow, "authenticated");
	if (of(seen, "close").some(c => c.not_smtp) &&
		!of(whole, "close").some(c => c.not_smtp))
		wrong(flow, "not_smtp");
}
// Something is missing: then one record says so.
function says(flow, whole, seen) {
	const a = counts(whole), b = counts(seen);
	const less = ["rcpt", "mail_from", "seen_bytes", "replies"]
		.some(f => b[f] < a[f]);
	const told = seen.some(r => r.gap || +r.gaps > 0 || r.midstream ||
		r.client_unseen || r.server_unseen || r.end === "gap" ||
		r.end === "unknown" || (r.type === "close" &&
			["idle", "end", "unknown"].includes(r.reason)));
	if (less && !told && of(seen, "close").length > 0)
		wrong(flow, "less than in truth, and no record says so");
}
function oneSide(flow, seen, side) {
	const other = side === "client" ? "server_unseen" : "client_unseen";
	for (const c of of(seen, "close"))
		if (!c[other])
			wrong(flow, `${other} is not said`);
	if (side === "client" && replies(seen).length > 0)
		wrong(flow, "replies without a server");
	for (const t of of(seen, "transaction")) {
		if (side === "client" && (t.end === "delivered" ||
			t.end === "rejected" || t.rcpt_accepted > 0))
			wrong(flow, `${t.end}, ${t.rcpt_accepted} accepted ` +
				"without a server");
		if (side === "server" && (t.mail_from || t.rcpt_count > 0 ||
			+t.seen_bytes > 0))
			wrong(flow, "commands without a client");
	}
}
// What may differ although the same was seen.
const strip = r => {
	const { boot, seq, flow_id, ts_us, client_packets, server_packets,
		syn_count, ...rest } = r;
	return JSON.stringify(rest);
};
function same(flow, whole, seen) {
	const a = whole.map(strip), b = seen.map(strip);
	for (let i = 0; i < Math.max(a.length, b.length); i++)
		if (a[i] !== b[i])
			wrong(flow, `not the same:\n- ${a[i]}\n+ ${b[i]}`);
}

const whole = byFlow(read(wholeFile)), seen = byFlow(read(mangledFile));
let compared = 0;
for (const [flow, recs] of seen) {
	const truth = whole.get(flow) ?? whole.get(turned(recs[0]));
	if (!truth) {
		wrong(flow, "no such connection");
		continue;
	}
	compared++;
	if (kind === "same") {
		same(flow, truth, recs);
		continue;
	}
	possible(flow, truth, recs);
	if (kind === "client" || kind === "server")
		oneSide(flow, recs, kind);
	else
		says(flow, truth, recs);
}
console.log(`${compared} of ${whole.size} connections compared`);
if (compared === 0 || (kind === "same" && compared < whole.size))
	bad++;
process.exit(bad ? 1 : 0);
