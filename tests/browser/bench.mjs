// SPDX-License-Identifier: Apache-2.0
// bench.mjs WORK URL: the median of 11 first screens of a console, each in a
// new browser without a cache.
import { browser, logIn, newPage, base } from './lib.mjs';

const first = await newPage();
await first.goto(base + '/');
await logIn(first);
const [cookie] = await first.context().cookies();
await first.close();
const runs = [];
for (let i = 0; i < 11; i++) {
	const page = await newPage();
	await page.context().addCookies([cookie]);
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Performance.enable');
	await page.addInitScript(() => {
		new MutationObserver((_, o) => {
			if (!document.querySelector('tr[data-row]'))
				return;
			o.disconnect();
			window.rows = performance.now();
		}).observe(document, { childList: true, subtree: true });
	});
	await page.goto(base + '/');
	await page.waitForFunction(() => window.rows);
	const o = await page.evaluate(() => ({ rows: window.rows,
		paint: performance.getEntriesByType('paint')
			.find((e) => e.name === 'first-contentful-paint')?.startTime,
		requests: [...performance.getEntriesByType('navigation'),
			...performance.getEntriesByType('resource')].map((e) => [
			e.name.replace(/^https?:\/\/[^/]*/, '').replace(/\?.*/, ''),
			e.responseEnd - e.requestStart]) }));
	const m = Object.fromEntries((await cdp.send('Performance.getMetrics'))
		.metrics.map((x) => [x.name, x.value * 1000]));
	runs.push({ ...o, script: m.ScriptDuration, layout: m.LayoutDuration +
		m.RecalcStyleDuration });
	await page.close();
}
const median = (l) => [...l].sort((a, b) => a - b)[l.length >> 1];
const say = (text, f) => console.log(`${median(runs.map(f)).toFixed(0)
	.padStart(6)} ms  ${text}`);
const at = (path) => (r) => (r.requests.find(([n]) => n === path) ||
	[0, 0])[1];
say('script until then and a little after', (r) => r.script);
say('layout and style', (r) => r.layout);
for (const p of ['/', '/api/v1/session', '/api/v1/incidents/customers',
	'/api/v1/incidents/counts', '/api/v1/incidents/histogram'])
	say('server: ' + p, at(p));
say('server and script: page, session, list, script', (r) =>
	at('/')(r) + at('/api/v1/session')(r) +
	at('/api/v1/incidents/customers')(r) + r.script);
say('from the request to the first rows on the screen, all in all',
	(r) => r.rows);
await browser.close();
