// SPDX-License-Identifier: Apache-2.0
// The screens, by the name that the URL has.
import { useEffect, useState } from 'preact/hooks';
import { bytes, go, href, html, num, rangeQuery, route, score, setParams, t,
	time, word } from './core.js';
import { api, can, sawNewest, useData, useList } from './api.js';
import { Cmd } from './keys.js';
import { Table, useSelection } from './table.js';
import { Decisions, dialog } from './action.js';
import { Action, Ago, Back, CustomerLink, Facts, Failure, Fresh, IncidentLink,
	Kind, Left, Loading, Panel, Plain, State, Text, When, zoneHead }
	from './parts.js';
import { Quick, Range, Search } from './search.js';
import { Histogram, Score } from './charts.js';

const col = (key, label, cell, more) => ({ key, label, cell, ...more });
const personal = { personal: true };

export function queue() {
	const p = route.value.params;
	const [moment] = useState(() => Date.now());
	const q = { q: p.q, ...rangeQuery(p, moment), state: 'open,acknowledged' };
	const list = useList('/incidents/customers', { ...q, count: 1 });
	const counts = useData('/incidents/counts', q);
	const graph = useData('/incidents/histogram', { ...q, buckets: 48 });
	const [cursor, setCursor] = useState(+p.row || 0);
	const sel = useSelection(JSON.stringify(q));
	const reload = () => { list.reload(); counts.reload(); graph.reload(); };
	const item = list.items[cursor];
	useEffect(() => {
		if (!list.items.length)
			return;
		setParams({ row: cursor || null });
		sawNewest('incident', Math.max(...list.items.map((x) =>
			+x.worst.slice(1))));
	}, [cursor, list.asOf]);
	const chosen = sel.ids.size ? [...sel.ids] : item ? [item.customer] : [];
	const columns = [
		col('customer', t('col.customer'), (x) =>
			html`<${CustomerLink} id=${x.customer} />`),
		col('risk', t('col.risk'), (x) => score(x.peak_milli),
			{ class: 'num' }),
		col('kinds', t('col.kind'), (x) => x.kinds.map((v) =>
			html`<${Kind} v=${v} /> `)),
		col('open', t('col.open'), (x) => num(x.open), { class: 'num lo' }),
		col('class', t('col.class'), (x) => html`<${Text} v=${x.class} />`,
			{ class: 'lo' }),
		col('age', t('col.age'), (x) => html`<${Ago} at=${x.opened} />`,
			{ class: 'num' }),
		col('last', zoneHead(t('col.last')), (x) =>
			html`<${When} at=${x.last} />`, { class: 'lo' }),
		col('worst', t('col.worst'), (x) =>
			html`<${IncidentLink} id=${x.worst} />`, { class: 'lo' }),
		col('blocked', t('col.port25'), (x) => x.blocked
			? html`<${Action} v="block" />` : '–', { class: 'lo' }),
	];
	return html`<${Search} error=${list.error} /><${Range} />
		<${Quick} counts=${counts.data} />
		<${Histogram} data=${graph.data} />
		<div class="toolbar"><${Fresh} reload=${reload} kind="incident" />
		<${Decisions} targets=${chosen} wasBlocked=${item && item.blocked}
			after=${reload} />
		<${Cmd} k="n" label=${t('key.note')} disabled=${!item ||
			!can('decisions:write')} run=${() => { dialog.value = {
			type: 'note', path: `/customers/${
			encodeURIComponent(item.customer)}/notes`, after: reload }; }} />
		<${Cmd} k="e" label=${t('key.explain')} disabled=${!item}
			run=${() => go('incident', item.worst)} />
		${sel.ids.size > 0 && html`<b>${t('selected', { n: sel.ids.size })}</b>
		<button class="quiet" onClick=${sel.clear}>${t('unselect')}</button>`}
		<span class="muted">${t('queue.order')}</span></div>
		<${Table} label=${t('nav.queue')} columns=${columns}
			items=${list.items} id=${(x) => x.customer} list=${list}
			cursor=${cursor} setCursor=${setCursor} selection=${sel}
			onOpen=${(x) => go('customer', x.customer)}
			empty=${t('queue.empty')} />`;
}

// The record with the term that decided marked.
function Record({ record, term }) {
	const at = term && record ? record.indexOf(term) : -1;
	return at < 0 ? html`<code><bdi>${record || '–'}</bdi></code>`
		: html`<code dir="ltr">${record.slice(0, at)}<mark>${term}</mark>${
			record.slice(at + term.length)}</code>`;
}

