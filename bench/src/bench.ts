import { parseArgs } from 'node:util'
import { type Contestant, type Recipe, apacheKafka, samsa, sleep, startContestant } from './contestant.ts'
import { measureLatency } from './latency.ts'
import { warmPages } from './page-cache.ts'
import { RawClient } from './raw-client.ts'
import { consume, produce, rdkafkaPerformance } from './rdkafka-performance.ts'
import { Results } from './results.ts'
import { measureSink } from './sink.ts'
import { createTopic, deleteTopic } from './topics.ts'

const HELP = `npm run bench -- [options]

Measures a Samsa broker beside Apache Kafka on this machine: interleaved runs, medians, ratios. 'npm run bench -- clients'
compares clients, 'npm run bench -- embedding' measures a broker inside a test's process; both have a --help of their own.

  --rounds N      counted rounds after one that warms up (default 3)
  --megabytes N   data a throughput run moves (default 500)
  --warm-up S     seconds of load before anything counts, for each broker (default 30)
  --only TEXT     only questions whose name contains TEXT
  --json          one object a figure instead of a table
  --help

SAMSA_PEER_KAFKA            script that starts Apache Kafka: SCRIPT start DIRECTORY PORT; without it Samsa is alone
SAMSA_RDKAFKA_PERFORMANCE   librdkafka's rdkafka_performance; without it throughput is skipped
`

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '500' },
    'warm-up': { type: 'string', default: '30' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const rounds = Number(options.rounds)
const bytesPerRun = Number(options.megabytes) * 1e6
const results = new Results()

async function main(): Promise<void> {
  const kafka = apacheKafka()
  if (kafka === undefined) note('Apache Kafka is skipped: SAMSA_PEER_KAFKA names no script.')
  const recipes = [samsa(), ...(kafka === undefined ? [] : [kafka])]
  if (isWanted('start')) await measureStart(recipes)

  const contestants: Contestant[] = []
  try {
    for (const recipe of recipes) contestants.push(await startContestant(recipe))
    await sleep(2000)
    for (const { name, usage } of contestants)
      results.add('memory idle', 'MB', name, usage().residentBytes / 1e6)
    if (rdkafkaPerformance === undefined)
      note('Throughput is skipped: SAMSA_RDKAFKA_PERFORMANCE names no program.')
    else await measureThroughput(contestants)
    if (isWanted('latency')) await measureLatencies(contestants)
    for (const { name, usage } of contestants)
      results.add('memory loaded', 'MB', name, usage().residentBytes / 1e6)
  } finally {
    for (const contestant of contestants) await contestant.stop()
  }
  if (isWanted('sink'))
    for (let round = 0; round <= rounds; round++)
      results.add('sink', 'MB/s', 'socket to file', await measureSink(bytesPerRun))
  process.stdout.write(options.json ? results.json() : results.table())
}

async function measureStart(recipes: readonly Recipe[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const recipe of recipes) {
      const contestant = await startContestant(recipe)
      results.add('start to first answer', 'ms', recipe.name, contestant.startMs)
      results.add('restart after kill -9', 'ms', recipe.name, await contestant.restart('SIGKILL'))
      await contestant.stop()
    }
  }
}

interface Mode {
  readonly name: string
  readonly acks: 1 | -1
  /** Whether Samsa answers from the page cache, as Kafka always does. */
  readonly isCached: boolean
}

const recordSizes = [100, 1000, 10_000]

const modes: readonly Mode[] = [
  { name: 'acks=all durable', acks: -1, isCached: false },
  { name: 'acks=all write.caching', acks: -1, isCached: true },
  { name: 'acks=1', acks: 1, isCached: false },
]

