// SPDX-License-Identifier: Apache-2.0
// The frame: who is logged in, where one is, what is wrong.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { accessReason, api, askReason, Cmd, Dialog, Dialogs,
	Failure, go, href, html, keyText, lang, later, listKeys, live,
	Loading, loadSession, loadStatus, others, pendingKey, route, safe, said,
	session, setLive, status, t, theme, tongue, zone, zoneName } from './base.js';
import { queue } from './queue.js';

const screens = { queue, ...Object.fromEntries(['allow', 'audit', 'customer',
	'decisions', 'enforcers', 'incident', 'quality', 'reports', 'settings']
	.map((name) => [name, later(others, name)])) };

const help = signal(false);
const places = [['queue', 'g q'], ['decisions', 'g d'], ['customer', 'g c'],
	['allow'], ['enforcers'], ['quality'], ['reports'], ['audit'],
	['settings']];

function Login() {
	const [error, set] = useState();
	const send = (e) => {
		e.preventDefault();
		const f = new FormData(e.target);
		api('/session', { method: 'POST', body: { operator: f.get('operator'),
			password: f.get('password') } })
			.then((s) => { session.value = s; }, set);
	};
	return html`<main class="login"><h1>sekisho</h1><form onSubmit=${send}>
		<label>${t('login.operator')} <input name="operator" required
			autocomplete="username" /></label>
		<label>${t('login.password')} <input name="password" type="password"
			required autocomplete="current-password" /></label>
		${error && html`<${Failure} error=${error} />`}
		<button class="primary">${t('login')}</button></form></main>`;
}

function Help() {
	const close = () => { help.value = false; };
	return html`<${Dialog} title=${t('help')} close=${close}>
		<dl class="keys">${listKeys().map(([k, l]) => html`<div><dt><kbd
			>${keyText(k)}</kbd></dt><dd>${l}</dd></div>`)}</dl>
		<p>${t('help.grammar')}</p><//>`;
}

function AskReason() {
	const send = (e) => {
		e.preventDefault();
		askReason.value(new FormData(e.target).get('reason'));
	};
	return html`<${Dialog} title=${t('personal.title')}
		close=${() => askReason.value('')}><form onSubmit=${send}>
		<p>${t('personal.text')}</p><label>${t('ask.reason')} <input
		name="reason" data-first required minlength="3" /></label>
		<div class="buttons"><button class="primary">${t('go')}</button></div>
		</form><//>`;
}

function Bar() {
	const s = status.value;
	const here = route.value.name;
	const pick = (sig, values) => () => {
		sig.value = values[(values.indexOf(sig.value) + 1) % values.length];
	};
	const out = () => api('/session', { method: 'DELETE' })
		.finally(() => { session.value = null; });
	return html`<header class="bar"><a class="brand" href="#/queue">sekisho</a>
		<nav aria-label=${t('nav')}>${places.map(([p, k]) => html`<a key=${p}
			href=${href(p)} aria-current=${here === p ? 'page' : undefined}
			>${t('nav.' + p)}</a>${k && html`<${Cmd} k=${k} short
			kind="gokey" title=${t('nav.' + p)}
			run=${() => go(p)}>${k}<//>`}`)}</nav>
		<span class="tools">
		${s && s.mode === 'monitor' && html`<b class="warn"
			>${t('mode.monitor')}</b>`}
		${accessReason.value && html`<button class="chip" title=${
			t('personal.forget')} aria-label=${accessReason.value + ' ✕ ' +
			t('personal.forget')} onClick=${() => { accessReason.value = ''; }}
			><bdi>${accessReason.value}</bdi> ✕</button>`}
		<button class="quiet" onClick=${pick(zone, ['UTC', 'local'])}
			>${zoneName()}</button>
		<button class="quiet" onClick=${pick(lang, ['en', 'ja'])}
			lang=${lang.value === 'en' ? 'ja' : 'en'}
			>${lang.value === 'en' ? '日本語' : 'English'}</button>
		<button class="quiet" onClick=${pick(theme, ['auto', 'dark', 'light'])}
			>${t('theme.' + theme.value)}</button>
		<${Cmd} k="?" kind="quiet" label=${t('help')}
			run=${() => { help.value = true; }} />
		<button class="quiet" onClick=${out}>${session.value.operator} · ${
			t('logout')}</button></span></header>
		${s && (s.unreachable || s.degraded && s.degraded.length > 0) &&
		html`<div class="banner" role="alert">${s.unreachable
			? t('error.network') : t('degraded') + ' ' +
			s.degraded.map(said).join('; ')}</div>`}`;
}

function App() {
	const on = session.value;
	useEffect(() => {
		if (!on || on.failed)
			return;
		loadStatus();
		setLive(live.value);
		const timer = setInterval(loadStatus, 30000);
		// What is wanted next is there before; but the first rows first.
		const soon = setTimeout(others.ready, 1000);
		return () => {
			clearInterval(timer);
			clearTimeout(soon);
		};
	}, [!!on]);
	if (on === undefined)
		return html`<main><h1>sekisho</h1><${Loading} /></main>`;
	if (!on)
		return html`<${Login} />`;
	if (on.failed)
		return html`<main><h1>sekisho</h1><${Failure} error=${on.failed}
			retry=${loadSession} /></main>`;
	const { name, id } = route.value;
	const Screen = screens[name] || screens.queue;
	const title = t('nav.' + name) + (id ? ' ' + id : '');
	document.title = safe(title) + ' · sekisho';
	return html`<${Bar} /><main key=${name + '/' + id}><h1><bdi>${safe(title)}
		</bdi></h1><${Screen} id=${id} /></main><${Dialogs} />
		${help.value && html`<${Help} />`}
		${askReason.value && html`<${AskReason} />`}
		${pendingKey.value && html`<div class="pending" aria-hidden="true"
			>${pendingKey.value} …</div>`}`;
}

const Start = () => tongue.value && html`<${App} />`;
loadSession();
render(html`<${Start} />`, document.getElementById('app'));
