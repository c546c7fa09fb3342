// SPDX-License-Identifier: Apache-2.0
// Checks lines of JSON by a definition of docs/hooks.schema.json. Of JSON
// Schema it knows what that file uses, and stops at anything else.
// hook_schema.mjs SCHEMA DEFINITION <LINES
import fs from "node:fs"

const [file, name] = process.argv.slice(2)
const root = JSON.parse(fs.readFileSync(file, "utf8"))
const kinds = {
	object: v => typeof v === "object" && v !== null && !Array.isArray(v),
	array: Array.isArray,
	string: v => typeof v === "string",
	integer: Number.isSafeInteger,
	boolean: v => typeof v === "boolean",
	null: v => v === null,
}
const rules = {
	type: (s, v) => kinds[s](v) ? [] : [`no ${s}`],
	const: (s, v) => v === s ? [] : [`not ${s}`],
	enum: (s, v) => s.includes(v) ? [] : [`none of ${s}`],
	pattern: (s, v) => typeof v !== "string" || new RegExp(s, "u").test(v) ? [] : [`not like ${s}`],
	minimum: (s, v) => typeof v !== "number" || v >= s ? [] : [`below ${s}`],
	maximum: (s, v) => typeof v !== "number" || v <= s ? [] : [`above ${s}`],
	minLength: (s, v) => typeof v !== "string" || [...v].length >= s ? [] : [`shorter than ${s}`],
	maxLength: (s, v) => typeof v !== "string" || [...v].length <= s ? [] : [`longer than ${s}`],
	minItems: (s, v) => !kinds.array(v) || v.length >= s ? [] : [`fewer than ${s}`],
	maxItems: (s, v) => !kinds.array(v) || v.length <= s ? [] : [`more than ${s}`],
	items: (s, v) => kinds.array(v) ? v.flatMap((x, i) => check(s, x).map(e => `${i}: ${e}`)) : [],
	required: (s, v) => kinds.object(v) ? s.filter(k => !(k in v)).map(k => `${k} is missing`) : [],
	properties: (s, v) => kinds.object(v) ? Object.keys(s).filter(k => k in v)
		.flatMap(k => check(s[k], v[k]).map(e => `${k}: ${e}`)) : [],
	additionalProperties: (s, v, all) => kinds.object(v) && s === false ? Object.keys(v)
		.filter(k => !(k in (all.properties ?? {}))).map(k => `${k} is unknown`) : [],
	oneOf: (s, v) => s.filter(x => check(x, v).length === 0).length === 1 ? [] :
		[`not one of: ${s.map(x => check(x, v).join(", ")).join(" | ")}`],
	$ref: (s, v) => check(root.$defs[s.replace("#/$defs/", "")], v),
}
function check(schema, v) {
	return Object.keys(schema).flatMap(k => {
		if (!(k in rules))
			throw new Error(`the checker does not know "${k}"`)
		return rules[k](schema[k], v, schema)
	})
}
let n = 0, bad = 0
for (const line of fs.readFileSync(0, "utf8").split("\n").filter(l => l !== "")) {
	const errors = check(root.$defs[name], JSON.parse(line))
	n++
	if (errors.length > 0) {
		bad++
		console.log(`${line}\n    ${errors.join("\n    ")}`)
	}
}
console.log(`${n} lines, ${bad} bad`)
process.exit(n > 0 && bad === 0 ? 0 : 1)
