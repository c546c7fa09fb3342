// SPDX-License-Identifier: Apache-2.0
// Keys belong to buttons: a key works while its button is on the screen.
import { useEffect, useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { html } from './core.js';

const commands = new Map(); // key -> [{run, label, enabled}]
export const pendingKey = signal('');
let timer;

export function listKeys() {
	return [...commands].filter(([, l]) => l.length)
		.map(([k, l]) => [k, l[l.length - 1].current.label]);
}

export function useKey(key, label, run, enabled = true) {
	const ref = useRef();
	ref.current = { label, run, enabled };
	useEffect(() => {
		if (!key)
			return;
		const list = commands.get(key) || [];
		commands.set(key, [...list, ref]);
		return () => commands.set(key,
			commands.get(key).filter((r) => r !== ref));
	}, [key]);
}

const shown = { ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' };
export const keyText = (k) => k.split(' ').map((p) => shown[p] || p).join(' ');

// A button and its key.
export function Cmd({ k, label, run, disabled, kind, title, children, pressed,
	short }) {
	useKey(k, title || label, run, !disabled);
	return html`<button type="button" class=${kind || ''} disabled=${disabled}
		title=${k ? `${title || label} (${keyText(k)})` : title}
		aria-label=${short ? `${k ? keyText(k) : ""} ${title || label}` : undefined}
		aria-pressed=${pressed == null ? undefined : String(pressed)}
		onClick=${run}>${children || label}${k && !short &&
		html`<kbd aria-hidden="true">${keyText(k)}</kbd>`}</button>`;
}

function typing(e) {
	const n = e.target;
	return n.matches && n.matches('input:not([type=checkbox]), textarea, select');
}

function find(key) {
	const list = commands.get(key) || [];
	const ref = list[list.length - 1];
	return ref && ref.current.enabled ? ref.current : null;
}

function name(e) {
	if (e.shiftKey && /^[a-z]$/i.test(e.key))
		return 'Shift+' + e.key.toLowerCase();
	return e.key;
}

addEventListener('keydown', (e) => {
	if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing ||
		document.querySelector('dialog[open]'))
		return;
	if (typing(e)) {
		if (e.key === 'Escape')
			e.target.blur();
		return;
	}
	// Enter and space on a button or link are that button's.
	if ((e.key === 'Enter' || e.key === ' ') &&
		e.target.closest('a, button, summary, input'))
		return;
	const full = pendingKey.value ? pendingKey.value + ' ' + e.key : name(e);
	const starts = !pendingKey.value &&
		[...commands].some(([k, l]) => l.length && k.startsWith(full + ' '));
	clearTimeout(timer);
	if (starts) {
		pendingKey.value = full;
		timer = setTimeout(() => { pendingKey.value = ''; }, 2000);
		e.preventDefault();
		return;
	}
	const waited = pendingKey.value;
	pendingKey.value = '';
	const c = find(full);
	if (c) {
		e.preventDefault();
		c.run();
	} else if (waited) {
		e.preventDefault();
	}
});
