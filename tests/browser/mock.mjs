// SPDX-License-Identifier: Apache-2.0
// The built console over an API of made-up data: mock.mjs DIST, prints a port.
import { createServer } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'";
const types = { js: 'text/javascript', css: 'text/css', html: 'text/html' };
const at = (s) => new Date(Date.now() - s * 1000).toISOString();
const hostile = '<img src=x onerror=alert(1)>\u202eRTL' + 'x'.repeat(300);
const kinds = ['spam_bot', 'bot_burst', 'port_probe', 'spoofed_sender'];

export function serve(dist, { rows = 120 } = {}) {
	const posts = [];
	const queue = Array.from({ length: rows }, (_, i) => ({
		customer: i === 1 ? hostile : 'C' + (1001 + i), class: 'dynamic',
		incidents: 2, open: 1 + i % 3, kinds: [kinds[i % 4]],
		opened: at(600 + i * 60), last: at(i * 9),
		peak_milli: 36800 - i * 100, worst: 'I' + (i + 1),
		blocked: i % 2 === 0 }));
	const decision = (i) => ({ id: 'D' + i, seq: i, customer: 'C' + (1000 + i),
		class: 'dynamic', action: i % 3 ? 'block' : 'allow',
		cause: 'detector', since: at(500), until: at(-3000),
		incident: 'I' + i, ends: null, step: 1, mode: 'enforce',
		policy_hash: 'ab', reason: hostile, targets: ['192.0.2.7/32'] });
	const incident = (id) => ({ id, kind: 'spam_bot', customer: 'C1001',
		class: 'dynamic', state: 'open', closed_as: null, opened: at(900),
		last: at(9), closed: null, observations: 40, servers: 38,
		unknown_users: 12, blocklisted: 2, spoofed: 1, score_milli: 36800,
		peak_milli: 36800, summary: '40 refused mails in 15 min ' + hostile,
		policy_hash: 'ab', by: null, notes: 0, blocked: true });
	const steps = Array.from({ length: 40 }, (_, i) => ({ obs_no: i + 1,
		time: at(900 - i * 20), kind: 'transaction', label: i % 4
			? 'unknown_user' : 'spf_fail', weight_milli: 920,
		score_milli: 920 * (i + 1), threshold_milli: 9200,
		text: 'mail refused with 550 5.1.1', spf: i % 4 ? null : 'fail',
		spf_domain: i % 4 ? null : 'bank.example', spf_term: '-all',
		spf_record: i % 4 ? null : 'v=spf1 mx -all' }));
	const whole = (id) => ({ incident: incident(id), etag: '"1"', notes: [],
		explanation: { incident: null, operator: null, policy_hash: 'ab',
			threshold_milli: 9200, class: {}, evidence: steps,
			evidence_total: 40, decisions: [decision(1)] } });
	const list = (items, more) => ({ items, next_cursor: null,
		total: items.length, ...more });
	const page = (q) => {
		const from = +(q.get('cursor') || 0);
		return { items: queue.slice(from, from + 50), total: rows,
			next_cursor: from + 50 < rows ? String(from + 50) : null };
	};
	const routes = {
		'/session': () => ({ operator: 'aiko', scopes: ['admin'], csrf: 'c',
			expires: null, via: 'console', reason_required: false }),
		'/status': () => ({ mode: 'enforce', degraded: [] }),
		'/incidents/customers': page,
		'/incidents/counts': () => ({ total: rows, class: { dynamic: rows },
			state: { open: rows }, kind: { spam_bot: 30, bot_burst: 30 } }),
		'/incidents/histogram': () => ({ since: at(86400), until: at(0),
			bucket_seconds: 1800, buckets: Array.from({ length: 48 },
				(_, i) => ({ from: at(86400 - i * 1800), total: 2 + i % 7,
					kind: { spam_bot: 2, bot_burst: i % 7 } })) }),
		'/decisions': () => list([1, 2, 3, 4].map(decision), { seq: 4 }),
		'/allow': () => list([decision(3)], { seq: 4 }),
		'/enforcers': () => ({ items: [{ name: 'nft', desired: 12, actual: 11,
			gap: 1, pending: 1, dead: 0, done: 30, lag_seconds: 1.5,
			last_done: at(2), last_error: null, configured: true }] }),
		'/deliveries': () => list([]),
		'/quality': () => ({ since: at(86400), until: at(0), blocks: 12,
			overturned: 1, false_positives: 1, incidents_opened: 14,
			incidents_closed: 3, days: [] }),
		'/reports': () => list([{ name: 'nightly-2026-11-24.html',
			date: '2026-11-24', type: 'text/html', bytes: 20480,
			modified: at(9) }]),
		'/audit': () => list([{ id: 1, time: at(5), actor: 'aiko',
			via: 'console', action: 'block', object: 'C1001',
			reason: hostile, detail: null }]),
		'/config': () => ({ policy_hash: 'ab', mode: 'enforce',
			privacy_tier: 'domains', keys: [{ section: 'policy', name: 'x',
				value: '1', default: '2', unit: null, help: 'h' }] }),
	};
	const decide = (b) => ({ op: b.op, dry_run: !!b.dry_run,
		done: b.targets.length, refused: 1, shared: 1, allow_listed: 2,
		items: b.targets.map((target) => ({ target, customer: target,
			result: b.dry_run ? 'would_do' : 'done', detail: null,
			decisions: [], allow_listed: false })) });
	const answer = (u, method, body) => {
		const p = u.pathname.slice('/api/v1'.length);
		if (method === 'POST') {
			posts.push({ path: p, body });
			return p === '/decisions' ? decide(body) : {};
		}
		if (u.searchParams.get('q') === 'scoer>1')
			return { status: 400, code: 'bad_query', title: 'Bad request',
				detail: 'no field scoer; did you mean score?', at: 0 };
		if (routes[p])
			return routes[p](u.searchParams);
		if (p.startsWith('/incidents/'))
			return whole(p.slice(11));
		return { id: decodeURIComponent(p.slice(11)), class: 'dynamic',
			contact: hostile, language: 'ja', own_domains: [],
			port25: 'closed', in_force: decision(1), leases: [],
			incidents: [incident('I1')], decisions: [decision(1)],
			notes: [], truncated: false };
	};
	const server = createServer(async (req, res) => {
		const u = new URL(req.url, 'http://x');
		if (u.pathname === '/api/v1/events') {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write('event: incident\ndata: {"seq":1,"incident_id":' +
				(rows + 3) + '}\n\n');
			return;
		}
		if (u.pathname.startsWith('/api/')) {
			let text = '';
			for await (const c of req)
				text += c;
			const o = answer(u, req.method, text && JSON.parse(text));
			res.writeHead(o.status || 200,
				{ 'Content-Type': 'application/json' });
			res.end(JSON.stringify(o));
			return;
		}
		const name = u.pathname === '/' ? 'index.html' : u.pathname.slice(1);
		if (!readdirSync(dist).includes(name)) {
			res.writeHead(404).end();
			return;
		}
		res.writeHead(200, { 'Content-Security-Policy': csp,
			'Content-Type': types[name.split('.').pop()] + '; charset=utf-8' });
		res.end(readFileSync(dist + '/' + name));
	});
	return new Promise((done) => server.listen(0, '127.0.0.1', () =>
		done({ server, posts, port: server.address().port })));
}
