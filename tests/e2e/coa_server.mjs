// SPDX-License-Identifier: Apache-2.0
// A NAS that takes CoA and Disconnect requests (RFC 5176): checks the request
// authenticator by itself, answers as FILE says, logs what came, a line of
// JSON each. coa_server.mjs LOG PORTFILE SECRET FILE
// FILE: ack, nak CAUSE, mute, forged
import crypto from "node:crypto"
import dgram from "node:dgram"
import fs from "node:fs"

const [log, portfile, secret, mode] = process.argv.slice(2)
const md5 = (...parts) => parts.reduce((h, p) => h.update(p), crypto.createHash("md5")).digest()
const names = { 1: "User-Name", 8: "Framed-IP-Address", 11: "Filter-Id", 44: "Acct-Session-Id",
	55: "Event-Timestamp", 80: "Message-Authenticator", 92: "NAS-Filter-Rule", 97: "Framed-IPv6-Prefix",
	123: "Delegated-IPv6-Prefix" }

function attributes(m) {
	const v = []
	for (let at = 20; at < m.length; at += m[at + 1]) {
		const b = m.subarray(at + 2, at + m[at + 1])
		const text = m[at] === 8 ? b.join(".") :
			m[at] === 123 || m[at] === 97 ? b.toString("hex") : b.toString()
		if (m[at] !== 55 && m[at] !== 80)
			v.push(`${names[m[at]] ?? m[at]}=${text}`)
	}
	return v
}
const s = dgram.createSocket("udp4")
s.on("message", (m, r) => {
	const zero = Buffer.from(m).fill(0, 4, 20)
	const good = md5(zero, secret).equals(m.subarray(4, 20))
	const [what, cause] = fs.readFileSync(mode, "utf8").trim().split(" ")
	fs.appendFileSync(log, JSON.stringify({ code: m[0], good, what: attributes(m).join(" ") }) + "\n")
	if (what === "mute" || !good)
		return
	const more = what === "nak" ? Buffer.from([101, 6, 0, 0, cause >> 8, cause & 255]) : Buffer.alloc(0)
	const h = Buffer.alloc(20)
	h[0] = m[0] + (what === "nak" ? 2 : 1)
	h[1] = m[1]
	h.writeUInt16BE(20 + more.length, 2)
	m.copy(h, 4, 4, 20)
	md5(h, more, what === "forged" ? "x" : secret).copy(h, 4)
	s.send(Buffer.concat([h, more]), r.port, r.address)
})
s.bind(0, "127.0.0.1", () => {
	fs.writeFileSync(portfile + ".new", `${s.address().port}`)
	fs.renameSync(portfile + ".new", portfile)
})
