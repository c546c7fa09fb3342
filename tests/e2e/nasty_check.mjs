// SPDX-License-Identifier: Apache-2.0
// nasty_check.mjs FORM FILE...: what hostile texts became, read by parsers.
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const [form, ...files] = process.argv.slice(2);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// C0 but line ends (and tabs where they part columns), DEL, C1; what turns
// the direction of text or is no character to be seen.
const steering = (tab) => new RegExp('[\\u0000-\\u0008' + (tab ? '' : '\\u0009') +
	'\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e' +
	'\\u2060-\\u206f\\ufeff]', 'u');
let seen = 0;

function fail(file, what) {
	console.log(`${file}: ${what}`);
	process.exit(1);
}
function plain(file, text, tab) {
	const at = text.match(steering(tab));
	if (at)
		fail(file, `U+${at[0].codePointAt(0).toString(16)} at ${at.index}: ` +
			JSON.stringify(text.slice(Math.max(0, at.index - 40), at.index + 20)));
}
function json(file, text) {
	plain(file, text, false);
	const keys = [];
	const value = JSON.parse(text);
	const walk = (v) => {
		if (typeof v === 'string')
			seen++;
		else if (v && typeof v === 'object')
			Object.values(v).forEach(walk);
	};
	walk(value);
	return keys;
}
// RFC 4180, nothing forgiven.
function csv(file, text) {
	const rows = [];
	let row = [], at = 0;
	while (at < text.length) {
		let cell = '';
		if (text[at] === '"') {
			for (at++; ; at++) {
				if (at >= text.length)
					fail(file, 'a quote is open at the end');
				if (text[at] !== '"')
					cell += text[at];
				else if (text[at + 1] === '"')
					cell += text[at++];
				else
					break;
			}
			at++;
		} else {
			while (at < text.length && !',\r\n'.includes(text[at])) {
				if (text[at] === '"')
					fail(file, `a quote inside a cell: row ${rows.length + 1}`);
				cell += text[at++];
			}
		}
		row.push(cell);
		if (text[at] === ',') {
			at++;
			continue;
		}
		if (text.slice(at, at + 2) !== '\r\n')
			fail(file, `row ${rows.length + 1} has no CRLF`);
		at += 2;
		rows.push(row);
		row = [];
	}
	for (const r of rows) {
		if (r.length !== rows[0].length)
			fail(file, `${r.length} cells, not ${rows[0].length}: ${r}`);
		for (const c of r) {
			seen++;
			plain(file, c, false);
			if (/^ *[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(c) &&
			    !/^-?[0-9.]+$/.test(c))
				fail(file, `a formula: ${c.slice(0, 60)}`);
		}
	}
	return rows;
}
const tags = new Set(('html head meta title style body h1 h2 h3 p nav a main ' +
	'section table thead tbody tr th td div code figure figcaption footer svg ' +
	'desc text rect line polyline circle defs pattern').split(' '));
const attributes = new Set(('lang charset http-equiv content name class href id ' +
	'scope colspan width height style viewBox role aria-labelledby xmlns fill ' +
	'font-size x y x1 y1 x2 y2 text-anchor stroke stroke-width points cx cy r ' +
	'patternUnits patternTransform fill-opacity').split(' '));
function html(file, text) {
	plain(file, text, false);
	const r = spawnSync('xmllint', ['--noout', '--nonet', file], { encoding: 'utf8' });
	if (r.error || r.status !== 0)
		fail(file, `xmllint: ${r.error || r.stderr.slice(0, 400)}`);
	// It is well-formed, so that a tag ends at the next >.
	for (const [, name, rest] of text.matchAll(/<([A-Za-z][^\s>/]*)([^>]*)>/g)) {
		seen++;
		if (!tags.has(name))
			fail(file, `element ${name}`);
		for (const [, key, value] of rest.matchAll(/([^\s=]+)="([^"]*)"/g)) {
			if (!attributes.has(key))
				fail(file, `attribute ${key} of ${name}`);
			if (key === 'href' && !/^(#|https:\/\/desk\.example\/#\/)/.test(value))
				fail(file, `link to ${value}`);
			if (/url\((?!#)/.test(value))
				fail(file, `loads ${value}`);
		}
	}
	if (/@import|url\(['"]?[^#)]/.test(text.match(/<style>(.*?)<\/style>/s)[1]))
		fail(file, 'the style loads something');
}

for (const file of files) {
	let text;
	try {
		text = utf8.decode(readFileSync(file));
	} catch (e) {
		fail(file, `no UTF-8: ${e.message}`);
	}
	if (form === 'json')
		json(file, text);
	else if (form === 'jsonl')
		text.split('\n').filter((l) => l).forEach((l) => json(file, l));
	else if (form === 'csv')
		csv(file, text);
	else if (form === 'html')
		html(file, text);
	else {
		plain(file, text, form === 'tsv');
		seen += text.split('\n').length;
		if (form === 'tsv') {
			const n = text.split('\n').filter((l) => l).map((l) => l.split('\t').length);
			if (n.some((k) => k !== n[0]))
				fail(file, 'rows differ in their number of columns');
		}
	}
}
console.log(`${files.length} files, ${seen} texts`);
process.exit(files.length > 0 && seen > 0 ? 0 : 1);
