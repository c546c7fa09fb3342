// SPDX-License-Identifier: Apache-2.0
// One case: an incident with its evidence, a customer with all that is known.
import { useState } from 'preact/hooks';
import { Action, api, Back, can, Cmd, Decisions, dialog, Facts, Failure,
	Fresh, go, href, html, Kind, later, Left, lines, Loading, NoteKey, num,
	Panel, Plain, route, safe, said, score, setParams, State, t, Table, Text,
	time, useCursor, useData, when, When, word, zoneHead } from './base.js';
import { Timeline } from './pictures.js';
import { auditColumns, col, decisionColumns } from './lists.js';

const personal = { personal: true };
const Score = later(lines, 'Score');

const LetterKey = ({ path }) => html`<${Cmd} k="l" label=${t('key.letter')}
	disabled=${!path} run=${() => { dialog.value = { type: 'letter',
		path }; }} />`;

// The record with the term that decided marked.
function Record({ record, term }) {
	const words = safe(record || '–').split(/( +)/);
	const here = words.indexOf(safe(term));
	return html`<code dir="ltr">${words.map((w, i) => i === here
		? html`<mark>${w}</mark>` : w)}</code>${term && here < 0 &&
		html` ${t('spf.elsewhere')} <code dir="ltr"><mark>${safe(term)}</mark></code>`}`;
}

function Spf({ steps }) {
	const seen = new Map();
	for (const s of steps)
		if (s.spf) {
			const k = [s.spf_domain, s.spf, s.spf_record].join(' ');
			seen.set(k, { ...s, n: (seen.get(k) || { n: 0 }).n + 1 });
		}
	return html`<${Plain} label="SPF" empty=${t('spf.none')}
		rows=${[...seen.values()]} columns=${[
		col('r', t('col.result'), (s) => html`<b class=${'spf-' + s.spf}
			>${s.spf}</b>`),
		col('d', t('col.domain'), (s) => html`<${Text} v=${s.spf_domain} />`),
		col('n', t('col.mails'), (s) => num(s.n), { class: 'num' }),
		col('t', t('col.record'), (s) => html`<${Record} term=${s.spf_term}
			record=${s.spf_record} />`)]} />`;
}

function Why({ e }) {
	const sums = new Map();
	for (const s of e.evidence) {
		const o = sums.get(s.label) || { label: s.label, n: 0, w: 0 };
		o.n++;
		o.w += s.weight_milli;
		sums.set(s.label, o);
	}
	return html`<ul class="why">${[...sums.values()].filter((o) => o.w)
		.sort((a, b) => Math.abs(b.w) - Math.abs(a.w)).map((o) => html`<li>
		<b>${num(o.n)} ×</b> ${word('label', o.label)}
		<span class="muted"> ${o.w > 0 ? '+' : ''}${score(o.w)}</span></li>`)}
		<li>${t('why.threshold', { x: score(e.threshold_milli) })}</li></ul>`;
}

const stepId = (s) => String(s.obs_no);

function Evidence({ e, more }) {
	const [cursor, setCursor] = useCursor(e.evidence, stepId);
	return html`<${Panel} title=${t('why')}><${Why} e=${e} /><//>
	<${Panel} title=${t('evidence')}><${Score} e=${e} />
	<${Table} label=${t('evidence')} items=${e.evidence}
		id=${stepId} name="evidence" cursor=${cursor} setCursor=${setCursor}
		list=${{ total: e.evidence_total }} columns=${[
		col('time', zoneHead(t('col.time')), (s) =>
			html`<${When} at=${s.time} />`),
		col('label', t('col.label'), (s) => word('label', s.label)),
		col('w', t('col.weight'), (s) => score(s.weight_milli),
			{ class: 'num' }),
		col('s', t('col.score'), (s) => html`<span class=${s.score_milli >=
			s.threshold_milli ? 'over' : ''}>${score(s.score_milli)}</span>`,
		{ class: 'num' }),
		col('text', t('col.text'), (s) => html`<${Text}
			v=${said(s.text)} />`,
			{ class: 'wide lo' })]} /><//>
	<${Panel} title=${t('spf')}><${Spf} steps=${e.evidence} /><//>`;
}

