// SPDX-License-Identifier: Apache-2.0
// A table of any length: rows of one height, those in view are in the page,
// one row is the keyboard's (roving tabindex), pages come as one scrolls.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html, kept, route, setParams, t } from './core.js';
import { Cmd } from './keys.js';
import { Failure, Fold } from './parts.js';

const rowHeight = 30;
const around = 12;

function useWindow(box, count) {
	const [view, set] = useState({ top: 0, height: 600 });
	useLayoutEffect(() => {
		const n = box.current;
		if (!n)
			return;
		const look = () => set((old) => old.top === n.scrollTop &&
			old.height === n.clientHeight ? old
			: { top: n.scrollTop, height: n.clientHeight });
		n.addEventListener('scroll', look, { passive: true });
		// It tells the first size, too: to ask for it here would make
		// the browser lay out a page that is not whole yet.
		const size = new ResizeObserver(look);
		size.observe(n);
		return () => {
			n.removeEventListener('scroll', look);
			size.disconnect();
		};
	}, []);
	const first = Math.max(0, Math.floor(view.top / rowHeight) - around);
	const last = Math.min(count,
		Math.ceil((view.top + view.height) / rowHeight) + around);
	return [Math.min(first, Math.max(0, count - 1)), last];
}

// The row that is the keyboard's, by its id: a list that is read again leaves
// it where it is. The URL knows it when inUrl.
export function useCursor(items, idOf, inUrl) {
	const [at, set] = useState({ i: 0, id: inUrl && route.value.params.row });
	const found = items.findIndex((x) => idOf(x) === at.id);
	const i = found < 0 ? Math.max(0, Math.min(at.i, items.length - 1)) : found;
	return [i, (to) => {
		const id = items[to] ? idOf(items[to]) : null;
		set({ i: to, id });
		if (inUrl)
			setParams({ row: id });
	}];
}

// Columns that a person has turned on or off, for each list by its name.
const turned = new Map();
const turnedOf = (name) => {
	if (!turned.has(name))
		turned.set(name, kept('columns.' + name, ''));
	return turned.get(name);
};
const isOn = (s, c) => s.value.split(' ').includes(c.key) === !!c.spare;

function Columns({ p, s }) {
	const turn = (c) => () => {
		const l = s.value.split(' ').filter(Boolean);
		s.value = (l.includes(c.key) ? l.filter((k) => k !== c.key)
			: [...l, c.key]).join(' ');
	};
	return html`<${Fold} kind="columns" title=${t('table.columns')} body=${() =>
		p.columns.slice(1).map((c) => html`<label key=${c.key}><input
		type="checkbox" checked=${isOn(s, c)} onClick=${turn(c)} />
		${' ' + c.label}</label>`)} />`;
}

// Which rows are selected, and the last that was: a range begins there.
export function useSelection(resetKey) {
	const [state, set] = useState({ ids: new Set(), last: null });
	useEffect(() => set({ ids: new Set(), last: null }), [resetKey]);
	return {
		ids: state.ids, last: state.last,
		clear: () => set({ ids: new Set(), last: null }),
		toggle: (id) => set((s) => {
			const ids = new Set(s.ids);
			if (!ids.delete(id))
				ids.add(id);
			return { ids, last: id };
		}),
		range: (all, id) => set((s) => {
			const a = Math.max(0, all.indexOf(s.last));
			const b = all.indexOf(id);
			const ids = new Set(s.ids);
			for (let i = Math.min(a, b); i <= Math.max(a, b); i++)
				ids.add(all[i]);
			return { ids, last: id };
		}),
		all: (all) => set((s) => ({ last: s.last,
			ids: s.ids.size >= all.length ? new Set() : new Set(all) })),
	};
}

function Row({ p, item, i }) {
	const id = p.id(item);
	const at = i === p.cursor;
	const chosen = p.selection && p.selection.ids.has(id);
	return html`<tr class=${(at ? 'at ' : '') + (chosen ? 'chosen' : '')}
		tabindex=${i === p.stop ? 0 : -1} aria-rowindex=${i + 2}
		aria-selected=${p.selection ? String(!!chosen) : undefined}
		data-row=${i} onFocus=${() => at || p.setCursor(i)}
		onDblClick=${() => p.onOpen && p.onOpen(item)}>
		${p.selection && html`<td class="tick"><input type="checkbox"
			tabindex="-1" checked=${chosen}
			aria-label=${t('table.select', { id })}
			onClick=${(e) => {
				p.setCursor(i);
				if (e.shiftKey)
					p.selection.range(p.ids, id);
				else
					p.selection.toggle(id);
			}} /></td>`}
		${p.columns.map((c) => html`<td key=${c.key} class=${c.class || ''}
			title=${c.title ? c.title(item) : undefined}
			>${c.cell(item)}</td>`)}
	</tr>`;
}

