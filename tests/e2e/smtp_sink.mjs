// SPDX-License-Identifier: Apache-2.0
// A mail server that takes everything but mail to nobody*, and keeps nothing
// but a line for each mail: smtp_sink.mjs LOG PORT...
import fs from "node:fs"
import net from "node:net"

const [log, ...ports] = process.argv.slice(2)
for (const port of ports)
	net.createServer(s => {
		let text = "", data = false
		const from = s.remoteAddress.replace("::ffff:", "")
		s.on("error", () => {})
		s.write("220 mail.example ESMTP\r\n")
		s.on("data", d => {
			text += d
			for (let i; (i = text.indexOf("\r\n")) >= 0;) {
				const line = text.slice(0, i), verb = line.slice(0, 4).toUpperCase()
				text = text.slice(i + 2)
				if (data && line !== ".")
					continue
				if (data) {
					data = false
					fs.appendFileSync(log, `${port} ${from}\n`)
					s.write("250 2.0.0 taken\r\n")
				} else if (verb === "DATA") {
					data = true
					s.write("354 go on\r\n")
				} else if (verb === "QUIT") {
					s.end("221 2.0.0 bye\r\n")
				} else if (verb === "EHLO") {
					s.write("250-mail.example\r\n250 8BITMIME\r\n")
				} else if (/^RCPT TO:<nobody/i.test(line)) {
					s.write("550 5.1.1 no such user\r\n")
				} else {
					s.write("250 2.0.0 ok\r\n")
				}
			}
		})
	}).listen(Number(port), "::")
