// SPDX-License-Identifier: Apache-2.0
// pictures.mjs WORK URL TO [REPORT.html]: what the README shows.
import { pathToFileURL } from 'node:url';
import { browser, open, show } from './lib.mjs';

const [to, report] = process.argv.slice(4);
const page = await open('queue');
await page.setViewportSize({ width: 1200, height: 720 });
const take = async (hash, name) => {
	await show(page, hash);
	await page.waitForTimeout(1500); // charts, and what drivers listed
	await page.screenshot({ path: `${to}/${name}.png` });
};
await take('queue?range=6h', 'queue');
const worst = await page.locator('tr[data-row]', { hasText: 'spoofed' })
	.locator('td a').first().textContent();
await show(page, 'queue?range=6h&view=incidents&q=kind:spoofed_sender');
const id = await page.locator('tr[data-row] td a').first().textContent();
await take('customer/' + worst, 'customer');
await page.getByRole('button', { name: 'Theme: auto' }).click();
await take('incident/' + id, 'incident');
await browser.contexts()[0].close();
if (report) {
	const sheet = await browser.newPage({ viewport: { width: 900,
		height: 900 } });
	await sheet.goto(pathToFileURL(report).href);
	await sheet.screenshot({ path: `${to}/report.png` });
}
await browser.close();
