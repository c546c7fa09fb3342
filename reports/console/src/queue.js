// SPDX-License-Identifier: Apache-2.0
// The first screen: who needs somebody, the worst first. All that it needs is
// in the file that is fetched first; other screens come when they are wanted.
import { useEffect, useState } from 'preact/hooks';
import { Action, Ago, Cmd, CustomerLink, Decisions, Fresh, go, Histogram,
	html, IncidentLink, iso, Kind, NoteKey, num, Quick, Range, rangeQuery,
	route, said, sawNewest, score, Search, setParams, State, t, Table, Text,
	tokens, useCursor, useData, useKept, useList, useSelection, When, word,
	zoneHead } from './base.js';

const col = (key, label, cell, more) => ({ key, label, cell, ...more });

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

// Each draws itself when its answer comes, and nothing else.
function Counts({ query, moment }) {
	const r = useData('/incidents/counts', query, { moment });
	return html`<${Quick} counts=${r.data} />`;
}

function Graph({ query, moment }) {
	const r = useData('/incidents/histogram', { since: iso(moment -
		90 * 864e5), ...query, buckets: 48 }, { moment });
	return html`<${Histogram} data=${r.data} />`;
}

export function queue() {
	const p = route.value.params;
	const [moment, again] = useState(() => Date.now());
	const [error, setError] = useState();
	useKept();
	const all = p.closed || tokens(p.q).some((x) => /^-?\(*state[:=<]/.test(x));
	const query = { q: p.q, ...rangeQuery(p, moment),
		state: all ? null : 'open,acknowledged' };
	return html`<${Search} error=${error} /><${Range} />
		<${Counts} query=${query} moment=${moment} />
		<${Graph} query=${query} moment=${moment} />
		<${Switch} p=${p} />
		<${Work} key=${p.view} p=${p} query=${query} moment=${moment}
			again=${() => again(Date.now())} onError=${setError} />`;
}
