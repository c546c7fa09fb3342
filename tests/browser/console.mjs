// SPDX-License-Identifier: Apache-2.0
// The console's cases: console.mjs WORK URL, where WORK is what
// scripts/console made and URL a server over the store of
// tests/e2e/console.sh; SEKISHO is the program, DIR where its store is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { axeRun, base, faults, finish, forget, logIn, newPage, open,
	operator, settle, shots, show, test, work } from './lib.mjs';
import { nasty } from './nasty.mjs';

const dir = process.env.DIR;
const run = (...args) => execFileSync(process.env.SEKISHO, [...args, '-c',
	dir + '/t.conf', '--db', dir + '/x.db'], { encoding: 'utf8' });
const sqlite = (sql) => execFileSync('sqlite3', ['-cmd', '.timeout 5000',
	dir + '/x.db', sql], { encoding: 'utf8' }).trim();
const told = () => readFileSync(dir + '/told', 'utf8').split('\n')
	.filter(Boolean).map((l) => JSON.parse(l));
const inForce = (c) => JSON.parse(run('decision', 'list', '--in-force',
	'--customer', c, '-o', 'json')).items.map((d) => d.action);
const press = async (page, ...keys) => {
	for (const k of keys)
		await page.keyboard.press(k);
};
const rows = (page) => page.locator('.tablebox').first()
	.locator('tr[data-row] td:nth-child(2)').allTextContents();
async function until(what, is, seconds = 30) {
	for (const end = Date.now() + seconds * 1000; ;) {
		const v = await is();
		if (v)
			return v;
		assert.ok(Date.now() < end, 'never: ' + what);
		await new Promise((ok) => setTimeout(ok, 100));
	}
}
// In a dialog: waits for the dry run, gives a reason, sends, closes.
async function decide(page, reason) {
	await page.waitForSelector('dialog td');
	if (reason)
		await page.fill('dialog input', reason);
	await page.waitForSelector('dialog .primary:enabled');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.toast, .failure');
	await page.waitForSelector('dialog .primary[data-first]');
	const text = await page.textContent('dialog');
	await page.keyboard.press('Enter');
	await page.waitForSelector('dialog', { state: 'detached' });
	return text;
}

await test('log-in: a wrong password is refused, the keyboard is enough',
	async () => {
		const page = await newPage();
		await page.goto(base + '/#/queue');
		await page.waitForSelector('.login');
		await axeRun(page);
		await page.screenshot({ path: shots + '/login.png' });
		const type = async (password) => {
			await page.locator('[name=operator]').focus();
			await page.keyboard.press('Control+a');
			await page.keyboard.type(operator.name);
			await page.keyboard.press('Tab');
			await page.keyboard.press('Control+a');
			await page.keyboard.type(password);
			await page.keyboard.press('Enter');
		};
		await type('wrong password');
		await page.waitForSelector('.failure');
		assert.match(await page.textContent('.failure'), /bad_login/);
		await type(operator.password);
		await settle(page);
		const [c] = await page.context().cookies();
		assert.ok(c.httpOnly && c.sameSite === 'Strict');
		await page.locator('.tools button').last().click();
		await page.waitForSelector('.login');
		await page.reload();
		await page.waitForSelector('.login');
	});

const screens = ['queue', 'queue?range=all&view=incidents&closed=1',
	'incident/I9', 'customer/C1003', 'customer', 'decisions',
	'decisions?tab=all&range=all', 'allow', 'enforcers', 'quality?range=30d',
	'reports', 'audit', 'settings'];
for (const locale of ['en-GB', 'ja-JP'])
	for (const scheme of ['light', 'dark']) {
		const tongue = locale.slice(0, 2);
		await test(`${screens.length} screens, ${tongue}, ${scheme}: axe, 390 px`,
			async () => {
				const page = await open('queue', { locale, scheme });
				const wide = [];
				for (const hash of screens) {
					await show(page, hash);
					const name = `${shots}/${hash.replace(/\W+/g, '-')}-${
						tongue}-${scheme}`;
					assert.ok(!await page.locator('.failure').count(), hash);
					await page.screenshot({ path: name + '.png' });
					await axeRun(page);
					await page.setViewportSize({ width: 390, height: 800 });
					if (await page.evaluate(() => document.documentElement
						.scrollWidth > 390))
						wide.push(hash);
					await page.screenshot({ path: name + '-390.png' });
					await page.setViewportSize({ width: 1360, height: 850 });
				}
				assert.deepEqual(wide, [], 'wider than 390 px');
			});
	}

