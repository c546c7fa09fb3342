// SPDX-License-Identifier: Apache-2.0
// oracle_logs BINDIR CORPUSDIR [-v]: what sekisho-capture finds in public
// captures, beside Zeek's smtp.log and what Suricata's tests say of SMTP
// events. Fails as oracle_agreement.mjs does: a disagreement that
// oracle_explained.tsv does not explain (fields "zeek:..." and
// "suricata:..."), or an explanation that is not needed.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [bin, corpus, flag] = process.argv.slice(2);
if (!fs.existsSync(`${corpus}/oracle/zeek/MAP.tsv`)) {
	console.log(`oracle_logs: skip: nothing at ${corpus}/oracle`);
	process.exit(0);
}
const lines = f => fs.readFileSync(f, "utf8").split("\n").filter(l => l);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "sekisho-oracle-"));
process.on("exit", () => fs.rmSync(dir, { recursive: true, force: true }));
fs.writeFileSync(`${dir}/key`, "oracle oracle oracle oracle");
fs.writeFileSync(`${dir}/conf`, `legal_basis = "test: public captures"
privacy_tier = "domains"
hash_key_file = "${dir}/key"
`);
const pcaps = new Map();
for (const d of fs.readdirSync(`${corpus}/pcap`))
	for (const f of fs.readdirSync(`${corpus}/pcap/${d}`))
		pcaps.set(f, `${corpus}/pcap/${d}/${f}`);
const cache = new Map();
function records(file) {
	if (!cache.has(file)) {
		const r = spawnSync(`${bin}/sekisho-capture`, ["-c",
			`${dir}/conf`, "-r", file, "-o", "-", "--format",
			"json", "--no-dpi"],
			{ encoding: "utf8", maxBuffer: 1 << 28 });
		if (r.status !== 0)
			throw new Error(`${file}: ${r.status}: ${r.stderr}`);
		cache.set(file, r.stdout.split("\n").filter(l => l)
			.map(l => JSON.parse(l)));
	}
	return cache.get(file);
}

const explained = new Map(lines(new URL("oracle_explained.tsv",
	import.meta.url)).slice(1).map(l => l.split("\t"))
	.filter(e => e[2].includes(":"))
	.map(e => [`${e[0]} ${e[1]} ${e[2]}`, e[3]]));
const used = new Set(), score = {};
let bad = 0;
function compare(file, no, field, a, b) {
	const id = `${file} ${no} ${field}`, why = explained.get(id);
	const s = score[field] ??= { same: 0, all: 0, why: 0 };
	s.all++;
	if (String(a) === String(b)) {
		s.same++;
		return;
	}
	if (why) {
		s.why++;
		used.add(id);
	} else {
		bad++;
	}
	if (flag === "-v" || !why)
		console.log([file, no, field, `ours=${a}`, `theirs=${b}`,
			why ?? "NOT EXPLAINED"].join("\t"));
}

const none = new Set(["-", "(empty)", ""]);
const domain = a => {
	const m = /@([^@>\s]*)>?\s*$/.exec(a.replace(/\s*\(.*\)$/, ""));
	return m ? m[1].toLowerCase() : "";
};
const domains = list => [...new Set(list.map(domain))].sort().join(" ");
const rcpts = t => t.rcpt_domains.map(d => d.domain).sort().join(" ");

// One row of smtp.log a message; rows without MAIL end a session.
function zeek(test, file, log) {
	const head = lines(log).find(l => l.startsWith("#fields"))
		.split("\t").slice(1);
	const rows = lines(log).filter(l => !l.startsWith("#"))
		.map(l => l.split("\t"))
		.map(v => Object.fromEntries(head.map((k, i) => [k, v[i]])));
	const flows = new Map();
	for (const r of rows) {
		const k = [r["id.orig_h"], r["id.orig_p"], r["id.resp_h"],
			r["id.resp_p"]].join(" ");
		flows.set(k, [...flows.get(k) ?? [], r]);
	}
	let no = 0;
	for (const [k, list] of flows)
		zeekFlow(`${test}`, no++, list, records(file).filter(r =>
			[r.client, r.client_port, r.server, r.server_port]
				.join(" ") === k));
}
function zeekFlow(test, no, rows, recs) {
	const trans = recs.filter(r => r.type === "transaction");
	const close = recs.find(r => r.type === "close");
	const mails = trans.filter(t => t.mail_from);
	const theirs = rows.filter(r => !none.has(r.mailfrom));
	const all = (f, a, b) => compare(test, no, `zeek:${f}`, a, b);
	const codes = [...trans, close ?? { replies: [] }]
		.flatMap(r => r.replies).map(q => q.code);
	all("messages", mails.length, theirs.length);
	all("tls", close?.tls === "started" ? "T" : "F",
		rows.some(r => r.tls === "T") ? "T" : "F");
	for (const r of rows.filter(r => !none.has(r.last_reply))) {
		const c = +r.last_reply.slice(0, 3);
		all("last_reply", codes.includes(c) ? c : codes, c);
	}
	const names = [...trans, close].map(r => r?.helo?.name);
	for (const r of rows.filter(r => !none.has(r.helo))) {
		const h = r.helo.toLowerCase().replace(/[[\]]/g, "");
		all("helo", names.some(n => n?.replace(/[[\]]/g, "") === h) ?
			h : names[0], h);
	}
	theirs.forEach((r, i) => {
		const t = mails[i];
		if (!t)
			return;
		all("mailfrom", t.mail_from.domain, domain(r.mailfrom));
		if (!none.has(r.rcptto))
			all("rcptto", rcpts(t), domains(r.rcptto.split(",")));
		if (!none.has(r.from))
			all("from", t.header_from[0]?.domain, domain(r.from));
		if (!none.has(r.msg_id) && domain(r.msg_id) !== "")
			all("msg_id", t.message_id?.domain, domain(r.msg_id));
	});
}
const base = `${corpus}/oracle/zeek/testing/btest/Baseline`;
for (const l of lines(`${corpus}/oracle/zeek/MAP.tsv`).slice(1)) {
	const [test, trace, baseline] = l.split("\t");
	const log = `${base}/${baseline}/smtp.log`;
	const file = pcaps.get("zeek__testing__btest__Traces__" +
		trace.replaceAll("/", "__"));
	if (fs.existsSync(log) && file)
		zeek(test, file, log);
}

