// SPDX-License-Identifier: Apache-2.0
// The screens, by the name that the URL has.
import { useEffect, useState } from 'preact/hooks';
import { bytes, go, html, iso, num, rangeQuery, route, said, score, setParams, t,
	word } from './core.js';
import { sawNewest, useData, useList } from './api.js';
import { Cmd } from './keys.js';
import { Table, useCursor, useSelection } from './table.js';
import { Decisions, NoteKey } from './action.js';
import { Action, Ago, Back, CustomerLink, Facts, Failure, Fresh, IncidentLink,
	Kind, Loading, Plain, State, Text, When, zoneHead } from './parts.js';
import { Quick, Range, Search, tokens, useKept } from './search.js';
import { Bars, Histogram } from './charts.js';
import { auditColumns, col, decisionColumns, deliveryColumns, List }
	from './lists.js';

export { customer, incident } from './case.js';

// --- queue -------------------------------------------------------------------
const queueColumns = () => [
	col('customer', t('col.customer'), (x) =>
		html`<${CustomerLink} id=${x.customer} />`),
	col('risk', t('col.risk'), (x) => score(x.peak_milli), { class: 'num' }),
	col('kinds', t('col.kind'), (x) => x.kinds.map((v) =>
		html`<${Kind} v=${v} /> `)),
	col('open', t('col.open'), (x) => num(x.open), { class: 'num lo' }),
	col('class', t('col.class'), (x) => html`<${Text} v=${x.class} />`,
		{ class: 'lo' }),
	col('age', t('col.age'), (x) => html`<${Ago} at=${x.opened} />`,
		{ class: 'num' }),
	col('first', zoneHead(t('col.first')), (x) =>
		html`<${When} at=${x.opened} />`, { class: 'lo', spare: true }),
	col('last', zoneHead(t('col.last')), (x) =>
		html`<${When} at=${x.last} />`, { class: 'lo' }),
	col('worst', t('col.worst'), (x) =>
		html`<${IncidentLink} id=${x.worst} />`, { class: 'lo' }),
	col('blocked', t('col.port25'), (x) => x.blocked
		? html`<${Action} v="block" />` : '–', { class: 'lo' })];

const incidentColumns = () => [
	col('id', t('col.id'), (x) => html`<${IncidentLink} id=${x.id} />`,
		{ sort: 'id' }),
	col('customer', t('col.customer'), (x) =>
		html`<${CustomerLink} id=${x.customer} />`),
	col('kind', t('col.kind'), (x) => html`<${Kind} v=${x.kind} />`),
	col('state', t('col.state'), (x) => x.state === 'closed'
		? word('closed', x.closed_as) : html`<${State} v=${x.state} />`),
	col('risk', t('col.risk'), (x) => score(x.peak_milli),
		{ class: 'num', sort: 'peak' }),
	col('class', t('col.class'), (x) => html`<${Text} v=${x.class} />`,
		{ class: 'lo', spare: true }),
	col('opened', zoneHead(t('col.opened')), (x) =>
		html`<${When} at=${x.opened} />`, { class: 'lo', sort: 'opened' }),
	col('last', zoneHead(t('col.last')), (x) =>
		html`<${When} at=${x.last} />`, { class: 'lo', sort: 'last' }),
	col('blocked', t('col.port25'), (x) => x.blocked
		? html`<${Action} v="block" />` : '–', { class: 'lo', spare: true }),
	col('text', t('col.text'), (x) => html`<${Text}
		v=${said(x.summary)} />`, { class: 'wide lo' })];

const views = {
	customers: { path: '/incidents/customers', id: (x) => x.customer,
		worst: (x) => x.worst, columns: queueColumns,
		open: (x) => go('customer', x.customer) },
	incidents: { path: '/incidents', id: (x) => x.id, worst: (x) => x.id,
		columns: incidentColumns, open: (x) => go('incident', x.id) },
};

function Switch({ p }) {
	const set = (x) => () => setParams({ ...x, row: null }, true);
	return html`<span class="tabs" role="group" aria-label=${t('view')}>
		${Object.keys(views).map((v) => html`<button type="button"
		class="quiet" aria-pressed=${String((p.view || 'customers') === v)}
		onClick=${set({ view: v === 'customers' ? null : v, sort: null })}
		>${t('view.' + v)}</button>`)}<button type="button" class="quiet"
		aria-pressed=${String(!!p.closed)}
		onClick=${set({ closed: p.closed ? null : 1 })}
		>${t('view.closed')}</button></span>`;
}

function Empty({ p }) {
	return html`<p>${t('queue.empty')}</p>${p.range !== 'all' && html`<button
		type="button" onClick=${() => setParams({ range: 'all', from: null,
			to: null }, true)}>${t('queue.all')}</button>`}`;
}

