import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { type Recipe, apacheKafka, samsa, startContestant } from '../contestant.ts'
import { memoryDirectory } from '../memory-directory.ts'
import { type ClientName, clientNames } from './client-under-test.ts'
import { Comparison } from './comparison.ts'
import { dropTopic, fillTopic, makeTopic } from './filled-topic.ts'
import { type Installed, installClient } from './install-clients.ts'
import { type Answer, type Question, type Run, questions } from './question.ts'

const HELP = `npm run bench -- clients [options]

Measures this repository's client beside kafkajs, @platformatic/kafka and @confluentinc/kafka-javascript: on one broker,
each in processes of its own, in turns; medians, spreads, and how far ahead of each ours is. The others are installed
from the npm registry into a cache outside of the repository (SAMSA_INTEROP_CACHE, ~/.cache/samsa-interop).

  --rounds N          how often every client is asked every question (default 3)
  --seconds S         what is measured of one run, beside its warm-up (default 1; three times that end to end)
  --short             one round of 0.6 seconds
  --clients A,B       only these of ${clientNames.join(', ')}
  --only TEXT         only questions whose name contains TEXT, with the size: 'consume 100 B'
  --broker NAME       samsa (default), or kafka: the one that SAMSA_PEER_KAFKA starts
  --durable           Samsa keeps its data on the disk and answers once records are there, which is its default; without
                      this option topics have write.caching, and the data is in memory (/dev/shm) where that has room:
                      neither the disk nor how fast the system finds it memory for files is what is measured
  --bootstrap H:P     a broker that runs already; what is made there is deleted again
  --json              one object a figure instead of a table
  --help
`

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
    short: { type: 'boolean', default: false },
    clients: { type: 'string', default: clientNames.join(',') },
    only: { type: 'string', default: '' },
    broker: { type: 'string', default: 'samsa' },
    durable: { type: 'boolean', default: false },
    bootstrap: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const recordSizes = [100, 1000]
const rounds = options.short ? 1 : Number(options.rounds)
const measuredMs = options.short ? 600 : Number(options.seconds) * 1000
/** Whether Samsa answers before records are on the disk. */
const isCached = options.broker === 'samsa' && !options.durable
/** A topic to be read holds that much. */
const BYTES_TO_READ = 120e6

/** More than the fastest client writes into a topic, and the topic before it, whose deletion may go on. */
const TOPIC_BYTES_PER_MS = 2e6

/** Long enough for some 6,000 records one at a time: from then on none costs less. */
const SLOW_WARM_UP_MS = 3000
/** So many times longer is watched where one record in a hundred decides. */
const SLOWEST_TIMES = 3

type Contestant = Exclude<Installed, { missing: string }>

async function main(): Promise<void> {
  const contestants = contestantsWanted()
  const broker =
    options.bootstrap === undefined ? await startContestant(recipe(), dataDirectory()) : undefined
  const bootstrap = options.bootstrap ?? broker!.bootstrap
  // What stayed behind in memory would take it until the machine is started again.
  if (broker !== undefined)
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void broker.stop().finally(() => process.exit(1)))
  try {
    const comparison = await compare(contestants, bootstrap)
    process.stdout.write(options.json ? comparison.json() : comparison.table())
  } finally {
    await broker?.stop()
  }
}

function contestantsWanted(): Contestant[] {
  const names = options.clients.split(',')
  const strange = names.find(name => !clientNames.includes(name as ClientName))
  if (strange !== undefined) throw new Error(`There is no client '${strange}': ${clientNames.join(', ')}.`)
  const contestants: Contestant[] = []
  for (const name of clientNames.filter(name => names.includes(name))) {
    const installed = installClient(name)
    if ('missing' in installed) note(`SKIPPED ${name}: ${installed.missing}`)
    else contestants.push(installed)
  }
  return contestants
}

function recipe(): Recipe {
  // Groups begin at once: the wait for more members is no client's merit.
  if (options.broker === 'samsa') return samsa(['--override', 'group.initial.rebalance.delay.ms=0'])
  const kafka = apacheKafka()
  if (options.broker === 'kafka' && kafka !== undefined) return kafka
  throw new Error(
    '--broker kafka needs SAMSA_PEER_KAFKA, a script that starts it: SCRIPT start DIRECTORY PORT.',
  )
}