await test('what a page may not do is a fault here', async () => {
	const page = await open('queue');
	const n = faults.length;
	await page.evaluate(() => {
		const s = document.createElement('script');
		s.textContent = 'window.ran = 1';
		document.body.append(s);
		return fetch('https://abuse.example/').catch(() => {});
	});
	await until('two faults', () => faults.length >= n + 2);
	assert.equal(await page.evaluate(() => window.ran), undefined);
	assert.match(faults.splice(n).join(' '), /policy: .*script-src.*connect-src/s);
});

for (const locale of ['en-GB', 'ja-JP'])
	await test(`what it fetches, ${locale.slice(0, 2)}: little at first, ` +
		'all of it within the budget', async () => {
		forget();
		const page = await newPage({ locale });
		let bytes = 0;
		const files = new Set();
		page.on('response', (r) => {
			const { pathname } = new URL(r.url());
			if (pathname.startsWith('/api') || files.has(pathname))
				return;
			files.add(pathname);
			bytes += +r.headers()['content-length'] || 0;
		});
		await page.goto(base + '/');
		await page.waitForSelector('.login');
		const first = bytes;
		assert.ok(first > 20000 && first < 40000, `${first} bytes at first`);
		await logIn(page);
		await settle(page);
		await show(page, 'incident/I9'); // with the chart
		await page.waitForSelector('.score canvas');
		// All that was built, but the other language.
		const built = readFileSync(work + '/sizes', 'utf8').split('\n')
			.map((l) => l.trim().split(' ')[1]).filter((f) => f &&
			!/^(total|most|index.html)$/.test(f));
		const other = locale === 'ja-JP' ? 'en.' : 'ja.';
		assert.deepEqual([...files].filter((f) => f !== '/').sort(),
			built.filter((f) => !f.startsWith(other)).map((f) => '/' + f)
				.sort());
		assert.ok(bytes < 60000, `${bytes} bytes`);
		console.log(`     ${locale}: ${first} bytes at first, ${bytes} in all`);
		for (const f of files) {
			const h = (await fetch(new URL(f, base))).headers;
			assert.equal(h.get('cache-control').includes('immutable'),
				f !== '/');
		}
	});

