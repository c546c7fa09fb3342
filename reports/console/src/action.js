// SPDX-License-Identifier: Apache-2.0
// What changes something: asked once, with a reason, tried dry first.
import { signal } from '@preact/signals';
import { html, t } from './core.js';
import { can } from './api.js';
import { Cmd } from './keys.js';
import { later, others } from './later.js';

export const dialog = signal(null);
export const toast = signal(null);

export function ask(op, targets, o = {}) {
	dialog.value = { type: 'decide', parts: [{ op, targets }], ...o };
}

const Open = later(others, 'Dialogs');
export const Dialogs = () => (dialog.value || toast.value) &&
	html`<${Open} />`;

// The three that change what is enforced.
export function Decisions({ targets, after }) {
	const no = !targets.length || !can('decisions:write');
	return [['b', 'block'], ['a', 'allow'], ['u', 'release']].map(([k, op]) =>
		html`<${Cmd} k=${k} label=${t('do.' + op)} disabled=${no}
			kind=${op === 'block' ? 'danger' : ''}
			run=${() => ask(op, targets, { after })} />`);
}

export const NoteKey = ({ path, after, off }) => html`<${Cmd} k="n"
	label=${t('key.note')} disabled=${off || !can('incidents:write')}
	run=${() => { dialog.value = { type: 'note', path, after }; }} />`;
