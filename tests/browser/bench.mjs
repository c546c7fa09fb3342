// SPDX-License-Identifier: Apache-2.0
// bench.mjs WORK URL [PID]: the median of 11 first screens of a console, each
// in a new browser without a cache; what the server's process PID spends on
// their requests. Wall clock says little on a machine that does other things:
// time of the processor stands beside it, and the least beside the median.
import { readFileSync } from 'node:fs';
import { browser, logIn, newPage, base } from './lib.mjs';

const first = await newPage();
await first.goto(base + '/');
await logIn(first);
const [cookie] = await first.context().cookies();
await first.close();
const cdp = await browser.newBrowserCDPSession();
// Of the processes that run pages: script, layout and paint together.
const pageSpent = async () => (await cdp.send('SystemInfo.getProcessInfo'))
	.processInfo.filter((p) => p.type === 'renderer')
	.reduce((sum, p) => sum + p.cpuTime * 1000, 0);
const runs = [];
for (let i = 0; i < 11; i++) {
	const page = await newPage();
	await page.context().addCookies([cookie]);
	await page.addInitScript(() => {
		new MutationObserver((_, o) => {
			if (!document.querySelector('tr[data-row]'))
				return;
			o.disconnect();
			window.rows = performance.now();
			window.rowsAreThere('');
		}).observe(document, { childList: true, subtree: true });
	});
	await page.goto(base + '/livez'); // so the process is there
	const own = await page.context().newCDPSession(page);
	await own.send('Performance.enable');
	const scripts = async () => (await own.send('Performance.getMetrics'))
		.metrics.find((m) => m.name === 'ScriptDuration').value * 1000;
	// Told, not asked for: what playwright puts into a page that it asks
	// would be counted as ours.
	await own.send('Runtime.enable');
	await own.send('Runtime.addBinding', { name: 'rowsAreThere' });
	const rows = new Promise((ok) => own.on('Runtime.bindingCalled', ok));
	const before = await pageSpent(), idle = await scripts();
	own.send('Page.navigate', { url: base + '/' });
	await rows;
	const script = await scripts() - idle;
	const spent = await pageSpent() - before;
	const o = await page.evaluate(() => ({ rows: window.rows,
		paint: performance.getEntriesByType('paint')
			.find((e) => e.name === 'first-contentful-paint')?.startTime,
		requests: [...performance.getEntriesByType('navigation'),
			...performance.getEntriesByType('resource')].map((e) => [
			e.name.replace(/^https?:\/\/[^/]*/, '').replace(/\?.*/, ''),
			e.responseEnd - e.requestStart]) }));
	runs.push({ ...o, script, spent });
	await page.close();
}
const median = (l) => [...l].sort((a, b) => a - b)[l.length >> 1];
const least = (l) => Math.min(...l);
const say = (text, f) => console.log(`${median(runs.map(f)).toFixed(0)
	.padStart(6)} ms median, ${least(runs.map(f)).toFixed(0)
	.padStart(5)} ms least  ${text}`);
const at = (path) => (r) => (r.requests.find(([n]) => n === path) ||
	[0, 0])[1];
say('processor: script, layout and paint of the first rows', (r) => r.spent);
say('of it scripts, until the first rows', (r) => r.script);
const paths = ['/', '/api/v1/session', '/api/v1/incidents/customers',
	'/api/v1/incidents/counts', '/api/v1/incidents/histogram'];
for (const p of paths)
	say('wall clock: ' + p, at(p));
say('wall clock: from the request to the first rows on the screen',
	(r) => r.rows);

// Of the server, in ticks of 10 ms: 50 of each.
const pid = process.argv[4];
const spent = () => {
	const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]
		.split(' ');
	return (+f[11] + +f[12]) * 10;
};
const query = `?state=open,acknowledged&since=${new Date(Date.now() - 864e5)
	.toISOString()}`;
let sum = 0;
for (const p of pid ? paths : []) {
	const before = spent();
	for (let i = 0; i < 50; i++)
		await (await fetch(base + p + (p.includes('incidents') ? query +
			(p.endsWith('customers') ? '&count=1' : '') : ''), { headers: {
			Cookie: `${cookie.name}=${cookie.value}` } })).text();
	const each = (spent() - before) / 50;
	sum += each;
	console.log(`${each.toFixed(1).padStart(6)} ms  processor, server: ${p}`);
}
say('all of the server\'s, and scripts', (r) => sum + r.script);
say('processor: all of the server\'s, and of the page\'s',
	(r) => sum + r.spent);
await browser.close();
