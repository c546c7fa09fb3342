// SPDX-License-Identifier: Apache-2.0
// The dialogs of what changes something; fetched when the first one opens.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Action, api, dialog, Dialog, Failure, html, Left, Plain, post, safe,
	said, t, Text, toast, useData, word } from './base.js';

const most = 500; // targets of one request

const touched = (x) => x.result === 'done' || x.result === 'waiting' ||
	x.result === 'would_do';
const stands = (d) => d && (!d.until || Date.parse(d.until) > Date.now());

// The requests that give each customer back what was in force before: what
// a release ends, it ends for all, so a release comes first.
export function undoOf(items) {
	const was = new Map();
	for (const x of items)
		if (touched(x))
			was.set(x.customer, { op: x.op, before: (was.get(x.customer) ||
				x).before });
	const parts = new Map();
	const add = (op, until, customer) => {
		const key = op + (until || '');
		if (!parts.has(key))
			parts.set(key, { op, until, targets: [] });
		parts.get(key).targets.push(customer);
	};
	for (const first of [true, false])
		for (const [customer, { op, before }] of was) {
			const b = stands(before) ? before : null;
			const replaced = b && b.action === op && b.cause === 'manual';
			if (first && op !== 'release' && !replaced)
				add('release', null, customer);
			if (!first && b)
				add(b.action, b.until, customer);
		}
	return [...parts.values()].flatMap((p) =>
		[...Array(Math.ceil(p.targets.length / most))].map((_, i) => ({ ...p,
			targets: p.targets.slice(i * most, (i + 1) * most) })));
}

const ttlUntil = (until) => until ? Math.max(1, Math.round(
	(Date.parse(until) - Date.now()) / 1000)) + 's' : 'permanent';

async function send(parts, o) {
	const items = [];
	for (const p of parts) {
		const r = await post('/decisions', { op: p.op, targets: p.targets,
			...o.body, ...(p.op === 'release' ? {} : { ttl: o.ttl ||
				ttlUntil(p.until) }) }).catch((error) => {
			throw Object.assign(error, { items });
		});
		items.push(...r.items.map((x) => ({ ...x, op: p.op })));
	}
	return items;
}

function Results({ items, dry }) {
	const n = (f) => items.filter(f).length;
	const refused = n((x) => x.result === 'refused');
	return html`<p role="status">${t(dry ? 'bulk.would' : 'bulk.done',
		{ n: new Set(items.filter(touched).map((x) => x.customer)).size })}, ${
		t('bulk.allowed', { n: n((x) => x.allow_listed) })}, ${
		t('bulk.shared', { n: refused })}, ${t('bulk.refused',
		{ n: refused + n((x) => x.result === 'not_found') })}</p>
	<${Plain} label=${t('bulk.items')} rows=${items} columns=${[
		{ label: t('col.target'), cell: (x) => html`<${Text}
			v=${x.target} />` },
		{ label: t('col.customer'), cell: (x) =>
			html`<${Text} v=${x.customer} />` },
		{ label: t('col.before'), cell: (x) => html`<${Held}
			d=${x.before} />` },
		{ label: t('col.result'), cell: (x) => word('result', x.result) },
		{ label: t('col.detail'), cell: (x) => html`<${Text}
			v=${said(x.detail) || (x.allow_listed && t('bulk.isAllowed'))} />` },
	]} />`;
}
const Held = ({ d }) => d ? html`<${Action} v=${d.action} /> <${Left}
	at=${d.until} />` : '–';

function Plan({ parts }) {
	return html`<${Plain} label=${t('bulk.items')} rows=${parts.flatMap((p) =>
		p.targets.map((c) => ({ c, p })))} columns=${[
		{ label: t('col.customer'), cell: (x) => html`<${Text}
			v=${x.c} />` },
		{ label: t('col.step'), cell: (x) => x.p.op === 'release'
			? t('do.release') : html`<${Held} d=${{ action: x.p.op,
				until: x.p.until }} />` }]} />`;
}

