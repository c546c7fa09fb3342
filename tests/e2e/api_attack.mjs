// SPDX-License-Identifier: Apache-2.0
// Hostile and broken clients: the right status, bounded memory, and others are
// served meanwhile.
import fs from "node:fs"
import net from "node:net"
import { admin, env, expect, finish, ok, same, sleep, test, until }
	from "./api_client.mjs"

const rss_kib = () => +fs.readFileSync(`/proc/${env.pid}/status`, "utf8")
	.match(/VmRSS:\s+(\d+)/)[1]
const alive = async () => expect(200, await admin.raw("GET", "/livez"))
const auth = `Authorization: Bearer ${env.admin}\r\n` +
	"X-Sekisho-Reason: a test\r\n"

// Sends bytes; what comes until the other side closes, or for ms.
function send(bytes, { ms = 4000, half = false } = {}) {
	return new Promise(done => {
		const s = net.connect(env.port, "127.0.0.1", () => {
			s.write(bytes)
			if (half)
				s.end()
		})
		let text = ""
		const t = setTimeout(() => s.destroy(), ms)
		s.on("data", d => { text += d.toString("latin1") })
		s.on("error", () => {})
		s.on("close", () => { clearTimeout(t); done(text) })
	})
}
const status = text => +(text.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? 0)
const get = (target, fields = "") => send(`GET ${target} HTTP/1.1\r\n` +
	`Host: x\r\nConnection: close\r\n${auth}${fields}\r\n`)

await test("header fields and targets that are too long", async () => {
	for (const n of [20000, 100000, 3000000])
		ok([431, 413, 400, 0].includes(status(await get("/api/v1/status",
			"X-Long: " + "a".repeat(n) + "\r\n"))), "a field of " + n)
	ok([431, 413].includes(status(await get("/api/v1/status",
		"X-Long: " + "a".repeat(20000) + "\r\n"))), "no word of it")
	ok([431, 413].includes(status(await get("/api/v1/status",
		"X-A: b\r\n".repeat(5000)))), "many fields")
	const problem = async (target, fields, wanted, code) => {
		const r = await get(target, fields)
		same([status(r), /"code":"([a-z_]+)"/.exec(r)?.[1]], [wanted, code])
		ok(/content-type: application\/problem\+json/i.test(r), r)
	}
	await problem("/api/v1/incidents?q=" + "a".repeat(9000), "", 414,
		"uri_too_long")
	await problem("/" + "a".repeat(20000), "", 414, "uri_too_long")
	await problem("/livez", "X-Long: " + "a".repeat(9000) + "\r\n", 431,
		"header_too_large")
	await problem("/livez", "X-Long: " + "a".repeat(20000) + "\r\n", 431,
		"header_too_large")
	ok([414, 431].includes(status(await get("/" + "a".repeat(40000)))),
		"a target of 40000")
	await alive()
})

await test("bodies that are too long, said or not", async () => {
	const post = fields => `POST /api/v1/decisions HTTP/1.1\r\nHost: x\r\n` +
		`Connection: close\r\nContent-Type: application/json\r\n${auth}${fields}`
	// at once, before it is sent
	same(status(await send(post("Content-Length: 999999999\r\n\r\n"))), 413)
	same(status(await send(post("Content-Length: 18446744073709551617\r\n\r\n")))
		>= 400, true)
	same(status(await send(post("Content-Length: -1\r\n\r\n"))) >= 400, true)
	const part = "10000\r\n" + "a".repeat(65536) + "\r\n"
	same(status(await send(post("Transfer-Encoding: chunked\r\n\r\n") +
		part.repeat(6) + "0\r\n\r\n")), 413)
	expect(413, await admin.call("POST", "/api/v1/decisions",
		{ headers: { "Content-Type": "application/json" },
			body: '"' + "a".repeat(300000) + '"' }), "too_large")
	await alive()
})

