// SPDX-License-Identifier: Apache-2.0
// Requests, the session, lists by keyset cursor, and the live feed.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';

export const session = signal(undefined); // undefined: not asked yet
export const status = signal(null);
export const accessReason = signal(''); // why personal data is read
export const askReason = signal(null); // waiting: function of the answer
let asking; // the same answer is for all who wait for it
export const can = (scope) => !!session.value &&
	(session.value.scopes.includes(scope) ||
	session.value.scopes.includes('admin'));

export class Problem extends Error {
	constructor(o) {
		super(o.detail || o.title);
		Object.assign(this, o);
	}
}

// A header takes no character above 0xff: the rest is percent-encoded.
const header = (s) => s.replace(/[^\x20-\x7e]|%/gu, encodeURIComponent);

function url(path, query) {
	const q = new URLSearchParams(Object.entries(query || {})
		.filter(([, v]) => v != null && v !== '')).toString();
	return '/api/v1' + path + (q ? '?' + q : '');
}

async function problemOf(r) {
	let o;
	try {
		o = await r.json();
	} catch {
		o = { title: r.statusText };
	}
	return new Problem({ title: 'HTTP ' + r.status, code: 'http', ...o,
		status: r.status });
}

export async function api(path, o = {}) {
	const headers = { Accept: 'application/json', ...o.headers };
	const method = o.method || 'GET';
	if (o.body !== undefined)
		headers['Content-Type'] = 'application/json';
	if (method !== 'GET' && session.value && session.value.csrf)
		headers['X-Sekisho-CSRF'] = session.value.csrf;
	if (o.personal && accessReason.value)
		headers['X-Sekisho-Reason'] = header(accessReason.value);
	let r;
	try {
		r = await fetch(url(path, o.query), { method, headers,
			signal: o.signal, credentials: 'same-origin',
			body: o.body === undefined ? undefined
				: JSON.stringify(o.body) });
	} catch (e) {
		if (e.name === 'AbortError')
			throw e;
		throw new Problem({ code: 'network', status: 0, title: 'network' });
	}
	if (r.ok)
		return r.status === 204 ? null : r.json();
	const p = await problemOf(r);
	if (r.status === 401 && path !== '/session')
		session.value = null;
	if (p.code === 'reason_required' && o.personal && !o.again) {
		asking = asking || new Promise((done) => {
			askReason.value = done;
		});
		accessReason.value = await asking;
		asking = askReason.value = null;
		if (accessReason.value)
			return api(path, { ...o, again: true });
	}
	throw p;
}

export const post = (path, body) => api(path, { method: 'POST', body,
	headers: { 'Idempotency-Key': crypto.randomUUID
		? crypto.randomUUID() : String(Math.random()).slice(2) +
			Date.now() } });

export async function loadSession() {
	try {
		session.value = await api('/session');
	} catch (e) {
		session.value = null;
		if (e.status !== 401 && e.status !== 403)
			session.value = { failed: e, scopes: [] };
	}
}
export async function loadStatus() {
	try {
		status.value = await api('/status');
	} catch (e) {
		if (status.value)
			status.value = { ...status.value, unreachable: true };
		else if (e.status === 0)
			status.value = { unreachable: true, degraded: [] };
	}
}

// One answer; what was shown stays until the new one is there.
export function useData(path, query, o = {}) {
	const key = path ? url(path, query) : '';
	const [s, set] = useState({ loading: !!path });
	const n = useRef(0);
	const load = useCallback(() => {
		if (!path)
			return () => {};
		const mine = ++n.current;
		const stop = new AbortController();
		set((old) => old.loading && !old.key ? old
			: { ...old, loading: true, stale: old.key !== key });
		api(path, { query, signal: stop.signal, personal: o.personal })
			.then((data) => mine === n.current &&
				set({ data, key, loading: false }))
			.catch((error) => mine === n.current &&
				error.name !== 'AbortError' &&
				set((old) => ({ data: old.key === key ? old.data
					: undefined, key, error, loading: false })));
		return () => stop.abort();
	}, [key, o.moment]);
	useEffect(load, [load]);
	return { ...s, reload: load };
}

// A list: pages by cursor, appended; reload begins again at the top, and so
// does another moment.
export function useList(path, query, moment) {
	const key = url(path, query);
	const [s, set] = useState({ items: [], loading: true });
	const now = useRef({ n: 0 });
	const fetchPage = useCallback((cursor) => {
		const mine = ++now.current.n;
		now.current.busy = true;
		set((old) => old.loading && !old.key ? old : { ...old,
			loading: true, error: undefined, more: !!cursor,
			stale: !cursor && old.key !== key });
		api(path, { query: { limit: 50, ...query,
			...(cursor ? { cursor, count: undefined } : {}) } })
			.then((page) => mine === now.current.n && set((old) => ({
				key, loading: false, next: page.next_cursor,
				items: cursor ? old.items.concat(page.items)
					: page.items,
				total: cursor ? old.total : page.total,
				page, asOf: cursor ? old.asOf : Date.now() })))
			.catch((error) => mine === now.current.n &&
				set((old) => ({ ...old, loading: false, error,
					items: old.key === key ? old.items : [],
					total: old.key === key ? old.total : null })))
			.finally(() => {
				if (mine === now.current.n)
					now.current.busy = false;
			});
	}, [key, moment]);
	useEffect(() => fetchPage(), [fetchPage]);
	const more = useCallback(() => {
		if (s.next && !now.current.busy)
			fetchPage(s.next);
	}, [s.next, fetchPage]);
	return { ...s, reload: () => fetchPage(), loadMore: more };
}

// --- live: counts what is newer, moves nothing ------------------------------
export const live = signal(true);
export const connected = signal(false);
export const newer = { incident: signal(0), decision: signal(0) };
let source;
const seen = { incident: null, decision: null };

function arrived(kind, id) {
	const base = seen[kind];
	if (base == null || id <= base) {
		seen[kind] = Math.max(base || 0, id);
		return;
	}
	newer[kind].value += id - base;
	seen[kind] = id;
}
// The newest that a list has shown: only what is above it is newer.
export function sawNewest(kind, id) {
	if (id && !(id <= seen[kind]))
		seen[kind] = id;
	newer[kind].value = 0;
}
export function setLive(on) {
	live.value = on;
	if (source)
		source.close();
	source = null;
	connected.value = false;
	if (!on || !session.value)
		return;
	source = new EventSource('/api/v1/events');
	source.onopen = () => { connected.value = true; };
	source.onerror = () => { connected.value = false; };
	for (const kind of ['incident', 'decision'])
		source.addEventListener(kind, (e) => {
			try {
				const d = JSON.parse(e.data);
				arrived(kind, kind === 'incident'
					? d.incident_id || d.seq : d.seq);
			} catch { /* a broken event is as none */ }
		});
}
addEventListener('pagehide', () => source && source.close());
addEventListener('pageshow', (e) => {
	if (e.persisted)
		setLive(live.value);
});
