// SPDX-License-Identifier: Apache-2.0
// Every route of docs/openapi.json against a real server, and every route of
// the server in the file.
import { execFileSync } from "node:child_process"
import fs from "node:fs"
import { Client, admin, doc, env, expect, finish, ok, operations, same, seen,
	test, validator } from "./api_client.mjs"

const sqlite = sql => execFileSync("sqlite3", [env.db, ".timeout 5000", sql],
	{ encoding: "utf8" }).trim()
const nobody = new Client({ port: env.port })

await test("the file's schemas compile, and their objects are closed", () => {
	for (const [name, s] of Object.entries(doc.components.schemas)) {
		validator("/components/schemas/" + name)
		const parts = [s, ...(s.oneOf ?? []), ...(s.anyOf ?? [])]
		for (const x of parts)
			ok(x.type !== "object" || x.additionalProperties !== undefined,
				`${name}: an unknown member would not be seen`)
	}
})

await test("the server's table and the file name the same routes", () => {
	const table = fs.readFileSync("reports/api/routes.c", "utf8")
	const own = [...table.matchAll(/\{"([A-Z]+)", "([^"]+)"/g)]
		.map(m => m[1] + " " + m[2]).sort()
	const said = operations.map(x => x.method + " " +
		x.path.replace(/\{[^}]*\}/, "*")).sort()
	ok(own.length > 30, "the table cannot be read")
	same(own, said)
})

await test("parameters are those of the file", () => {
	const source = fs.readFileSync("reports/api/routes.c", "utf8")
	const words = Object.fromEntries([...source.matchAll(
		/#define (PAGE|INCIDENT)\s+"([^"]+)"/g)].map(m => [m[1], m[2]]))
	const rows = [...source.matchAll(
		/\{"([A-Z]+)", "([^"]+)",[^,]+,\s*\w+,\s*((?:"[^"]*"|PAGE|INCIDENT|\s)+),/g)]
	ok(rows.length > 30, "the table cannot be read")
	for (const [, method, path, text] of rows) {
		const op = operations.find(x => x.method === method &&
			x.path.replace(/\{[^}]*\}/, "*") === path)
		same(text.replace(/PAGE|INCIDENT/g, w => `"${words[w]}"`)
			.replaceAll('"', " ").split(/\s+/).filter(x => x).sort(),
			(op.o.parameters ?? []).filter(x => x.in === "query")
				.map(x => x.name).sort(), method + " " + path)
	}
})

await test("examples are of their schemas", () => {
	let n = 0
	for (const x of operations) {
		const at = `/paths/${x.path.replaceAll("/", "~1")}/` +
			x.method.toLowerCase()
		const body = x.o.requestBody?.content["application/json"]
		const all = [[`${at}/requestBody/content/application~1json/schema`,
			body?.example], ...(x.o.parameters ?? []).map((p, i) =>
			[`${at}/parameters/${i}/schema`, p.example])]
		for (const [ref, value] of all.filter(a => a[1] !== undefined)) {
			ok(validator(ref)(value), `${ref}: ${JSON.stringify(value)}`)
			n++
		}
		ok(!body || body.example || x.path.startsWith("/crowdsec"), x.path)
	}
	ok(n > 20, n + " examples")
})

await test("the server says of each path which methods it takes", async () => {
	const byPath = Map.groupBy ? Map.groupBy(operations, x => x.path)
		: operations.reduce((m, x) => m.set(x.path,
			[...(m.get(x.path) ?? []), x]), new Map())
	for (const [p, list] of byPath) {
		const path = p.replace(/\{[^}]*\}/, "I1")
		const r = await admin.raw("PUT", path)
		expect(405, r, "not_allowed")
		same(r.headers.allow.split(", ").filter(m => m !== "HEAD").sort(),
			[...list.map(x => x.method), "OPTIONS"].sort(), p)
		const o = expect(204, await nobody.raw("OPTIONS", path))
		same([o.headers.allow, o.bytes.length], [r.headers.allow, 0], p)
	}
})

await test("the file is served as it is", async () =>
	same(await admin.get("/api/v1/openapi.json"), doc))

