// SPDX-License-Identifier: Apache-2.0
// A client that checks each answer of the server by docs/openapi.json.
import fs from "node:fs"
import http from "node:http"
import https from "node:https"
import { createRequire } from "node:module"
import path from "node:path"

const require = createRequire(path.resolve(process.env.BIN, "openapi/x.js"))
const Ajv = require("ajv/dist/2020").default
const formats = require("ajv-formats").default
export const doc = JSON.parse(fs.readFileSync("docs/openapi.json", "utf8"))
const ajv = new Ajv({ strict: true, strictRequired: false,
	strictTypes: false, allErrors: true,
	keywords: ["x-scope", "paths", "openapi", "info", "servers", "components",
		"example"] })
formats(ajv)
ajv.addSchema({ $id: "api", ...doc })

const escape = s => s.replaceAll("~", "~0").replaceAll("/", "~1")
const compiled = new Map()
export function validator(ref) {
	if (!compiled.has(ref))
		compiled.set(ref, ajv.compile({ $ref: "api#" + ref }))
	return compiled.get(ref)
}

export const operations = Object.entries(doc.paths).flatMap(([p, item]) =>
	Object.entries(item).filter(([m]) => /^(get|post|patch|put|delete)$/.test(m))
		.map(([m, o]) => ({ method: m.toUpperCase(), path: p, o,
			like: new RegExp("^" + p.replaceAll(".", "\\.")
				.replace(/\{[^}]*\}/g, "[^/]+") + "$") })))
// The most exact path first: /counts is no {id}.
operations.sort((a, b) => a.path.split("{").length - b.path.split("{").length)
export const seen = new Set()

export function operationOf(method, target) {
	const p = target.split("?")[0]
	return operations.find(x => x.like.test(p) &&
		x.method === (method === "HEAD" ? "GET" : method))
}

// What is wrong with an answer, by the file: a list of words.
export function wrong(method, target, r) {
	const op = operationOf(method, target)
	if (!op)
		return [`${method} ${target} is not in the file`]
	seen.add(op.method + " " + op.path)
	const said = op.o.responses[r.status]
	if (!said)
		return [`${method} ${target}: ${r.status} is not in the file: ${r.text}`]
	const type = (r.headers["content-type"] ?? "").split(";")[0]
	const types = Object.keys(said.content ?? {})
	if (types.length === 0 || method === "HEAD")
		return r.text === "" ? [] : [`${target}: ${r.status} has a body`]
	if (!types.includes(type))
		return [`${method} ${target}: ${r.status} is ${type}, not ${types}`]
	if (!/json$/.test(type))
		return []
	const v = validator(`/paths/${escape(op.path)}/${op.method.toLowerCase()}` +
		`/responses/${r.status}/content/${escape(type)}/schema`)
	if (v(r.json))
		return []
	return v.errors.map(e => `${method} ${target} ${r.status}: ` +
		`${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`)
}

export class Client {
	constructor(o) {
		this.o = o
		this.agent = o.agent
	}
	with(more) {
		return new Client({ ...this.o, ...more })
	}
	// One request as it is; no check.
	raw(method, target, { headers = {}, body, json } = {}) {
		const o = this.o
		if (json !== undefined) {
			body = JSON.stringify(json)
			headers = { "Content-Type": "application/json", ...headers }
		}
		const all = { ...(o.token ? { Authorization: "Bearer " + o.token } : {}),
			...(o.reason === undefined ? { "X-Sekisho-Reason": "a test" } :
				o.reason ? { "X-Sekisho-Reason": o.reason } : {}),
			...(o.cookie ? { Cookie: o.cookie } : {}),
			...(o.csrf ? { "X-Sekisho-CSRF": o.csrf } : {}), ...headers }
		return new Promise((done, fail) => {
			const r = (o.tls ? https : http).request({ host: "127.0.0.1",
				port: o.port, socketPath: o.socket, ca: o.ca,
				localAddress: o.from, method, path: target, headers: all,
				agent: o.agent ?? false, timeout: 60000 }, a => {
				const parts = []
				a.on("data", d => parts.push(d))
				a.on("error", fail)
				a.on("end", () => {
					const bytes = Buffer.concat(parts)
					const text = bytes.toString()
					let value
					if (/json/.test(a.headers["content-type"] ?? "") && text)
						try {
							value = JSON.parse(text)
						} catch (e) {
							fail(new Error(`${target}: no JSON: ${text}`))
						}
					done({ status: a.statusCode, headers: a.headers, bytes,
						text, json: value })
				})
			})
			r.on("error", fail)
			r.on("timeout", () => r.destroy(new Error(`${target}: no answer`)))
			r.end(body)
		})
	}
	// One request, checked by the file.
	async call(method, target, o) {
		const r = await this.raw(method, target, o)
		const bad = wrong(method, target, r)
		if (bad.length > 0)
			throw new Error(bad.join("\n"))
		return r
	}
	async get(target, o) {
		const r = await this.call("GET", target, o)
		expect(200, r)
		return r.json ?? r.text
	}
	async post(target, json, o = {}) {
		return this.call("POST", target, { json, ...o })
	}
	// A stream: {status, text() so far, close()}
	stream(target, headers = {}) {
		const s = { text: "" }
		s.ready = new Promise((done, fail) => {
			s.r = http.request({ host: "127.0.0.1", port: this.o.port,
				path: target, agent: false, headers: { ...headers,
					...(this.o.cookie ? { Cookie: this.o.cookie } :
						{ Authorization: "Bearer " + this.o.token }) } }, a => {
				s.status = a.statusCode
				s.headers = a.headers
				a.on("data", d => { s.text += d })
				a.on("error", () => {})
				a.on("end", () => { s.ended = true })
				done(s)
			})
			s.r.on("error", fail)
			s.r.end()
		})
		s.close = () => s.r.destroy()
		return s
	}
}

// --- cases ------------------------------------------------------------------
let cases = 0, failed = 0
export async function test(name, fn) {
	cases++
	try {
		await fn()
		console.log("ok   " + name)
	} catch (e) {
		failed++
		console.log(`FAIL ${name}\n     ` +
			String(e.stack).split("\n")
			.filter(l => !l.includes("api_client.mjs") && !l.includes("node:"))
			.slice(0, 8).join("\n     "))
	}
}
export function finish() {
	console.log(`${cases - failed} passed, ${failed} failed`)
	process.exit(failed === 0 && cases > 0 ? 0 : 1)
}
export function ok(v, text) {
	if (!v)
		throw new Error(text)
}
export function same(a, b, text = "") {
	ok(JSON.stringify(a) === JSON.stringify(b),
		`${text} ${JSON.stringify(a)} is not ${JSON.stringify(b)}`)
}
export function expect(status, r, code) {
	ok(r.status === status && (code === undefined || r.json?.code === code),
		`${r.status}, not ${status} ${code ?? ""}: ${r.text?.slice(0, 400)}`)
	return r
}
export const sleep = ms => new Promise(done => setTimeout(done, ms))
export async function until(fn, what, ms = 20000) {
	for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) {
		const v = await fn()
		if (v)
			return v
	}
	throw new Error("not within " + ms + " ms: " + what)
}
export const env = JSON.parse(fs.readFileSync(process.env.API_ENV, "utf8"))
export const admin = new Client({ port: env.port, token: env.admin })
