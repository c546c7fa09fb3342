// SPDX-License-Identifier: Apache-2.0
// chaos.mjs BIN FOLDER SEED ROUNDS: see chaos.sh. What is done, to whom and
// when is a function of the seed; how the processes interleave is not.
import fs from "node:fs"
import http from "node:http"
import { spawn, spawnSync } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"

const [bin, dir, seedText, roundsText] = process.argv.slice(2)
const CUSTOMERS = 24
const db = `${dir}/disk/x.db`, conf = `${dir}/chaos.conf`

// mulberry32
let state = Number(seedText) >>> 0
function random(n) {
	state = (state + 0x6d2b79f5) >>> 0
	let t = state
	t = Math.imul(t ^ (t >>> 15), t | 1)
	t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
	return ((t ^ (t >>> 14)) >>> 0) % n
}

// --- the world --------------------------------------------------------------
const address = i => `192.0.2.${i + 1}`
const seen = { webhook: [], exec: [] }
const server = http.createServer((req, res) => {
	let body = ""
	req.on("data", d => body += d)
	req.on("end", () => {
		const o = JSON.parse(body)
		res.statusCode = fs.existsSync(`${dir}/refuse`) ? 503 : 204
		seen.webhook.push({ key: req.headers["webhook-id"], op: o.op, seq: o.seq, turn: o.turn ?? 0,
			who: o.subscriber, taken: res.statusCode === 204, body })
		res.end()
	})
})
await new Promise(ok => server.listen(0, "127.0.0.1", ok))

// Holds state in a file; lies (says that it was done, and does nothing) and
// hangs while the files "lie" and "hang" are there.
fs.writeFileSync(`${dir}/liar.mjs`, `
import fs from "node:fs"
import readline from "node:readline"
const file = "${dir}/liar.json"
let held = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)) : {}
const save = () => { fs.writeFileSync(file + ".new", JSON.stringify(held)); fs.renameSync(file + ".new", file) }
const say = o => process.stdout.write(JSON.stringify(o) + "\\n")
for await (const line of readline.createInterface({ input: process.stdin })) {
	const o = JSON.parse(line)
	if (o.op === "hello") { say({ ports: true, window: 8 }); continue }
	while (fs.existsSync("${dir}/hang"))
		await new Promise(ok => setTimeout(ok, 50))
	if (o.op === "list") {
		say({ ok: true, id: o.id, held: Object.entries(held).map(([subscriber, h]) => ({ subscriber, ...h })) })
		continue
	}
	if (!fs.existsSync("${dir}/lie")) {
		if (o.op === "block") held[o.subscriber] = { seq: o.seq, targets: o.targets, until_us: o.until_us }
		else delete held[o.subscriber]
		save()
	}
	say({ seq: o.seq, ok: true })
}
`)
fs.writeFileSync(`${dir}/hook`, `#!/bin/sh
[ -e "${dir}/refuse" ] && exit 1
echo "$SEKISHO_SEQ $SEKISHO_OP $SEKISHO_SUBSCRIBER" >>"${dir}/exec.log"
`, { mode: 0o755 })
fs.writeFileSync(`${dir}/subs.csv`, "prefix,customer,class,own_domains\n" +
	Array.from({ length: CUSTOMERS }, (_, i) => `${address(i)}/32,C${i},dynamic,\n`).join(""))
fs.writeFileSync(conf, `db = "${db}"
socket = "${dir}/x.sock"
network { own_networks = {"192.0.2.0/24"} }
analyzer { mode = "enforce" subscribers = "${dir}/subs.csv" }
driver "nft" { command = {"sekisho-driver-nft"} reconcile_s = 2 timeout_s = 5 }
driver "list" { command = {"sekisho-driver-file", "${dir}/block.txt"} reconcile_s = 2 timeout_s = 5 }
driver "liar" { command = {"${process.execPath}", "${dir}/liar.mjs"} reconcile_s = 2 timeout_s = 2 }
driver "web" { command = {"sekisho-driver-webhook", "-k", "none", "http://127.0.0.1:${server.address().port}/"} timeout_s = 5 }
driver "prog" { command = {"sekisho-driver-exec", "${dir}/hook"} timeout_s = 12 }
`)