await test("scopes are those of the file", async () => {
	const table = fs.readFileSync("reports/api/routes.c", "utf8")
	for (const x of operations) {
		const path = x.path.replace(/\{[^}]*\}/, "*").replaceAll("*", "\\*")
		const row = table.match(new RegExp(
			`\\{"${x.method}", "${path}",\\s*([A-Z_0-9]+)`))
		const scope = x.o["x-scope"] ?? null
		const own = /^SCOPE_/.test(row[1]) ? row[1].slice(6).toLowerCase()
			.replace("_", ":") : row[1] === "KNOWN" ? "any" : null
		same(own, scope, x.path)
	}
})

// --- each route: what it gives ----------------------------------------------
const ready = [200, 503]
const reads = [
	["/livez"], ["/livez?verbose"], ["/healthz"], ["/readyz", ready],
	["/readyz?verbose", ready], ["/metrics"], ["/api/v1/session"],
	["/api/v1/status"], ["/api/v1/incidents?limit=5&count=1"],
	["/api/v1/incidents?q=" + encodeURIComponent("kind:spam_bot score>1")],
	["/api/v1/incidents?state=open,closed&sort=-peak&kind=spam_bot"],
	["/api/v1/incidents?class=dynamic,static&min_score_milli=1000"],
	["/api/v1/incidents?customer=C1001&since=-1d&until=now"],
	["/api/v1/incidents/customers?limit=3&count=1"],
	["/api/v1/incidents/customers?state=open"],
	["/api/v1/incidents/counts"], ["/api/v1/incidents/counts?q=spam"],
	["/api/v1/incidents/histogram?since=-6h&until=now&buckets=24"],
	["/api/v1/incidents/histogram?q=kind:bot_burst&since=-2d"],
	["/api/v1/incidents/I1?limit=3"], ["/api/v1/incidents/I2"],
	["/api/v1/customers/C1001"],
	["/api/v1/who?ip=198.51.100.10&at=-30m"],
	["/api/v1/who?ip=198.51.100.10&port=4000"],
	["/api/v1/decisions?limit=4&count=1"], ["/api/v1/decisions?state=active"],
	["/api/v1/decisions?action=block&cause=detector&since=-1d"],
	["/api/v1/decisions/D1"], ["/api/v1/decisions/changes?after=0"],
	["/api/v1/allow?count=1"], ["/api/v1/enforcers"],
	["/api/v1/enforcers/script/history"],
	["/api/v1/enforcers/script/history?since=-7d&until=now&points=10"],
	["/api/v1/deliveries?limit=3&count=1"], ["/api/v1/deliveries?state=done"],
	["/api/v1/deliveries?driver=script"],
	["/api/v1/quality?since=-2d&until=now"], ["/api/v1/quality"],
	["/api/v1/reports"], ["/api/v1/audit?limit=2&count=1"],
	["/api/v1/audit?actor=root&since=today"], ["/api/v1/config"],
	["/api/v1/config?lang=ja"],
	["/export/v1/block.txt"],
]
for (const [target, want = [200]] of reads)
	await test("GET " + target, async () => {
		const r = await admin.call("GET", target)
		ok(want.includes(r.status), `${r.status}: ${r.text}`)
		const h = await admin.call("HEAD", target)
		same(h.status, r.status, "HEAD")
	})

await test("every incident and decision that there is", async () => {
	for (const i of (await admin.get("/api/v1/incidents?limit=500")).items)
		await admin.get("/api/v1/incidents/" + i.id)
	for (const d of (await admin.get("/api/v1/decisions?limit=500")).items)
		await admin.get("/api/v1/decisions/" + d.id)
})

await test("lists hold something, so that their rows were checked", async () => {
	for (const p of ["incidents", "incidents/customers", "decisions",
		"deliveries", "reports", "audit", "allow", "enforcers",
		"enforcers/script/history"]) {
		const r = await admin.get("/api/v1/" + p)
		ok(r.items.length > 0, `${p} is empty`)
	}
})

await test("reports are read by name, and by no path", async () => {
	const list = (await admin.get("/api/v1/reports")).items
	for (const x of list) {
		const r = await admin.raw("GET", "/api/v1/reports/" + x.name)
		expect(200, r)
		same(r.bytes.length, x.bytes)
		seen.add("GET /api/v1/reports/{name}")
	}
	for (const name of ["nix-2026-11-02.txt", "..%2f..%2fetc%2fpasswd",
		"link-2026-11-02.txt", ".hidden-2026-11-02", "2026-11-02%2f.."])
		expect(404, await admin.raw("GET", "/api/v1/reports/" + name))
})