/**
 * Where the broker keeps its data: in memory, as files of a disk wait for pages that a virtual machine's host gives at a
 * rate that varies tenfold, also where some were made ready before each run; undefined for the disk.
 */
function dataDirectory(): string | undefined {
  if (!isCached) return undefined
  const directory = memoryDirectory(measuredMs * TOPIC_BYTES_PER_MS)
  if (directory === undefined)
    note("The broker's data is on the disk: there is no file system in memory with enough room.")
  return directory
}

async function compare(contestants: readonly Contestant[], bootstrap: string): Promise<Comparison> {
  const comparison = new Comparison()
  for (const recordBytes of recordSizes) {
    for (const question of questions) {
      const name = `${question.name} ${recordBytes === 1000 ? '1 KB' : `${recordBytes} B`}`
      if (!name.includes(options.only)) continue
      const run = runOf(question, name, recordBytes, bootstrap)
      const askAll = () => askInTurns(contestants, name, question, run, comparison)
      await (question.isAboutReading === true ? withTopic(run, askAll) : askAll())
    }
  }
  return comparison
}

function runOf(question: Question, name: string, recordBytes: number, bootstrap: string): Run {
  const times = question.isAboutTheSlowest === true ? SLOWEST_TIMES : 1
  return {
    bootstrap,
    topic: `bench-${name.replaceAll(/\W+/g, '-')}-${process.pid}`,
    recordBytes,
    warmUpMs: question.warmsUpSlowly === true ? Math.max(SLOW_WARM_UP_MS, measuredMs) : measuredMs / 2,
    measuredMs: times * measuredMs,
    recordsThere: question.isAboutReading === true ? BYTES_TO_READ / recordBytes : 0,
  }
}

async function askInTurns(
  contestants: readonly Contestant[],
  name: string,
  question: Question,
  run: Run,
  comparison: Comparison,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    // Who comes first changes, should it matter.
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(turn + round) % contestants.length]!
      note(`${name}, round ${round + 1}: ${contestant.name}`)
      const own = { ...run, topic: `${run.topic}-${round}-${turn}` }
      const answer = await (question.isAboutReading === true
        ? ask(contestant, question, run)
        : withTopic(own, () => ask(contestant, question, own)))
      const { name: client, version } = contestant
      for (const [unit, sample] of Object.entries(answer ?? {}))
        comparison.add({ question: name, unit, client, version }, sample)
    }
  }
}

/** Has a topic as long as it is used: what it took of memory and disk is there for the next. */
async function withTopic<T>(
  { bootstrap, topic, recordBytes, recordsThere }: Run,
  use: () => Promise<T>,
): Promise<T> {
  await makeTopic(bootstrap, topic, isCached ? { 'write.caching': 'true' } : {})
  try {
    if (recordsThere > 0) await fillTopic(bootstrap, topic, recordBytes, recordsThere)
    return await use()
  } finally {
    await dropTopic(bootstrap, topic)
  }
}

/** Undefined, with a note, when the client did not get through. */
function ask(contestant: Contestant, question: Question, run: Run): Promise<Answer | undefined> {
  const script = new URL('worker.js', import.meta.url).pathname
  const args = [script, contestant.name, contestant.folder, question.name, JSON.stringify(run)]
  const environment = { ...process.env, KAFKAJS_NO_PARTITIONER_WARNING: '1', NODE_NO_WARNINGS: '1' }
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000 + 10 * run.measuredMs)
  return new Promise(resolve => {
    child.on('close', code => {
      clearTimeout(timer)
      if (code === 0) resolve(JSON.parse(output) as Answer)
      else {
        note(
          `FAILED ${contestant.name}, ${question.name}: ${errors.trim().split('\n').slice(0, 6).join(' / ')}`,
        )
        resolve(undefined)
      }
    })
  })
}

function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

if (options.help) process.stdout.write(HELP)
else await main()