function Decide({ d, close }) {
	const [dry, setDry] = useState();
	const [error, setError] = useState();
	const [reason, setReason] = useState(d.reason || '');
	const { op, targets } = d.parts[0];
	const [ttl, setTtl] = useState(op === 'block' ? '24h' : 'permanent');
	const [busy, setBusy] = useState(false);
	const many = !d.undo && targets.length > most;
	const timed = !d.undo && op !== 'release';
	useEffect(() => {
		if (!d.undo && !many)
			send(d.parts, { ttl, body: { reason: 'dry run',
				dry_run: true } }).then(setDry, setError);
	}, []);
	const done = (items) => {
		const parts = undoOf(items);
		const n = new Set(items.filter(touched).map((x) => x.customer)).size;
		toast.value = { text: t('bulk.done', { n }), undo: parts.length
			? () => { dialog.value = { type: 'decide', parts, undo: true,
				reason: t('undo.reason', { reason }), after: d.after }; }
			: null };
		if (d.after)
			d.after();
	};
	const go = (e) => {
		e.preventDefault();
		setBusy(true);
		setError();
		send(d.parts, { ttl: timed ? ttl : null, body: { reason } })
			.then((items) => {
				done(items);
				dialog.value = { type: 'results', items };
			}, (p) => {
				if (p.items && p.items.length)
					done(p.items);
				setError(p);
				setBusy(false);
			});
	};
	return html`<${Dialog} wide close=${close} title=${d.undo ? t('undo')
		: t('ask.' + op, { n: targets.length })}>
		<form onSubmit=${go}>
		${d.undo ? html`<p>${t('undo.plan')}</p><${Plan} parts=${d.parts} />`
		: many ? html`<p role="alert">${t('bulk.many', { n: most })}</p>`
		: dry ? html`<${Results} items=${dry} dry />` : !error &&
			html`<p role="status">${t('loading')}</p>`}
		${timed && html`<label>${t('ask.ttl')}
			<select value=${ttl} onChange=${(e) => setTtl(e.target.value)}>
			${['1h', '24h', '7d', '30d', 'permanent'].map((v) =>
			html`<option value=${v}>${v === 'permanent' ? t('until.open')
				: v}</option>`)}</select></label>`}
		<label>${t('ask.reason')} <input data-first required minlength="3"
			maxlength="500" value=${reason}
			onInput=${(e) => setReason(e.target.value)} /></label>
		${error && html`<${Failure} error=${error} />`}
		<div class="buttons"><button type="button" onClick=${close}
			>${t('cancel')}</button><button class="primary"
			disabled=${busy || !d.undo && !dry || reason.trim().length < 3}
			>${d.undo ? t('undo') : t('do.' + op)}</button></div></form><//>`;
}

