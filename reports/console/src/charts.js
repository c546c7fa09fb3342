// SPDX-License-Identifier: Apache-2.0
// Bars over time, each part by colour and pattern, and the same as a table.
import { useRef } from 'preact/hooks';
import { html, setParams, t, when, word } from './core.js';
import { Fold, Plain, zoneHead } from './parts.js';

// One pattern for each place in a legend: who sees no colour sees these.
const strokes = ['', 'M0 8L8 0', 'M0 0L8 8', 'M0 4H8', 'M4 0V8',
	'M0 4H8M4 0V8', 'M0 0L8 8M0 8L8 0', 'M2 2h2v2h-2z'];
export const Patterns = ({ kinds }) => html`<svg class="defs"
	aria-hidden="true"><defs>${kinds.map((k, i) => html`<pattern
	id=${'p-' + k} class=${'k-' + k} width="8" height="8"
	patternUnits="userSpaceOnUse"><rect width="8" height="8" /><path
	d=${strokes[i % 8]} /></pattern>`)}</defs></svg>`;

function Legend({ kinds, name }) {
	return html`<p class="legend">${kinds.map((k) => html`<span><svg width="14"
		height="14" aria-hidden="true"><rect width="14" height="14"
		fill=${`url(#p-${k})`} /></svg> ${name(k)}</span>`)}</p>`;
}

// buckets: from, total, parts {kind: count}; pin(first, last) when bars can
// be chosen, one by a click, more by dragging.
export function Bars({ buckets, kinds, label, name, pin }) {
	const from = useRef(null);
	const most = Math.max(1, ...buckets.map((b) => b.total));
	const w = 1000 / buckets.length;
	const there = kinds.filter((k) => buckets.some((b) => b.parts[k]));
	const at = (e) => {
		const r = e.currentTarget.getBoundingClientRect();
		return Math.max(0, Math.min(buckets.length - 1, Math.floor(
			(e.clientX - r.left) / r.width * buckets.length)));
	};
	const up = (e) => {
		const a = from.current, b = at(e);
		from.current = null;
		if (pin && a != null)
			pin(buckets[Math.min(a, b)], buckets[Math.max(a, b)]);
	};
	return html`<div class=${'histogram' + (pin ? ' pins' : '')}>
		<${Patterns} kinds=${kinds} />
		<svg viewBox="0 0 1000 60" role="img" preserveAspectRatio="none"
		aria-label=${label} onPointerDown=${(e) => { from.current = at(e); }}
		onPointerUp=${up}>${buckets.map((b, i) => {
			let y = 60;
			return there.filter((k) => b.parts[k]).map((k) => {
				const h = b.parts[k] / most * 56;
				y -= h;
				return html`<rect fill=${`url(#p-${k})`} x=${i * w + 0.5}
					y=${y} width=${Math.max(1, w - 1)} height=${h}><title
					>${when(b.from)} ${name(k)}: ${b.parts[k]}</title></rect>`;
			});
		})}</svg>${pin && html`<p class="ends"><span>${when(buckets[0].from)}
		</span><span>${when(pin.until)}</span></p>`}
		<${Legend} kinds=${there} name=${name} />
		<${Fold} title=${t('astable')} body=${() => html`<${Plain} label=${label}
		rows=${buckets.filter((b) => b.total)} columns=${[
		{ label: zoneHead(t('col.time')), cell: (b) => pin ? html`<button
			class="quiet" onClick=${() => pin(b, b)}>${when(b.from)}</button>`
			: when(b.from) },
		...there.map((k) => ({ label: name(k), class: 'num',
			cell: (b) => b.parts[k] || 0 }))]} />`} /></div>`;
}

const kinds = ['spam_bot', 'bot_burst', 'spoofed_sender',
	'compromised_account', 'misconfigured_client', 'port_probe',
	'blocked_attempts', 'enforcement_leak'];

export function Histogram({ data }) {
	if (!data || !data.buckets.length)
		return html`<div class="histogram" aria-hidden="true"></div>`;
	const pin = (a, b) => setParams({ range: null, from: a.from, to: new Date(
		Date.parse(b.from) + data.bucket_seconds * 1000).toISOString() }, true);
	pin.until = data.until;
	return html`<${Bars} pin=${pin} kinds=${kinds} label=${t('histogram')}
		name=${(k) => word('kind', k)} buckets=${data.buckets.map((b) =>
		({ ...b, parts: b.kind }))} />`;
}
