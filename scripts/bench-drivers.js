// SPDX-License-Identifier: Apache-2.0
// Each hook driver beside the bare tool that does the same work, in the same
// run: for scripts/bench. N orders are fed to the driver, each is answered.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync, spawn, spawnSync } = require('child_process');

const address = (i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
const quoted = (s) => `'${s.replace(/'/g, `'\\''`)}'`;

module.exports = ({ build, dir, ratio, tell, median, have, pairs }) => {
	const file = (name) => path.join(dir, name);
	const driver = (name) => quoted(path.join(build, `sekisho-driver-${name}`));
	const shell = (text) => ['sh', '-c', text];
	const few = { n: Math.min(5, pairs) };

	// The lines of n blocks, as a file.
	function orders(n) {
		const name = file(`orders-${n}`);
		let text = '{"op":"hello"}\n';
		for (let i = 0; i < n; i++)
			text += JSON.stringify({ op: 'block', seq: i + 1,
				event: 'new', cause: 'detector',
				subscriber: `C${i}`, targets: [`${address(i)}/32`],
				ports: [25], until_us: 4e15 }) + '\n';
		fs.writeFileSync(name, text);
		return name;
	}
	// A run that fails or an order that is refused is no figure.
	function fed(command, n, before = '') {
		const text = `${before}${command} <${orders(n)} >${file('told')}`;
		return shell(`${text} && ! grep -q '"ok":false' ${file('told')}`);
	}
	// A program that stays while measure runs; ready is a command.
	function beside(command, ready, measure) {
		const child = spawn(command[0], command.slice(1),
			{ stdio: 'ignore' });
		try {
			for (let i = 0; i < 200 && spawnSync('sh',
				['-c', ready]).status !== 0; i++)
				spawnSync('sleep', ['0.05']);
			measure();
		} finally {
			child.kill('SIGKILL');
		}
	}

	// The same table by a bare nft -f: comments and counters included. Both
	// in a new network namespace each time.
	function nft() {
		if (!have('nft'))
			return console.log('nft: not installed, left out');
		const n = 100000, table = file('table');
		const ns = process.getuid() === 0 ? ['unshare', '-n'] :
			['unshare', '-rn'];
		const within = (text) => [...ns, ...shell(text)];
		execFileSync(ns[0], [...ns.slice(1), ...shell(
			`${driver('nft')} <${orders(n)} >/dev/null && ` +
			`nft list table inet op25b >${table}`)]);
		ratio('nft_100k', { packets: n },
			[...ns, ...fed(driver('nft'), n)],
			within(`nft -f ${table}`), 2, { ...few, unit: 'entry' });
		fs.rmSync(orders(n));
	}
	// The whole way, on the clock: decisions of a store, each with its row.
	function nftHooks() {
		if (!have('nft'))
			return console.log('nft_hooks: no nft, left out');
		const runs = execFileSync('bash', [path.join(__dirname,
			'../tests/bench/nft_reconcile.sh'), build, '100000'],
		{ encoding: 'utf8', env: { ...process.env, PAIRS: few.n } })
			.trim().split('\n').map((l) => l.split(' ').map(Number));
		const show = (name, k, text) => {
			const r = median(runs.map((v) => v[k] / v[2]));
			tell(name, `100,000 entries ${text}: ` +
				`${median(runs.map((v) => v[k]))} ms, a bare nft -f ` +
				`${median(runs.map((v) => v[2]))}: ratio ${r.toFixed(2)}`,
			[median(runs.map((v) => v[k])),
				median(runs.map((v) => v[2])), r]);
		};
		show('nft_restored', 0, 'told by sekisho-hooks at its start');
		show('nft_repaired', 1, 'repaired after a flush, with two lists');
	}
	// Sorted, on the disk, renamed.
	function list() {
		const n = 100000, plain = file('plain'), out = file('list');
		fs.writeFileSync(plain, Array.from({ length: n }, (_, i) =>
			`${address(i)}/32\n`).reverse().join(''));
		ratio('file_100k', { packets: n },
			fed(`${driver('file')} ${out}`, n,
				`rm -f ${out} ${out}.json; `),
			shell(`LC_ALL=C sort ${plain} >${out}.new && ` +
				`sync ${out}.new && mv ${out}.new ${out}`),
			undefined, { ...few, unit: 'entry' });
	}
	function exec() {
		const n = 500;
		ratio('exec', { packets: n },
			fed(`${driver('exec')} /bin/true`, n),
			shell(`i=0; while [ $i -lt ${n} ]; do ` +
				'echo x | /bin/true; i=$((i+1)); done'),
			undefined, { ...few, unit: 'order' });
	}
	function webhook() {
		if (!have('curl'))
			return console.log('webhook: no curl, left out');
		const n = 1000, port = 21000 + process.pid % 20000;
		const url = `http://127.0.0.1:${port}/`;
		const server = `require('http').createServer((q, r) => {
			q.resume(); q.on('end', () => { r.statusCode = 204; r.end() })
		}).listen(${port}, '127.0.0.1')`;
		// One curl, its connection kept, the same bodies.
		fs.writeFileSync(file('curl'),
			fs.readFileSync(orders(n), 'utf8').trim().split('\n').slice(1)
				.map((l) => `url = "${url}"\n` +
					`data = "${l.replace(/"/g, '\\"')}"\n` +
					'header = "content-type: application/json"\n')
				.join('next\n'));
		fs.writeFileSync(file('webhook.keys'),
			'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n', { mode: 0o600 });
		beside([process.execPath, '-e', server], `curl -s ${url}`, () =>
			ratio('webhook', { packets: n },
				fed(`${driver('webhook')} -k ${file('webhook.keys')} ` +
					url, n),
				['curl', '-sS', '-f', '-K', file('curl')],
				undefined, { ...few, unit: 'order' }));
	}
	// The speaker has no neighbour: what is told it is in its table.
	function gobgp() {
		if (!have('gobgpd'))
			return console.log('gobgp: not installed, left out');
		const n = 50, port = 22000 + process.pid % 20000;
		const say = `gobgp -p ${port}`, rule = (a) => '-a ipv4-flowspec ' +
			`match source ${a}/32 protocol tcp destination-port ==25 ` +
			'then discard';
		fs.writeFileSync(file('gobgpd.conf'), '[global.config]\n' +
			'as = 65001\nrouter-id = "192.0.2.1"\nport = -1\n');
		const clear = `${say} global rib del all -a ipv4-flowspec ` +
			'>/dev/null 2>&1; ';
		let loop = clear;
		for (let i = 0; i < n; i++)
			loop += `${say} global rib add ${rule(address(i))} || exit 1\n`;
		fs.writeFileSync(file('gobgp.sh'), loop);
		beside(['gobgpd', '-f', file('gobgpd.conf'), '--api-hosts',
			`127.0.0.1:${port}`, '--pprof-disable'],
		`${say} global`, () =>
			ratio('gobgp', { packets: n },
				fed(`${driver('flowspec-gobgp')} -p ${port} ` +
					`-s ${file('gobgp.json')}`, n,
				`${clear}rm -f ${file('gobgp.json')}; `),
				['sh', file('gobgp.sh')],
				undefined, { ...few, unit: 'rule' }));
	}
	// Rules that exabgp runs through a process of its own, each acknowledged
	// before the next: the clock, since exabgp does the work.
	function exabgp() {
		if (!have('exabgp'))
			return console.log('exabgp: not installed, left out');
		const n = 50, socket = file('exabgp.sock');
		const bridge = path.join(build, 'sekisho-driver-flowspec-exabgp');
		const rule = (a) => 'announce flow route { match { source ' +
			`${a}/32; protocol tcp; destination-port =25; } ` +
			'then { discard; } }';
		for (const f of ['ex.in', 'ex.out'])
			execFileSync('mkfifo', [file(f)]);
		fs.writeFileSync(file('ex.pipe'), '#!/bin/sh\n' +
			`exec 3<>${file('ex.in')} 4<>${file('ex.out')}\n` +
			'cat <&3 &\nexec cat >&4\n', { mode: 0o755 });
		fs.writeFileSync(file('ex.conf'), `process sekisho {
	run ${bridge} -b ${socket}; encoder text; }
process bare { run ${file('ex.pipe')}; encoder text; }
neighbor 127.0.0.2 { router-id 127.0.0.1; local-address 127.0.0.1;
	local-as 65001; peer-as 65002; family { ipv4 flow; }
	api { processes [ sekisho, bare ]; } }
`);
		let loop = `exec 3<>${file('ex.in')} 4<>${file('ex.out')}\n`;
		for (let i = 0; i < n; i++)
			loop += `echo '${rule(address(i))}' >&3; ` +
				'read -r ack <&4; [ "$ack" = done ] || exit 1\n';
		fs.writeFileSync(file('ex.sh'), loop);
		beside(['env', 'exabgp.api.ack=true', 'exabgp.api.cli=false',
			'exabgp.daemon.drop=false', 'exabgp.tcp.bind=',
			`exabgp.daemon.user=${os.userInfo().username}`, 'exabgp',
			file('ex.conf')], `test -S ${socket}`, () =>
			ratio('exabgp', { packets: n },
				fed(`${driver('flowspec-exabgp')} -c ${socket} ` +
					`-s ${file('exabgp.json')}`, n,
				`rm -f ${file('exabgp.json')}; `),
				['sh', file('ex.sh')],
				undefined, { ...few, unit: 'rule', of: 'clock' }));
	}
	function coa() {
		if (!have('radclient'))
			return console.log('coa: no radclient, left out');
		const n = 50, nas = file('coa.port');
		const server = path.join(__dirname, '../tests/e2e/coa_server.mjs');
		fs.writeFileSync(file('coa.mode'), 'ack\n');
		fs.writeFileSync(file('coa.secret'), 'secret\n', { mode: 0o600 });
		beside([process.execPath, server, file('coa.log'), nas, 'secret',
			file('coa.mode')], `test -s ${nas}`, () => {
			const at = `127.0.0.1:${fs.readFileSync(nas, 'utf8')}`;
			fs.writeFileSync(file('coa.conf'), `nas "a" {
	address = "${at}"
	secret_file = "${file('coa.secret')}"
	session = {'User-Name = "%{subscriber}@isp.example"'}
	block = {'Filter-Id = "OP25B"'}
	unblock = {'Filter-Id = "OPEN"'}
}
`);
			ratio('coa', { packets: n },
				fed(`${driver('radius-coa')} -c ${file('coa.conf')} ` +
					`-s ${file('coa.json')}`, n,
				`rm -f ${file('coa.json')}; `),
				shell(`i=0; while [ $i -lt ${n} ]; do echo ` +
					`"User-Name = \\"C$i@isp.example\\", ` +
					`Filter-Id = \\"OP25B\\"" | radclient -S ` +
					`${file('coa.secret')} ${at} coa >/dev/null || ` +
					'exit 1; i=$((i+1)); done'),
				undefined, { ...few, unit: 'request' });
		});
	}
	return { nft, nft_hooks: nftHooks, file: list, exec, webhook, gobgp, exabgp,
		coa };
};
