// SPDX-License-Identifier: Apache-2.0
// What the interface promises beside the shape of its answers: cursors, live
// feeds, changes by one hand at a time, and who may do what.
import { execFileSync, execSync } from "node:child_process"
import { createHash } from "node:crypto"
import { Client, admin, env, expect, finish, ok, same, sleep, test, until }
	from "./api_client.mjs"

const nobody = new Client({ port: env.port })
const by = token => admin.with({ token })
const sql = text => execFileSync("sqlite3", [env.db, ".timeout 5000", text],
	{ encoding: "utf8" })
const sekisho = (...args) => execFileSync(env.sekisho, [...args, "--db",
	env.db, "-c", env.conf], { encoding: "utf8",
	stdio: ["pipe", "pipe", "pipe"] })
let key = 0
const decide = (op, customer, more = {}) => admin.post("/api/v1/decisions",
	{ op, targets: [customer], reason: "a test", ...more })
	.then(r => expect(200, r).json)

async function walk(path, between = () => {}) {
	const ids = []
	const r = { cursor: "" }
	do {
		const sep = path.includes("?") ? "&" : "?"
		const page = await admin.call("GET", path + (r.cursor ? sep +
			"cursor=" + r.cursor : ""))
		expect(200, page)
		ids.push(...page.json.items.map(x => x.id ?? x.customer))
		r.cursor = page.json.next_cursor
		if (r.cursor) // RFC 8288: the same page, whole
			ok(page.headers.link.includes("cursor=" + r.cursor) &&
				page.headers.link.includes('rel="next"'), "Link")
		await between()
	} while (r.cursor)
	return ids
}
const unique = ids => same(ids.length, new Set(ids).size, "doubles:")

// --- lists ------------------------------------------------------------------
for (const sort of ["-last", "last", "-opened", "opened", "-peak", "peak",
	"-id", "id"])
	await test("incidents by " + sort + ": whole, in order, no doubles",
		async () => {
			const whole = (await admin.get("/api/v1/incidents?limit=500&sort=" +
				sort)).items
			const ids = await walk("/api/v1/incidents?limit=3&sort=" + sort)
			same(ids, whole.map(x => x.id))
			const field = { last: "last", opened: "opened", peak: "peak_milli",
				id: "id" }[sort.replace("-", "")]
			const v = whole.map(x => field === "id" ? +x.id.slice(1) : x[field])
			const sorted = [...v].sort((a, b) => a < b ? -1 : a > b)
			same(v, sort[0] === "-" ? sorted.reverse() : sorted)
		})

await test("lists are whole while rows arrive", async () => {
	let n = 0
	const before = (await admin.get("/api/v1/decisions?limit=500")).items
		.map(x => x.id)
	const ids = await walk("/api/v1/decisions?limit=2", async () => {
		if (n++ < 6)
			await decide(n % 2 ? "block" : "release", "C1004", { ttl: "1h" })
	})
	unique(ids)
	for (const id of before)
		ok(ids.includes(id), id + " was left out")
	n = 0
	const old = (await admin.get("/api/v1/audit?limit=500")).items
		.map(x => x.id)
	const audits = await walk("/api/v1/audit?limit=2", async () => {
		if (n++ < 4)
			await admin.post("/api/v1/decisions", { op: "release",
				targets: ["C1004"], reason: "x", dry_run: n > 2 })
	})
	unique(audits)
	for (const id of old)
		ok(audits.includes(id), "an audit row was left out")
	const live = (await admin.get("/api/v1/incidents?limit=500&sort=-id"))
		.items.map(x => x.id)
	n = 0
	const walked = await walk("/api/v1/incidents?limit=3&sort=-id", () => {
		if (n++ < 4)
			sql("CREATE TEMP TABLE t AS SELECT * FROM incident ORDER BY id " +
				"DESC LIMIT 1; UPDATE t SET id = id + 1; INSERT INTO incident " +
				"SELECT * FROM t;")
	})
	unique(walked)
	for (const id of live)
		ok(walked.includes(id), id + " was left out")
	sql("DELETE FROM incident WHERE id > " + live[0].slice(1))
})