await test("JSON that is none, or means two things", async () => {
	const bad = async (body, code = "bad_json") => expect(400,
		await admin.call("POST", "/api/v1/decisions", { body,
			headers: { "Content-Type": "application/json" } }), code)
	for (const s of ["", "{", "[]", "1", "null", "{}}", '{"a":1,"a":2}',
		'{"op":"block","op":"allow","targets":["C1001"],"reason":"x"}',
		"[".repeat(100000), '{"a":'.repeat(50000), '{"op":"\\u0000"}',
		'{"op":"\\ud800"}', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
		'{"a":1e999}', '{"targets":' + "[".repeat(9) + "]".repeat(9) + "}"])
		await bad(s)
	await bad('{"op":"block","targets":["C1001"],"reason":"x","ttl":5}',
		"bad_value")
	expect(415, await admin.call("POST", "/api/v1/decisions",
		{ body: "{}", headers: { "Content-Type": "text/plain" } }))
	expect(415, await admin.call("POST", "/api/v1/decisions", { body: "{}" }))
	const many = Array.from({ length: 501 }, (_, i) => "C" + i)
	await bad(JSON.stringify({ op: "block", targets: many, reason: "x" }),
		"bad_value")
	await alive()
})

await test("targets: escapes, twice the same name, ways out", async () => {
	for (const t of ["/api/v1/incidents?limit=1&limit=2", "/%", "/%zz",
		"/api/v1/incidents?q=%00", "/api/v1/incidents?q=%ff",
		"/api/v1/incidents?q=%c0%ae", "/api/v1/incidents/I1%00",
		"/api/v1/incidents?" + "a=1&".repeat(40)])
		same(status(await get(t)), 400, t)
	for (const t of ["/../../etc/passwd", "/api/v1/../v1/status/..",
		"/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/api/v1/reports/..",
		"/api/v1/reports/%2e%2e%2fsecret", "/./", "/index.html/..",
		"/api/v1/customers/" + "a".repeat(127)])
		same(status(await get(t)), 404, t)
	for (const t of ["*", "x", "ftp://x/livez"])
		ok(status(await get(t)) !== 200, t)
	const q = encodeURIComponent("(".repeat(400))
	same(status(await get("/api/v1/incidents?q=" + q)), 400)
	await alive()
})

await test("what a proxy and we could read in two ways", async () => {
	const post = (fields, body = "") => send("POST /api/v1/decisions HTTP/1.1" +
		`\r\nHost: x\r\nConnection: close\r\n${auth}` +
		`Content-Type: application/json\r\n${fields}\r\n${body}`)
	const is = (wanted, r, what) => {
		same(status(r), wanted, what)
		ok(/"code":"(bad_request|not_implemented)"/.test(r), what)
	}
	is(400, await post("Content-Length: 2\r\nContent-Length: 40\r\n", "{}"),
		"two lengths")
	is(400, await post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
		"0\r\n\r\n"), "two framings")
	is(501, await post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
		"another encoding")
	is(501, await post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
		"no encoding")
	is(400, await send("POST /api/v1/decisions HTTP/1.0\r\n" + auth +
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "1.0 and chunked")
	is(400, await get("/livez", "Host: y\r\n"), "two hosts")
	is(400, await send("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n"),
		"no host")
	same(status(await send("GET /livez HTTP/1.0\r\n\r\n")), 200, "1.0")
	for (const f of ["Authorization: Bearer x", "X-Sekisho-Reason: y",
		"x-api-key: a\r\nX-Api-Key: b", "If-Match: a\r\nIf-Match: b"])
		is(400, await get("/api/v1/status", f + "\r\n"), f)
	is(400, await get("/livez", "X : y\r\n"), "a space before the colon")
	same(status(await get("http://x/livez")), 200, "the absolute form")
	ok(/^HTTP\/1\.1 200/m.test(await get("/livez",
		"Expect: 100-continue\r\n")), "Expect")
	await alive()
})

