// SPDX-License-Identifier: Apache-2.0
// Incidents over time as bars, and the running score against its threshold.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { html, lang, setParams, t, theme, when, word } from './core.js';
import { Plain, zoneHead } from './parts.js';

export function Histogram({ data }) {
	if (!data || !data.buckets.length)
		return html`<div class="histogram" aria-hidden="true"></div>`;
	const most = Math.max(1, ...data.buckets.map((b) => b.total));
	const w = 1000 / data.buckets.length;
	const pin = (b) => setParams({ range: null, from: b.from, to: new Date(
		Date.parse(b.from) + data.bucket_seconds * 1000).toISOString() }, true);
	return html`<div class="histogram"><svg viewBox="0 0 1000 60" role="img"
		preserveAspectRatio="none" aria-label=${t('histogram')}>
		${data.buckets.map((b, i) => {
			let y = 60;
			return Object.entries(b.kind).map(([k, n]) => {
				const h = n / most * 56;
				y -= h;
				return html`<rect class=${'k-' + k} x=${i * w + 0.5} y=${y}
					width=${w - 1} height=${h} onClick=${() => pin(b)}>
					<title>${when(b.from)} ${word('kind', k)}: ${n}</title>
					</rect>`;
			});
		})}</svg><details><summary>${t('astable')}</summary><${Plain}
		label=${t('histogram')} rows=${data.buckets.filter((b) => b.total)}
		columns=${[{ label: zoneHead(t('col.time')), cell: (b) => html`<button
			class="quiet" onClick=${() => pin(b)}>${when(b.from)}</button>` },
		{ label: t('incidents'), cell: (b) => b.total, class: 'num' }]} />
		</details></div>`;
}

export function Score({ e }) {
	const ref = useRef();
	useEffect(() => {
		const n = ref.current;
		if (!e.evidence.length)
			return;
		const ink = getComputedStyle(n);
		const c = (v) => ink.getPropertyValue(v).trim();
		const axis = { stroke: c('--muted'), grid: { stroke: c('--line') },
			ticks: { stroke: c('--line') } };
		const u = new uPlot({ width: n.clientWidth || 300, height: 180,
			legend: { show: false }, tzDate: (s) => uPlot.tzDate(
				new Date(s * 1000), 'Etc/UTC'), axes: [axis, axis],
			series: [{}, { stroke: c('--accent'), width: 2,
				paths: uPlot.paths.stepped({ align: 1 }) },
			{ stroke: c('--danger'), dash: [6, 4] }] },
		[e.evidence.map((s) => Date.parse(s.time) / 1000),
			e.evidence.map((s) => s.score_milli / 1000),
			e.evidence.map((s) => s.threshold_milli / 1000)], n);
		const size = new ResizeObserver(() => u.setSize({
			width: n.clientWidth, height: 180 }));
		size.observe(n);
		return () => { size.disconnect(); u.destroy(); };
	}, [e, theme.value, lang.value]);
	return html`<div class="score" ref=${ref} role="img"
		aria-label=${t('score.chart')}></div><p class="muted"
		>${t('score.legend')}</p>`;
}