function Notes({ notes }) {
	return html`<${Panel} title=${t('notes')}>${notes.length ? html`<ul>
		${notes.map((n) => html`<li>${when(n.time)} <b><${Text}
		v=${n.actor} /></b>: <${Text} v=${n.text} /></li>`)}</ul>`
		: html`<div class="empty">${t('notes.none')}</div>`}<//>`;
}

export function incident({ id }) {
	const limit = route.value.params.limit;
	const r = useData('/incidents/' + encodeURIComponent(id), { limit },
		personal);
	if (!r.data)
		return html`<div class="toolbar"><${Back} /></div>${r.error
			? html`<${Failure} error=${r.error} retry=${r.reload} />`
			: html`<${Loading} />`}`;
	const { incident: i, explanation: e, notes, etag } = r.data;
	const v = e.visibility || {};
	const set = (state) => () => { dialog.value = { type: 'patch', state,
		id, etag, after: r.reload }; };
	return html`<div class="toolbar"><${Back} /><${Fresh} reload=${r.reload} />
		<${Decisions} targets=${[i.customer]} after=${r.reload} />
		<${NoteKey} path=${`/incidents/${id}/notes`} after=${r.reload} />
		<${LetterKey} path=${'/incidents/' + i.id} />
		${['acknowledged', 'closed'].filter((s) => i.state !== 'closed' &&
			s !== i.state).map((s) => html`<button disabled=${
			!can('incidents:write')}
			onClick=${set(s)}>${t('state.set.' + s)}</button>`)}</div>
		<p class="summary"><${Kind} v=${i.kind} /> <${State} v=${i.state} />
			${i.state === 'closed' && html`${word('closed', i.closed_as)} `}
			${' '}<${Text} v=${said(i.summary)} /></p>
		<${Facts} rows=${[
			[t('col.customer'), html`<a href=${href('customer', i.customer)}
				><${Text} v=${i.customer} /></a>`],
			[t('col.class'), i.class],
			[zoneHead(t('col.opened')), time(i.opened)],
			[zoneHead(t('col.last')), time(i.last)],
			[t('col.score'), `${score(i.score_milli)} / ${
				score(e.threshold_milli)}`],
			[t('col.servers'), num(i.servers)],
			[t('col.unknown'), num(i.unknown_users)],
			[t('col.blocklisted'), num(i.blocklisted)],
			[t('col.spoofed'), num(i.spoofed)],
			[t('visibility'), v.permille == null ? '–' : t('visibility.is',
				{ x: num(v.permille / 10, 1), n: v.judged, all: v.mails,
					tls: v.encrypted_sessions })],
			i.by && [t('col.by'), html`<${Text} v=${i.by} />`]]} />
		<${Evidence} e=${e} more=${!limit &&
			(() => setParams({ limit: 10000 }))} />
		<${Panel} title=${t('nav.decisions')}><${Plain} rows=${e.decisions}
			label=${t('nav.decisions')} columns=${decisionColumns()} /><//>
		<${Notes} notes=${notes} />`;
}