// The checks of a test.yaml that speak of SMTP events: plain keys of one
// "match" each. Those that need an older Suricata are left out.
function checks(text) {
	return text.split(/\n\s*- filter:/).slice(1)
		.filter(c => !c.includes("lt-version"))
		.map(c => ({ count: +/count:\s*(\d+)/.exec(c)?.[1],
			smtp: /event_type:\s*smtp\b/.test(c),
			keys: [...c.matchAll(
				/^\s*(smtp\.[\w[\]]+|email\.from):\s*(.*?)\s*$/gm)]
				.map(m => [m[1], m[2].replace(/^["']|["']$/g,
					"")]) }))
		.filter(c => c.smtp && c.count > 0 && c.keys.length > 0);
}
const suricata = {
	"smtp.helo": (t, v) => t.helo?.name === v.toLowerCase() ||
		t.helo?.kind === "invalid",
	"smtp.mail_from": (t, v) => t.mail_from?.domain === domain(v),
	"email.from": (t, v) => t.header_from?.[0]?.domain === domain(v),
};
function event(file, no, check, recs) {
	const trans = recs.filter(r => r.type === "transaction");
	const tell = { ...suricata };
	for (const [k, v] of check.keys) {
		const rcpt = /^smtp\.rcpt_to\[\d+\]$/.test(k);
		const f = rcpt ? (t, x) => t.rcpt_domains.some(d =>
			d.domain === domain(x)) : tell[k];
		if (!f || (k !== "smtp.helo" && domain(v) === ""))
			continue;
		const from = check.keys.find(e => e[0] === "smtp.mail_from");
		const of = k === "smtp.helo" ? recs.filter(r => r.helo) :
			trans.filter(t => !from || domain(from[1]) === "" ||
				t.mail_from?.domain === domain(from[1]));
		const hit = of.some(t => f(t, v));
		compare(file, no, `suricata:${k.replace(/\[\d+\]/, "")}`,
			hit ? v : "no such record", v);
	}
}
const tests = `${corpus}/oracle/suricata-verify/tests`;
for (const rel of fs.readdirSync(tests, { recursive: true })
	.filter(f => f.endsWith("test.yaml"))) {
	const text = fs.readFileSync(`${tests}/${rel}`, "utf8");
	const list = checks(text);
	if (list.length === 0)
		continue;
	const name = path.dirname(rel);
	const other = /^pcap:\s*(?:\.\.\/(.*?)\/)?(\S+\.pcap\w*)/m.exec(text);
	const from = other?.[1] ?? name;
	const key = `suricata-verify__tests__${from.replaceAll("/", "__")}__`;
	const file = [...pcaps].find(([f]) => f.startsWith(key) &&
		(!other || f.endsWith(path.basename(other[2]))))?.[1];
	if (!file)
		continue;
	list.forEach((c, i) => event(name, i, c, records(file)));
}

for (const id of explained.keys())
	if (!used.has(id)) {
		console.log(`explained, but agrees: ${id}`);
		bad++;
	}
for (const [f, s] of Object.entries(score)) {
	const rate = s.same / Math.max(1, s.all - s.why);
	console.log(`${f.padEnd(20)} ${s.same} of ${s.all}, ` +
		`${(100 * s.same / s.all).toFixed(1)} %, ${s.why} explained, ` +
		`${(100 * rate).toFixed(1)} % of the rest`);
	if (rate < 0.99)
		bad++;
}
if (Object.keys(score).length === 0)
	bad++;
process.exit(bad ? 1 : 0);