await test("the queue by customer, and filters, count what they list",
	async () => {
		const q = await admin.get("/api/v1/incidents/customers?limit=500&count=1")
		const ids = await walk("/api/v1/incidents/customers?limit=2")
		unique(ids)
		same([...ids].sort(), q.items.map(x => x.customer).sort())
		same(q.total, q.items.length)
		const counts = await admin.get("/api/v1/incidents/counts")
		for (const [kind, n] of Object.entries(counts.kind)) {
			const l = await admin.get("/api/v1/incidents?limit=500&count=1&kind=" +
				kind)
			same([l.items.length, l.total], [n, n], kind)
		}
		const h = await admin.get("/api/v1/incidents/histogram?since=-1d&until=now")
		same(h.buckets.reduce((n, b) => n + b.total, 0), counts.total)
		const two = await admin.get("/api/v1/incidents?count=1&q=" +
			encodeURIComponent("kind:spam_bot -customer:C1001"))
		ok(two.items.every(x => x.kind === "spam_bot" && x.customer !== "C1001"))
	})

// --- changes by one hand at a time ------------------------------------------
await test("of 20 parallel edits one wins, 19 are told", async () => {
	const { id } = (await admin.get("/api/v1/incidents?state=open")).items[0]
	const { etag } = await admin.get("/api/v1/incidents/" + id)
	const all = await Promise.all(Array.from({ length: 20 }, () =>
		admin.call("PATCH", "/api/v1/incidents/" + id, {
			json: { state: "acknowledged" }, headers: { "If-Match": etag } })))
	same(all.map(r => r.status).sort(), [200, ...Array(19).fill(412)])
	const now = await admin.get("/api/v1/incidents/" + id)
	ok(now.etag !== etag, "the ETag is as before")
	expect(412, await admin.call("PATCH", "/api/v1/incidents/" + id, {
		json: { state: "acknowledged" },
		headers: { "If-Match": "W/" + now.etag } }), "stale")
	const star = await admin.call("PATCH", "/api/v1/incidents/" + id, {
		json: { state: "closed", closed_as: "duplicate", reason: "twice" },
		headers: { "If-Match": `"x", ${now.etag}` } })
	expect(200, star)
})

await test("a note of another makes the ETag stale", async () => {
	const { id } = (await admin.get("/api/v1/incidents?state=open")).items[0]
	const { etag } = await admin.get("/api/v1/incidents/" + id)
	expect(201, await admin.post(`/api/v1/incidents/${id}/notes`,
		{ text: "mine" }))
	expect(412, await admin.call("PATCH", "/api/v1/incidents/" + id, {
		json: { state: "acknowledged" }, headers: { "If-Match": etag } }))
})

await test("Idempotency-Key: done once, told again", async () => {
	const send = (k, o, token = env.admin) => by(token).post(
		"/api/v1/decisions", { op: "block", targets: ["C1005"], ttl: "1h",
			reason: "once", ...o }, { headers: { "Idempotency-Key": k } })
	const count = () => +sql("SELECT count(*) FROM operator_action WHERE " +
		"reason = 'once'")
	const a = expect(200, await send("k-1", {}))
	const b = expect(200, await send("k-1", {}))
	same(a.text, b.text)
	same([a.headers["idempotent-replayed"], b.headers["idempotent-replayed"]],
		[undefined, "true"])
	same(count(), 1)
	expect(422, await send("k-1", { ttl: "2h" }), "idempotency_reuse")
	const both = await Promise.all(Array.from({ length: 8 }, () =>
		send("k-2", {})))
	ok(both.every(r => r.status === 200 || r.status === 409),
		both.map(r => r.status).join())
	same(count(), 2)
	expect(400, await send("", {}), "bad_value")
	expect(400, await send("x".repeat(65), {}), "bad_value")
	// a refused request may be sent again, mended
	expect(400, await send("k-3", { reason: "" }))
	expect(403, await send("k-4", {}, env.reader), "forbidden")
})

