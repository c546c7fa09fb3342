// SPDX-License-Identifier: Apache-2.0
// Drives the console in Chromium: console.mjs WORK, where WORK is what
// scripts/console made; pictures go to WORK/pictures.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { serve } from './mock.mjs';

const work = resolve(process.argv[2]);
const require = createRequire(work + '/');
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const shots = work + '/pictures';
mkdirSync(shots, { recursive: true });
const { server, posts, port } = await serve(work + '/dist');
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const faults = [];
let failed = 0;

async function open(hash, o = {}) {
	const page = await browser.newPage({ viewport: { width: o.width || 1360,
		height: 850 }, colorScheme: o.scheme || 'light',
	locale: o.locale || 'en-GB' });
	page.on('pageerror', (e) => faults.push(`${hash}: ${e.message}`));
	page.on('console', (m) => m.type() === 'error' &&
		!/status of 40/.test(m.text()) && faults.push(`${hash}: ${m.text()}`));
	page.on('dialog', (d) => faults.push(`${hash}: script ran: ${d.message()}`));
	await page.goto(`http://127.0.0.1:${port}/#/${hash}`);
	await page.waitForSelector('main h1');
	await page.waitForFunction(() => !document.querySelector('.skeleton') &&
		document.querySelector('nav'));
	return page;
}
async function test(name, run) {
	const before = faults.length;
	try {
		await run();
		assert.deepEqual(faults.slice(before), []);
		console.log('ok', name);
	} catch (e) {
		failed++;
		console.log('FAILED', name, '\n', e.message);
	}
}

const all = ['queue', 'incident/I1', 'customer/C1001', 'customer', 'decisions',
	'allow', 'enforcers', 'quality', 'reports', 'audit', 'settings'];
for (const hash of all)
	for (const scheme of ['light', 'dark'])
		await test(`${hash} ${scheme}: axe, 390 px`, async () => {
			const page = await open(hash, { scheme });
			await page.screenshot({ path: `${shots}/${
				hash.replace('/', '-')}-${scheme}.png` });
			// through the debugger, which the page's policy does not bind
			await page.evaluate(axe + ';0');
			const bad = await page.evaluate(() => axe.run());
			assert.deepEqual(bad.violations.map((v) => v.id + ' ' +
				v.nodes[0].html.slice(0, 160)), []);
			await page.setViewportSize({ width: 390, height: 800 });
			assert.ok(await page.evaluate(() => document.documentElement
				.scrollWidth <= 390), 'wider than 390 px');
			await page.screenshot({ path: `${shots}/${
				hash.replace('/', '-')}-${scheme}-390.png` });
			await page.close();
		});

await test('keys move, select, open; text stays text', async () => {
	const page = await open('queue');
	await page.waitForSelector('tr[data-row]');
	assert.equal(await page.locator('img').count(), 0);
	for (const k of ['j', 'j', 'x', 'j', 'j', 'Shift+X'])
		await page.keyboard.press(k);
	assert.equal(await page.locator('tr.chosen').count(), 3);
	await page.keyboard.press('Enter');
	await page.waitForURL(/#\/customer\//);
	await page.waitForSelector('.panel');
	await page.keyboard.press('Escape');
	await page.waitForURL(/#\/queue/);
	for (const [keys, url] of [['gd', 'decisions'], ['gc', 'customer'],
		['gq', 'queue']]) {
		for (const k of keys)
			await page.keyboard.press(k);
		await page.waitForURL(new RegExp('#/' + url));
	}
	await page.keyboard.press('?');
	await page.waitForSelector('dialog[open]');
	await page.close();
});

await test('a bulk block is tried dry, needs a reason, can be undone',
	async () => {
		const page = await open('queue');
		await page.waitForSelector('tr[data-row]');
		await page.locator('tr[data-row="0"]').focus();
		for (const k of ['x', 'j', 'x', 'b'])
			await page.keyboard.press(k);
		await page.waitForSelector('dialog td');
		assert.match(await page.textContent('dialog'),
			/2 on the allow list, 1 shared address refused/);
		assert.equal(posts.at(-1).body.dry_run, true);
		assert.ok(await page.isDisabled('dialog .primary'));
		await page.fill('dialog input', 'complaint 17');
		await page.keyboard.press('Enter');
		await page.waitForSelector('.toast');
		assert.equal(posts.at(-1).body.op, 'block');
		assert.equal(posts.at(-1).body.targets.length, 2);
		assert.equal(posts.at(-1).body.reason, 'complaint 17');
		await page.keyboard.press('Enter');
		await page.click('.toast button');
		await page.waitForSelector('dialog td');
		assert.equal(posts.at(-1).body.op, 'release');
		await page.close();
	});

await test('an error of the filter shows its character; chips go', async () => {
	const page = await open('queue?q=' + encodeURIComponent('scoer>1'));
	await page.waitForSelector('.queryerror mark');
	await page.click('.chips .chip');
	await page.waitForSelector('.queryerror', { state: 'detached' });
	await page.close();
});

await test('Japanese', async () => {
	const page = await open('queue', { locale: 'ja-JP' });
	assert.match(await page.textContent('main'), /危険度/);
	await page.screenshot({ path: shots + '/queue-ja.png' });
	await page.close();
});

await browser.close();
server.closeAllConnections();
server.close();
console.log(failed ? `${failed} failed` : 'all passed');
process.exit(failed ? 1 : 0);
