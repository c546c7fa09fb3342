// SPDX-License-Identifier: Apache-2.0
// Columns of rows that more than one screen lists, and a list with its bar.
import { useEffect, useState } from 'preact/hooks';
import { Action, Back, CustomerLink, Fresh, html, IncidentLink, Left, num,
	rangeQuery, route, said, sawNewest, setParams, t, Table, Text, time,
	useCursor, useList, When, word, zoneHead } from './base.js';

export const col = (key, label, cell, more) => ({ key, label, cell, ...more });

const isEnd = (d) => d.cause === 'expired' || d.cause === 'released';
export const decisionColumns = () => [
	col('id', t('col.id'), (d) => html`<span class="id">${d.id}</span>`),
	col('customer', t('col.customer'), (d) =>
		html`<${CustomerLink} id=${d.customer} />`),
	col('action', t('col.action'), (d) => isEnd(d) ? html`<span class="muted"
		>${t('action.end')} ${d.ends}</span>` : html`<${Action}
		v=${d.action} />`),
	col('cause', t('col.cause'), (d) => word('cause', d.cause),
		{ class: 'lo' }),
	col('target', t('col.target'), (d) => d.targets.join(' '),
		{ class: 'lo' }),
	col('since', zoneHead(t('col.since')), (d) =>
		html`<${When} at=${d.since} />`, { class: 'lo' }),
	col('until', t('col.until'), (d) => isEnd(d) ? '–' : html`<${Left}
		at=${d.until} />`),
	col('incident', t('col.incident'), (d) =>
		html`<${IncidentLink} id=${d.incident} />`, { class: 'lo' }),
	col('reason', t('col.reason'), (d) => html`<${Text}
		v=${said(d.reason)} />`, { class: 'wide lo' })];

export const deliveryColumns = () => [
	col('decision', t('col.decision'), (d) => html`<span class="id"
		>${d.decision}</span>`),
	col('driver', t('col.driver'), (d) => html`<${Text} v=${d.driver} />`),
	col('op', t('col.action'), (d) => word('op', d.op || d.event),
		{ class: 'lo' }),
	col('state', t('col.state'), (d) => word('delivery', d.state)),
	col('attempts', t('col.attempts'), (d) => num(d.attempts),
		{ class: 'num' }),
	col('created', zoneHead(t('col.created')), (d) => time(d.created),
		{ class: 'lo' }),
	col('next', zoneHead(t('col.next')), (d) => time(d.next),
		{ class: 'lo' }),
	col('error', t('col.error'), (d) => html`<${Text} v=${said(d.error)} />`,
		{ class: 'wide lo' })];

export const auditColumns = () => [
	col('time', zoneHead(t('col.time')), (a) => time(a.time)),
	col('actor', t('col.actor'), (a) => html`<${Text} v=${a.actor} />`),
	col('via', t('col.via'), (a) => a.via, { class: 'lo' }),
	col('action', t('col.action'), (a) => a.action),
	col('object', t('col.object'), (a) => html`<${Text} v=${a.object} />`),
	col('reason', t('col.reason'), (a) => html`<${Text} v=${a.reason} />`,
		{ class: 'wide lo' }),
	col('detail', t('col.detail'), (a) => html`<${Text} v=${a.detail} />`,
		{ class: 'wide lo' })];

// What a list can be narrowed by; the URL holds it. fields: name -> values,
// or null for a text.
function Narrow({ fields }) {
	const p = route.value.params;
	return html`<form class="narrow" onSubmit=${(e) => e.preventDefault()}>
		${Object.entries(fields).map(([k, values]) => html`<label key=${k}
		>${t('col.' + k)} ${values ? html`<select value=${p[k] || ''}
			onChange=${(e) => setParams({ [k]: e.target.value }, true)}>
			<option value="">${t('any')}</option>
			${values.map((v) => html`<option value=${v}>${word(k, v)}</option>`)}
			</select>` : html`<input type="search" value=${p[k] || ''}
			onChange=${(e) => setParams({ [k]: e.target.value.trim() },
				true)} />`}</label>`)}</form>`;
}

export function List(p) {
	const [moment, again] = useState(() => Date.now());
	const q = route.value.params;
	const query = { count: 1, ...p.query };
	for (const k of Object.keys(p.narrow || {}))
		query[k] = q[k] || query[k];
	const list = useList(p.path, { ...query,
		...(p.timed ? rangeQuery(q, moment) : {}) }, moment);
	const [cursor, setCursor] = useCursor(list.items, p.id, true);
	const reload = () => again(Date.now());
	useEffect(() => {
		if (p.kind && list.page)
			sawNewest(p.kind, list.page.seq);
	}, [list.asOf]);
	return html`${p.narrow && html`<${Narrow} fields=${p.narrow} />`}
		<div class="toolbar"><${Back} /><${Fresh} reload=${reload}
		kind=${p.kind} />${p.bar && p.bar(list.items[cursor], reload)}</div>
		<${Table} name=${p.name} label=${p.label} columns=${p.columns}
			items=${list.items} id=${p.id} list=${list} cursor=${cursor}
			setCursor=${setCursor} selection=${p.selection}
			empty=${p.empty} onOpen=${p.onOpen} />`;
}