function Spf({ steps }) {
	const seen = new Map();
	for (const s of steps)
		if (s.spf) {
			const k = [s.spf_domain, s.spf, s.spf_record].join(' ');
			seen.set(k, { ...s, n: (seen.get(k) || { n: 0 }).n + 1 });
		}
	return html`<${Plain} label="SPF" empty=${t('spf.none')}
		rows=${[...seen.values()]} columns=${[
		col('r', t('col.result'), (s) => html`<b class=${'spf-' + s.spf}
			>${s.spf}</b>`),
		col('d', t('col.domain'), (s) => html`<${Text} v=${s.spf_domain} />`),
		col('n', t('col.mails'), (s) => num(s.n), { class: 'num' }),
		col('t', t('col.record'), (s) => html`<${Record} term=${s.spf_term}
			record=${s.spf_record} />`)]} />`;
}

function Why({ e }) {
	const sums = new Map();
	for (const s of e.evidence) {
		const o = sums.get(s.label) || { label: s.label, n: 0, w: 0 };
		o.n++;
		o.w += s.weight_milli;
		sums.set(s.label, o);
	}
	return html`<ul class="why">${[...sums.values()].filter((o) => o.w)
		.sort((a, b) => Math.abs(b.w) - Math.abs(a.w)).map((o) => html`<li>
		<b>${num(o.n)} ×</b> ${word('label', o.label)}
		<span class="muted"> ${o.w > 0 ? '+' : ''}${score(o.w)}</span></li>`)}
		<li>${t('why.threshold', { x: score(e.threshold_milli) })}</li></ul>`;
}

function Evidence({ e }) {
	const [cursor, setCursor] = useState(0);
	return html`<${Panel} title=${t('why')}><${Why} e=${e} /><//>
	<${Panel} title=${t('evidence')}><${Score} e=${e} />
	<${Table} label=${t('evidence')} items=${e.evidence}
		id=${(s) => String(s.obs_no)} cursor=${cursor} setCursor=${setCursor}
		list=${{ total: e.evidence_total }} columns=${[
		col('time', zoneHead(t('col.time')), (s) =>
			html`<${When} at=${s.time} />`),
		col('label', t('col.label'), (s) => word('label', s.label)),
		col('w', t('col.weight'), (s) => score(s.weight_milli),
			{ class: 'num' }),
		col('s', t('col.score'), (s) => html`<span class=${s.score_milli >=
			s.threshold_milli ? 'over' : ''}>${score(s.score_milli)}</span>`,
		{ class: 'num' }),
		col('text', t('col.text'), (s) => html`<${Text} v=${s.text} />`,
			{ class: 'wide lo' })]} /><//>
	<${Panel} title=${t('spf')}><${Spf} steps=${e.evidence} /><//>`;
}

const decisionColumns = () => [
	col('id', t('col.id'), (d) => html`<span class="id">${d.id}</span>`),
	col('c', t('col.customer'), (d) =>
		html`<${CustomerLink} id=${d.customer} />`),
	col('a', t('col.action'), (d) => html`<${Action} v=${d.action} />`),
	col('cause', t('col.cause'), (d) => word('cause', d.cause),
		{ class: 'lo' }),
	col('t', t('col.target'), (d) => d.targets.join(' '), { class: 'lo' }),
	col('since', zoneHead(t('col.since')), (d) =>
		html`<${When} at=${d.since} />`, { class: 'lo' }),
	col('until', t('col.until'), (d) => html`<${Left} at=${d.until} />`),
	col('i', t('col.incident'), (d) =>
		html`<${IncidentLink} id=${d.incident} />`, { class: 'lo' }),
	col('r', t('col.reason'), (d) => html`<${Text} v=${d.reason} />`,
		{ class: 'wide lo' })];

function Notes({ notes }) {
	return html`<${Panel} title=${t('notes')}>${notes.length ? html`<ul>
		${notes.map((n) => html`<li><${When} at=${n.time} /> <b><bdi
		>${n.actor}</bdi></b>: <bdi>${n.text}</bdi></li>`)}</ul>`
		: html`<div class="empty">${t('notes.none')}</div>`}<//>`;
}