await test("HEAD has no body, of a stream neither", async () => {
	const r = await send("HEAD /api/v1/events HTTP/1.1\r\nHost: x\r\n" + auth +
		"\r\nGET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	const [head, next] = r.split("\r\n\r\n")
	same(status(head), 200)
	ok(/content-type: text\/event-stream/i.test(head), head)
	same(status(next), 200, "what follows: " + r)
})

await test("what is no HTTP", async () => {
	const junk = Buffer.alloc(20000)
	for (let i = 0; i < junk.length; i++)
		junk[i] = (i * 7919 + (i >> 3) * 31) & 255
	for (const b of [junk, "\r\n\r\n\r\n", "GET\r\n\r\n", "\0".repeat(5000),
		"GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /livez\r\n\r\n",
		"GET /livez HTTP/1.1\r\n X: folded\r\nHost: x\r\n\r\n",
		"GET /livez HTTP/1.1\r\nNo colon here\r\n\r\n",
		"A".repeat(30000) + " / HTTP/1.1\r\n\r\n"])
		await send(b, { ms: 500, half: true })
	// requests in one piece are answered in their order
	const two = await send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" +
		"GET /nix HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	same([...two.matchAll(/HTTP\/1\.1 (\d+)/g)].map(m => m[1]), ["200", "404"])
	await alive()
})

await test("methods that are not known", async () => {
	const by = async m => status(await send(`${m} /api/v1/status HTTP/1.1\r\n` +
		`Host: x\r\nConnection: close\r\n${auth}\r\n`))
	for (const m of ["TRACE", "PUT", "CONNECT"])
		same(await by(m), 405, m)
	// no method of another origin's page is allowed by it
	const options = await send("OPTIONS /api/v1/decisions HTTP/1.1\r\n" +
		"Host: x\r\nOrigin: https://evil.example\r\n" +
		"Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n")
	same(status(options), 204)
	ok(/^Allow: GET, HEAD, POST, OPTIONS\r$/m.test(options), options)
	ok(!/Access-Control/i.test(options), options)
	for (const m of ["FOO", "get", "PROPFIND"])
		same(await by(m), 501, m)
})

await test("slow clients are closed, others are served meanwhile", async () => {
	const slow = []
	for (let i = 0; i < 150; i++) {
		const s = net.connect(env.port, "127.0.0.1")
		s.on("error", () => {})
		s.on("close", () => { s.gone = true })
		// a header, a body, and nothing at all
		s.write(["GET /api/v1/status HTTP/1.1\r\nX: ",
			`POST /api/v1/decisions HTTP/1.1\r\nHost: x\r\n${auth}` +
			"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
			""][i % 3])
		s.timer = setInterval(() => s.write(i % 3 < 2 ? "a" : ""), 300)
		slow.push(s)
	}
	await sleep(200)
	for (let i = 0; i < 20; i++)
		expect(200, await admin.raw("GET", "/api/v1/status"))
	await until(() => slow.every(s => s.gone), "all closed", 20000)
	slow.forEach(s => clearInterval(s.timer))
	await alive()
})

await test("a client that reads nothing holds no more than its part",
	async () => {
		const before = rss_kib()
		const all = []
		for (let i = 0; i < 50; i++) {
			const s = net.connect(env.port, "127.0.0.1")
			s.on("error", () => {})
			s.pause()
			s.write(`GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n`
				.repeat(40))
			all.push(s)
		}
		await sleep(1000)
		await alive()
		const grown = rss_kib() - before
		all.forEach(s => s.destroy())
		ok(grown < 32 * 1024, `grew by ${grown} KiB`)
	})

await test("1,000 event streams: each is told, memory stays small", async () => {
	const before = rss_kib()
	const all = []
	while (all.length < 1000)
		all.push(...await Promise.all(Array.from({ length: 50 }, () =>
			admin.stream("/api/v1/events").ready)))
	same(all.filter(s => s.status !== 200).length, 0, "refused:")
	const held = rss_kib()
	const over = await admin.raw("GET", "/api/v1/events")
	expect(503, over, "too_many")
	ok(over.headers["retry-after"], "no Retry-After")
	const at = Date.now()
	const r = expect(200, await admin.post("/api/v1/decisions", { op: "block",
		targets: ["C1010"], reason: "told to all", ttl: "1h" }))
	const id = r.json.items[0].decisions[0].seq
	await until(() => all.every(s => s.text.includes(`id: ${id}\n`)),
		"all are told")
	console.log(`     1,000 streams: ${held - before} KiB more than ` +
		`${before}, the last was told after ${Date.now() - at} ms`)
	ok(held - before < 64 * 1024, `grew by ${held - before} KiB`)
	all.forEach(s => s.close())
	await until(async () => /sekisho_http_streams 0\n/.test((await admin.raw(
		"GET", "/metrics")).text), "streams are forgotten", 40000)
	await alive()
})

await test("wrong credentials by the thousand", async () => {
	const before = rss_kib()
	for (let i = 0; i < 40; i++)
		await Promise.all(Array.from({ length: 50 }, (_, k) =>
			admin.with({ token: `tk_${String(i * 50 + k).padStart(12, "a")}_` +
				"x".repeat(43) }).raw("GET", "/api/v1/status")
				.then(r => expect(401, r))))
	const grown = rss_kib() - before
	ok(grown < 16 * 1024, `grew by ${grown} KiB`)
	await alive()
})
console.log(`     memory at the end: ${rss_kib()} KiB`)
finish()
