// SPDX-License-Identifier: Apache-2.0
// oracle_agreement BINDIR CORPUSDIR [-v]: the SMTP fields that
// sekisho-capture finds in public captures, beside what tshark found.
// Prints the agreement per field. Fails when a field agrees in less than
// 99 % of the sessions, not counting those explained in
// oracle_explained.tsv (docs/VIOLATIONS.md has the reasons at length), when
// a disagreement is not explained, or an explanation is not needed.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [bin, corpus, flag] = process.argv.slice(2);
const oracle = `${corpus}/oracle/tshark_smtp_sessions.tsv`;
const least = 0.99;
if (!bin || !corpus) {
	console.error("usage: oracle_agreement BINDIR CORPUSDIR [-v]");
	process.exit(2);
}
if (!fs.existsSync(oracle)) {
	console.log(`oracle_agreement: skip: no file ${oracle}`);
	process.exit(0);
}

const tsv = file => {
	const [head, ...rows] = fs.readFileSync(file, "utf8").split("\n")
		.filter(l => l && !l.startsWith("#")).map(l => l.split("\t"));
	return rows.map(r =>
		Object.fromEntries(head.map((k, i) => [k, r[i] ?? ""])));
};
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "sekisho-oracle-"));
process.on("exit", () => fs.rmSync(dir, { recursive: true, force: true }));
fs.writeFileSync(`${dir}/key`, "oracle oracle oracle oracle");
fs.writeFileSync(`${dir}/conf`, `legal_basis = "test: public captures"
privacy_tier = "domains"
hash_key_file = "${dir}/key"
`);

const records = file => {
	const r = spawnSync(`${bin}/sekisho-capture`, ["-c", `${dir}/conf`,
		"-r", file, "-o", "-", "--format", "json", "--no-dpi"],
		{ encoding: "utf8", maxBuffer: 1 << 28 });
	if (r.status !== 0 && r.status !== 2)
		throw new Error(`${file}: status ${r.status}: ${r.stderr}`);
	return r.stdout.split("\n").filter(l => l).map(l => JSON.parse(l));
};

// A record's addresses as the oracle has them: IPv6 in one spelling.
const canonical = a => a.includes(":") ? new URL(`http://[${a}]`).hostname : a;
const key = (a, p, b, q) => [canonical(a), p, canonical(b), q].join(" ");
const codes = list => list.flatMap(r => Array(r.count).fill(r.code));
const sum = (list, f) => list.reduce((n, x) => n + f(x), 0);

function ours(all) {
	const close = all.find(r => r.type === "close");
	const trans = all.filter(r => r.type === "transaction");
	// tshark has the session's first, Close its last.
	const helo = [trans[0]?.helo, close?.helo]
		.find(h => h && h.verb !== "none") ??
		{ verb: "none", name: "" };
	const outside = close?.replies ?? [];
	const replies = [...outside, ...trans.flatMap(t => t.replies)];
	return {
		helo_verb: helo.verb === "none" ? "" : helo.verb,
		helo_arg: helo.name,
		n_mail: trans.filter(t => t.mail_from).length,
		// Refused for want of a MAIL: in no transaction.
		n_rcpt: sum(trans, t => t.rcpt_count) + sum(outside
			.filter(r => r.stage === "rcpt"), r => r.count),
		n_data: sum(replies.filter(r => r.stage === "data" &&
			(r.code === 354 || r.code >= 400)), r => r.count),
		starttls: ["started", "refused"].includes(close?.tls) ? 1 : 0,
		reply_codes: codes(replies).sort().join(" "),
	};
}
const theirs = row => ({
	helo_verb: row.helo_verb.toLowerCase(),
	helo_arg: row.helo_arg.toLowerCase(),
	n_mail: +row.n_mail, n_rcpt: +row.n_rcpt, n_data: +row.n_data,
	starttls: +row.starttls > 0 ? 1 : 0,
	reply_codes: row.reply_codes_in_order.split(" ").filter(c => c)
		.map(Number).sort().join(" "),
});

const explained = new Map(tsv(new URL("oracle_explained.tsv", import.meta.url))
	.filter(e => !e.field.includes(":"))
	.map(e => [`${e.file} ${e.stream} ${e.field}`, e.reason]));
const score = {}, used = new Set();
let bad = 0;
const cache = new Map();
for (const row of tsv(oracle).filter(r => r.smtp_dissected === "1")) {
	const file = `${corpus}/pcap/${row.category}/${row.file}`;
	if (!fs.existsSync(file))
		continue;
	if (!cache.has(file))
		cache.set(file, records(file));
	const conn = cache.get(file).filter(r =>
		["transaction", "close"].includes(r.type) &&
		[key(r.client, r.client_port, r.server, r.server_port),
			key(r.server, r.server_port, r.client, r.client_port)]
			.includes(key(row.client, row.cport,
				row.server, row.sport)));
	const a = ours(conn), b = theirs(row);
	for (const f of Object.keys(b)) {
		const id = `${row.file} ${row.stream} ${f}`;
		const s = score[f] ??= { same: 0, all: 0, why: 0 };
		s.all++;
		if (String(a[f]) === String(b[f])) {
			s.same++;
			continue;
		}
		const why = explained.get(id);
		if (why) {
			s.why++;
			used.add(id);
		} else {
			bad++;
		}
		if (flag === "-v" || !why)
			console.log([row.file, row.stream, f, `ours=${a[f]}`,
				`tshark=${b[f]}`, why ?? "NOT EXPLAINED"]
				.join("\t"));
	}
}
for (const id of explained.keys())
	if (!used.has(id)) {
		console.log(`explained, but agrees: ${id}`);
		bad++;
	}
for (const [f, s] of Object.entries(score)) {
	const rate = s.same / (s.all - s.why);
	console.log(`${f.padEnd(12)} ${s.same} of ${s.all}, ` +
		`${(100 * s.same / s.all).toFixed(1)} %, ${s.why} explained, ` +
		`${(100 * rate).toFixed(1)} % of the rest`);
	if (rate < least)
		bad++;
}
if (Object.keys(score).length === 0) {
	console.log("oracle_agreement: nothing was compared");
	bad++;
}
process.exit(bad ? 1 : 0);