export function incident({ id }) {
	const r = useData('/incidents/' + encodeURIComponent(id), {}, personal);
	if (!r.data)
		return html`<div class="toolbar"><${Back} /></div>${r.error
			? html`<${Failure} error=${r.error} retry=${r.reload} />`
			: html`<${Loading} />`}`;
	const { incident: i, explanation: e, notes, etag } = r.data;
	const set = (state) => () => { dialog.value = { type: 'patch', state,
		id, etag, after: r.reload }; };
	return html`<div class="toolbar"><${Back} /><${Fresh} reload=${r.reload} />
		<${Decisions} targets=${[i.customer]} wasBlocked=${i.blocked}
			after=${r.reload} />
		<${Cmd} k="n" label=${t('key.note')} disabled=${
			!can('decisions:write')} run=${() => { dialog.value = {
			type: 'note', path: `/incidents/${id}/notes`,
			after: r.reload }; }} />
		${['acknowledged', 'closed', 'open'].filter((s) => s !== i.state)
			.map((s) => html`<button disabled=${!can('decisions:write')}
			onClick=${set(s)}>${t('state.set.' + s)}</button>`)}</div>
		<p class="summary"><${Kind} v=${i.kind} /> <${State} v=${i.state} />
			${' '}<bdi>${i.summary}</bdi></p>
		<${Facts} rows=${[
			[t('col.customer'), html`<a href=${href('customer', i.customer)}
				><bdi>${i.customer}</bdi></a>`],
			[t('col.class'), i.class],
			[zoneHead(t('col.opened')), time(i.opened)],
			[zoneHead(t('col.last')), time(i.last)],
			[t('col.score'), `${score(i.score_milli)} / ${
				score(e.threshold_milli)}`],
			[t('col.servers'), num(i.servers)],
			[t('col.unknown'), num(i.unknown_users)],
			[t('col.blocklisted'), num(i.blocklisted)],
			[t('col.spoofed'), num(i.spoofed)]]} />
		<${Evidence} e=${e} />
		<${Panel} title=${t('nav.decisions')}><${Plain} rows=${e.decisions}
			label=${t('nav.decisions')} columns=${decisionColumns()} /><//>
		<${Notes} notes=${notes} />`;
}