// --- feeds ------------------------------------------------------------------
await test("changes: a client goes on from its own sequence", async () => {
	let r = await admin.get("/api/v1/decisions/changes?after=0")
	const all = r.changes.map(x => x.seq)
	unique(all)
	same(r.seq, all.at(-1))
	const snap = await admin.get("/api/v1/decisions?state=active&limit=500")
	same(snap.seq, r.seq, "the snapshot's seq")
	r = await admin.get(`/api/v1/decisions/changes?after=${r.seq}`)
	same(r.changes, [])
	const polls = [1, 2, 3].map(() => admin.get(
		`/api/v1/decisions/changes?after=${r.seq}&wait=30s`))
	await sleep(300)
	await decide("block", "C1006", { ttl: "1h" })
	for (const p of await Promise.all(polls)) {
		same(p.changes.map(x => [x.op, x.decision.customer]), [["new", "C1006"]])
		same(p.seq, r.seq + 1)
	}
	await decide("release", "C1006")
	const next = await admin.get(`/api/v1/decisions/changes?after=${r.seq + 1}`)
	ok(next.changes.length > 0 && next.changes[0].op === "release",
		JSON.stringify(next))
	expect(410, await admin.call("GET",
		"/api/v1/decisions/changes?after=99999999"), "gone")
	expect(400, await admin.call("GET",
		"/api/v1/decisions/changes?after=1&wait=2h"), "bad_value")
})

await test("changes: applied one by one they give what is in force",
	async () => {
		const held = new Map()
		const { changes } = await admin.get("/api/v1/decisions/changes?after=0")
		for (const c of changes)
			if (c.op === "release" || c.op === "expire")
				held.delete(c.decision.customer)
			else
				held.set(c.decision.customer, c.decision.action)
		const active = (await admin.get(
			"/api/v1/decisions?state=active&limit=500")).items
		for (const d of active)
			same(held.get(d.customer), d.action, d.customer)
	})

await test("changes tell what is in force: an allow over a block, and its end",
	async () => {
		const { seq } = await admin.get("/api/v1/decisions/changes?after=0")
		const told = async c => (await admin.get(
			"/api/v1/decisions/changes?after=" + seq)).changes
			.filter(x => x.decision.customer === c)
			.map(x => x.op + " " + x.decision.action)
		await decide("allow", "C1006", { ttl: "1h" })
		// The block is outranked: whoever applied it would block the allowed.
		await decide("block", "C1006", { ttl: "2h" })
		ok((await told("C1006")).every(x => / allow$/.test(x)),
			await told("C1006"))
		sekisho("allow", "remove", "C1006", "--reason", "he moved")
		same((await told("C1006")).slice(-1), ["restored block"])
		await decide("release", "C1006")
		same((await told("C1006")).slice(-1), ["release allow"])
	})

await test("a long poll ends at its time", async () => {
	const { seq } = await admin.get("/api/v1/decisions/changes?after=0")
	const r = await admin.get(`/api/v1/decisions/changes?after=${seq}&wait=1s`)
	same([r.seq, r.changes], [seq, []])
})

