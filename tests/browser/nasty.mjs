// SPDX-License-Identifier: Apache-2.0
// Strings that somebody may choose to harm who reads them. As a program:
// SQL that puts them (into these tables of observations, too) where foreign text stands in a store, and rows enough
// for a second and third page.
import { pathToFileURL } from 'node:url';

export const nasty = [
	'<img src=x onerror=alert(1)>', '"><script>alert(2)</script>',
	'javascript:alert(3)//', `';alert(4)//\\`, '\u202egnp.exe\u2066',
	'\u001b[31mred\u0007', '${alert(5)}{{6*7}}', '&lt;b&gt; &#x3c;i>',
];

const text = (s) => `CAST(x'${Buffer.from(s).toString('hex')}' AS TEXT)`;
const row = (id, customer, ago_s, peak, summary) => `INSERT INTO incident
	SELECT ${id}, 'spam_bot', ${customer}, 'dynamic', 'open', 'not_closed',
	now - ${ago_s} * 1000000, now - 1000000, NULL, 1, 2, 40, 38, 12, 2, 1,
	${peak}, ${peak}, ${summary}, (SELECT max(policy_hash) FROM incident), NULL
	FROM (SELECT unixepoch() * 1000000 AS now);`;

export function sql(days) {
	const all = text(nasty.join(' '));
	const out = ['BEGIN;'];
	nasty.forEach((s, i) => out.push(row(9000 + i, text(s), 300, 3000 - i,
		all)));
	for (let i = 0; i < 170; i++)
		out.push(row(8000 + i, `'P${1000 + i}'`, 600 + i, 20000 - i,
			"'40 refused or suspect mails in 15 min to 38 different mail servers'"));
	for (const day of days)
		out.push(`UPDATE ${day} SET spf_domain = ${all}, helo = ${
		all}, mail_from = ${all}, spf_record = 'v=spf1 mx ' || ${all} ||
		' -all', verdict_reason = ${all} WHERE customer = 'C1003'
		AND spf = 'fail' AND obs_no % 2 = 0;`);
	out.push(`INSERT OR REPLACE INTO customer (id, line_class, own_domains, contact,
		language) VALUES ('C1003', 'dynamic', ${text(nasty[0].replace(/ /g,
		'/'))}, ${all}, 'ja');`, 'COMMIT;');
	return out.join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] || '').href)
	console.log(sql(process.argv.slice(2)));
