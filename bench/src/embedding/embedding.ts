import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Results } from '../results.ts'

const HELP = `npm run bench -- embedding [options]

Measures what a test pays that starts a broker in its own process, each time in a new process, and what many brokers in
one process leave behind.

  --rounds N      how many processes start one (default 30)
  --brokers N     how many are started in one process, one after the other (default 200)
  --json          one object a figure instead of a table
  --help
`

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rounds: { type: 'string', default: '30' },
    brokers: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const library = new URL('../../../packages/samsa/dist/index.js', import.meta.url).href
const script = (name: string) => fileURLToPath(new URL(`${name}.js`, import.meta.url))
const results = new Results()

/** Runs a script in a process of its own; it prints one line of JSON. */
function measured(
  name: string,
  args: string[],
  flags: string[] = [],
  environment = {},
): Record<string, number> {
  const command = [...flags, script(name), library, ...args]
  const text = execFileSync(process.execPath, command, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  })
  return JSON.parse(text) as Record<string, number>
}

function measureFirstRecord(): void {
  // The first run leaves compiled code behind, as the first test of a project does.
  measured('first-record', [])
  for (let round = 0; round < Number(options.rounds); round++) {
    const kept = measured('first-record', [])
    const fresh = measured('first-record', [], [], { NODE_DISABLE_COMPILE_CACHE: '1' })
    for (const [name, figures] of Object.entries({ samsa: kept, 'nothing kept': fresh })) {
      results.add('import', 'ms', name, figures['importMs']!)
      results.add('startSamsa after the import', 'ms', name, figures['startMs']!)
      results.add('import to first record read back', 'ms', name, figures['allMs']!)
      results.add('import to first record read back', 'ms CPU', name, figures['cpuMs']!)
    }
  }
}

function measureMany(): void {
  const many = measured('many-brokers', [options.brokers], ['--expose-gc'])
  const what = `${options.brokers} brokers, one after the other`
  results.add(`${what}: each, with one record`, 'ms', 'samsa', many['eachMs']!)
  results.add(`${what}: heap a broker leaves`, 'bytes', 'samsa', many['leftBytes']!)
  results.add(`${what}: open handles they leave`, 'handles', 'samsa', many['leftHandles']!)
}

if (options.help) process.stdout.write(HELP)
else {
  measureFirstRecord()
  measureMany()
  process.stdout.write(options.json ? results.json() : results.table())
}