const ids = s => [...s.text.matchAll(/^id: (\d+)$/gm)].map(m => +m[1])
await test("SSE: decisions as they come, resumed by Last-Event-ID, beats",
	async () => {
		const s = await admin.stream("/api/v1/events").ready
		same(s.status, 200)
		const { seq } = await admin.get("/api/v1/decisions/changes?after=0")
		await decide("block", "C1007", { ttl: "1h" })
		await until(() => ids(s).includes(seq + 1), "the event")
		const m = s.text.match(/event: decision\ndata: (.*)\n\n/)
		same(JSON.parse(m[1]).decision.customer, "C1007")
		const back = await admin.stream("/api/v1/events",
			{ "Last-Event-ID": String(seq - 1) }).ready
		await until(() => ids(back).length >= 2, "what was missed")
		same(ids(back).slice(0, 2), [seq, seq + 1])
		const far = await admin.stream("/api/v1/events",
			{ "Last-Event-ID": "99999999" }).ready
		await until(() => far.text.includes("event: reset"), "a reset")
		await until(() => /^: ?$/m.test(s.text), "a heartbeat", 20000)
		for (const x of [s, back, far])
			x.close()
		const reader = await by(env.reader).stream("/api/v1/events").ready
		await decide("release", "C1007")
		await until(() => ids(reader).length > 0, "an event")
		ok(!reader.text.includes("C1007"), "told to who may not read decisions")
		reader.close()
	})

