import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@samsa/base'
import { Admin } from '@samsa/client'
import { SamsaProcess, freePort } from '../process/samsa-process.ts'
import { Tally } from '../process/tally.ts'
import { differencesOf } from './compare.ts'
import { type Difference, explanationOf, explanations } from './explained.ts'
import { JavaTools } from './java-tools.ts'
import { type Comparable, comparable } from './normalise.ts'
import { ownTools } from './own-tools.ts'
import type { Line, Script, Subject } from './script.ts'
import { scripts } from './scripts.ts'
import type { Toolbox } from './toolbox.ts'

// tests/tools-parity/run [SCRIPT …]: runs command lines with Kafka's tools and ours and lists the lines that differ.
// SAMSA_PEER_KAFKA is a script with `start DIR PORT`, `cluster DIR PORT` (three brokers), `stop DIR` and `classpath`.

const words = process.argv.slice(2)
const isShown = process.env['TOOLS_PARITY_SHOW'] !== undefined
const listsExplained = process.env['TOOLS_PARITY_EXPLAINED'] !== undefined
const only = process.env['TOOLS_PARITY_BROKER']
const tally = new Tally()
const seen = new Set<unknown>()
const wanted = scripts.filter(({ name }) => words.length === 0 || words.includes(name))
const ofOne = wanted.filter(({ needsThreeBrokers }) => needsThreeBrokers !== true)
const ofThree = wanted.filter(({ needsThreeBrokers }) => needsThreeBrokers === true)
const peer = process.env['SAMSA_PEER_KAFKA']
if (peer === undefined || peer === '') {
  tally.skip('tools agree with Apache Kafka’s', 'SAMSA_PEER_KAFKA does not name a script that starts it')
} else {
  const java = new JavaTools(peer)
  try {
    if (only !== 'samsa' && ofOne.length > 0)
      await withKafka(peer, 'start', subject => compareAll(subject, ofOne, java))
    if (only !== 'kafka' && ofOne.length > 0) await withSamsa(subject => compareAll(subject, ofOne, java))
    if (only !== 'samsa' && ofThree.length > 0)
      await withKafka(peer, 'cluster', subject => compareAll(subject, ofThree, java))
  } finally {
    java.close()
  }
  if (words.length === 0 && only === undefined) tellUnseen()
}
tally.close()
if (tally.failed === 0) process.exitCode = 0
process.exit()

async function compareAll(subject: Subject, scripts: readonly Script[], java: Toolbox): Promise<void> {
  for (const script of scripts) {
    const name = `${script.name} on ${subject.name}: ours do as Kafka's`
    if (script.only !== undefined && script.only.subject !== subject.name) {
      tally.skip(name, script.only.because)
      continue
    }
    await tally.case(name, async () => {
      const kafka = await runScript(script, subject, java)
      const ours = await runScript(script, subject, ownTools)
      report(script, subject, kafka, ours)
    })
  }
}

interface RanLine {
  readonly line: string
  readonly isUnordered: boolean
  readonly came: Comparable
}

async function runScript(script: Script, subject: Subject, tools: Toolbox): Promise<RanLine[]> {
  const files = mkdtempSync(join(tmpdir(), 'tools-parity-'))
  const known: Record<string, string> = { server: subject.bootstrap, files }
  const done: RanLine[] = []
  try {
    writeFiles(files, script, known)
    for (const step of script.steps) {
      if (typeof step === 'function') {
        Object.assign(known, await step(subject))
        writeFiles(files, script, known)
      } else done.push(await runLine(step, script, tools, known))
    }
  } finally {
    rmSync(files, { recursive: true, force: true })
    await deleteTopics(subject)
  }
  return done
}

function writeFiles(
  directory: string,
  { files = {} }: Script,
  known: Readonly<Record<string, string>>,
): void {
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), filled(text, known))
}