// --- processes --------------------------------------------------------------
const daemons = { analyzer: null, hooks: null }
let ending = false
function start(name) {
	const log = fs.openSync(`${dir}/${name}.log`, "a")
	const child = spawn(`${bin}/sekisho-${name}`, ["-c", conf], { stdio: ["ignore", log, log] })
	fs.closeSync(log)
	daemons[name] = child
	child.on("exit", () => {
		if (!ending)
			setTimeout(() => start(name), 20)
	})
}
function drivers() {
	const pid = daemons.hooks.pid
	try {
		return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(x => x).map(Number)
	} catch {
		return []
	}
}
function kill(pid) {
	try {
		process.kill(pid, "SIGKILL")
	} catch { /* it has ended by itself */ }
}
// Not waited for in the loop: the web server has to answer meanwhile.
function cli(...args) {
	return new Promise(ok => {
		const child = spawn(`${bin}/sekisho`, [...args, "-c", conf], { stdio: ["ignore", "pipe", "pipe"] })
		let text = ""
		child.stdout.on("data", d => text += d)
		child.stderr.on("data", d => text += d)
		child.on("exit", code => ok({ code, text }))
	})
}
const faults = {
	analyzer: () => kill(daemons.analyzer.pid),
	hooks: () => kill(daemons.hooks.pid),
	driver: () => {
		const v = drivers(), at = random(16)
		if (v.length > 0)
			kill(v[at % v.length])
	},
	disk: () => {
		try {
			fs.writeFileSync(`${dir}/disk/ballast`, Buffer.alloc(32 << 20))
		} catch { /* full, as it is to be */ }
	},
	hang: () => fs.writeFileSync(`${dir}/hang`, ""),
	lie: () => fs.writeFileSync(`${dir}/lie`, ""),
	refuse: () => fs.writeFileSync(`${dir}/refuse`, ""),
	flush: () => spawnSync("nft", ["flush", "ruleset"]),
	panic: () => void cli("panic", "--yes", "--reason", "chaos"),
	mend: () => mend(),
}
function mend() {
	for (const f of ["disk/ballast", "hang", "lie", "refuse"])
		fs.rmSync(`${dir}/${f}`, { force: true })
}

// --- rounds -----------------------------------------------------------------
const done = {}, actions = []
const count = name => done[name] = (done[name] ?? 0) + 1
function act() {
	const who = `C${random(CUSTOMERS)}`, verb = ["block", "block", "allow", "release"][random(4)]
	const ttl = [["--ttl", "2s"], ["--ttl", "1h"], []][random(3)]
	count(verb)
	const action = cli(verb, who, "--reason", "chaos", ...(verb === "release" ? [] : ttl))
	actions.push(action)
	return action
}
start("analyzer")
for (let i = 0; i < 200 && !fs.existsSync(`${dir}/x.sock`); i++)
	await sleep(50)
start("hooks")
const kinds = Object.keys(faults)
for (let i = 0; i < Number(roundsText); i++) {
	const wait = random(40), fault = random(kinds.length * 2), after = random(60)
	const action = act()
	await sleep(wait)
	if (fault < kinds.length) {
		count(kinds[fault])
		faults[kinds[fault]]()
	} else if (i % 4 === 0) {
		mend()
	}
	if (i % 6 === 5)
		void cli("panic", "--off", "--yes", "--reason", "chaos")
	// a seed must not leave the disk full for all of its rounds
	if (i % 10 === 9)
		fs.rmSync(`${dir}/disk/ballast`, { force: true })
	await Promise.race([action, sleep(after)])
	if (i % 8 === 7)
		await action
}

// --- the end ----------------------------------------------------------------
mend()
for (let i = 0; i < 20 && (await cli("panic", "--off", "--yes", "--reason", "chaos")).code !== 0; i++)
	await sleep(200)
const sql = text => JSON.parse(spawnSync("sqlite3", ["-readonly", "-json", db, text],
	{ encoding: "utf8", maxBuffer: 64 << 20 }).stdout || "[]")
const newest = () => sql("select customer, action, until_us from decision d where mode = 'enforce' and seq = (select max(seq) from decision e where e.customer = d.customer and e.mode = 'enforce')")
	.filter(d => d.action === "block" && (d.until_us === null || d.until_us > Date.now() * 1000))
