// SPDX-License-Identifier: Apache-2.0
// The running score against its threshold; fetched when it is first drawn.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { html, t, theme, time, tongue, zone, zoneName } from './base.js';

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
		const s0 = e.evidence[0].time, s1 = e.evidence[e.evidence.length - 1].time;
		const date = s0.slice(0, 10) !== s1.slice(0, 10);
		const clock = (u, l) => l.map((s) => time(new Date(s * 1000),
			{ date, seconds: Date.parse(s1) - Date.parse(s0) < 6e5 }));
		const u = new uPlot({ width: n.clientWidth || 300, height: 180,
			legend: { show: false }, axes: [{ ...axis, values: clock,
				space: date ? 140 : 80 }, axis],
			series: [{}, { stroke: c('--accent'), width: 2,
				paths: uPlot.paths.stepped({ align: 1 }) },
			{ stroke: c('--danger'), dash: [6, 4],
				points: { show: false } }] },
		[e.evidence.map((s) => Date.parse(s.time) / 1000),
			e.evidence.map((s) => s.score_milli / 1000),
			e.evidence.map((s) => s.threshold_milli / 1000)], n);
		const size = new ResizeObserver(() => u.setSize({
			width: n.clientWidth, height: 180 }));
		size.observe(n);
		return () => { size.disconnect(); u.destroy(); };
	}, [e, theme.value, tongue.value, zone.value]);
	return html`<div class="score" ref=${ref} role="img"
		aria-label=${t('score.chart')}></div><p class="muted"
		>${t('score.legend', { zone: zoneName() })}</p>`;
}
