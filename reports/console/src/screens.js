// SPDX-License-Identifier: Apache-2.0
// The screens, by the name that the URL has.
import { useEffect, useState } from 'preact/hooks';
import { Back, Bars, bytes, can, Cmd, Decisions, dialog, Facts, Failure, Fold,
	Fresh, go, href, html, lang, later, lines, Loading, num, Panel, Plain, Range,
	rangeQuery, route, safe, said, setParams, t, Text, time, useData, When, word,
	zoneHead } from './base.js';
import { Gap } from './pictures.js';
import { auditColumns, col, decisionColumns, deliveryColumns, List }
	from './lists.js';

export { customer, incident } from './case.js';
export { Dialogs } from './dialogs.js';

// --- decisions and who was told ----------------------------------------------
function Drivers() {
	const r = useData('/enforcers');
	return r.error ? html`<${Failure} error=${r.error} retry=${r.reload} />`
		: !r.data ? html`<${Loading} />` : html`<${Plain} rows=${r.data.items}
		label=${t('nav.enforcers')} empty=${t('enforcers.none')} columns=${[
			col('n', t('col.driver'), (d) => html`<${Text} v=${d.name} />`),
			col('i', t('col.held'), (d) => html`<${Gap} d=${d} most=${Math.max(
				...r.data.items.map((x) => Math.max(x.desired, x.actual)))}
				/>`),
			col('w', t('col.desired'), (d) => num(d.desired), { class: 'num' }),
			col('a', t('col.actual'), (d) => num(d.actual), { class: 'num' }),
			col('g', t('col.gap'), (d) => html`<b class=${d.gap ? 'over' : ''}
				>${num(d.gap)}</b>`, { class: 'num' }),
			col('p', t('col.pending'), (d) => num(d.pending), { class: 'num' }),
			col('f', t('col.failed'), (d) => d.dead ? html`<a href=${href(
				'decisions', '', { tab: 'failed', driver: d.name })}
				>${num(d.dead)}</a> <${Retry} what=${{ driver: d.name }}
				after=${r.reload} />` : '0', { class: 'num' }),
			col('l', t('col.lag'), (d) => num(d.lag_seconds, 1) + ' s',
				{ class: 'num' }),
			col('t', zoneHead(t('col.told')), (d) => html`<${When}
				at=${d.last_done} />`, { class: 'lo' }),
			col('e', t('col.error'), (d) =>
				html`<${Text} v=${said(d.last_error)} />`)]} />`;
}

// what: {id}, {driver}, or {} for all that was given up.
const Retry = ({ what, after, off }) => html`<button type="button" disabled=${
	off || !can('decisions:write')} onClick=${() => { dialog.value = {
	type: 'retry', what, after }; }}>${t(what.id || off ? 'retry.one'
	: 'retry.all')}</button>`;
const retryBar = (d, reload) => html`<${Retry} off=${!d || d.state !== 'dead'}
	what=${d ? { id: d.id } : {}} after=${reload} /><${Retry} what=${{}}
	after=${reload} />`;

const deciding = { customer: null, action: ['block', 'allow'],
	cause: ['detector', 'manual', 'expired', 'released'] };

export function decisions() {
	const tab = route.value.params.tab || 'active';
	const told = tab === 'pending' || tab === 'failed';
	const timed = tab === 'expired' || tab === 'all';
	const narrow = tab === 'expired' ? { ...deciding, cause:
		['expired', 'released'] } : deciding;
	return html`<${Drivers} /><div class="tabs" role="group"
		aria-label=${t('nav.decisions')}>
		${['active', 'pending', 'failed', 'expired', 'all'].map((x) =>
		html`<button aria-pressed=${String(x === tab)}
			onClick=${() => setParams({ tab: x, row: null, cause: null }, true)}
			>${t('tab.' + x)}</button>`)}</div>${timed && html`<${Range} />`}
		<${List} key=${tab} name=${told ? 'deliveries' : 'decisions'}
		label=${t('tab.' + tab)} kind="decision" timed=${timed}
		path=${told ? '/deliveries' : '/decisions'}
		narrow=${told ? { driver: null } : narrow}
		query=${told ? { state: tab === 'failed' ? 'dead' : 'pending' }
		: tab === 'expired' ? { state: 'all', cause: 'expired' }
		: { state: tab }}
		columns=${told ? deliveryColumns() : decisionColumns()}
		id=${(d) => String(d.id)}
		onOpen=${told ? undefined : (d) => go('customer', d.customer)}
		bar=${tab === 'failed' ? retryBar : told ? undefined
		: (d, reload) => html`<${Decisions}
			targets=${d ? [d.customer] : []} after=${reload} />
		<${Cmd} k="e" label=${t('key.explain')} disabled=${!d || !d.incident}
			run=${() => go('incident', d.incident)} />`} />`;
}

export const allow = () => html`<${List} name="decisions" path="/allow"
	label=${t('nav.allow')} columns=${decisionColumns()} id=${(d) => d.id}
	empty=${t('allow.none')} kind="decision"
	onOpen=${(d) => go('customer', d.customer)}
	bar=${(d, reload) => html`<${Decisions} targets=${d ? [d.customer] : []}
		after=${reload} />`} />`;

const Line = later(lines, 'Gaps');
const sample = (key, label) => col(key, t(label), (s) => num(s[key]),
	{ class: 'num' });

