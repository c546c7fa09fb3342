// SPDX-License-Identifier: Apache-2.0
// truth.mjs TRUTH.csv INCIDENTS.json DECISIONS.json: compares; exit 1 on any
// difference, each named.
import { readFileSync } from 'node:fs';

const [truthFile, incidentFile, decisionFile] = process.argv.slice(2);
const items = f => JSON.parse(readFileSync(f, 'utf8')).items;
const incidents = items(incidentFile), decisions = items(decisionFile);
const lines = readFileSync(truthFile, 'utf8').trim().split('\n');
const names = lines.shift().split(',');
const words = s => (s && s !== '-' ? s.split(' ') : []);
const known = new Set();
let bad = 0, blocks = 0, rows = 0;

const complain = text => { console.log(text); bad++; };

for (const line of lines) {
	const cells = line.split(',');
	const row = Object.fromEntries(names.map((n, i) => [n, cells[i]]));
	const kinds = new Set(incidents.filter(
		i => i.customer === row.customer).map(i => i.kind));
	const blocked = decisions.some(d => d.customer === row.customer &&
		d.action === 'block' && d.cause === 'detector');
	const who = `${row.scenario} ${row.customer}`;

	rows++;
	known.add(row.customer);
	for (const k of words(row.expect_incidents))
		if (!kinds.has(k))
			complain(`${who}: no ${k}, only ${[...kinds]}`);
	for (const k of words(row.must_not))
		if (kinds.has(k))
			complain(`${who}: ${k} must not come`);
	if (row.expect_block === 'yes' && !blocked)
		complain(`${who}: not blocked`);
	if (row.expect_block === 'no' && blocked)
		complain(`${who}: wrongly blocked`);
	blocks += blocked;
}
for (const d of decisions)
	if (!known.has(d.customer))
		complain(`${d.id}: ${d.customer} is not in the truth`);
console.log(`${rows} customers, ${blocks} blocked, ${bad} differences`);
process.exit(bad || !rows ? 1 : 0);
