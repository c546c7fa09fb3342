// SPDX-License-Identifier: Apache-2.0
// Lines over time; fetched when the first is drawn.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { html, t, theme, time, tongue, zone, zoneName } from './base.js';

// data: seconds, then the values of each line; first, last: what is shown.
// The first line goes by steps, all in the colour that color names.
function Plot({ label, data, first, last, color, of }) {
	const ref = useRef();
	useEffect(() => {
		const n = ref.current;
		if (!data[0].length)
			return;
		const ink = getComputedStyle(n);
		const c = (v) => ink.getPropertyValue(v).trim();
		const axis = { stroke: c('--muted'), grid: { stroke: c('--line') },
			ticks: { stroke: c('--line') } };
		const day = (s) => new Date(s * 1000).toISOString().slice(0, 10);
		const date = day(first) !== day(last);
		const clock = (u, l) => l.map((s) => time(new Date(s * 1000),
			{ date, seconds: last - first < 600 }));
		const u = new uPlot({ width: n.clientWidth || 300, height: 180,
			legend: { show: false }, scales: { x: { range: () => [first, last] },
				y: { range: (_, a, b) => [Math.min(0, a), Math.max(1, b)] } },
			axes: [{ ...axis, values: clock, space: date ? 140 : 80 }, axis],
			series: [{}, { stroke: c(color), width: 2,
				paths: uPlot.paths.stepped({ align: 1 }) },
			{ stroke: c('--danger'), dash: [6, 4],
				points: { show: false } }].slice(0, data.length) }, data, n);
		const size = new ResizeObserver(() => u.setSize({
			width: n.clientWidth, height: 180 }));
		size.observe(n);
		return () => { size.disconnect(); u.destroy(); };
	}, [of, theme.value, tongue.value, zone.value]);
	return html`<div class="score" ref=${ref} role="img"
		aria-label=${label}></div>`;
}

const seconds = (iso) => Date.parse(iso) / 1000;

// The running score against its threshold.
export function Score({ e }) {
	const x = e.evidence.map((s) => seconds(s.time));
	return html`<${Plot} of=${e} label=${t('score.chart')} color="--accent"
		first=${x[0]} last=${x[x.length - 1]} data=${[x,
		e.evidence.map((s) => s.score_milli / 1000),
		e.evidence.map((s) => s.threshold_milli / 1000)]} /><p class="muted"
		>${t('score.legend', { zone: zoneName() })}</p>`;
}

// How far a driver was from what was decided; where nobody knew is no line.
export function Gaps({ d }) {
	const x = [], y = [];
	const put = (at, v) => {
		x.push(at);
		y.push(v);
	};
	for (const s of d.items) {
		const a = seconds(s.since), b = seconds(s.until);
		if (s.after_hole && x.length)
			put(Math.min(a, x[x.length - 1] + 1), null);
		put(a, s.worst);
		if (b > a)
			put(b, s.missing + s.extra);
	}
	return html`<${Plot} of=${d} label=${t('gap.chart', { name: d.name })} color="--danger"
		first=${seconds(d.since)} last=${seconds(d.until)} data=${[x, y]} />`;
}
