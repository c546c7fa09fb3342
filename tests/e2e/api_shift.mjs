// SPDX-License-Identifier: Apache-2.0
// Moves a capture in time so that it ends a minute ago: api_shift.mjs FILE
import fs from "node:fs"

const b = fs.readFileSync(process.argv[2])
const starts = []
if (b.readUInt32LE(0) !== 0xa1b2c3d4 && b.readUInt32LE(0) !== 0xa1b23c4d)
	throw new Error("no capture of this machine's byte order")
for (let at = 24; at < b.length; at += 16 + b.readUInt32LE(at + 8))
	starts.push(at)
const by = Math.floor(Date.now() / 1000) - 60 - b.readUInt32LE(starts.at(-1))
for (const at of starts)
	b.writeUInt32LE(b.readUInt32LE(at) + by, at)
fs.writeFileSync(process.argv[2], b)