async function runLine(
  step: Line,
  script: Script,
  tools: Toolbox,
  known: Readonly<Record<string, string>>,
): Promise<RanLine> {
  const { line, input = '', isUnordered = false } = typeof step === 'string' ? { line: step } : step
  const [tool, ...args] = wordsOf(line).map(word => filled(word, known))
  const ran = await tools.run(tool!, args, input)
  if (isShown)
    console.log(`  ${tools.name} ${line}\n${ran.output}${ran.errors.slice(0, 2000)}  = ${ran.code}`)
  return { line, isUnordered, came: comparable(ran, known, text => script.normalise?.(text) ?? text) }
}

/** Words are separated by blanks; '…' and "…" keep them together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, one: string, other: string) => one ?? other),
  )
}

function filled(text: string, known: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{([a-z]\w*)\}/g, (whole, name: string) => known[name] ?? whole)
}

/** Every script finds the cluster empty. */
async function deleteTopics({ admin }: Subject): Promise<void> {
  const names = (await admin.listTopics()).map(({ name }) => name)
  if (names.length > 0) await admin.deleteTopics(names).results()
  for (let left = 50; left > 0 && (await admin.listTopics()).length > 0; left--) {
    await new Promise(done => setTimeout(done, 100))
  }
}

/** Prints each difference; throws when one has no explanation. */
function report(script: Script, { name: subject }: Subject, kafka: RanLine[], ours: RanLine[]): void {
  const all: Difference[] = kafka.flatMap(({ line, isUnordered, came }, at) =>
    differencesOf({ script: script.name, subject, line }, came, ours[at]!.came, isUnordered),
  )
  for (const one of all) seen.add(explanationOf(one))
  const open = all.filter(one => explanationOf(one) === undefined)
  console.log(
    `  ${kafka.length} command lines, ${all.length} lines differ, ${all.length - open.length} as explained`,
  )
  tell(open)
  if (listsExplained) tell(all.filter(one => !open.includes(one)))
  if (open.length > 0) throw new Error(`${open.length} lines differ without an explanation`)
}

function tell(differences: readonly Difference[]): void {
  let told = ''
  for (const one of differences) {
    const { line, what, kafka: theirs, ours } = one
    if (told !== line) console.log(`  ${line}`)
    told = line
    console.log(`    ${what === 'output' ? '' : `(${what}) `}Kafka's: ${theirs}\n    ours:    ${ours}`)
    const reason = explanationOf(one)?.reason
    if (reason !== undefined) console.log(`    because ${reason}`)
  }
}

function tellUnseen(): void {
  for (const one of explanations) {
    if (!seen.has(one))
      console.log(`not seen this time: ${one.tool ?? 'any tool'}: ${one.kafka} (${one.reason})`)
  }
}

async function withSamsa(work: (subject: Subject) => Promise<void>): Promise<void> {
  const broker = new SamsaProcess(await freePort(), {
    KAFKA_NODE_ID: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  })
  await broker.start()
  try {
    await withAdmin('samsa', `${broker.host}:${broker.port}`, work)
  } finally {
    await broker.stop()
  }
}

/** @param how `start` for one broker, `cluster` for three */
async function withKafka(
  script: string,
  how: 'start' | 'cluster',
  work: (subject: Subject) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tools-parity-kafka-'))
  const port = await freePort()
  const env = { ...process.env, KAFKA_HEAP_OPTS: '-Xmx256m -Xms256m' }
  const settings = [
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users=User:ANONYMOUS',
  ]
  try {
    const started = spawnSync(script, [how, directory, `${port}`, ...settings], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (started.status !== 0) throw new Error('Apache Kafka did not start')
    await withAdmin('kafka', `127.0.0.1:${port}`, work)
  } finally {
    spawnSync(script, ['stop', directory], { env, stdio: 'ignore' })
    rmSync(directory, { recursive: true, force: true })
  }
}

async function withAdmin(
  name: Subject['name'],
  bootstrap: string,
  work: (subject: Subject) => Promise<void>,
): Promise<void> {
  await using admin = new Admin({ 'bootstrap.servers': bootstrap }, { logger: silentLogger })
  await work({ name, bootstrap, admin })
}