await test('keys: j k x Shift+x Enter Esc g ?', async () => {
	const page = await open('queue');
	assert.equal(await page.locator('tr.at[data-row="0"]').count(), 1);
	await press(page, 'j', 'j', 'j', 'k', 'x', 'j', 'j', 'Shift+X');
	assert.equal(await page.locator('tr.chosen').count(), 3);
	assert.match(await page.textContent('.toolbar'), /3 selected/);
	const here = new URL(page.url()).hash;
	assert.match(here, /row=[CP]\d{4}/);
	await press(page, 'Enter');
	await page.waitForURL(/#\/customer\/[CP]\d{4}/);
	await settle(page);
	await press(page, 'Escape');
	await page.waitForURL((u) => u.hash === here);
	await settle(page);
	for (const [keys, url] of [['gd', 'decisions'], ['gc', 'customer'],
		['gq', 'queue']]) {
		await press(page, ...keys);
		await page.waitForURL(new RegExp('#/' + url));
		await settle(page);
	}
	await press(page, '?');
	const help = await page.textContent('dialog');
	for (const k of ['/', 'j', 'k', 'x', 'Shift+x', 'Enter', 'b', 'a', 'u', 'n',
		'e', 'r', '.', 't ←', 't →', 't +', 't -', 't c', 't v', 'g q', 'g d',
		'g c', '?'])
		assert.ok((await page.locator('dialog kbd').allTextContents())
			.includes(k), `${k} in ${help}`);
	await press(page, 'Escape');
	await page.waitForSelector('dialog', { state: 'detached' });
	// each has a button that one sees
	for (const k of ['j', 'Shift+x', 'b', 't +', 'g d', '.', 'r'])
		assert.ok(await page.locator(`button[title$="(${k})"]`).isVisible(), k);
});

await test('keys: e explains, / searches, r reads again, . stops', async () => {
	const page = await open('queue');
	await press(page, 'j', 'e');
	await page.waitForURL(/#\/incident\/I/);
	await settle(page);
	await press(page, 'Escape');
	await settle(page);
	await press(page, '/');
	await page.keyboard.type('-kind:spam_bot');
	await press(page, 'Enter');
	await page.waitForURL(/q=-kind/);
	await press(page, 'Escape'); // out of the field
	await press(page, '.');
	assert.match(await page.textContent('.toolbar'), /Live off/);
	const [r] = await Promise.all([page.waitForResponse(/customers\?/),
		press(page, 'r')]);
	assert.equal(r.status(), 200);
	await press(page, '.');
	await until('live again', async () =>
		/Live(?! off|:)/.test(await page.textContent('.toolbar')));
});

await test('time: presets, keys, a pinned range, the zone in words',
	async () => {
		const page = await open('queue?range=6h');
		const words = () => page.textContent('.range .muted');
		assert.match(await words(), /last 6h, slides with now/);
		await press(page, 't', 'c');
		await press(page, 't', 'ArrowLeft');
		const span = () => {
			const p = new URLSearchParams(page.url().split('?')[1]);
			return [Date.parse(p.get('from')), Date.parse(p.get('to'))];
		};
		const [a, b] = span();
		assert.equal(b - a, 6 * 3600e3);
		assert.match(await words(), /pinned: .* UTC/);
		await press(page, 't', '-');
		assert.equal(span()[1] - span()[0], 12 * 3600e3);
		await press(page, 't', '+');
		assert.deepEqual(span(), [a, b]);
		await press(page, 't', 'ArrowRight');
		assert.equal(span()[0], a + 3 * 3600e3);
		await press(page, 't', 'v');
		assert.ok(Math.abs(span()[0] - a - 3 * 3600e3) < 5000);
		await page.getByRole('button', { name: 'UTC', exact: true }).click();
		await page.click('.range summary');
		const at = (s) => new Date((+process.env.START + s) * 1000)
			.toISOString().slice(0, 16);
		await page.fill('[name=a]', at(-60));
		await page.fill('[name=b]', at(1800));
		await page.click('.range form button');
		await until('rows of that time', async () =>
			(await rows(page)).includes('C1001'));
		assert.ok(!(await rows(page)).some((c) => c.startsWith('P')));
	});

await test('search: an error shows its character, chips go, quick filters ' +
	'count', async () => {
	const page = await open('queue?q=' + encodeURIComponent('scoer>1'));
	await page.waitForSelector('.queryerror mark');
	assert.equal(await page.textContent('.queryerror mark'), 's');
	await page.click('.chips .chip');
	await page.waitForSelector('.queryerror', { state: 'detached' });
	await page.click('nav a[href="#/queue"]');
	await show(page, 'queue?range=all');
	const chip = page.locator('.quick .chip', { hasText: 'bot burst' });
	const n = +(await chip.textContent()).match(/\d+/)[0];
	assert.equal(n, +sqlite(`SELECT count(*) FROM incident WHERE kind =
		'bot_burst' AND state <> 'closed'`), 'its count');
	await chip.click();
	await page.waitForURL(/q=kind%3Abot_burst/);
	await settle(page);
	assert.equal((await rows(page)).length, +sqlite(`SELECT count(DISTINCT
		customer) FROM incident WHERE kind = 'bot_burst'`));
	await page.reload(); // the URL holds it
	await settle(page);
	assert.equal(await page.locator('.chips .chip').count(), 1);
	await page.click('.fields summary');
	await page.getByRole('button', { name: 'score>' }).click();
	await page.keyboard.type('60');
	await press(page, 'Enter');
	await page.waitForURL(/score%3E60/);
	await page.getByRole('button', { name: 'Keep this filter' }).click();
	await show(page, 'audit');
	await page.click('nav a[href="#/queue"]');
	await page.waitForURL(/score%3E60/); // kept, and seen
	assert.equal(await page.locator('.chips .chip').count(), 2);
});

await test('a list of many pages keeps few rows in the page; columns are ' +
	'chosen and kept', async () => {
	const page = await open('queue?view=incidents');
	await settle(page);
	const total = +sqlite(`SELECT count(*) FROM incident WHERE state <>
		'closed' AND last_us > (unixepoch() - 86400) * 1000000`);
	await until('all pages', async () => {
		await page.locator('.scroll').evaluate((n) => {
			n.scrollTop = n.scrollHeight;
		});
		return (await page.textContent('.count')).startsWith(
			`${total} of ${total}`);
	});
	assert.ok(await page.locator('tr[data-row]').count() < 80);
	await page.locator('tr[data-row]').first().focus();
	await press(page, 'Home');
	await until('the first row', () => page.locator('tr.at[data-row="0"]')
		.count());
	await press(page, 'End');
	await until('the last row', () => page.locator(
		`tr.at[data-row="${total - 1}"]`).count());
	await page.getByRole('button', { name: 'Risk' }).click();
	await page.waitForURL(/sort=peak/);
	await settle(page);
	assert.match((await rows(page))[0], /I900|I\d/);
	await page.click('.columns summary');
	await page.getByLabel('Class').check();
	await page.reload();
	await settle(page);
	assert.ok(await page.getByRole('columnheader', { name: 'Class' }).count());
});

await test('hostile text is text', async () => {
	const page = await open('queue?view=incidents&q=peak%3C4');
	for (const hash of ['queue?view=incidents&q=peak%3C4', 'queue?q=peak%3C4',
		'incident/I9000', 'customer/C1003', 'incident/I9',
		'customer/' + encodeURIComponent(nasty[0]),
		'customer/' + encodeURIComponent(nasty[4])]) {
		await show(page, hash);
		assert.equal(await page.locator('img, main script, iframe').count(), 0);
		const bad = await page.evaluate(() => /[\u0007\u001b\u202e\u2066]/
			.test(document.body.textContent + document.title));
		assert.ok(!bad, hash + ': marks that nobody sees');
		await page.screenshot({ path: `${shots}/hostile-${
			hash.replace(/\W+/g, '-').slice(0, 30)}.png` });
	}
	await show(page, 'incident/I9');
	const text = await page.textContent('main');
	for (const s of [nasty[0], nasty[1], nasty[6], nasty[7], '\\u202egnp.exe'])
		assert.ok(text.includes(s), s);
	assert.ok(await page.locator('mark', { hasText: '-all' }).count(),
		'the deciding term is marked');
});

await test('the sentences of every incident are Japanese', async () => {
	const page = await open('queue', { locale: 'ja-JP' });
	const ids = sqlite('SELECT id FROM incident WHERE id < 8000').split('\n');
	assert.ok(ids.length > 10);
	for (const id of ids) {
		await show(page, 'incident/I' + id);
		const text = await page.evaluate(() => [...document.querySelectorAll(
			'.summary, .why, td.wide')].map((n) => n.textContent).join('\n'));
		const left = text.split('\n').filter((l) => !l.includes('alert(') &&
			/[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(l.replace(/「[^」]*」|DKIM .*/g,
				'')));
		assert.deepEqual(left.slice(0, 3), [], 'I' + id);
	}
});

await test('reads of personal data ask once for a reason; the audit log has it',
	async () => {
		const page = await open('customer/C1001');
		const log = JSON.parse(run('audit', 'list', '-o', 'json', '--limit',
			'5')).items;
		assert.ok(log.some((a) => JSON.stringify(a).includes('case 17 アブ')),
			JSON.stringify(log));
		await show(page, 'incident/I5');
		await page.click('.tools .chip'); // forgotten, and asked anew
		await page.evaluate(() => { location.hash = '#/incident/I4'; });
		await page.waitForSelector('dialog [name=reason]');
	});

await test('a bulk block goes from the queue to the drivers', async () => {
	const page = await open('queue?range=all&q=' + encodeURIComponent(
		'customer:C1001 OR customer:C1002'));
	await page.locator('tr[data-row="0"]').focus();
	await press(page, 'x', 'j', 'x', 'b');
	await page.waitForSelector('dialog td');
	assert.match(await page.textContent('dialog'), /2 customers would change/);
	assert.ok(await page.isDisabled('dialog .primary'), 'without a reason');
	const n = sqlite('SELECT count(*) FROM operator_action');
	assert.equal(n, '0', 'a dry run changes nothing');
	const text = await decide(page, 'complaint 17 <b>');
	assert.match(text, /2 customers changed/);
	assert.deepEqual(inForce('C1001').concat(inForce('C1002')),
		['block', 'block']);
	await until('both told', () => ['C1001', 'C1002'].every((c) => told()
		.some((l) => l.op === 'block' && l.subscriber === c)));
	await show(page, 'enforcers');
	await until('seen as enforced', async () => {
		await press(page, 'r');
		await page.waitForTimeout(500);
		await page.reload();
		await settle(page);
		const cells = await page.locator('.plain tr', { hasText: 'list' })
			.locator('td').allTextContents();
		return +cells[2] >= 2 && cells[2] === cells[3] &&
			cells.slice(4, 6).join() === '0,0';
	}, 60);
	await page.screenshot({ path: shots + '/enforced.png' });
	await show(page, 'decisions');
	for (const c of ['C1001', 'C1002'])
		assert.match(await page.locator('tr[data-row]', { hasText: c }).first()
			.textContent(), /blockby hand.*complaint 17 <b>/);
	await show(page, 'queue?range=all');
	assert.equal(await page.locator('tr[data-row]', { hasText: 'C1001' })
		.locator('.a-block').count(), 1);
});

await test('undo gives each customer back what was in force for it',
	async () => {
		// C1001 blocked, C1002 blocked, C1004 allowed, C1005 nothing
		run('allow', 'C1004', '--ttl', '2h', '--reason', 'own mail server');
		assert.deepEqual(inForce('C1005'), []);
		const end = () => sqlite(`SELECT max(until_us) FROM decision WHERE
			customer = 'C1004' AND action = 'allow'`);
		const allowances = () => sqlite(`SELECT count(*) FROM decision WHERE
			customer = 'C1004' AND action = 'allow' AND cause = 'manual'`);
		const before = end(), number = Number(allowances());
		const page = await open('queue?range=all&q=' + encodeURIComponent(
			['C1001', 'C1004', 'C1005'].map((c) => 'customer:' + c)
				.join(' OR ')));
		assert.equal((await rows(page)).length, 3);
		await page.getByLabel('Select all rows loaded').check();
		await press(page, 'u');
		assert.match(await decide(page, 'wrong list'),
			/2 customers changed.*nothing is in force/s);
		for (const c of ['C1001', 'C1004', 'C1005'])
			assert.ok(!inForce(c).includes('block'), c);
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.waitForSelector('dialog td');
		assert.equal(await page.locator('dialog tbody tr').count(), 2);
		await decide(page);
		assert.deepEqual(inForce('C1001'), ['block']);
		assert.deepEqual(inForce('C1004'), ['allow']);
		assert.deepEqual(inForce('C1005'), []);
		assert.equal(Number(allowances()), number + 1, 'it was written anew');
		assert.ok(Math.abs(end() - before) < 3e6, 'it ends when it would have');
		// a block of one who was allowed: undone, the allowance stands alone
		await show(page, 'customer/C1004');
		await press(page, 'b');
		assert.match(await page.textContent('dialog'), /Block/);
		await decide(page, 'try');
		await page.getByRole('button', { name: 'Undo' }).click();
		await decide(page);
		assert.deepEqual(inForce('C1004'), ['allow']);
		run('release', 'C1004', '--reason', 'end of the test');
		assert.ok(!inForce('C1004').includes('block'));
	});

await test('one unknown customer in a block is told for itself', async () => {
	const page = await open('queue?q=' + encodeURIComponent(
		'customer:P1000 OR customer:P1001'));
	await press(page, 'x', 'a');
	await page.waitForSelector('dialog td');
	assert.match(await page.textContent('dialog'), /P1000/);
	await press(page, 'Escape');
	await page.waitForSelector('dialog', { state: 'detached' });
});

await test('a note, an acknowledgement, a close; who was quicker wins',
	async () => {
		const page = await open('incident/I14');
		await press(page, 'n');
		await page.fill('dialog textarea', 'called: ' + nasty[0]);
		await page.click('dialog .primary');
		await page.waitForSelector('main li bdi');
		await until('the note', async () => (await page.textContent('main'))
			.includes('called: ' + nasty[0]));
		const set = async (name, reason) => {
			await page.getByRole('button', { name, exact: true }).first()
				.click();
			await page.fill('dialog input', reason);
			await page.click('dialog .primary');
		};
		await set('Acknowledge', 'mine');
		await until('acknowledged', async () => (await page.textContent(
			'.summary')).includes('acknowledged'));
		run('incident', 'note', 'I14', '--reason', 'somebody else was here');
		await set('Close', 'fixed by phone');
		await page.waitForSelector('dialog .failure');
		assert.match(await page.textContent('dialog .failure'), /412 stale/);
		await press(page, 'Escape');
		await press(page, 'r');
		await until('his note', async () => (await page.textContent('main'))
			.includes('somebody else was here'));
		await set('Close', 'fixed by phone');
		await until('closed', async () => (await page.textContent('.summary'))
			.includes('closed'));
		await show(page, 'queue?range=all&closed=1&view=incidents&q=id:I14');
		assert.match(await page.textContent('tr[data-row]'), /fixed/);
	});

await test('live: what is new is counted, rows stay where they are',
	async () => {
		const page = await open('queue');
		await until('connected', async () => /Live(?! off|:)/.test(
			await page.textContent('.toolbar')));
		await page.waitForTimeout(500);
		await press(page, 'j', 'j');
		const before = await rows(page);
		sqlite(`INSERT INTO incident SELECT 9900, kind, 'NEW1', line_class,
			state, closed_as, opened_us, last_us, NULL, 1, 2, 3, 3, 0, 0, 0,
			99000, 99000, summary, policy_hash, NULL FROM incident WHERE id = 8000`);
		await page.waitForSelector('.newer', { timeout: 15000 });
		assert.deepEqual(await rows(page), before);
		const at = await page.locator('tr.at').textContent();
		await press(page, 'k', 'j');
		assert.equal(await page.locator('.newer').count(), 1);
		await page.click('.newer');
		await until('it is on top', async () =>
			(await rows(page))[0] === 'NEW1');
		assert.equal(await page.locator('tr.at').textContent(), at,
			'the keyboard stays with its row');
		await show(page, 'decisions');
		await page.waitForTimeout(500);
		run('block', 'C1006', '--ttl', '1h', '--reason', 'live');
		await page.waitForSelector('.newer', { timeout: 15000 });
		await page.click('.newer');
		await until('the block', async () => (await page.textContent('main'))
			.includes('C1006'));
	});

await test('a failing driver is seen, its words are text', async () => {
	writeFileSync(dir + '/broken', '');
	run('block', 'C1007', '--ttl', '1h', '--reason', 'driver is away');
	const page = await open('decisions?tab=pending');
	await until('its error', async () => {
		await press(page, 'r');
		await settle(page);
		return (await page.textContent('.tablebox')).includes(nasty[0]);
	});
	assert.equal(await page.locator('img').count(), 0);
	rmSync(dir + '/broken');
	assert.ok(!existsSync(dir + '/broken'));
});

await test('a letter is made, by case and language, and can be copied',
	async () => {
		const page = await open('incident/I9');
		await press(page, 'l');
		const text = page.locator('dialog textarea');
		await text.waitFor();
		const [id] = (await page.textContent('.facts')).match(/C\d{4}/);
		assert.ok((await text.inputValue()).includes(id), 'its customer');
		await axeRun(page);
		await page.setViewportSize({ width: 390, height: 800 });
		assert.ok(await page.evaluate(() => document.documentElement
			.scrollWidth <= 390), 'wider than 390 px');
		await page.setViewportSize({ width: 1360, height: 850 });
		// by the keyboard: the case has the focus
		assert.ok(await page.evaluate(() => document.activeElement
			.matches('dialog select')));
		await page.locator('dialog select').last().selectOption('ja');
		await until('Japanese', async () => await text.count() &&
			/\p{Script=Hiragana}/u.test(await text.inputValue()));
		assert.equal(await text.getAttribute('lang'), 'ja');
		await page.locator('dialog select').first().selectOption('infected');
		await until('its case', async () => /infected machine/.test(
			await page.textContent('dialog p')));
		await page.click('dialog .primary');
		await page.waitForSelector('dialog .buttons [role=status]');
		await page.screenshot({ path: shots + '/letter.png' });
		assert.equal(await text.evaluate((n) => n.selectionEnd -
			n.selectionStart), (await text.inputValue()).length);
		const log = JSON.parse(run('audit', 'list', '-o', 'json', '--limit',
			'10')).items;
		assert.ok(JSON.stringify(log).includes('letter infected in ja'),
			JSON.stringify(log));
		// what is not configured is said, not left out
		await page.locator('dialog select').first().selectOption('submission');
		await page.waitForSelector('dialog .failure');
		assert.match(await page.textContent('dialog .failure'),
			/letters\.submission_host/);
		await press(page, 'Escape');
		await page.waitForSelector('dialog', { state: 'detached' });
		faults.length = 0; // the browser's own line about the 4xx is no fault
	});

await test('what was given up is tried again from the console', async () => {
	const dead = (n) => sqlite('SELECT count(*) FROM delivery WHERE state = ' +
		"'dead'") === String(n);
	await until('nothing is waiting', () => sqlite('SELECT count(*) FROM ' +
		"delivery WHERE state <> 'done'") === '0', 60);
	sqlite("UPDATE delivery SET state = 'dead', error = 'exit status 1: " +
		"<b>x</b>' WHERE id = (SELECT max(id) FROM delivery WHERE driver = " +
		"'script')");
	assert.ok(dead(1));
	const page = await open('enforcers', { locale: 'ja-JP' });
	await page.locator('.plain a').first().click(); // how many it gave up
	await settle(page);
	await page.waitForSelector('tr[data-row]');
	assert.equal(await page.locator('tr[data-row]').count(), 1);
	assert.match(await page.textContent('tr[data-row]'),
		/終了コード 1: <b>x/);
	assert.match(await page.textContent('.banner'),
		/受け付けなかった遮断装置がある/);
	await page.getByRole('button', { name: 'この行を再送' }).click();
	await page.waitForFunction(() => /1 件を再送します/.test(
		document.querySelector('dialog').textContent));
	await axeRun(page);
	await page.screenshot({ path: shots + '/retry.png' });
	assert.ok(dead(1), 'asked only, and yet done');
	await page.fill('dialog input', 'the router is back');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.toast');
	assert.match(await page.textContent('.toast'), /1 件を再送しました/);
	await until('it was told', () => dead(0) && sqlite('SELECT count(*) FROM ' +
		"delivery WHERE state <> 'done'") === '0', 60);
	const log = JSON.parse(run('audit', 'list', '-o', 'json', '--limit', '5'))
		.items;
	assert.ok(log.some((a) => JSON.stringify(a).includes('the router is back')),
		JSON.stringify(log));
});

await test('pictures: leases over time, what drivers hold', async () => {
	const page = await open('customer/C1001');
	const lanes = page.locator('.lanes svg');
	assert.ok(await lanes.count() >= 3, 'addresses, incidents, decisions');
	const names = await lanes.evaluateAll((l) => l.map((n) =>
		n.getAttribute('aria-label')));
	assert.ok(names[0].startsWith('198.51.100.10'), names[0]);
	assert.ok(names.some((n) => /^Incidents: I\d/.test(n)), names.join('\n'));
	// each within its picture
	for (const [x, w] of await page.locator('.lanes rect').evaluateAll((l) =>
		l.map((n) => [+n.getAttribute('x'), +n.getAttribute('width')])))
		assert.ok(x >= 0 && w >= 3 && x + w <= 1003, `${x} ${w}`);
	await show(page, 'enforcers');
	const held = page.locator('.gap').first();
	await until('a driver was read back', async () => {
		await show(page, 'decisions');
		await show(page, 'enforcers');
		return /\d+ of \d+ held/.test((await page.locator('.gap')
			.evaluateAll((l) => l.map((n) => n.getAttribute('aria-label'))))
			.join());
	});
	assert.ok(await held.isVisible());
	assert.match(await page.locator('.plain').first().textContent(), /ago/);
});

await test('how far a driver was from what was decided, over time', async () => {
	const us = (minutes) => (Date.now() - minutes * 60000) * 1000;
	sqlite('INSERT INTO enforcer_sample (driver, first_us, last_us, lists, ' +
		'wanted, held, missing, extra, worst, after_hole) VALUES ' +
		`('script', ${us(180)}, ${us(125)}, 9, 5, 5, 0, 0, 0, 0), ` +
		`('script', ${us(120)}, ${us(65)}, 9, 5, 2, 3, 1, 77, 0), ` +
		`('script', ${us(40)}, ${us(35)}, 2, 6, 6, 0, 0, 0, 1)`);
	const page = await open('enforcers');
	const panel = page.getByRole('region', { name: 'script: gap over time' });
	const canvas = panel.locator('canvas');
	await canvas.waitFor();
	// in the colour of danger, and more than an axis
	const red = () => canvas.evaluate((c) => {
		const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
		let n = 0;
		for (let i = 0; i < d.length; i += 4)
			n += d[i] > d[i + 2] + 60 && d[i + 3] > 100;
		return n;
	});
	await until('the line is drawn', async () => await red() > 200);
	await panel.getByText('As a table').click();
	const rows = () => panel.locator('tbody tr').evaluateAll((l) => l.map((r) =>
		[...r.cells].slice(2).map((c) => c.textContent).join(' ').trim()));
	const all = (await rows()).join('\n');
	assert.match(all, /^5 5 0 0 0$/m);
	assert.match(all, /^5 2 3 1 77$/m);
	assert.match(all, /^6 6 0 0 0 not known before$/m);
	await axeRun(page);
	// the time is chosen as elsewhere; what held when it began stands first
	await page.getByRole('button', { name: '1h', exact: true }).click();
	await until('an hour of it', async () => (await rows())[0] === '5 2 3 1 4');
	assert.match(page.url(), /range=1h/);
	await page.screenshot({ path: shots + '/gaps.png', fullPage: true });
});

await test('the configuration is explained in the language of the screen',
	async () => {
		const page = await open('settings', { locale: 'ja-JP' });
		const row = page.locator('tr', { hasText: 'burst_window_s' }).first();
		assert.match(await row.textContent(),
			/^方針burst_window_s60 秒60急増ルールの時間枠。$/);
		const help = await page.locator('tbody tr td:last-child').evaluateAll(
			(l) => l.map((c) => c.textContent).filter((x) =>
				!/[\u3040-\u30ff\u4e00-\u9fff]/.test(x)));
		assert.deepEqual(help, []);
		await page.getByRole('button', { name: 'English' }).click();
		await until('in English', async () => /^policyburst_window_s60 seconds60Window of the burst rule\.$/
			.test(await row.textContent()));
		await page.getByRole('button', { name: '日本語' }).click();
		await until('and back', async () => /急増/.test(await row.textContent()));
	});

await test('who only reads finds no way to change', async () => {
	forget();
	const page = await newPage();
	await page.goto(base + '/');
	await page.fill('[name=operator]', 'ken');
	await page.fill('[name=password]', operator.password);
	await page.click('.login .primary');
	await settle(page);
	for (const k of ['Block', 'Allow', 'Release', 'Note'])
		assert.ok(await page.getByRole('button', { name: k, exact: true })
			.isDisabled(), k);
	await press(page, 'b');
	assert.equal(await page.locator('dialog').count(), 0);
	await show(page, 'enforcers');
	for (const n of await page.getByRole('button', { name: /^Try/ }).all())
		assert.ok(await n.isDisabled());
	await show(page, 'settings');
	assert.match(await page.textContent('.failure'), /403/);
	faults.length = 0; // the browser's own line about the 403 is no fault
});

await test('reports can be fetched; an address leads to its customer',
	async () => {
		const page = await open('reports');
		assert.equal(await page.locator('a', { hasText: '2020-01-01.html' })
			.count(), 1);
		const a = page.locator('a', { hasText: '.txt' }).first();
		const r = await page.request.get(base + await a.getAttribute('href'));
		assert.equal(r.status(), 200);
		assert.match(await r.text(), /incidents/);
		const n = faults.length; // its script is kept from running
		await page.goto(base + '/api/v1/reports/nightly-2020-01-01.html');
		assert.equal(await page.evaluate(() => getComputedStyle(
			document.querySelector('h1')).color), 'rgb(1, 2, 3)');
		assert.ok(!faults.slice(n).some((f) => f.startsWith('script ran')));
		faults.length = n;
		await page.goto(base + '/#/customer');
		await settle(page);
		await page.fill('[name=v]', '198.51.100.10');
		await page.keyboard.press('Enter');
		await settle(page);
		await page.waitForURL(/customer\/C1001/);
	});

await test('a lost session asks to log in again; a lost server says so',
	async () => {
		const page = await open('queue');
		await page.route('**/api/v1/incidents/customers*', (r) => r.abort());
		faults.length = 0;
		await press(page, 'r');
		await page.waitForSelector('.failure');
		assert.match(await page.textContent('.failure'), /sekisho serve/);
		await page.unroute('**/api/v1/incidents/customers*');
		await page.locator('.failure button').click();
		await page.waitForSelector('.failure', { state: 'detached' });
		await page.context().clearCookies();
		await press(page, 'r');
		await page.waitForSelector('.login');
		await logIn(page);
		faults.length = 0; // ERR_FAILED is what this case made
	});

await finish();
