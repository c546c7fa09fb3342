// SPDX-License-Identifier: Apache-2.0
// Pictures of a customer's time and of what drivers hold; what they show
// stands in a table beside them.
import { age, html, num, t, when } from './base.js';

const lanesMost = 12;

// Lanes of spans on one scale of time: {name, spans: [{from, until, kind,
// text}]}, from and until in ms.
function Lanes({ label, lanes, first, last }) {
	const x = (ms) => Math.max(0, Math.min(1000,
		(ms - first) / (last - first) * 1000));
	return html`<div class="lanes" role="group" aria-label=${label}>
		${lanes.map((l) => html`<div><span class="id"><bdi>${l.name}</bdi></span>
		<svg viewBox="0 0 1000 10" preserveAspectRatio="none" role="img"
		aria-label=${l.name + ': ' + l.spans.map((s) => s.text).join('; ')}>
		${l.spans.map((s) => html`<rect class=${'l-' + s.kind}
			x=${x(s.from)} width=${Math.max(3, x(s.until) - x(s.from))}
			y="1" height="8"><title>${s.text}</title></rect>`)}</svg></div>`)}
		<p class="ends"><span>${when(new Date(first).toISOString())}</span><span
		>${when(new Date(last).toISOString())}</span></p></div>`;
}

// Who had which address when, against incidents and decisions. A lease
// without a beginning was always there: the picture begins at the first time
// that is known.
export function Timeline({ c }) {
	const now = Date.now();
	const ms = (iso, none) => iso ? Date.parse(iso) : none;
	const span = (from, until, kind, text) => ({ kind, text, from: ms(from,
		-Infinity), until: Math.min(now, ms(until, now)) });
	const until = (x, open) => x ? when(x) : open;
	const lanes = new Map();
	const put = (name, s) => lanes.set(name, [...(lanes.get(name) || []), s]);
	for (const l of c.leases)
		put(l.target, span(l.from, l.until, 'lease', `${until(l.from,
			t('ever'))} – ${until(l.until, t('held'))}`));
	const shown = [...lanes].slice(0, lanesMost);
	if (!shown.length)
		return null;
	lanes.clear();
	for (const i of c.incidents)
		put(t('incidents'), span(i.opened, i.last, 'incident',
			`${i.id} ${when(i.opened)} – ${when(i.last)}`));
	for (const d of c.decisions)
		if (d.cause === 'detector' || d.cause === 'manual')
			put(t('nav.decisions'), span(d.since, d.until, d.action,
				`${d.id} ${when(d.since)} – ${until(d.until,
					t('until.open'))}`));
	const all = [...shown, ...lanes];
	const known = all.flatMap(([, l]) => l.map((s) => s.from))
		.filter(isFinite);
	const first = Math.min(now - 36e5, ...known);
	return html`<${Lanes} label=${t('timeline')} first=${first} last=${now}
		lanes=${all.map(([name, spans]) => ({ name, spans }))} />`;
}

// What is wanted and what is there: the part that is missing is in the colour of danger.
export function Gap({ d, most }) {
	const wide = (n) => n / Math.max(1, most) * 100;
	const text = d.actual == null ? t('gap.unknown')
		: t('gap.is', { actual: d.actual, desired: d.desired, gap: d.gap });
	return html`<svg class="gap" viewBox="0 0 100 10" role="img"
		preserveAspectRatio="none" aria-label=${text}><title>${text}</title>
		<rect class="wanted" width=${wide(d.desired)} height="10" />
		<rect class="held" width=${wide(d.actual || 0)} y="2" height="6" />
		${d.gap > 0 && html`<rect class="missing" x=${wide(Math.min(d.desired,
			d.actual || 0))} width=${Math.max(2, wide(Math.abs(d.desired -
			(d.actual || 0))))} height="10" />`}</svg> <span class="muted"
		>${d.listed ? t('gap.age', { age: age(d.listed) })
			: t('gap.never')}</span>`;
}