await test("what is not there: 404 with a problem", async () => {
	for (const p of ["/api/v1/incidents/I999999", "/api/v1/incidents/1x",
		"/api/v1/decisions/D999999", "/api/v1/customers/nobody",
		"/api/v1/enforcers/nix/history"])
		expect(404, await admin.call("GET", p), "not_found")
	const r = expect(404, await admin.raw("GET", "/api/v1/nix"), "not_found")
	same(r.headers["content-type"], "application/problem+json")
	expect(404, await admin.raw("GET", "/api/v1/who/"), "not_found")
})

await test("a problem says which parameter is wrong", async () => {
	const bad = async (p, code, word) => {
		const r = expect(400, await admin.call("GET", p), code)
		ok(r.json.detail.includes(word), r.text)
	}
	await bad("/api/v1/incidents?limit=0", "bad_value", "limit")
	await bad("/api/v1/incidents?limit=501", "bad_value", "limit")
	await bad("/api/v1/incidents?limt=5", "bad_request", "limt")
	await bad("/api/v1/incidents?sort=nix", "bad_value", "sort")
	await bad("/api/v1/incidents?since=nix", "bad_value", "since")
	await bad("/api/v1/incidents?state=nix", "bad_value", "nix")
	await bad("/api/v1/incidents?cursor=nix", "bad_cursor", "cursor")
	await bad("/api/v1/incidents?sort=id&cursor=" + (await admin.get(
		"/api/v1/incidents?limit=1")).next_cursor, "bad_cursor", "cursor")
	await bad("/api/v1/who?ip=nix", "bad_value", "ip")
	await bad("/api/v1/decisions/changes", "bad_value", "after")
	await bad("/api/v1/config?lang=de", "bad_value", "lang")
	await bad("/api/v1/decisions?action=nix", "bad_value", "action")
	await bad("/api/v1/quality?since=2020-01-01", "bad_value", "since")
	const history = "/api/v1/enforcers/script/history"
	await bad(history + "?since=2020-01-01", "bad_value", "since")
	await bad(history + "?since=now&until=-1h", "bad_value", "since")
	await bad(history + "?points=0", "bad_value", "points")
	await bad(history + "?points=2000", "bad_value", "points")
	const r = expect(400, await admin.call("GET", "/api/v1/incidents?q=" +
		encodeURIComponent("kind:spam_bot nix:1")), "bad_query")
	same(r.json.at, 14)
})

await test("what is too long is told by every route, and in the file", async () => {
	for (const x of operations) {
		const o = { headers: { "X-Long": "a".repeat(9000) },
			json: x.method === "GET" ? undefined : {} }
		const target = x.path.replace(/\{[^}]*\}/, "I1")
		expect(431, await admin.call(x.method, target, o), "header_too_large")
		expect(414, await admin.call(x.method, target + "?q=" +
			"a".repeat(9000)), "uri_too_long")
	}
})

await test("without credentials: 401; what is for all: 200", async () => {
	for (const x of operations) {
		const target = x.path.replace(/\{[^}]*\}/, "I1")
		const r = await nobody.raw(x.method, target,
			{ json: x.method === "GET" ? undefined : {} })
		if (x.o.security?.length > 0 && !x.path.startsWith("/crowdsec")) {
			expect(401, r, "unauthorised")
			ok(r.headers["www-authenticate"], target)
		} else
			ok(r.status !== 401 || x.path.endsWith("/session"), target)
	}
})