// An end that the analyzer has not noted, sekisho-hooks sees by itself.
await sleep(23000)
let last
for (let i = 0; i < 20; i++) {
	await cli("hook", "retry", "--all", "--reason", "all is well again")
	last = await cli("enforce", "reconcile")
	if (last.code === 0)
		break
	await sleep(500)
}
const problems = last.code === 0 ? [] : [`enforce reconcile: ${last.code} ${last.text}`]
const wanted = newest()
	.map(d => address(Number(d.customer.slice(1)))).sort()
const kernel = JSON.parse(spawnSync("nft", ["-j", "list", "table", "inet", "op25b"], { encoding: "utf8" }).stdout)
	.nftables.filter(o => o.set && o.set.name.startsWith("block"))
	.flatMap(o => o.set.elem ?? []).map(e => e.elem.val ?? e.elem).sort()
const list = fs.readFileSync(`${dir}/block.txt`, "utf8").split("\n")
	.filter(l => l && l[0] !== "#").map(l => l.replace("/32", "")).sort()
const liar = Object.values(JSON.parse(fs.readFileSync(`${dir}/liar.json`)))
	.map(h => h.targets[0].replace("/32", "")).sort()
function compare(name, got) {
	if (JSON.stringify(got) !== JSON.stringify(wanted))
		problems.push(`${name} has ${got.join(" ")}, wanted is ${wanted.join(" ")}`)
}
compare("the kernel", kernel)
compare("the list", list)
compare("the driver that lied", liar)
seen.exec = fs.readFileSync(`${dir}/exec.log`, "utf8").trim().split("\n")
	.map(l => ({ seq: Number(l.split(" ")[0]), op: l.split(" ")[1] }))
for (const [driver, v] of [["web", seen.webhook], ["prog", seen.exec]]) {
	const rows = sql(`select decision_seq seq, op, state, attempts, error from delivery where driver = '${driver}'`)
	const told = new Set(v.map(x => `${x.op} ${x.seq}`))
	for (const r of rows) {
		if (r.state !== "done")
			problems.push(`${driver}: D${r.seq} ${r.op} is ${r.state}: ${r.error}`)
		else if (r.error === null && !told.has(`${r.op} ${r.seq}`))
			problems.push(`${driver}: D${r.seq} ${r.op} is done and was never told`)
	}
	if (rows.length === 0)
		problems.push(`${driver} has no rows`)
}
const keys = new Map()
for (const x of seen.webhook) {
	const what = `${x.op} ${x.seq} ${x.turn}`
	if (keys.has(what) && keys.get(what) !== x.key)
		problems.push(`webhook: ${what} under ${x.key} and ${keys.get(what)}`)
	keys.set(what, x.key)
}
if (new Set(keys.values()).size !== keys.size)
	problems.push("webhook: two decisions under one key")
// A receiver that takes nothing twice under one key has it right, too.
const names = new Set(), receiver = new Set()
for (const x of seen.webhook.filter(x => x.taken && !names.has(x.key))) {
	names.add(x.key)
	if (x.op === "block")
		receiver.add(address(Number(x.who.slice(1))))
	else
		receiver.delete(address(Number(x.who.slice(1))))
}
compare("the receiver that drops repeats", [...receiver].sort())
// 0 is done, 5 is written down: neither may be lost, whatever was killed.
const accepted = (await Promise.all(actions)).filter(a => a.code === 0 || a.code === 5).length
const written = sql("select count(*) n, sum(applied_obs is null) waiting from operator_action")[0]
if (accepted === 0)
	problems.push("no action was accepted: nothing is tested")
if (written.n < accepted || written.waiting > 0)
	problems.push(`${accepted} actions accepted, ${written.n} written, ${written.waiting} of them not applied`)
const decisions = sql("select count(*) n from decision")[0].n
const foundRows = sql("select kind, count(*) n from difference group by kind order by kind")
ending = true
for (const d of Object.values(daemons))
	d.kill("SIGTERM")
await sleep(500)
for (const d of Object.values(daemons))
	kill(d.pid)
server.close()
server.closeAllConnections?.()
console.log(`${accepted} actions accepted, ${decisions} decisions, ${wanted.length} blocks in force; ` +
	Object.entries(done).map(([k, n]) => `${k} ${n}`).join(", "))
console.log(`requests ${seen.webhook.length}, runs ${seen.exec.length}; differences found and repaired: ` +
	foundRows.map(r => `${r.kind} ${r.n}`).join(", "))
for (const p of problems)
	console.log(p.slice(0, 600))
process.exit(problems.length > 0 ? 1 : 0)