function Look() {
	const [error, set] = useState();
	const send = (ev) => {
		ev.preventDefault();
		const v = new FormData(ev.target).get('v').trim();
		const m = v.match(/^\[?([0-9a-f:.]*[.:][0-9a-f:.]*?)\]?(?:#(\d+))?$/i);
		if (!m)
			return go('customer', v);
		api('/who', { query: { ip: m[1], port: m[2] }, ...personal })
			.then((w) => go('customer', w.customer), set);
	};
	return html`<form class="search" onSubmit=${send}><input name="v" required
		aria-label=${t('look')} placeholder="C1001, 198.51.100.10" />
		<button>${t('key.open')}</button></form><p class="muted"
		>${t('look')}</p>${error && html`<${Failure} error=${error} />`}`;
}

function Whole({ id }) {
	const r = useData('/customers/' + encodeURIComponent(id), {}, personal);
	const c = r.data;
	const worst = c && [...c.incidents].sort((a, b) =>
		b.peak_milli - a.peak_milli)[0];
	const ev = useData(worst && '/incidents/' + worst.id, {}, personal);
	const audit = useData('/audit', { limit: 200 });
	if (!c)
		return html`<div class="toolbar"><${Back} /></div>${r.error
			? html`<${Failure} error=${r.error} retry=${r.reload} />`
			: html`<${Loading} />`}`;
	return html`<div class="toolbar"><${Back} /><${Fresh} reload=${r.reload} />
		<${Decisions} targets=${[c.id]} after=${r.reload} wasBlocked=${
			c.in_force && c.in_force.action === 'block'} />
		<${Cmd} k="n" label=${t('key.note')} disabled=${
			!can('decisions:write')} run=${() => { dialog.value = {
			type: 'note', path: `/customers/${encodeURIComponent(id)}/notes`,
			after: r.reload }; }} />
		<${Cmd} k="e" label=${t('key.explain')} disabled=${!worst}
			run=${() => go('incident', worst.id)} /></div>
		${c.truncated && html`<p class="warn">${t('truncated')}</p>`}
		<${Facts} rows=${[[t('col.class'), html`<${Text} v=${c.class} />`],
			[t('col.port25'), word('port25', c.port25)],
			[t('col.contact'), html`<${Text} v=${c.contact} />`],
			[t('col.language'), c.language || '–'],
			[t('col.domains'), html`<${Text} v=${c.own_domains.join(' ')} />`],
			c.in_force && [t('col.inForce'), html`<${Action}
				v=${c.in_force.action} /> <${Left} at=${c.in_force.until} />`],
		]} />
		<${Panel} title=${t('incidents')}><${Plain} label=${t('incidents')}
			rows=${c.incidents} columns=${[
			col('id', t('col.id'), (i) => html`<a class="id" href=${
				href('incident', i.id)}>${i.id}</a>`),
			col('k', t('col.kind'), (i) => html`<${Kind} v=${i.kind} />`),
			col('s', t('col.state'), (i) => html`<${State} v=${i.state} />`),
			col('p', t('col.risk'), (i) => score(i.peak_milli),
				{ class: 'num' }),
			col('t', t('col.text'), (i) => html`<${Text} v=${i.summary} />`,
				{ class: 'lo' })]} /><//>
		${ev.data && html`<${Evidence} e=${ev.data.explanation} />`}
		<${Panel} title=${t('leases')}><${Plain} label=${t('leases')}
			rows=${c.leases} columns=${[
			col('t', t('col.target'), (l) => l.target),
			col('f', zoneHead(t('col.from')), (l) => time(l.from)),
			col('u', zoneHead(t('col.until')), (l) => l.until
				? time(l.until) : t('held')),
			col('s', t('col.source'), (l) => l.source),
			col('n', 'NAS', (l) => html`<${Text} v=${l.nas} />`)]} /><//>
		<${Panel} title=${t('nav.decisions')}><${Plain} rows=${c.decisions}
			label=${t('nav.decisions')} columns=${decisionColumns()} /><//>
		<${Notes} notes=${c.notes} />
		<${Panel} title=${t('nav.audit')}><p class="muted">${t('audit.part')}
			</p><${Plain} label=${t('nav.audit')} columns=${auditColumns()}
			rows=${((audit.data || {}).items || []).filter((a) =>
				a.object === id)} /><//>`;
}
export const customer = ({ id }) => id ? html`<${Whole} id=${id} />`
	: html`<div class="toolbar"><${Back} /></div><${Look} />`;

function List({ path, query, columns, id, label, kind, selection, bar, empty,
	onOpen }) {
	const list = useList(path, { count: 1, ...query });
	const [cursor, setCursor] = useState(0);
	const item = list.items[cursor];
	return html`<div class="toolbar"><${Back} /><${Fresh} reload=${list.reload}
		kind=${kind} />${bar && bar(item, list.reload)}</div>
		<${Table} label=${label} columns=${columns} items=${list.items}
			id=${id} list=${list} cursor=${cursor} setCursor=${setCursor}
			selection=${selection} empty=${empty} onOpen=${onOpen} />`;
}

const deliveryColumns = () => [
	col('id', t('col.id'), (d) => html`<span class="id">${d.decision}</span>`),
	col('d', t('col.driver'), (d) => html`<${Text} v=${d.driver} />`),
	col('s', t('col.state'), (d) => word('delivery', d.state)),
	col('n', t('col.attempts'), (d) => num(d.attempts), { class: 'num' }),
	col('c', zoneHead(t('col.created')), (d) => time(d.created),
		{ class: 'lo' }),
	col('e', t('col.error'), (d) => html`<${Text} v=${d.error} />`,
		{ class: 'wide lo' })];

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
			col('e', t('col.error'), (d) =>
				html`<${Text} v=${d.last_error} />`)]} />`;
}

export function decisions() {
	const tab = route.value.params.tab || 'active';
	const sel = useSelection(tab);
	const told = tab === 'pending' || tab === 'failed';
	return html`<${Drivers} /><div class="tabs" role="group"
		aria-label=${t('nav.decisions')}>
		${['active', 'pending', 'failed', 'expired', 'all'].map((x) =>
		html`<button aria-pressed=${String(x === tab)}
			onClick=${() => setParams({ tab: x }, true)}
			>${t('tab.' + x)}</button>`)}</div>
		<${List} key=${tab} label=${t('tab.' + tab)} kind="decision"
		path=${told ? '/deliveries' : '/decisions'}
		query=${told ? { state: tab === 'failed' ? 'dead' : 'pending' }
		: tab === 'expired' ? { cause: 'expired' } : { state: tab }}
		columns=${told ? deliveryColumns() : decisionColumns()}
		id=${(d) => String(d.id)} selection=${told ? undefined : sel}
		onOpen=${told ? undefined : (d) => go('customer', d.customer)}
		bar=${told ? undefined : (d, reload) => html`<${Decisions}
			targets=${d ? [d.customer] : []} after=${reload}
			wasBlocked=${d && d.action === 'block'} />
		<${Cmd} k="e" label=${t('key.explain')} disabled=${!d || !d.incident}
			run=${() => go('incident', d.incident)} />`} />`;
}

export const allow = () => html`<${List} label=${t('nav.allow')} path="/allow"
	columns=${decisionColumns()} id=${(d) => d.id} empty=${t('allow.none')}
	onOpen=${(d) => go('customer', d.customer)}
	bar=${(d, reload) => html`<${Decisions} targets=${d ? [d.customer] : []}
		after=${reload} />`} />`;
export const enforcers = () => html`<${Drivers} /><${List}
	label=${t('deliveries')} path="/deliveries" columns=${deliveryColumns()}
	id=${(d) => String(d.id)} />`;

const auditColumns = () => [
	col('t', zoneHead(t('col.time')), (a) => time(a.time)),
	col('w', t('col.actor'), (a) => html`<${Text} v=${a.actor} />`),
	col('a', t('col.action'), (a) => a.action),
	col('o', t('col.object'), (a) => html`<${Text} v=${a.object} />`),
	col('r', t('col.reason'), (a) => html`<${Text} v=${a.reason} />`,
		{ class: 'wide lo' })];
export const audit = () => html`<${List} label=${t('nav.audit')} path="/audit"
	columns=${auditColumns()} id=${(a) => String(a.id)} />`;

function One({ path, query, body }) {
	const r = useData(path, query);
	return html`<div class="toolbar"><${Back} /><${Fresh} reload=${r.reload} />
		</div>${r.error ? html`<${Failure} error=${r.error} retry=${r.reload} />`
		: r.data ? body(r.data) : html`<${Loading} />`}`;
}

export function quality() {
	const [moment] = useState(() => Date.now());
	return html`<${Range} /><${One} path="/quality"
	query=${rangeQuery(route.value.params, moment)} body=${(d) => html`<${Facts}
		rows=${['blocks', 'overturned', 'false_positives', 'incidents_opened',
		'incidents_closed'].map((k) => [t('quality.' + k), num(d[k])])} />
	<${Plain} label=${t('nav.quality')} rows=${d.days.flatMap((x) =>
		Object.entries(x.counters).map(([k, v]) => ({ day: x.day, k, v })))}
		columns=${[col('d', t('col.day'), (x) => x.day),
		col('k', t('col.counter'), (x) => x.k),
		col('v', t('col.value'), (x) => num(x.v), { class: 'num' })]} />`} />`;
}

export const reports = () => html`<${One} path="/reports" body=${(d) => html`
	<${Plain} label=${t('nav.reports')} rows=${d.items}
	empty=${t('reports.none')} columns=${[
		col('d', t('col.day'), (x) => x.date),
		col('n', t('col.file'), (x) => html`<a href=${'/api/v1/reports/' +
			encodeURIComponent(x.name)}><bdi>${x.name}</bdi></a>`),
		col('b', t('col.size'), (x) => bytes(x.bytes), { class: 'num' })]} />`}
	/>`;

export const settings = () => html`<${One} path="/config" body=${(d) => html`
	<p class="muted">${t('settings.readonly')}</p><${Facts} rows=${[
		[t('col.mode'), d.mode || '–'], [t('col.tier'), d.privacy_tier || '–'],
		[t('col.policy'), d.policy_hash || '–']]} />
	<${Plain} label=${t('nav.settings')} rows=${d.keys.map((k) => ({ ...k,
		rowClass: k.value !== k.default ? 'changed' : '' }))} columns=${[
		col('s', t('col.section'), (k) => k.section),
		col('n', t('col.key'), (k) => html`<code>${k.name}</code>`),
		col('v', t('col.value'), (k) => html`<code><bdi>${k.value}</bdi></code>
			${' ' + (k.unit || '')}`),
		col('h', t('col.help'), (k) => k.help, { class: 'lo' })]} />`} />`;
