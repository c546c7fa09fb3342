// SPDX-License-Identifier: Apache-2.0
// A receiver of webhooks that checks signatures by itself. What came goes to
// LOG, a line of JSON each. webhook.mjs LOG PORTFILE SECRET [KEY CERT]
import crypto from "node:crypto"
import fs from "node:fs"
import http from "node:http"
import https from "node:https"

const [log, portfile, secret, key, cert] = process.argv.slice(2)
const bytes = Buffer.from(secret.replace("whsec_", ""), "base64")

function verify(h, body) {
	const age = Math.abs(Date.now() / 1000 - Number(h["webhook-timestamp"]))
	const want = crypto.createHmac("sha256", bytes)
		.update(`${h["webhook-id"]}.${h["webhook-timestamp"]}.${body}`)
		.digest("base64")
	return age < 300 && (h["webhook-signature"] ?? "").split(" ")
		.some(s => s === `v1,${want}`)
}
const held = []
function answer(req, res, body) {
	const h = req.headers
	fs.appendFileSync(log, JSON.stringify({
		path: req.url, method: req.method, id: h["webhook-id"],
		type: h["content-type"], token: h["authorization"],
		signatures: (h["webhook-signature"] ?? "").split(" ").length,
		good: verify(h, body), body: JSON.parse(body),
	}) + "\n")
	const status = Number(req.url.slice(1, 4))
	if (status === 302)
		res.setHeader("location", "/200")
	if (status === 429)
		res.setHeader("retry-after", "30")
	if (req.url === "/slow")
		return
	// Answered when three are there at once.
	if (req.url === "/three") {
		held.push(res)
		if (held.length === 3)
			for (const r of held.splice(0)) {
				r.statusCode = 200
				r.end()
			}
		return
	}
	if (req.url === "/cut") {
		req.socket.destroy()
		return
	}
	res.statusCode = status
	res.end(status === 422 ? "no such customer\n" : "x".repeat(5000))
}
const handler = (req, res) => {
	let body = ""
	req.on("data", d => { body += d }).on("end", () => answer(req, res, body))
}
const server = key === undefined ? http.createServer(handler) :
	https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, handler)
server.listen(0, "127.0.0.1", () => {
	fs.writeFileSync(portfile + ".new", `${server.address().port}`)
	fs.renameSync(portfile + ".new", portfile)
})
