// SPDX-License-Identifier: Apache-2.0
// Small pieces that many screens are made of.
import { useEffect, useRef, useState } from 'preact/hooks';
import { age, go, href, html, known, safe, said, span, t, time, when, word,
	zoneName }
	from './core.js';
import { connected, live, newer, setLive } from './api.js';
import { Cmd } from './keys.js';

export function Failure({ error, retry }) {
	const code = 'code.' + error.code;
	const text = error.code === 'network' ? t('error.network')
		: error.code === 'reason_required' ? t('error.reason')
			: (known(code) ? t(code) + ' ' : '') + said(error.message);
	return html`<div class="failure" role="alert"><b>${t(error.status
		? 'error.refused' : 'error.noAnswer')}</b> ${text}
		${error.code && error.status ? html` <code>${error.status}
			${' ' + error.code}</code>` : ''}
		${retry && html` <button type="button" onClick=${retry}
			>${t('retry')}</button>`}</div>`;
}

export function Loading({ what }) {
	return html`<div class="skeleton" role="status"
		aria-label=${what || t('loading')}>${[...Array(6)].map(() =>
		html`<i></i>`)}</div>`;
}

export const When = ({ at, seconds }) => html`<time dateTime=${at || ''}
	title=${when(at)}>${time(at, { seconds: seconds !== false })}</time>`;
export const Ago = ({ at }) => at ? html`<time dateTime=${at}
	title=${when(at)}>${age(at)}</time>` : '–';
export const Left = ({ at }) => !at ? t('until.open') : html`<time
	dateTime=${at} title=${when(at)}>${new Date(at) > Date.now()
	? t('until.in', { span: span((new Date(at) - Date.now()) / 1000) })
	: t('until.past', { span: age(at) })}</time>`;

export const Kind = ({ v }) => html`<span class=${'kind k-' + v}
	title=${t('kindhelp.' + v)}><i aria-hidden="true"></i>${word('kind', v)}</span>`;
export const State = ({ v }) => html`<span class=${'state s-' + v}
	>${word('state', v)}</span>`;
export const Action = ({ v }) => html`<span class=${'action a-' + v}
	>${word('action', v)}</span>`;
export const CustomerLink = ({ id }) => html`<a dir="auto" class="id"
	tabindex="-1" href=${href('customer', id)}>${safe(id)}</a>`;
export const IncidentLink = ({ id }) => id ? html`<a class="id" tabindex="-1"
	href=${href('incident', id)}>${id}</a>` : '–';
export const Text = ({ v }) => html`<bdi title=${safe(v)}
	>${safe(v) || '–'}</bdi>`;
export const zoneHead = (label) => `${label} (${zoneName()})`;

export function Panel({ title, children, right, id }) {
	return html`<section class="panel" aria-label=${title} id=${id}>
		<header><h2>${title}</h2>${right}</header>${children}</section>`;
}

export function Facts({ rows }) {
	return html`<dl class="facts">${rows.filter(Boolean).map(([k, v]) =>
		html`<div key=${k}><dt>${k}</dt><dd>${v}</dd></div>`)}</dl>`;
}

// What is made when it is opened.
export function Fold({ title, kind, body }) {
	const [open, set] = useState(false);
	return html`<details class=${kind} onToggle=${(e) =>
		set(e.currentTarget.open)}><summary>${title}</summary>${open &&
		body()}</details>`;
}

// A table of few rows, whole in the page.
export function Plain({ label, columns, rows, empty }) {
	if (!rows.length)
		return html`<div class="empty">${empty || t('table.empty')}</div>`;
	return html`<div class="plain" tabindex="0" role="region"
		aria-label=${label + " \u2261"}><table aria-label=${label}>
		<thead><tr>${columns.map((c) => html`<th scope="col"
			class=${c.class || ''}>${c.label}</th>`)}</tr></thead>
		<tbody>${rows.map((r) => html`<tr class=${r.rowClass || ''}>
			${columns.map((c) => html`<td class=${c.class || ''}
				>${c.cell(r)}</td>`)}</tr>`)}</tbody></table></div>`;
}

// A modal dialog: the browser traps the focus and closes it by Esc.
export function Dialog({ title, close, children, wide }) {
	const ref = useRef();
	useEffect(() => {
		const n = ref.current;
		const from = document.activeElement;
		n.showModal();
		const field = n.querySelector('[data-first]');
		if (field)
			field.focus();
		return () => {
			n.close();
			if (from && from.isConnected)
				from.focus();
		};
	}, []);
	return html`<dialog ref=${ref} aria-label=${title}
		class=${wide ? 'wide' : ''}
		onCancel=${(e) => { e.preventDefault(); close(); }}>
		<header><h2>${title}</h2><button type="button" class="quiet"
			aria-label=${t('close')} onClick=${close}>✕</button></header>
		${children}</dialog>`;
}

// Refresh, and how live the screen is; a list says what is newer.
export function Fresh({ reload, kind }) {
	const n = kind ? newer[kind].value : 0;
	return html`<${Cmd} k="r" label=${t('key.refresh')} kind="quiet"
		run=${() => { if (kind) newer[kind].value = 0; reload(); }} />
	<${Cmd} k="." kind="quiet" pressed=${live.value}
		label=${t(live.value ? connected.value ? 'live.on' : 'live.lost'
			: 'live.off')} title=${t('key.live')}
		run=${() => setLive(!live.value)} />
	${n > 0 && html`<button type="button" class="newer"
		onClick=${() => { newer[kind].value = 0; reload(); }}
		>${t('live.newer', { n })}</button>`}`;
}

export function Back({ to }) {
	const run = () => history.length > 1 ? history.back() : go(to || 'queue');
	return html`<${Cmd} k="Escape" label=${t('key.back')} kind="quiet"
		run=${run} />`;
}
