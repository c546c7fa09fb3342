// SPDX-License-Identifier: Apache-2.0
// population.mjs TRUTH.csv DEEDS.csv DECISIONS.json LABELS.tsv: prints who was
// found. Exit 1 when too few bots were, when an honest customer was blocked, or
// when the rows' labels are not those of what the customers did.
import { readFileSync } from 'node:fs';

const text = (i) => readFileSync(process.argv[i], 'utf8').trim();
const table = (i) => {
	const [head, ...lines] = text(i).split('\n').map((l) => l.split(','));
	return lines.map((l) =>
		Object.fromEntries(head.map((name, c) => [name, l[c]])));
};
let bad = 0;
function expect(what, ok) {
	if (!ok)
		console.log(`not so: ${what}`);
	bad += ok ? 0 : 1;
}

// --- who was blocked ---
const blocked = new Set(JSON.parse(text(4)).items
	.filter((d) => d.action === 'block' && d.cause === 'detector')
	.map((d) => d.customer));
const kinds = new Map();
for (const row of table(2)) {
	const k = kinds.get(row.scenario) ??
		{ bot: row.expect_block !== 'no', n: 0, found: 0, sessions: 0 };
	k.n++;
	k.found += blocked.has(row.customer) ? 1 : 0;
	k.sessions += Number(row.sessions);
	kinds.set(row.scenario, k);
}
let bots = 0, found = 0;
for (const [name, k] of kinds) {
	console.log(`${name}: ${k.found} of ${k.n} blocked, ` +
		`${k.sessions} connections`);
	expect(`${name} sends`, k.sessions > 0);
	if (!k.bot)
		expect(`nobody of ${name} is blocked`, k.found === 0);
	else
		// A day and 800 connections are little for some.
		expect(`a fourth of ${name} are found`, 4 * k.found >= k.n);
	bots += k.bot ? k.n : 0;
	found += k.bot ? k.found : 0;
}
console.log(`${found} of ${bots} bots found`);
expect('nine of ten bots are found', found >= .9 * bots);

// --- what was read of them ---
// The strongest label that applies (docs/DETECTION.md).
function label(d) {
	const forged = d.greeting === 'other_literal' || d.greeting === 'null';
	switch (d.fate) {
	case 'listed':
		return 'blocklisted';
	case 'unknown':
		return 'unknown_user';
	case 'nomail':
		return null;
	}
	if (d.verdict === 'spoofed')
		return 'spf_fail';
	if (forged)
		return 'helo_forged';
	return { rejected: 'rejected', sender: 'rejected', range: 'rejected',
		grey: 'deferred', oversize: 'oversize',
		delivered: 'delivered' }[d.fate];
}
const want = new Map(), have = new Map();
const add = (m, k, n) => m.set(k, (m.get(k) ?? 0) + Number(n));
for (const d of table(3))
	if (d.answer === 'none')
		add(want, 'attempt unanswered', d.count);
	else if (d.answer === 'reset')
		add(want, 'attempt refused', d.count);
	else if (d.fate === 'tls')
		add(want, 'close', d.count);
	else if (d.answer === 'yes' && label(d) !== null)
		add(want, `transaction ${label(d)}`, d.count);
for (const line of text(5).split('\n')) {
	const [kind, name, n] = line.split('\t');
	// An encrypted session is opaque; its greeting was readable.
	if (kind === 'close')
		add(have, 'close', name === 'none' ? 0 : n);
	else if (kind === 'transaction' || name !== 'none')
		add(have, `${kind} ${name}`, n);
}
for (const k of new Set([...want.keys(), ...have.keys()]))
	expect(`${k}: ${want.get(k) ?? 0} were made, ` +
		`${have.get(k) ?? 0} were read`, want.get(k) === have.get(k));
expect('many sorts of mail', want.size >= 10);
process.exit(bad === 0 ? 0 : 1);