await test("a history of many samples is cut, and its worst is not", async () => {
	const at = s => new Date((1790000000 + s) * 1000).toISOString()
	const get = async (from, to, points) => (await admin.get(
		`/api/v1/enforcers/old%20router/history?since=${at(from)}&until=${
			at(to)}&points=${points}`)).items
	const day = await get(0, 86400, 12)
	same(day.length, 12)
	same(day.map(x => x.worst), [0, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0])
	same(day.map(x => x.after_hole).indexOf(true), 7)
	same(day.map(x => x.lists), Array(12).fill(120))
	same(day[11].desired, 1439)
	for (let i = 0; i < 11; i++)
		ok(day[i].until < day[i + 1].since, JSON.stringify(day))
	same((await get(0, 86400, 1999)).length, 1440)
	// What held when the time began is there, whole.
	const two = await get(3630, 3700, 2)
	same(two.map(x => x.desired), [60, 61])
	same([two[0].since, two[0].until].map(x => Date.parse(x)),
		[at(3600), at(3630)].map(x => Date.parse(x)))
})

await test("the configuration speaks the language that is asked for",
	async () => {
		const get = async (query, accept) => {
			const r = await admin.call("GET", "/api/v1/config" + query,
				{ headers: accept ? { "Accept-Language": accept } : {} })
			same(r.headers.vary, "Accept-Language")
			const k = r.json.keys.find(x => x.name === "burst_window_s")
			return [r.headers["content-language"], k.section, k.title,
				k.unit, k.help]
		}
		const en = ["en", "policy", "policy", "seconds",
			"Window of the burst rule."]
		const ja = ["ja", "policy", "方針", "秒", "急増ルールの時間枠。"]
		same(await get("?lang=en", "ja"), en)
		same(await get("?lang=ja", "en"), ja)
		same(await get("", "en-GB,en;q=0.9,ja;q=0.8"), en)
		same(await get("", "ja,en;q=0.8"), ja)
		same(await get(""), en)
		const { keys } = await admin.get("/api/v1/config?lang=ja")
		same(keys.filter(k => k.help && !/[぀-ヿ一-鿿]/.test(k.help)), [])
		ok(keys.some(k => k.title === 'ドライバー "script"'))
	})

// --- changes ----------------------------------------------------------------
await test("PATCH incident, notes, decisions: by the file", async () => {
	const { id } = (await admin.get("/api/v1/incidents?state=open")).items[0]
	const path = "/api/v1/incidents/" + id
	const r = await admin.call("GET", path)
	same(r.headers.etag, r.json.etag)
	expect(428, await admin.call("PATCH", path,
		{ json: { state: "acknowledged" } }), "etag_required")
	const a = expect(200, await admin.call("PATCH", path, {
		json: { state: "acknowledged" }, headers: { "If-Match": r.json.etag } }))
	same(a.json.incident.state, "acknowledged")
	expect(412, await admin.call("PATCH", path, {
		json: { state: "closed", closed_as: "fixed", reason: "cleaned" },
		headers: { "If-Match": r.json.etag } }), "stale")
	expect(422, await admin.call("PATCH", path, {
		json: { state: "closed" }, headers: { "If-Match": a.json.etag } }))
	expect(422, await admin.call("PATCH", path, {
		json: { state: "open" }, headers: { "If-Match": a.json.etag } }))
	const c = expect(200, await admin.call("PATCH", path, {
		json: { state: "closed", closed_as: "false_positive",
			reason: "a mailing list" }, headers: { "If-Match": a.json.etag } }))
	same([c.json.incident.state, c.json.incident.closed_as],
		["closed", "false_positive"])
	expect(422, await admin.call("PATCH", path, { json: { state:
		"acknowledged" }, headers: { "If-Match": c.json.etag } }), "refused")
	expect(201, await admin.post(path + "/notes", { text: "見た" }))
	same((await admin.get(path)).notes.at(-1).text, "見た")
	expect(404, await admin.post("/api/v1/incidents/I99999/notes",
		{ text: "x" }))
	expect(201, await admin.post("/api/v1/customers/C1001/notes",
		{ text: "called back" }))
	ok(JSON.stringify(await admin.get("/api/v1/customers/C1001"))
		.includes("called back"), "the note is not there")
})

