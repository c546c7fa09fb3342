// SPDX-License-Identifier: Apache-2.0
// What every part of the console shares: markup, route, words, times.
import { h } from 'preact';
import { effect, signal } from '@preact/signals';
import htm from 'htm';

export const html = htm.bind(h);

// --- preferences: kept in this browser, never needed to work ---------------
export function kept(name, fallback) {
	let v = fallback;
	try {
		v = localStorage.getItem('sekisho.' + name) ?? fallback;
	} catch { /* storage may be forbidden */ }
	const s = signal(v);
	effect(() => {
		try {
			localStorage.setItem('sekisho.' + name, s.value);
		} catch { /* then it lasts as long as the page */ }
	});
	return s;
}

const wantsJa = (navigator.language || '').startsWith('ja');
export const lang = kept('lang', wantsJa ? 'ja' : 'en');
export const theme = kept('theme', 'auto');
export const zone = kept('zone', 'UTC');
effect(() => { document.documentElement.dataset.theme = theme.value; });

// --- words -----------------------------------------------------------------
// Only the language that is used is fetched. Nothing is drawn before.
const none = { words: {}, said: (text) => text };
export const tongue = signal(null);
effect(() => {
	const l = lang.value === 'ja' ? 'ja' : 'en';
	(l === 'ja' ? import('./ja.js') : import('./en.js'))
		.catch(() => tongue.peek() || none).then((m) => {
			if (l !== (lang.value === 'ja' ? 'ja' : 'en'))
				return;
			document.documentElement.lang = l;
			tongue.value = m;
		});
});

// A key that is not known is shown as it is: vocabularies of the store may
// grow before the console does.
export function t(key, args) {
	const words = (tongue.value || none).words;
	const text = args && args.n === 1 && words[key + '.one'] ||
		words[key] || key.slice(key.lastIndexOf('.') + 1);
	return args ? text.replace(/\{(\w+)\}/g,
		(_, k) => typeof args[k] === 'number' ? num(args[k]) : args[k])
		: text;
}
export const known = (key) => key in (tongue.value || none).words;
// Marks that would turn the direction of the text, or do nothing one sees.
export const safe = (v) => String(v ?? '').replace(
	/[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
	(c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
// A sentence of the server in the language of the screen.
export const said = (text) => text && (tongue.value || none).said(text);
export const word = (kind, v) => v == null ? '–' : t(kind + '.' + v);

// Not by Intl: it takes longer to begin than a screen to draw.
export const num = (v, digits = 0) => v == null ? '–' : Number(v)
	.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
export const score = (milli) => milli == null ? '–' : num(milli / 1000, 1);

// --- times -----------------------------------------------------------------
// Made when somebody wants local times, and once.
let local;
const localFormat = () => local = local || new Intl.DateTimeFormat('en-GB', {
	year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit',
	minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
export const zoneName = () => zone.value === 'UTC' ? 'UTC'
	: localFormat().resolvedOptions().timeZone || 'UTC';

// As toISOString() has it, of years of four digits.
function inZone(d) {
	const p = Object.fromEntries(localFormat().formatToParts(d)
		.map((x) => [x.type, x.value]));
	return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`;
}
export function time(iso, { seconds = true, date = true } = {}) {
	if (!iso)
		return '–';
	const d = new Date(iso);
	if (isNaN(d))
		return String(iso);
	const at = zone.value === 'UTC' ? d.toISOString().replace('T', ' ')
		: inZone(d);
	return at.slice(date ? 0 : 11, seconds ? 19 : 16);
}
// An absolute time never stands without its zone.
export const when = (iso, o) => iso ? `${time(iso, o)} ${zoneName()}` : '–';

const units = [['d', 86400], ['h', 3600], ['m', 60], ['s', 1]];
export function span(seconds) {
	const s = Math.max(0, Math.round(seconds));
	for (const [u, n] of units)
		if (s >= n * (u === 'd' ? 2 : 1) || u === 's')
			return t('span.' + u, { n: Math.floor(s / n) });
}
export function age(iso, now = Date.now()) {
	return iso ? span((now - new Date(iso)) / 1000) : '–';
}

// --- range: "24h" slides with now, "from/to" is pinned ---------------------
export const presets = ['1h', '6h', '24h', '7d', '30d', 'all'];
const seconds_of = { '1h': 3600, '6h': 21600, '24h': 86400, '7d': 604800,
	'30d': 2592000 };

export function rangeOf(p) {
	if (p.from && p.to)
		return { fixed: true, from: p.from, to: p.to };
	const name = presets.includes(p.range) ? p.range : '24h';
	return { fixed: false, name, seconds: seconds_of[name] || 0 };
}
export function rangeQuery(p, now = Date.now()) {
	const r = rangeOf(p);
	if (r.fixed)
		return { since: r.from, until: r.to };
	return r.seconds ? { since: iso(now - r.seconds * 1000) } : {};
}
export const iso = (ms) => new Date(ms).toISOString().slice(0, 19) + 'Z';
export function rangeBounds(p, now = Date.now()) {
	const r = rangeOf(p);
	if (r.fixed)
		return [Date.parse(r.from), Date.parse(r.to)];
	return [now - (r.seconds || 2592000) * 1000, now];
}
export function rangeWords(p) {
	const r = rangeOf(p);
	if (r.fixed)
		return t('range.pinned', { from: time(r.from), to: time(r.to),
			zone: zoneName() });
	return r.seconds ? t('range.sliding', { span: t('range.' + r.name) })
		: t('range.everything');
}

// --- route: the URL's fragment holds all that a screen shows ---------------
function parse() {
	const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
	const [name = '', ...rest] = path.split('/');
	let id = rest.join('/');
	try {
		id = decodeURIComponent(id);
	} catch { /* shown as it came */ }
	return { name: name || 'queue', id,
		params: Object.fromEntries(new URLSearchParams(query)) };
}
export const route = signal(parse());
addEventListener('hashchange', () => {
	if (location.hash !== href(route.value.name, route.value.id,
		route.value.params))
		route.value = parse();
});

export function href(name, id, params) {
	const q = new URLSearchParams(Object.entries(params || {})
		.filter(([, v]) => v != null && v !== '')).toString();
	return '#/' + name + (id ? '/' + encodeURIComponent(id) : '') +
		(q ? '?' + q : '');
}
export function go(name, id, params) {
	location.hash = href(name, id, params);
	route.value = parse();
}
export function setParams(patch, push) {
	const r = route.value;
	const params = Object.fromEntries(Object.entries(
		{ ...r.params, ...patch }).filter(([, v]) => v != null && v !== ''));
	const url = href(r.name, r.id, params);
	if (push)
		history.pushState(null, '', url);
	else
		history.replaceState(null, '', url);
	route.value = { ...r, params };
}
addEventListener('popstate', () => { route.value = parse(); });

export function bytes(n) {
	const units = ['B', 'kB', 'MB', 'GB'];
	let i = 0;
	for (; n >= 1000 && i < 3; i++)
		n /= 1000;
	return `${i ? n.toFixed(1) : n} ${units[i]}`;
}
