// SPDX-License-Identifier: Apache-2.0
// Chromium at a running console: who is logged in, what went wrong, axe.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

export const [work, base] = [resolve(process.argv[2]), process.argv[3]];
const require = createRequire(work + '/');
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const shots = work + '/pictures';
mkdirSync(shots, { recursive: true });
export const operator = { name: 'aiko', password: 'correct horse 9' };

export const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-dev-shm-usage'] });
export const faults = [];
let failed = 0, passed = 0;

// Errors of the page, of its policy, dialogs that a script opened, and
// requests that leave the server: each is a fault of the test that runs.
function watch(page) {
	const fault = (text) => faults.push(text);
	page.on('pageerror', (e) => fault('error: ' + e.message));
	page.on('console', (m) => {
		// an answer of 4xx is told there too, and is tested for itself
		if (m.type() === 'error' && !/ status of 4\d\d /.test(m.text()))
			fault('console: ' + m.text());
	});
	page.on('dialog', (d) => {
		fault('script ran: ' + d.message());
		d.dismiss();
	});
	page.on('request', (r) => {
		if (!r.url().startsWith(base + '/') && !r.url().startsWith('data:'))
			fault('remote request: ' + r.url());
	});
}

export async function logIn(page) {
	await page.fill('[name=operator]', operator.name);
	await page.fill('[name=password]', operator.password);
	await page.click('.login .primary');
	await page.waitForSelector('nav');
}

export async function newPage(o = {}) {
	const context = await browser.newContext({ viewport: { width: 1360,
		height: 850 }, colorScheme: o.scheme || 'light',
	locale: o.locale || 'en-GB', timezoneId: 'UTC' });
	// other tests run beside this one
	context.setDefaultTimeout(90000);
	await context.addInitScript(() => addEventListener(
		'securitypolicyviolation', (e) => console.error(
			`policy: ${e.violatedDirective} ${e.blockedURI}`)));
	const page = await context.newPage();
	watch(page);
	page.close = () => context.close();
	return page;
}

let cookie;
export async function open(hash, o = {}) {
	const page = await newPage(o);
	if (cookie)
		await page.context().addCookies([cookie]);
	await page.goto(`${base}/#/${hash}`);
	if (!cookie) {
		await logIn(page);
		[cookie] = await page.context().cookies();
	}
	await settle(page);
	return page;
}
export const forget = () => { cookie = null; };

// Until the screen is whole; says why personal data is read, when asked.
export async function settle(page) {
	await page.waitForSelector('nav');
	for (;;) {
		await page.waitForFunction(() => document.querySelector(
			'dialog[open] [name=reason]') || (document.querySelector('main h1') &&
			!document.querySelector('.skeleton, [aria-busy=true]')));
		const reason = page.locator('dialog[open] [name=reason]');
		if (!await reason.count())
			return;
		await reason.fill('case 17 アブ');
		await page.keyboard.press('Enter');
		await reason.waitFor({ state: 'detached' });
	}
}

// Another screen in the same page: what was said before is still known.
export async function show(page, hash) {
	const to = (s) => s.replace(/^#\//, '').split('?')[0];
	const same = await page.evaluate((h) => {
		const was = location.hash;
		document.querySelector('main').dataset.old = '1';
		location.hash = '#/' + h;
		return was;
	}, hash);
	if (to(same) === to(hash)) // the same screen stays, with other rows
		await page.waitForTimeout(300);
	else
		await page.waitForSelector('main[data-old]', { state: 'detached' });
	await settle(page);
}

export async function axeRun(page) {
	// through the debugger, which the page's policy does not bind
	if (!await page.evaluate(() => !!window.axe))
		await page.evaluate(axe + ';0');
	const found = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
	assert.deepEqual(found.violations.map((v) => v.id + ' ' +
		v.nodes[0].html.slice(0, 200)), []);
}

// ONLY: a regular expression of names, while one works at them.
const only = new RegExp(process.env.ONLY || '');
export async function test(name, run) {
	if (!only.test(name))
		return;
	const before = faults.length;
	try {
		await run();
		assert.deepEqual(faults.slice(before), []);
		passed++;
		console.log('ok  ', name);
	} catch (e) {
		failed++;
		console.log('FAIL', name, '\n', String(e.message).slice(0, 2000));
		for (const f of faults.slice(before))
			console.log('     fault:', f);
		for (const c of browser.contexts())
			for (const p of c.pages())
				await p.screenshot({ path: shots + '/failed.png' })
					.catch(() => {});
	}
	for (const c of browser.contexts())
		await c.close();
}

export async function finish() {
	await browser.close();
	console.log(`browser: ${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}