await test("POST decisions: dry run, block, allow, release, refusals", async () => {
	const post = (o, s = 200) => admin.post("/api/v1/decisions", o)
		.then(r => expect(s, r).json)
	const before = (await admin.get("/api/v1/decisions?count=1")).total
	const dry = await post({ op: "block", targets: ["C1002", "C1002", "nix"],
		reason: "x", dry_run: true })
	same(dry.items.map(x => x.result), ["would_do", "already", "not_found"])
	same((await admin.get("/api/v1/decisions?count=1")).total, before)
	const b = await post({ op: "block", targets: ["C1002"], reason: "asked",
		ttl: "1h" })
	same([b.done, b.items[0].result, b.items[0].decisions[0].action],
		[1, "done", "block"])
	const id = b.items[0].decisions[0].id
	await admin.get("/api/v1/decisions/" + id)
	const again = await post({ op: "allow", targets: ["C1002"], reason: "own" })
	same(again.items[0].decisions.at(-1).action, "allow")
	same((await post({ op: "block", targets: ["C1002"], reason: "x",
		dry_run: true })).allow_listed, 1)
	await post({ op: "release", targets: ["C1002"], reason: "over" })
	for (const bad of [{}, { op: "nix", targets: ["C1"], reason: "x" },
		{ op: "block", targets: [], reason: "x" },
		{ op: "block", targets: ["C1001"] },
		{ op: "block", targets: [1], reason: "x" },
		{ op: "block", targets: "C1001", reason: "x" },
		{ op: "block", targets: ["C1001"], reason: "  " },
		{ op: "block", targets: ["C1001"], reason: "x", ttl: "nix" },
		{ op: "block", targets: ["C1001"], reason: "x", dry_run: 1 }])
		await post(bad, 400)
	const audit = (await admin.get("/api/v1/audit?limit=50")).items
	ok(audit.some(x => x.action === "block" && x.reason === "asked"),
		"the audit log does not have it")
})

await test("letters: by case and language, each in the audit log", async () => {
	const bot = (await admin.get("/api/v1/incidents?state=open&kind=bot_burst,spam_bot"))
		.items[0]
	const path = `/api/v1/incidents/${bot.id}/letter`
	const en = await admin.get(path + "?lang=en")
	same([en.reference, en.customer, en.case, en.language],
		[bot.id, bot.customer, "infected", "en"])
	ok(en.subject.length > 0 && en.body.includes(bot.customer) &&
		en.body.includes("support@isp.example"), en.body)
	const ja = await admin.get(path + "?lang=ja&case=submission")
	same([ja.case, ja.language], ["submission", "ja"])
	ok(/\p{Script=Hiragana}/u.test(ja.body) &&
		ja.body.includes("submission.isp.example"), ja.body)
	const d = (await admin.get("/api/v1/decisions?cause=manual&action=block"))
		.items[0]
	const b = await admin.get(`/api/v1/decisions/${d.id}/letter?lang=en`)
	same([b.reference, b.case], [d.id, "blocked"])
	const rows = (await admin.get("/api/v1/audit?limit=20")).items
		.filter(x => x.action === "incident letter")
	same(rows.map(x => x.object), [d.id, bot.id, bot.id])
	same(rows[0].actor, rows[1].actor)
	ok(rows[1].detail.includes("submission in ja"), rows[1].detail)
	expect(400, await admin.call("GET", path + "?case=nix"), "bad_value")
	expect(400, await admin.call("GET", path + "?lang=../x"), "bad_value")
	expect(404, await admin.call("GET", "/api/v1/incidents/I99999/letter"))
	// A letter that needs what is not configured says which key.
	const r = await admin.call("GET", path + "?case=server")
	ok(r.status === 200 || r.status === 400 &&
		r.json.detail.includes("letters."), r.text)
})