await test("block.txt: a list that shows when it was cut off", async () => {
	const r = await admin.call("GET", "/export/v1/block.txt")
	const lines = r.text.trimEnd().split("\n")
	const head = lines[0].match(/^# generation (\d+) expires (\S+) count (\d+)$/)
	const end = lines.at(-1).match(/^# end count=(\d+) sha256=([0-9a-f]{64})$/)
	const body = lines.slice(1, -1)
	same([+head[3], +end[1]], [body.length, body.length])
	ok(body.length > 0, "it is empty")
	same(end[2], createHash("sha256").update(body.map(l => l + "\n").join(""))
		.digest("hex"))
	const etag = r.headers.etag
	ok(/^"[^"]+"$/.test(etag) && r.headers["last-modified"], "no strong ETag")
	const again = { headers: { "If-None-Match": etag } }
	expect(304, await admin.call("GET", "/export/v1/block.txt", again))
	await decide("block", "C1008", { ttl: "1h" })
	const other = expect(200, await admin.call("GET", "/export/v1/block.txt",
		again))
	ok(other.headers.etag !== etag && other.text !== r.text, "as before")
	await decide("release", "C1008")
	expect(200, await by(env.exporter).call("GET", "/export/v1/block.txt"))
	expect(403, await by(env.reader).call("GET", "/export/v1/block.txt"))
})

// --- who may ----------------------------------------------------------------
await test("tokens: scope, network, end, revocation; only hashes are kept",
	async () => {
		const get = (t, p = "/api/v1/status") => by(t).call("GET", p)
		expect(200, await get(env.reader))
		for (const p of ["/api/v1/decisions", "/api/v1/audit", "/api/v1/config",
			"/metrics"])
			expect(403, await get(env.reader, p), "forbidden")
		expect(403, await by(env.reader).post("/api/v1/decisions", { op: "block",
			targets: ["C1001"], reason: "x" }), "forbidden")
		expect(403, await by(env.exporter).call("GET", "/api/v1/incidents"))
		expect(401, await get(env.elsewhere))
		expect(200, await by(env.elsewhere).with({ from: "127.0.0.2" })
			.call("GET", "/api/v1/status"))
		await until(async () => (await get(env.short)).status === 401, "its end")
		expect(200, await get(env.revoked))
		sekisho("token", "revoke", env.revoked, "--reason", "it leaked")
		expect(401, await get(env.revoked), "unauthorised")
		expect(401, await get(env.crowdsec))
		for (const t of ["", "x", "tk_", env.admin.slice(0, -1),
			env.admin + "x", env.admin.slice(0, -1) + (env.admin.endsWith("A")
				? "B" : "A"), "tk_aaaaaaaaaaaa_" + "a".repeat(43)])
			expect(401, await nobody.call("GET", "/api/v1/status",
				{ headers: { Authorization: "Bearer " + t } }))
		expect(401, await nobody.call("GET", "/api/v1/status",
			{ headers: { Authorization: "Basic eDp5" } }))
		const secret = env.admin.split("_").slice(2).join("_") // base64url
		const files = execSync(`cat "${env.db}" "${env.db}"-*`,
			{ maxBuffer: 1 << 28 })
		ok(!files.includes(secret), "the secret is in the store")
		const list = sekisho("token", "list", "-o", "json")
		ok(!list.includes(secret) && JSON.parse(list).items.find(t =>
			t.name === "revoked").state === "revoked", list)
	})

const login = (operator, password, o) => nobody.call("POST",
	"/api/v1/session", { json: { operator, password }, ...o })
await test("a console session: cookie, CSRF, scopes, log-out", async () => {
	const r = expect(201, await login("aiko", env.password))
	const cookie = r.headers["set-cookie"][0]
	ok(/; HttpOnly/.test(cookie) && /; SameSite=Strict/.test(cookie) &&
		/; Path=\//.test(cookie), cookie)
	const me = nobody.with({ cookie: cookie.split(";")[0] })
	const s = await me.get("/api/v1/session")
	same([s.operator, s.via, s.csrf], ["aiko", "console", r.json.csrf])
	const block = { json: { op: "block", targets: ["C1009"], reason: "by hand",
		ttl: "1h" } }
	expect(403, await me.call("POST", "/api/v1/decisions", block), "csrf")
	expect(403, await me.with({ csrf: "x" }).call("POST", "/api/v1/decisions",
		block), "csrf")
	const hand = me.with({ csrf: s.csrf })
	const d = expect(200, await hand.call("POST", "/api/v1/decisions", block))
	same(d.json.items[0].result, "done")
	const row = (await admin.get("/api/v1/audit?actor=aiko&limit=50")).items
		.find(x => x.action === "block")
	same([row.via, row.object, row.reason], ["console", "C1009", "by hand"])
	expect(403, await me.call("DELETE", "/api/v1/session"), "csrf")
	const heard = await me.stream("/api/v1/events").ready
	const out = expect(204, await hand.call("DELETE", "/api/v1/session"))
	ok(/Max-Age=0/.test(out.headers["set-cookie"][0]), "the cookie stays")
	expect(401, await me.call("GET", "/api/v1/session"), "unauthorised")
	await until(() => heard.ended, "the end of the stream", 20000)
	// A second log-in of the same browser ends its first.
	const one = expect(201, await login("aiko", env.password))
	const first = nobody.with({
		cookie: one.headers["set-cookie"][0].split(";")[0] })
	const two = expect(201, await first.call("POST", "/api/v1/session",
		{ json: { operator: "aiko", password: env.password } }))
	expect(401, await first.call("GET", "/api/v1/session"))
	expect(200, await nobody.with({ cookie: two.headers["set-cookie"][0]
		.split(";")[0] }).call("GET", "/api/v1/session"))
	const other = expect(201, await login("reader", env.password))
	const reads = nobody.with({ csrf: other.json.csrf,
		cookie: other.headers["set-cookie"][0].split(";")[0] })
	expect(200, await reads.call("GET", "/api/v1/incidents"))
	expect(403, await reads.call("POST", "/api/v1/decisions", block),
		"forbidden")
	execFileSync(env.sekisho, ["operator", "passwd", "reader", "--db", env.db,
		"-c", env.conf], { input: env.password + "2\n", stdio: "pipe" })
	expect(401, await reads.call("GET", "/api/v1/incidents"))
	expect(201, await login("reader", env.password + "2"))
	sekisho("operator", "remove", "reader")
	expect(401, await login("reader", env.password + "2"), "bad_login")
	const files = execSync(`cat "${env.db}" "${env.db}"-*`,
		{ maxBuffer: 1 << 28 })
	ok(!files.includes(env.password) &&
		!files.includes(cookie.match(/sekisho=([^;]+)/)[1]),
		"a secret is in the store")
})

await test("reads of personal data need a reason, and are in the audit log",
	async () => {
		const mute = admin.with({ reason: "" })
		const { id } = (await admin.get("/api/v1/incidents")).items[0]
		for (const p of ["/api/v1/incidents/" + id, "/api/v1/customers/C1001",
			"/api/v1/decisions/D1", "/api/v1/who?ip=198.51.100.10"]) {
			expect(400, await mute.call("GET", p), "reason_required")
			expect(200, await mute.with({ reason: "call 7 %E8%8B%A6%E6%83%85" })
				.call("GET", p))
			const a = (await admin.get("/api/v1/audit?limit=1")).items[0]
			same([a.actor, a.via, a.action, a.reason], ["admin", "api", "read",
				"call 7 苦情"])
			ok(p.includes(a.object), a.object)
		}
		expect(200, await mute.call("GET", "/api/v1/incidents"))
	})

await test("log-ins are counted: ten failures, then 429 for a while",
	async () => {
		const from = nobody.with({ from: "127.0.0.3" })
		const bad = () => from.call("POST", "/api/v1/session",
			{ json: { operator: "aiko", password: "x".repeat(12) } })
		for (let i = 0; i < 10; i++)
			expect(401, await bad(), "bad_login")
		const r = expect(429, await bad(), "too_many")
		ok(+r.headers["retry-after"] > 0, "no Retry-After")
		expect(429, await from.call("POST", "/api/v1/session",
			{ json: { operator: "aiko", password: env.password } }))
		expect(201, await login("aiko", env.password)) // from elsewhere
		const tries = (await admin.get("/api/v1/audit?actor=aiko&limit=100"))
			.items.filter(x => x.action === "login")
		ok(tries.some(x => x.outcome === "refused") &&
			tries.some(x => x.outcome === "done"), "not in the audit log")
	})

// --- the console's files ----------------------------------------------------
await test("console pages: CSP, no remote, kept by their name", async () => {
	const r = expect(200, await nobody.raw("GET", "/"))
	const csp = r.headers["content-security-policy"]
	ok(/default-src 'none'/.test(csp) && /script-src 'self'/.test(csp) &&
		/frame-ancestors 'none'/.test(csp) && !/unsafe|\*|http/.test(csp), csp)
	same([r.headers["x-content-type-options"], r.headers["referrer-policy"],
		r.headers["x-frame-options"], r.headers["cache-control"]],
		["nosniff", "no-referrer", "DENY", "no-cache"])
	expect(304, await nobody.raw("GET", "/",
		{ headers: { "If-None-Match": r.headers.etag } }))
	const { gunzipSync } = await import("node:zlib")
	const page = gunzipSync(r.bytes).toString()
	ok(!/(src|href)="https?:/.test(page) && !/<script(?![^>]*src=)/.test(page) &&
		!/ on[a-z]+=/.test(page), page)
	for (const [, src] of page.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
		const a = expect(200, await nobody.raw("GET", src))
		ok(/immutable/.test(a.headers["cache-control"]), src)
	}
	expect(405, await nobody.raw("POST", "/"), "not_allowed")
	const api = await admin.raw("GET", "/api/v1/status")
	same(api.headers["cache-control"], "no-store")
	ok(api.headers["content-security-policy"], "no CSP")
})

await test("pruned decisions: 410, and a snapshot to go on from", async () => {
	const triggers = sql("SELECT name FROM sqlite_master WHERE type = " +
		"'trigger' AND sql LIKE '%append-only%'").trim().split("\n")
	sql("PRAGMA foreign_keys = OFF; " + triggers.map(t =>
		`DROP TRIGGER ${t};`).join(" ") + "DELETE FROM decision WHERE seq <= 5")
	expect(410, await admin.call("GET",
		"/api/v1/decisions/changes?after=2"), "gone")
	const { seq } = await admin.get("/api/v1/decisions?state=active")
	same((await admin.get("/api/v1/decisions/changes?after=" + seq)).changes,
		[])
})
finish()
