// SPDX-License-Identifier: Apache-2.0
// Parts of the console that are fetched when they are first needed.
import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import { html } from './core.js';
import { Failure, Loading } from './parts.js';

// A file of them. ready() fetches it, once, unless that failed.
export function file(load) {
	const f = { parts: signal(null), failed: signal(null), ready() {
		f.failed.value = null;
		f.waits = f.waits || load().then((m) => { f.parts.value = m; },
			() => {
				f.waits = null;
				f.failed.value = { code: 'network' };
			});
	} };
	return f;
}

// All screens but the first, and the dialogs; charts with lines.
export const others = file(() => import('./screens.js'));
export const lines = file(() => import('./score.js'));

// The component that the file exports as NAME.
export const later = (f, name) => (props) => {
	useEffect(f.ready, []);
	if (f.parts.value)
		return html`<${f.parts.value[name]} ...${props} />`;
	return f.failed.value ? html`<${Failure} error=${f.failed.value}
		retry=${f.ready} />` : html`<${Loading} />`;
};