function Head({ p }) {
	return html`<thead><tr aria-rowindex="1">
		${p.selection && html`<th class="tick" scope="col">
			<input type="checkbox" aria-label=${t('table.selectAll')}
				checked=${p.items.length > 0 &&
					p.selection.ids.size >= p.items.length}
				onClick=${() => p.selection.all(p.ids)} /></th>`}
		${p.columns.map((c) => {
			const on = c.sort && p.sort && p.sort.replace('-', '') === c.sort;
			return html`<th key=${c.key} scope="col" class=${c.class || ''}
				aria-sort=${on ? p.sort[0] === '-' ? 'descending'
					: 'ascending' : undefined}>
				${c.sort && p.setSort ? html`<button type="button"
					class="sort" onClick=${() => p.setSort(
						p.sort === '-' + c.sort ? c.sort : '-' + c.sort)}
					>${c.label}<span aria-hidden="true">${on
						? p.sort[0] === '-' ? ' ▾' : ' ▴' : ''}</span
					></button>` : c.label}</th>`;
		})}
	</tr></thead>`;
}

function Spacer({ rows, columns }) {
	return rows > 0 && html`<tr class="spacer" aria-hidden="true">
		<td colspan=${columns} style=${{ height: rows * rowHeight + 'px' }}>
		</td></tr>`;
}

// p: name (of its columns), columns, items, id, label, cursor, setCursor, selection, onOpen, list
// (loading, error, next, loadMore), sort, setSort, empty
export function Table(props) {
	const shown = turnedOf(props.name || '');
	const p = { ...props, columns: props.columns.filter((c, i) =>
		!i || isOn(shown, c)) };
	const box = useRef();
	const count = p.items.length;
	const [first, last] = useWindow(box, count);
	const ids = p.items.map(p.id);
	const inView = p.cursor >= first && p.cursor < last;
	const q = { ...p, ids, stop: inView ? p.cursor : first };
	const list = p.list || {};
	useEffect(() => {
		if (list.next && last >= count - 5 && count)
			list.loadMore();
	}, [last, count, list.next]);

	// The row gets the focus two frames later. Keys may come before, and then
	// only the last row does: a row that gets it becomes the keyboard's.
	const moves = useRef({ asked: 0, done: 0 }).current;
	const move = (by) => {
		const mine = ++moves.asked;
		const to = Math.max(0, Math.min(count - 1, p.cursor + by));
		p.setCursor(to);
		const n = box.current;
		const y = to * rowHeight;
		if (y < n.scrollTop)
			n.scrollTop = y;
		else if (y + 2 * rowHeight > n.scrollTop + n.clientHeight)
			n.scrollTop = y + 2 * rowHeight - n.clientHeight;
		requestAnimationFrame(() => requestAnimationFrame(() => {
			const tr = n.querySelector(`[data-row="${to}"]`);
			if (mine !== moves.asked)
				return;
			if (tr)
				tr.focus({ preventScroll: true });
			moves.done = mine;
		}));
	};
	const arrows = (e) => {
		const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15,
			Home: -count, End: count }[e.key];
		if (!by || !e.target.matches('tr'))
			return;
		e.preventDefault();
		move(by);
	};
	const width = p.columns.length + (p.selection ? 1 : 0);
	const item = p.items[p.cursor];
	return html`<div class=${'tablebox' + (list.stale ? ' stale' : '')}>
		<div class="scroll" ref=${box} tabindex=${count ? -1 : 0}>
		<table role="grid" aria-label=${p.label} onKeyDown=${arrows}
			aria-rowcount=${list.total != null ? list.total + 1 : -1}
			aria-busy=${!!list.loading} aria-multiselectable=${p.selection
				? 'true' : undefined}>
			<${Head} p=${q} />
			<tbody><${Spacer} rows=${first} columns=${width} />
			${p.items.slice(first, last).map((x, i) => html`<${Row}
				key=${ids[first + i]} p=${q} item=${x} i=${first + i} />`)}
			<${Spacer} rows=${count - last} columns=${width} /></tbody>
		</table>
		${!count && list.loading && html`<div class="skeleton"
			aria-label=${t('loading')} role="status">
			${[...Array(8)].map(() => html`<i></i>`)}</div>`}
		${!count && !list.loading && !list.error && html`<div class="empty">
			${p.empty || t('table.empty')}</div>`}
		</div>
		${list.error && html`<${Failure} error=${list.error}
			retry=${list.reload} />`}
		<div class="tablefoot">
			${p.keys !== false && html`<${Cmd} k="j" short kind="quiet"
				title=${t('key.next')} disabled=${!count}
				run=${() => move(moves.asked > moves.done ||
					document.activeElement.closest('tr') ? 1 : 0)}>▼<//>
			<${Cmd} k="k" short kind="quiet" title=${t('key.previous')}
				disabled=${!count} run=${() => move(-1)}>▲<//>
			${p.onOpen && html`<${Cmd} k="Enter" kind="quiet"
				label=${t('key.open')} disabled=${!item}
				run=${() => p.onOpen(item)} />`}
			${p.selection && html`<${Cmd} k="x" kind="quiet"
				label=${t('key.select')} disabled=${!item}
				run=${() => p.selection.toggle(p.id(item))} />
			<${Cmd} k="Shift+x" kind="quiet" label=${t('key.range')}
				disabled=${!item}
				run=${() => p.selection.range(ids, p.id(item))} />`}`}
			<span class="count" role="status">${list.total != null
				? t('table.of', { n: count, total: list.total })
				: t(list.next ? 'table.first' : 'table.all', { n: count })}
			${list.loading && count ? ' · ' + t('loading') : ''}</span>
			${list.next && html`<button type="button" class="quiet"
				onClick=${list.loadMore}>${t('table.more')}</button>`}
			${p.name && html`<${Columns} p=${props} s=${shown} />`}
		</div>
	</div>`;
}