function Work({ p, query, moment, again, onError }) {
	const view = views[p.view] || views.customers;
	const sorted = view === views.incidents;
	const list = useList(view.path, { ...query, count: 1,
		...(sorted ? { sort: p.sort || '-peak' } : {}) }, moment);
	const [cursor, setCursor] = useCursor(list.items, view.id, true);
	const sel = useSelection(JSON.stringify(query));
	const item = list.items[cursor];
	useEffect(() => {
		sawNewest('incident', 0);
	}, [list.asOf]);
	useEffect(() => onError(list.error), [list.error]);
	const chosen = [...new Set(list.items.filter((x) => sel.ids.size
		? sel.ids.has(view.id(x)) : x === item).map((x) => x.customer))];
	return html`<div class="toolbar"><${Fresh} reload=${again}
			kind="incident" />
		<${Decisions} targets=${chosen} after=${again} />
		<${NoteKey} off=${!item} path=${item && `/customers/${
			encodeURIComponent(item.customer)}/notes`} after=${again} />
		<${Cmd} k="e" label=${t('key.explain')} disabled=${!item}
			run=${() => go('incident', view.worst(item))} />
		${sel.ids.size > 0 && html`<b>${t('selected', { n: sel.ids.size })}</b>
		<button class="quiet" onClick=${sel.clear}>${t('unselect')}</button>`}
		<span class="muted">${sorted ? '' : t('queue.order')}</span></div>
		<${Table} name=${sorted ? 'incidents' : 'queue'} list=${list}
			label=${t('nav.queue')} columns=${view.columns()}
			items=${list.items} id=${view.id} cursor=${cursor}
			setCursor=${setCursor} selection=${sel} onOpen=${view.open}
			sort=${sorted ? p.sort || '-peak' : ''}
			setSort=${(sort) => setParams({ sort, row: null }, true)}
			empty=${html`<${Empty} p=${p} />`} />`;
}

export function queue() {
	const p = route.value.params;
	const [moment, again] = useState(() => Date.now());
	const [error, setError] = useState();
	useKept();
	const all = p.closed || tokens(p.q).some((x) => /^-?\(*state[:=<]/.test(x));
	const query = { q: p.q, ...rangeQuery(p, moment),
		state: all ? null : 'open,acknowledged' };
	const counts = useData('/incidents/counts', query, { moment });
	const graph = useData('/incidents/histogram', { since: iso(moment -
		90 * 864e5), ...query, buckets: 48 }, { moment });
	return html`<${Search} error=${error} /><${Range} />
		<${Quick} counts=${counts.data} /><${Histogram} data=${graph.data} />
		<${Switch} p=${p} />
		<${Work} key=${p.view} p=${p} query=${query} moment=${moment}
			again=${() => again(Date.now())} onError=${setError} />`;
}

// --- decisions and who was told ----------------------------------------------
function Drivers() {
	const r = useData('/enforcers');
	return r.error ? html`<${Failure} error=${r.error} retry=${r.reload} />`
		: !r.data ? html`<${Loading} />` : html`<${Plain} rows=${r.data.items}
		label=${t('nav.enforcers')} empty=${t('enforcers.none')} columns=${[
			col('n', t('col.driver'), (d) => html`<${Text} v=${d.name} />`),
			col('w', t('col.desired'), (d) => num(d.desired), { class: 'num' }),
			col('a', t('col.actual'), (d) => num(d.actual), { class: 'num' }),
			col('g', t('col.gap'), (d) => html`<b class=${d.gap ? 'over' : ''}
				>${num(d.gap)}</b>`, { class: 'num' }),
			col('p', t('col.pending'), (d) => num(d.pending), { class: 'num' }),
			col('f', t('col.failed'), (d) => num(d.dead), { class: 'num' }),
			col('l', t('col.lag'), (d) => num(d.lag_seconds, 1) + ' s',
				{ class: 'num' }),
			col('t', zoneHead(t('col.told')), (d) => html`<${When}
				at=${d.last_done} />`, { class: 'lo' }),
			col('e', t('col.error'), (d) =>
				html`<${Text} v=${d.last_error} />`)]} />`;
}

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
		bar=${told ? undefined : (d, reload) => html`<${Decisions}
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

export const enforcers = () => html`<${Drivers} /><p class="muted"
	>${t('enforcers.retry')} <code>sekisho hook retry --all --driver NAME
	--reason WHY</code></p>
	<${List} name="deliveries" label=${t('deliveries')} path="/deliveries"
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

export const settings = () => html`<${One} path="/config" body=${(d) => html`
	<p class="muted">${t('settings.readonly')}</p><${Facts} rows=${[
		[t('col.mode'), word('mode', d.mode)],
		[t('col.tier'), d.privacy_tier || '–'],
		[t('col.policy'), d.policy_hash || '–']]} />
	<${Plain} label=${t('nav.settings')} rows=${d.keys.map((k) => ({ ...k,
		rowClass: k.value !== k.default ? 'changed' : '' }))} columns=${[
		col('s', t('col.section'), (k) => k.section),
		col('n', t('col.key'), (k) => html`<code>${k.name}</code>`),
		col('v', t('col.value'), (k) => html`<code><${Text}
			v=${k.value} /></code>
			${' ' + (k.unit || '')}`),
		col('d', t('col.default'), (k) => html`<code>${k.default}</code>`,
			{ class: 'lo' }),
		col('h', t('col.help'), (k) => k.help, { class: 'lo' })]} />`} />`;