// What a driver missed, or had too much, over the time that is chosen.
function History({ name, query }) {
	const r = useData(`/enforcers/${encodeURIComponent(name)}/history`, query);
	return r.error ? html`<${Failure} error=${r.error} retry=${r.reload} />`
		: !r.data ? html`<${Loading} />` : html`<${Panel} title=${t('gap.chart',
		{ name: safe(name) })}><${Line} d=${r.data} /><${Fold}
		title=${t('astable')} body=${() => html`<${Plain} label=${name}
		rows=${r.data.items} columns=${[
		col('s', zoneHead(t('col.since')), (s) => time(s.since)),
		col('u', zoneHead(t('col.until')), (s) => time(s.until)),
		sample('desired', 'col.desired'), sample('actual', 'col.actual'),
		sample('missing', 'col.missing'), sample('extra', 'col.extra'),
		sample('worst', 'col.worst'), col('h', t('col.detail'),
		(s) => s.after_hole && t('gap.hole'), { class: 'lo' })]} />`} /><//>`;
}

function Histories() {
	const [moment] = useState(() => Date.now());
	const r = useData('/enforcers');
	const query = rangeQuery(route.value.params, moment);
	return html`<${Range} most="30d" />${((r.data || {}).items || []).map((d) =>
		html`<${History} key=${d.name} name=${d.name} query=${query} />`)}`;
}

export const enforcers = () => html`<${Drivers} /><${Histories} />
	<${List} bar=${retryBar} name="deliveries" label=${t('deliveries')} path="/deliveries"
	columns=${deliveryColumns()} id=${(d) => String(d.id)}
	narrow=${{ driver: null, state: ['pending', 'done', 'dead'] }} />`;

export const audit = () => html`<${Range} /><${List} name="audit" timed
	label=${t('nav.audit')} path="/audit" narrow=${{ actor: null }}
	columns=${auditColumns()} id=${(a) => String(a.id)} />`;

// --- quality, reports, settings ----------------------------------------------
function One({ path, query, body }) {
	const r = useData(path, query);
	return html`<div class="toolbar"><${Back} /><${Fresh} reload=${r.reload} />
		</div>${r.error ? html`<${Failure} error=${r.error} retry=${r.reload} />`
		: r.data ? body(r.data) : html`<${Loading} />`}`;
}

const attempts = ['answered', 'refused', 'unanswered', 'half_open'];
const share = (a, b) => b ? `${num(a)} (${num(a / b * 100, 1)} %)` : num(a);

function Quality({ d }) {
	const sums = {};
	for (const x of d.days)
		for (const [k, v] of Object.entries(x.counters))
			sums[k] = (sums[k] || 0) + v;
	const bars = d.days.map((x) => {
		const parts = Object.fromEntries(attempts.map((k) =>
			[k, x.counters['capture_attempts_' + k] || 0]));
		return { from: x.day + 'T00:00:00Z', parts, total: attempts.reduce(
			(n, k) => n + parts[k], 0) };
	});
	return html`<${Facts} rows=${[
		[t('quality.blocks'), num(d.blocks)],
		[t('quality.overturned'), share(d.overturned, d.blocks)],
		[t('quality.incidents_opened'), num(d.incidents_opened)],
		[t('quality.incidents_closed'), num(d.incidents_closed)],
		[t('quality.false_positives'),
			share(d.false_positives, d.incidents_closed)],
		[t('quality.gaps'), share(sums.capture_gap_bytes || 0,
			sums.capture_bytes)],
		[t('quality.onesided'), share(sums.capture_flows_one_sided || 0,
			sums.capture_flows)],
		[t('quality.spf'), num(sums.spf_checks || 0)]]} />
	<h2>${t('quality.attempts')}</h2>
	<${Bars} buckets=${bars} kinds=${attempts} label=${t('quality.attempts')}
		name=${(k) => word('attempt', k)} />
	<${Plain} label=${t('nav.quality')} rows=${d.days.flatMap((x) =>
		Object.entries(x.counters).map(([k, v]) => ({ day: x.day, k, v })))}
		columns=${[col('d', t('col.day'), (x) => x.day),
		col('k', t('col.counter'), (x) => x.k),
		col('v', t('col.value'), (x) => num(x.v), { class: 'num' })]} />`;
}

export function quality() {
	const [moment] = useState(() => Date.now());
	const p = route.value.params;
	return html`<${Range} most="30d" /><${One} path="/quality"
		query=${rangeQuery({ range: '7d', ...p }, moment)}
		body=${(d) => html`<${Quality} d=${d} />`} />`;
}

export const reports = () => html`<${One} path="/reports" body=${(d) => html`
	<${Plain} label=${t('nav.reports')} rows=${d.items}
	empty=${t('reports.none')} columns=${[
		col('d', t('col.day'), (x) => x.date),
		col('n', t('col.file'), (x) => html`<a href=${'/api/v1/reports/' +
			encodeURIComponent(x.name)}><${Text} v=${x.name} /></a>`),
		col('b', t('col.size'), (x) => bytes(x.bytes), { class: 'num' })]} />`}
	/>`;

export const settings = () => html`<${One} path="/config"
	query=${{ lang: lang.value }} body=${(d) => html`
	<p class="muted">${t('settings.readonly')}</p><${Facts} rows=${[
		[t('col.mode'), word('mode', d.mode)],
		[t('col.tier'), d.privacy_tier || '–'],
		[t('col.policy'), d.policy_hash || '–']]} />
	<${Plain} label=${t('nav.settings')} rows=${d.keys.map((k) => ({ ...k,
		rowClass: k.value !== k.default ? 'changed' : '' }))} columns=${[
		col('s', t('col.section'), (k) => k.title),
		col('n', t('col.key'), (k) => html`<code>${k.name}</code>`),
		col('v', t('col.value'), (k) => html`<code><${Text}
			v=${k.value} /></code>
			${' '}${k.unit}`),
		col('d', t('col.default'), (k) => html`<code>${k.default}</code>`,
			{ class: 'lo' }),
		col('h', t('col.help'), (k) => k.help, { class: 'lo' })]} />`} />`;