await test("what was given up is tried again", async () => {
	const post = (o, s = 200) => admin.post("/api/v1/deliveries/retry", o)
		.then(r => expect(s, r).json)
	same(await post({ reason: "nothing is dead" }),
		{ dry_run: false, dead: 0, result: "already", retried: null })
	sqlite("UPDATE delivery SET state = 'dead', error = 'exit status 1' " +
		"WHERE id IN (SELECT id FROM delivery ORDER BY id LIMIT 2)")
	const dead = (await admin.get("/api/v1/deliveries?state=dead")).items
	same(dead.length, 2)
	const id = dead[0].id
	same(await post({ id, reason: "x", dry_run: true }),
		{ dry_run: true, dead: 1, result: "would_do", retried: null })
	same((await post({ driver: "script", reason: "x", dry_run: true })).dead, 2)
	same((await post({ driver: "nix", reason: "x", dry_run: true })).dead, 0)
	// Nobody runs who could do it: it waits, once for each key.
	const o = { id, reason: "mended" }
	const headers = { "Idempotency-Key": "retry-" + id }
	const first = expect(200, await admin.call("POST",
		"/api/v1/deliveries/retry", { json: o, headers }))
	same(first.json, { dry_run: false, dead: 1, result: "waiting",
		retried: null })
	const again = expect(200, await admin.call("POST",
		"/api/v1/deliveries/retry", { json: o, headers }))
	same(again.text, first.text)
	same(sqlite("SELECT count(*) FROM hook_request WHERE verb = 'retry' " +
		`AND delivery_id = ${id} AND done_us IS NULL`), "1")
	ok((await admin.get("/api/v1/audit?limit=20")).items.some(x =>
		x.action === "retry" && x.reason === "mended"), "not in the audit log")
	expect(403, await admin.with({ token: env.reader }).post(
		"/api/v1/deliveries/retry", o), "forbidden")
	await post({ id: 999999, reason: "x" }, 404)
	for (const bad of [{}, { id: 0, reason: "x" }, { id: "1", reason: "x" },
		{ id, driver: "script", reason: "x" }, { id },
		{ driver: 1, reason: "x" }, { reason: "x", dry_run: 1 }])
		await post(bad, 400)
	sqlite("UPDATE delivery SET state = 'done', error = NULL " +
		"WHERE state = 'dead'")
})

await test("a filter's total is that of its rows", async () => {
	const list = q => admin.get("/api/v1/incidents?limit=500&count=1&" + q)
	const since = (await admin.get("/api/v1/incidents?sort=last&limit=3"))
		.items.at(-1).last
	for (const q of ["kind:spam_bot", "kind:bot_burst score>1", "state:closed",
		"score>3", "customer:C1001", "kind:spam_bot OR score>9", "-kind:spam_bot",
		"since:1h", "kind:spam_bot since:400d", "spam"])
		for (const more of ["", "&since=" + since, "&since=-400d",
			"&state=open,acknowledged", "&kind=spam_bot", "&customer=C1002"]) {
			const r = await list("q=" + encodeURIComponent(q) + more)
			same(r.total, r.items.length, q + more)
		}
})

await test("quality counts what the store holds", async () => {
	const q = await admin.get("/api/v1/quality")
	const at = t => `unixepoch('${t}') * 1000000`
	const count = (what, col) => +sqlite(`SELECT count(*) FROM ${what} AND ` +
		`${col} >= ${at(q.since)} AND ${col} < ${at(q.until)}`)
	same([q.incidents_opened, q.incidents_closed, q.false_positives, q.blocks],
		[count("incident WHERE 1", "opened_us"),
			count("incident WHERE 1", "closed_us"),
			count("incident WHERE closed_as = 'false_positive'", "closed_us"),
			count("decision WHERE action = 'block' AND cause = 'detector'",
				"since_us")])
	ok(q.incidents_opened > 0 && q.false_positives > 0 && q.blocks > 0,
		"nothing was counted")
})

await test("log-in, stream and bouncers' routes", async () => {
	const r = expect(201, await nobody.post("/api/v1/session",
		{ operator: "aiko", password: env.password }))
	const me = nobody.with({ cookie: r.headers["set-cookie"][0].split(";")[0],
		csrf: r.json.csrf })
	expect(204, await me.call("DELETE", "/api/v1/session"))
	const s = await admin.stream("/api/v1/events").ready
	same(s.headers["content-type"], "text/event-stream")
	seen.add("GET /api/v1/events")
	s.close()
	const key = { headers: { "X-Api-Key": env.crowdsec } }
	expect(200, await nobody.call("GET",
		"/crowdsec/v1/decisions/stream?startup=true", key))
	expect(403, await nobody.call("GET", "/crowdsec/v1/decisions/stream"))
	expect(201, await nobody.call("POST", "/crowdsec/v1/usage-metrics",
		{ ...key, json: { remediation_components: [] } }))
})

await test("every route of the file was called", () =>
	same(operations.map(x => x.method + " " + x.path).filter(x =>
		!seen.has(x)), []))
finish()
