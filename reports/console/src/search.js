// SPDX-License-Identifier: Apache-2.0
// The filter expression, its parts as chips, counted quick filters, time.
import { useEffect, useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { html, iso, kept, num, presets, rangeBounds, rangeWords, rangeOf, route,
	setParams, t, word } from './core.js';
import { Cmd } from './keys.js';
import { Fold } from './parts.js';

export const tokens = (q) => (q || '').match(/(?:[^\s"]|"[^"]*"?)+/g) || [];
const toggle = (q, x) => {
	const l = tokens(q);
	return (l.includes(x) ? l.filter((y) => y !== x) : [...l, x]).join(' ');
};
// One filter may be kept: the queue begins with it, shown as chips.
const filter = kept('filter', '');
export function useKept() {
	useEffect(() => {
		if (filter.value && !Object.keys(route.value.params).length)
			setParams({ q: filter.value });
	}, []);
}

const fields = ['kind:', 'class:', 'state:', 'closed_as:', 'customer:', 'id:',
	'score>', 'peak>', 'observations>', 'servers>', 'unknown_users>',
	'blocklisted>', 'spoofed>', 'summary:', 'since:', 'until:', 'opened>',
	'last>', 'closed>', '-', 'OR', '(', ')'];

// The server counts bytes, the screen characters.
function charAt(q, byte) {
	return new TextDecoder().decode(
		new TextEncoder().encode(q).slice(0, byte)).length;
}

export function Search({ error }) {
	const ref = useRef();
	const q = route.value.params.q || '';
	const [text, set] = useState(null);
	const now = text == null ? q : text;
	const send = (e) => {
		e.preventDefault();
		setParams({ q: now.trim() }, true);
		set(null);
	};
	const bad = error && error.code === 'bad_query';
	const at = bad && error.at != null ? charAt(q, error.at) : -1;
	return html`<form class="search" role="search" onSubmit=${send}>
		<input ref=${ref} type="search" aria-label=${t('key.search')}
			aria-invalid=${bad ? 'true' : undefined} spellcheck=${false}
			placeholder="kind:bot_burst score>20 -class:static since:2h"
			value=${now} onInput=${(e) => set(e.target.value)} />
		<${Cmd} k="/" label=${t('key.search')} kind="quiet"
			run=${() => ref.current.focus()} />
		<button type="button" class="quiet" disabled=${!q && !filter.value}
			aria-pressed=${String(!!q && filter.value === q)}
			onClick=${() => { filter.value = filter.value === q ? '' : q; }}
			>${t('filter.keep')}</button></form>
		<${Fold} kind="fields" title=${t('filter.fields')} body=${() => html`
		${fields.map((f) => html`<button type="button" class="chip"
			onClick=${() => {
				set((now + (now && !/[(\s-]$/.test(now) ? ' ' : '') + f));
				ref.current.focus();
			}}><code>${f}</code></button>`)}
		<p class="muted">${t('help.grammar')}</p>`} />
		${bad && html`<div class="queryerror" role="alert">
			<code>${q.slice(0, Math.max(0, at))}<mark>${at >= 0
				? q.slice(at, at + 1) || '␣' : ''}</mark>${at >= 0
				? q.slice(at + 1) : ''}</code> ${error.message}</div>`}
		<div class="chips">${tokens(q).map((x) => html`<button type="button"
			class="chip" aria-label=${t('chip.remove', { x })}
			onClick=${() => setParams({ q: toggle(q, x) }, true)}
			><bdi>${x}</bdi> ✕</button>`)}</div>`;
}

export function Quick({ counts }) {
	const q = route.value.params.q || '';
	const c = counts || {};
	return html`<div class="quick" role="group" aria-label=${t('quick')}>
		${['kind', 'class', 'state'].flatMap((f) => Object.entries(c[f] || {})
			.filter(([v, n]) => n || tokens(q).includes(`${f}:${v}`))
			.map(([v, n]) => html`<button type="button" class="chip"
				aria-pressed=${String(tokens(q).includes(`${f}:${v}`))}
				onClick=${() => setParams(
					{ q: toggle(q, `${f}:${v}`) }, true)}>${f === 'class'
					? v : word(f, v)} <b>${num(n)}${c.partial ? '+' : ''}</b></button>`))}</div>`;
}

const copied = signal('');
export function Range({ most }) {
	const p = route.value.params;
	const r = rangeOf(p);
	const pin = (a, b) => setParams({ range: null, from: iso(a), to: iso(b),
		row: null });
	const shift = (f) => {
		const [a, b] = rangeBounds(p);
		pin(a + (b - a) * f, b + (b - a) * f);
	};
	const zoom = (f) => {
		const [a, b] = rangeBounds(p);
		const c = (a + b) / 2, w = Math.max(60000, (b - a) * f) / 2;
		pin(c - w, c + w);
	};
	const copy = () => {
		copied.value = rangeBounds(p).map(iso).join('/');
		if (navigator.clipboard)
			navigator.clipboard.writeText(copied.value).catch(() => {});
	};
	const paste = () => {
		const [a, b] = copied.value.split('/').map(Date.parse);
		if (b > a)
			pin(a, b);
	};
	const custom = (e) => {
		e.preventDefault();
		const f = new FormData(e.target);
		const a = Date.parse(f.get('a') + 'Z'), b = Date.parse(f.get('b') + 'Z');
		if (b > a)
			pin(a, b);
	};
	return html`<div class="range" role="group" aria-label=${t('range')}>
		${presets.filter((x) => !most || x !== 'all').map((x) => html`<button type="button" class="quiet"
			aria-pressed=${String(!r.fixed && r.name === x)}
			onClick=${() => setParams({ range: x, from: null, to: null })}
			>${t('range.' + x)}</button>`)}
		<${Fold} title=${t('range.custom')} body=${() => html`
		<form onSubmit=${custom}><label>${t('range.from')} (UTC)
		<input name="a" type="datetime-local" required /></label>
		<label>${t('range.to')} (UTC)<input name="b" type="datetime-local"
			required /></label><button>${t('range.set')}</button></form>`} />
		${[['t ArrowLeft', '‹', 'earlier', () => shift(-0.5)],
			['t ArrowRight', '›', 'later', () => shift(0.5)],
			['t +', '+', 'zoomIn', () => zoom(0.5)],
			['t -', '−', 'zoomOut', () => zoom(2)],
			['t c', t('range.copyWord'), 'copy', copy],
			['t v', t('range.pasteWord'), 'paste', paste, !copied.value],
		].map(([k, sign, name, run, off]) => html`<${Cmd} k=${k} short
			kind="quiet" title=${t('range.' + name)} run=${run}
			disabled=${off}>${sign}<//>`)}
		<span class="muted">${rangeWords(p)}</span></div>`;
}