async function measureThroughput(contestants: readonly Contestant[]): Promise<void> {
  if (modes.some(({ name }) => recordSizes.some(size => isWanted(questionOf(size, name))))) {
    for (const contestant of contestants) await warmUp(contestant)
  }
  for (const recordBytes of recordSizes) {
    for (const mode of modes) {
      const question = questionOf(recordBytes, mode.name)
      if (!isWanted(question)) continue
      const topics: [Contestant, string][] = []
      for (let round = 0; round <= rounds; round++) {
        for (const contestant of contestants) {
          topics.push([contestant, await throughputRound(contestant, question, recordBytes, mode, round)])
        }
      }
      // Only now: the memory of what is deleted would be the next contestant's gain.
      for (const [contestant, topic] of topics) {
        await withClient(contestant, client => deleteTopic(client, topic))
      }
    }
  }
}

const questionOf = (recordBytes: number, mode: string) => `${recordBytes} B ${mode}`

/** A virtual machine compiles what it has run often: its first half minute says little. */
async function warmUp(contestant: Contestant): Promise<void> {
  const endMs = performance.now() + Number(options['warm-up']) * 1000
  for (let round = 0; performance.now() < endMs; round++) {
    const topic = await throughputRound(contestant, 'warm-up', 1000, modes[1] as Mode, -round)
    await withClient(contestant, client => deleteTopic(client, topic))
  }
}

async function throughputRound(
  contestant: Contestant,
  question: string,
  recordBytes: number,
  mode: Mode,
  round: number,
) {
  const topic = `t-${question.replaceAll(/[^a-z0-9]+/g, '-')}-${round}`
  await makeTopic(contestant, topic, mode)
  const recordCount = Math.min(3_000_000, Math.round(bytesPerRun / recordBytes))
  const run = { bootstrap: contestant.bootstrap, topic, recordBytes, recordCount, acks: mode.acks }
  const gigabytes = (recordCount * recordBytes) / 1e9
  const measure = async (
    verb: string,
    work: () => Promise<{ megabytesPerSecond: number; recordsPerSecond: number }>,
  ) => {
    const before = contestant.usage().cpuSeconds
    const { megabytesPerSecond, recordsPerSecond } = await work()
    const cpuSeconds = contestant.usage().cpuSeconds - before
    if (round <= 0) return
    results.add(`${verb} ${question}`, 'MB/s', contestant.name, megabytesPerSecond)
    results.add(`${verb} ${question}`, 'records/s', contestant.name, recordsPerSecond)
    results.add(`${verb} ${question}`, 'CPU s/GB', contestant.name, cpuSeconds / gigabytes)
  }
  warmPages(2 * recordCount * recordBytes)
  await measure('produce', () => produce(run))
  await measure('consume', () => consume(run))
  return topic
}

function makeTopic(contestant: Contestant, topic: string, { isCached }: Mode): Promise<void> {
  const config: Record<string, string> =
    isCached && contestant.name === 'samsa' ? { 'write.caching': 'true' } : {}
  return withClient(contestant, client => createTopic(client, topic, config))
}

async function withClient(contestant: Contestant, work: (client: RawClient) => Promise<void>): Promise<void> {
  const client = await RawClient.connect(contestant.bootstrap)
  await work(client)
  client.close()
}

async function measureLatencies(contestants: readonly Contestant[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const perSecond of [0, 1000]) {
      const rate = perSecond === 0 ? 'one at a time' : `${perSecond}/s`
      for (const contestant of contestants) {
        for (const caching of contestant.name === 'samsa' ? ['durable', 'write.caching'] : ['page cache']) {
          const config: Record<string, string> =
            caching === 'write.caching' ? { 'write.caching': 'true' } : {}
          const { p50Ms, p99Ms } = await measureLatency(contestant, { ...config }, 2000, perSecond, round)
          const name = caching === 'write.caching' ? `${contestant.name} write.caching` : contestant.name
          results.add(`latency ${rate} p50`, 'ms', name, p50Ms)
          results.add(`latency ${rate} p99`, 'ms', name, p99Ms)
        }
      }
    }
  }
}

function isWanted(question: string): boolean {
  return question.includes(options.only)
}

function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

if (options.help) process.stdout.write(HELP)
else await main()