function Look() {
	const [error, set] = useState();
	const send = (ev) => {
		ev.preventDefault();
		const f = new FormData(ev.target);
		const v = f.get('v').trim();
		const m = v.match(/^\[?([0-9a-f:.]*[.:][0-9a-f:.]*?)\]?(?:#(\d+))?$/i);
		if (!m)
			return go('customer', v);
		const at = f.get('at');
		api('/who', { query: { ip: m[1], port: m[2], at: at && at + 'Z' },
			...personal })
			.then((w) => go('customer', w.customer), set);
	};
	return html`<form class="search" onSubmit=${send}><input name="v" required
		aria-label=${t('look')} placeholder="C1001, 198.51.100.10" />
		<label>${t('who.at')} <input name="at" type="datetime-local" /></label>
		<button>${t('key.open')}</button></form><p class="muted"
		>${t('look')}</p>${error && html`<${Failure} error=${error} />`}`;
}

function Whole({ id }) {
	const r = useData('/customers/' + encodeURIComponent(id), {}, personal);
	const c = r.data;
	const worst = c && [...c.incidents].sort((a, b) =>
		b.peak_milli - a.peak_milli)[0];
	const ev = useData(worst && '/incidents/' + worst.id, {}, personal);
	const audit = useData('/audit', { limit: 200 });
	if (!c)
		return html`<div class="toolbar"><${Back} /></div>${r.error
			? html`<${Failure} error=${r.error} retry=${r.reload} />`
			: html`<${Loading} />`}`;
	return html`<div class="toolbar"><${Back} /><${Fresh} reload=${r.reload} />
		<${Decisions} targets=${[c.id]} after=${r.reload} />
		<${NoteKey} path=${`/customers/${encodeURIComponent(id)}/notes`}
			after=${r.reload} />
		<${Cmd} k="e" label=${t('key.explain')} disabled=${!worst}
			run=${() => go('incident', worst.id)} /><${LetterKey}
			path=${worst ? '/incidents/' + worst.id : c.in_force &&
				'/decisions/' + c.in_force.id} /></div>
		${c.truncated && html`<p class="warn">${t('truncated')}</p>`}
		<${Facts} rows=${[[t('col.class'), html`<${Text} v=${c.class} />`],
			[t('col.port25'), word('port25', c.port25)],
			[t('col.contact'), html`<${Text} v=${c.contact} />`],
			[t('col.language'), c.language || '–'],
			[t('col.domains'), html`<${Text} v=${c.own_domains.join(' ')} />`],
			c.in_force && [t('col.inForce'), html`<${Action}
				v=${c.in_force.action} /> <${Left} at=${c.in_force.until} />`],
		]} />
		<${Panel} title=${t('incidents')}><${Plain} label=${t('incidents')}
			rows=${c.incidents} columns=${[
			col('id', t('col.id'), (i) => html`<a class="id" href=${
				href('incident', i.id)}>${i.id}</a>`),
			col('k', t('col.kind'), (i) => html`<${Kind} v=${i.kind} />`),
			col('s', t('col.state'), (i) => html`<${State} v=${i.state} />`),
			col('o', zoneHead(t('col.opened')), (i) => time(i.opened),
				{ class: 'lo' }),
			col('p', t('col.risk'), (i) => score(i.peak_milli),
				{ class: 'num' }),
			col('t', t('col.text'), (i) => html`<${Text} v=${said(i.summary)} />`,
				{ class: 'lo' })]} /><//>
		${ev.data && html`<${Evidence} e=${ev.data.explanation} />`}
		<${Panel} title=${t('leases')}><${Timeline} c=${c} /><${Plain} label=${t('leases')}
			rows=${c.leases} columns=${[
			col('t', t('col.target'), (l) => l.target),
			col('f', zoneHead(t('col.from')), (l) => time(l.from)),
			col('u', zoneHead(t('col.until')), (l) => l.until
				? time(l.until) : t('held')),
			col('s', t('col.source'), (l) => l.source),
			col('n', 'NAS', (l) => html`<${Text} v=${l.nas} />`)]} /><//>
		<${Panel} title=${t('nav.decisions')}><${Plain} rows=${c.decisions}
			label=${t('nav.decisions')} columns=${decisionColumns()} /><//>
		<${Notes} notes=${c.notes} />
		<${Panel} title=${t('nav.audit')}><p class="muted">${t('audit.part')}
			</p><${Plain} label=${t('nav.audit')} columns=${auditColumns()}
			rows=${((audit.data || {}).items || []).filter((a) =>
				a.object === id)} /><//>`;
}
export const customer = ({ id }) => id ? html`<${Whole} id=${id} />`
	: html`<div class="toolbar"><${Back} /></div><${Look} />`;