function Note({ d, close }) {
	const [text, set] = useState('');
	const [error, setError] = useState();
	const send = (e) => {
		e.preventDefault();
		post(d.path, { text: text.trim() }).then(() => { close(); d.after(); }, setError);
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

const letters = ['infected', 'spoofed', 'submission', 'server', 'password',
	'blocked', 'released'];

// Ready to be copied; nothing is sent.
function Letter({ d, close }) {
	const [q, set] = useState({});
	const [copied, setCopied] = useState(false);
	const text = useRef();
	const r = useData(d.path + '/letter', q, { personal: true });
	const l = r.error ? null : r.data;
	const pick = (k) => (e) => {
		setCopied(false);
		set({ ...q, [k]: e.target.value || undefined });
	};
	const copy = () => {
		text.current.select();
		(navigator.clipboard ? navigator.clipboard.writeText(
			text.current.value) : Promise.reject())
			.catch(() => document.execCommand('copy'))
			.then(() => setCopied(true));
	};
	return html`<${Dialog} wide close=${close} title=${t('key.letter')}>
		<div class="narrow"><label>${t('letter.case')} <select data-first
			value=${q.case || ''} onChange=${pick('case')}><option value=""
			>${t('letter.fits')}</option>${letters.map((v) => html`<option
			value=${v}>${word('letter', v)}</option>`)}</select></label>
		<label>${t('col.language')} <select value=${q.lang || ''}
			onChange=${pick('lang')}><option value="">${t('letter.own')}
			</option><option value="en">English</option><option value="ja"
			>日本語</option></select></label></div>
		${r.error && html`<${Failure} error=${r.error} />`}
		${l && html`<p><b>${word('letter', l.case)}</b> · <span
			class="muted">${t('letter.sent')}</span>${l.to && html` <bdi
			>${safe(l.to)}</bdi>`}</p>
		<label>${t('letter.text')} <textarea ref=${text} readonly rows="16"
			lang=${l.language} value=${l.subject + '\n\n' + l.body}
			></textarea></label>`}
		${!l && !r.error && html`<p role="status">${t('loading')}</p>`}
		<div class="buttons">${copied && html`<span role="status"
			>${t('letter.copied')}</span>`}<button type="button"
			onClick=${close}>${t('close')}</button><button type="button"
			class="primary" disabled=${!l} onClick=${copy}
			>${t('range.copyWord')}</button></div><//>`;
}

// First how many it would be.
function Retry({ d, close }) {
	const [dry, setDry] = useState();
	const [reason, set] = useState('');
	const [error, setError] = useState();
	const [busy, setBusy] = useState(false);
	useEffect(() => {
		post('/deliveries/retry', { ...d.what, reason: 'dry run',
			dry_run: true }).then(setDry, setError);
	}, []);
	const send = (e) => {
		e.preventDefault();
		setBusy(true);
		post('/deliveries/retry', { ...d.what, reason }).then((r) => {
			toast.value = { text: r.result === 'waiting'
				? t('retry.waiting') : t('retry.done', { n: r.retried || 0 }) };
			close();
			d.after();
		}, (p) => {
			setError(p);
			setBusy(false);
		});
	};
	return html`<${Dialog} close=${close} title=${t('retry.title')}>
		<form onSubmit=${send}>
		<p role="status">${dry ? t('retry.would', { n: dry.dead })
			: !error && t('loading')}</p>
		<label>${t('ask.reason')} <input data-first required minlength="3"
			maxlength="500" value=${reason}
			onInput=${(e) => set(e.target.value)} /></label>
		${error && html`<${Failure} error=${error} />`}
		<div class="buttons"><button type="button" onClick=${close}
			>${t('cancel')}</button><button class="primary" disabled=${busy ||
			!dry || !dry.dead || reason.trim().length < 3}
			>${t('retry')}</button></div></form><//>`;
}

export function Dialogs() {
	const d = dialog.value;
	const close = () => { dialog.value = null; };
	const u = toast.value;
	return html`${d && d.type === 'decide' && html`<${Decide} key=${d}
		d=${d} close=${close} />`}
	${d && d.type === 'results' && html`<${Dialog} wide close=${close}
		title=${t('bulk.results')}><${Results} items=${d.items} /><div
		class="buttons"><button class="primary" data-first onClick=${close}
		>${t('close')}</button></div><//>`}
	${d && d.type === 'letter' && html`<${Letter} d=${d} close=${close} />`}
	${d && d.type === 'retry' && html`<${Retry} d=${d} close=${close} />`}
	${d && d.type === 'note' && html`<${Note} d=${d} close=${close} />`}
	${d && d.type === 'patch' && html`<${Patch} d=${d} close=${close} />`}
	${u && html`<div class="toast" role="status">${u.text}
		${u.undo && html` <button onClick=${() => { toast.value = null;
			u.undo(); }}>${t('undo')}</button>`}
		<button aria-label=${t('close')} onClick=${() => {
			toast.value = null; }}>✕</button></div>`}`;
}
