// Prints what the parser of AsyncAPI has to say of a document, as JSON: errors, warnings and hints.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.env.NODE_PATH, 'here.js'))
const { Parser } = require('@asyncapi/parser')

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'))
if (!document) console.error('it cannot be read')
const found = diagnostics.map(({ code, message, path }) => ({ code, message, path: path.join('/') }))
console.log(JSON.stringify(found))
