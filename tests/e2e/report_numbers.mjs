// SPDX-License-Identifier: Apache-2.0
// Runs the command beneath each number of a report and compares. Arguments:
// the JSON form, the text form, the program, its database and configuration.
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const [json, text, program, db, conf] = process.argv.slice(2);
const report = JSON.parse(readFileSync(json, 'utf8'));
// Lines of a command in the text end with " \".
const lines = readFileSync(text, 'utf8').replace(/ \\\n +/g, ' ').split('\n')
	.filter((l) => l.startsWith('    $ ')).map((l) => l.slice(6));
const shell = `sekisho() { case "$1 $2" in "config "*) "$PROGRAM" "$@" -c "$CONF";;
	*) "$PROGRAM" "$@" --db "$DB" -c "$CONF";; esac; }; `;
let tried = 0, failed = 0;

function run(command) {
	const r = spawnSync('bash', ['-c', shell + command], { encoding: 'utf8',
		env: { ...process.env, PROGRAM: program, DB: db, CONF: conf } });
	return r.stdout.trim() + (r.stderr ? ` [${r.stderr.trim()}]` : '');
}
function expect(name, command, want) {
	tried++;
	if (!lines.includes(command)) {
		failed++;
		console.log(`${name}: not in the text: ${command}`);
	}
	const got = run(command);
	if (got !== String(want)) {
		failed++;
		console.log(`${name}: ${want}, but ${command}\n  gives ${got}`);
	}
}
for (const [key, s] of Object.entries(report.sections)) {
	for (const [name, v] of Object.entries(s.values))
		if (v.command)
			expect(`${key}.${name}`, v.command, v.value);
		else {
			failed++;
			console.log(`${key}.${name}: no command`);
		}
	// Figures of the quality begin with their number.
	for (const [name, f] of Object.entries(s.facts))
		if (key === 'quality' && /^[0-9]/.test(f.text))
			expect(`${key}.${name}`, f.command, f.text.split(' ')[0]);
}
console.log(`${tried} numbers tried, ${failed} wrong`);
process.exit(failed > 0 || tried < 60 ? 1 : 0);
