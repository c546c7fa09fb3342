// SPDX-License-Identifier: Apache-2.0
// replies.mjs BINDIR FOLDER: see replies.sh. Prints per class of theirs how
// often our class is one that it maps to. Fails under `least` in all.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const [bin, folder] = process.argv.slice(2);
const least = 0.85;
// Theirs -> ours. Where one of theirs holds what we tell apart, several.
const maps = {
	InvalidRecipient: ["unknown_user"],
	InactiveMailbox: ["unknown_user"],
	// A domain without mail is no mailbox either.
	BadDomain: ["unknown_user", "other"],
	InvalidSender: ["sender"],
	// A full mailbox is no evidence; a message too big for it is size.
	QuotaIssues: ["other", "size"],
	NoAnswerFromHost: ["other"], BadConnection: ["other"],
	DNSFailure: ["other"], MessageExpired: ["other"],
	// Theirs holds refused relaying.
	RoutingErrors: ["other", "policy", "auth"],
	TransientFailure: ["other", "rate"],
	// Theirs holds 5.6.x, media that a server does not take.
	ProtocolErrors: ["syntax", "content"],
	// Theirs holds all of x.7.x: SPF, DMARC, refusals by policy, senders
	// whose domain is not there.
	AuthenticationFailed: ["auth", "policy", "sender"],
	PolicyRelated: ["policy", "content", "sender", "rate"],
	// Known sources of spam, by list or reputation, or spam as such.
	SpamBlock: ["blocklisted", "policy", "content"],
	SpamContent: ["content"],
	TooManyRecipients: ["rate"],
};

// One text that the pattern matches.
function text(pattern) {
	let s = pattern.replace(/^\^/, "").replace(/\$$/, "")
		.replace(/\\\\/g, "\\").replace(/\(([^()|]*)\|[^()]*\)/g, "$1")
		.replace(/^\[45\]/, "5").replace(/\[(.)[^\]]*\]/g, "$1")
		.replace(/\\d\{(\d)\}/g, (_, n) => "5".repeat(+n).replace(
			/^5+/, x => x === "55" ? "50" : "550".slice(0, x.length)))
		.replace(/\\d\+/g, "1").replace(/\.[+*]/g, " ... ")
		.replace(/\\(.)/g, "$1");
	if (/^[45]\.\d+\.\d+/.test(s))
		s = `550 ${s}`;
	if (!/^\d{3} /.test(s))
		s = s.replace(/^(\d{3})?\s*/, (_, c) => `${c ?? 550} `);
	// x.y.z of the other class than the code's
	return s.replace(/^(\d)(\d\d) +[45](\.\d+\.\d+)/, "$1$2 $1$3")
		.replace(/ +/g, " ").trim();
}
function* rules(file) {
	let cls = null;
	for (const l of fs.readFileSync(file, "utf8").split("\n")) {
		const head = /^(\w+) = \[/.exec(l), row = /^\s*"(.*)"/.exec(l);
		if (head)
			cls = head[1];
		else if (row && cls && !l.trim().startsWith("#"))
			yield [cls, text(row[1])];
	}
}
const files = fs.readdirSync(folder, { recursive: true })
	.filter(f => /(bounces|iana)\.toml$/.test(f))
	.map(f => path.join(folder, f));
const all = files.flatMap(f => [...rules(f)]);
const run = spawnSync(`${bin}/tests/e2e/replyclass`, { encoding: "utf8",
	input: all.map(([, t]) => `${t}\n`).join("") });
if (run.status !== 0) {
	console.error(`replyclass: status ${run.status}: ${run.error ?? ""}`);
	process.exit(1);
}
const ours = run.stdout.trim().split("\n").map(c => c.toLowerCase());
const score = {};
let same = 0, first = 0;
all.forEach(([cls, t], i) => {
	const s = score[cls] ??= { same: 0, first: 0, all: 0 };
	const may = maps[cls] ?? [];
	s.all++;
	s.first += ours[i] === may[0];
	first += ours[i] === may[0];
	s.same += may.includes(ours[i]);
	same += may.includes(ours[i]);
	if (!may.includes(ours[i]) && process.env.VERBOSE)
		console.log(`  ${cls}: ${ours[i]}: ${t}`);
});
for (const [cls, s] of Object.entries(score))
	console.log(`${cls.padEnd(20)} ${s.same} of ${s.all} in ` +
		`${(maps[cls] ?? []).join(", ")}; ${s.first} the first of them`);
console.log(`${same} of ${all.length}, ` +
	`${(100 * same / all.length).toFixed(1)} %; ${first} by the first class`);
process.exit(all.length > 50 && same / all.length >= least ? 0 : 1);
