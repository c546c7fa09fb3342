// SPDX-License-Identifier: Apache-2.0
// What changes something: asked once, with a reason, tried dry first.
import { useEffect, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { html, t, word } from './core.js';
import { api, can, post } from './api.js';
import { Cmd } from './keys.js';
import { Dialog, Failure, Plain } from './parts.js';

export const dialog = signal(null);
export const toast = signal(null);
const opposite = (op, wasBlocked) => op !== 'release' ? 'release'
	: wasBlocked ? 'block' : 'allow';

export function ask(op, targets, o = {}) {
	dialog.value = { type: 'decide', op, targets, ...o };
}

function Results({ r }) {
	return html`<p role="status">${t(r.dry_run ? 'bulk.would' : 'bulk.done',
		{ n: r.done })}, ${t('bulk.allowed', { n: r.allow_listed })}, ${
		t('bulk.shared', { n: r.shared })}, ${t('bulk.refused',
		{ n: r.refused })}</p>
	<${Plain} label=${t('bulk.items')} rows=${r.items} columns=${[
		{ label: t('col.target'), cell: (x) => html`<bdi>${x.target}</bdi>` },
		{ label: t('col.customer'), cell: (x) =>
			html`<bdi>${x.customer || '–'}</bdi>` },
		{ label: t('col.result'), cell: (x) => word('result', x.result) },
		{ label: t('col.detail'), cell: (x) => html`<bdi>${x.detail ||
			(x.allow_listed ? t('bulk.isAllowed') : '')}</bdi>` },
	]} />`;
}

function Decide({ d, close }) {
	const [dry, setDry] = useState();
	const [error, setError] = useState();
	const [reason, setReason] = useState(d.reason || '');
	const [ttl, setTtl] = useState(d.op === 'block' ? '24h' : 'permanent');
	const [busy, setBusy] = useState(false);
	const body = (more) => ({ op: d.op, targets: d.targets, ...more,
		...(d.op === 'release' ? {} : { ttl }) });
	useEffect(() => {
		post('/decisions', body({ reason: 'dry run', dry_run: true }))
			.then(setDry, setError);
	}, []);
	const send = (e) => {
		e.preventDefault();
		setBusy(true);
		setError();
		post('/decisions', body({ reason })).then((r) => {
			const touched = r.items.filter((x) => x.result === 'done' ||
				x.result === 'waiting').map((x) => x.target);
			toast.value = { text: t('bulk.done', { n: r.done }),
				undo: touched.length ? () => ask(
					opposite(d.op, d.wasBlocked), touched,
					{ reason: t('undo.reason', { reason }),
						after: d.after }) : null };
			dialog.value = { type: 'results', results: r, op: d.op };
			if (d.after)
				d.after();
		}, (p) => { setError(p); setBusy(false); });
	};
	return html`<${Dialog} wide close=${close}
		title=${t('ask.' + d.op, { n: d.targets.length })}>
		<form onSubmit=${send}>
		${dry ? html`<${Results} r=${dry} />` : !error &&
			html`<p role="status">${t('loading')}</p>`}
		${d.op !== 'release' && html`<label>${t('ask.ttl')}
			<select value=${ttl} onChange=${(e) => setTtl(e.target.value)}>
			${['1h', '24h', '7d', '30d', 'permanent'].map((v) =>
			html`<option value=${v}>${v}</option>`)}</select></label>`}
		<label>${t('ask.reason')} <input data-first required minlength="3"
			maxlength="500" value=${reason}
			onInput=${(e) => setReason(e.target.value)} /></label>
		${error && html`<${Failure} error=${error} />`}
		<div class="buttons"><button type="button" onClick=${close}
			>${t('cancel')}</button><button class="primary"
			disabled=${busy || !dry || reason.trim().length < 3}
			>${t('do.' + d.op)}</button></div></form><//>`;
}

function Note({ d, close }) {
	const [text, set] = useState('');
	const [error, setError] = useState();
	const send = (e) => {
		e.preventDefault();
		post(d.path, { text }).then(() => { close(); d.after(); }, setError);
	};
	return html`<${Dialog} title=${t('key.note')} close=${close}>
		<form onSubmit=${send}><label>${t('note.text')} <textarea data-first
			required rows="4" value=${text}
			onInput=${(e) => set(e.target.value)}></textarea></label>
		${error && html`<${Failure} error=${error} />`}
		<div class="buttons"><button type="button" onClick=${close}
			>${t('cancel')}</button><button class="primary"
			>${t('save')}</button></div></form><//>`;
}

function Patch({ d, close }) {
	const [reason, set] = useState('');
	const [as, setAs] = useState('fixed');
	const [error, setError] = useState();
	const send = (e) => {
		e.preventDefault();
		api('/incidents/' + d.id, { method: 'PATCH',
			headers: { 'If-Match': d.etag }, body: { state: d.state, reason,
				...(d.state === 'closed' ? { closed_as: as } : {}) } })
			.then(() => { close(); d.after(); }, setError);
	};
	return html`<${Dialog} title=${t('state.set.' + d.state)} close=${close}>
		<form onSubmit=${send}>
		${d.state === 'closed' && html`<label>${t('col.closedAs')} <select
			value=${as} onChange=${(e) => setAs(e.target.value)}>
			${['fixed', 'false_positive', 'duplicate'].map((v) =>
			html`<option value=${v}>${word('closed', v)}</option>`)}
			</select></label>`}
		<label>${t('ask.reason')} <input data-first required minlength="3"
			value=${reason} onInput=${(e) => set(e.target.value)} /></label>
		${error && html`<${Failure} error=${error} />`}
		<div class="buttons"><button type="button" onClick=${close}
			>${t('cancel')}</button><button class="primary"
			>${t('save')}</button></div></form><//>`;
}

export function Dialogs() {
	const d = dialog.value;
	const close = () => { dialog.value = null; };
	const u = toast.value;
	return html`${d && d.type === 'decide' && html`<${Decide} key=${d}
		d=${d} close=${close} />`}
	${d && d.type === 'results' && html`<${Dialog} wide close=${close}
		title=${t('bulk.results')}><${Results} r=${d.results} /><div
		class="buttons"><button class="primary" data-first onClick=${close}
		>${t('close')}</button></div><//>`}
	${d && d.type === 'note' && html`<${Note} d=${d} close=${close} />`}
	${d && d.type === 'patch' && html`<${Patch} d=${d} close=${close} />`}
	${u && html`<div class="toast" role="status">${u.text}
		${u.undo && html` <button onClick=${() => { toast.value = null;
			u.undo(); }}>${t('undo')}</button>`}
		<button aria-label=${t('close')} onClick=${() => {
			toast.value = null; }}>✕</button></div>`}`;
}

// The three that change what is enforced.
export function Decisions({ targets, wasBlocked, after }) {
	const no = !targets.length || !can('decisions:write');
	return [['b', 'block'], ['a', 'allow'], ['u', 'release']].map(([k, op]) =>
		html`<${Cmd} k=${k} label=${t('do.' + op)} disabled=${no}
			kind=${op === 'block' ? 'danger' : ''}
			run=${() => ask(op, targets, { wasBlocked, after })} />`);
}
