import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SamsaProcess, freePort } from '../process/samsa-process.ts'
import { Tally } from '../process/tally.ts'
import { rangesOf } from '../wire/ranges.ts'
import type { Place } from '../wire/wire-connection.ts'
import type { Difference } from './differences.ts'
import { explanationOf, explanations } from './explained.ts'
import { Pair } from './pair.ts'
import { scripts } from './scripts.ts'

// tests/parity/run [SCRIPT …]: asks Apache Kafka and Samsa the same and lists every field in which answers differ.
// SAMSA_PEER_KAFKA is a script with `start DIR PORT` and `stop DIR`; KAFKA_VERSION chooses what it starts.

const tally = new Tally()
const peer = process.env['SAMSA_PEER_KAFKA']
if (peer === undefined || peer === '') {
  tally.skip('answers agree with Apache Kafka', 'SAMSA_PEER_KAFKA does not name a script that starts it')
} else {
  await compare(peer)
}
tally.close()
if (tally.failed === 0) process.exitCode = 0

async function compare(script: string): Promise<void> {
  const kafka = startKafka(script, await freePort())
  const samsa = new SamsaProcess(await freePort(), {
    KAFKA_NODE_ID: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
  })
  try {
    await samsa.start()
    const ranges = { kafka: await rangesOf(kafka), samsa: await rangesOf(samsa) }
    const words = process.argv.slice(2)
    const seen = new Set<unknown>()
    const wanted = Object.entries(scripts).filter(([name]) => words.length === 0 || words.includes(name))
    for (const [name, run] of wanted) {
      const pair = new Pair({ kafka, samsa }, ranges)
      await tally.case(`${name}: answers agree with Apache Kafka`, async () => {
        await run(pair)
        pair.close()
        for (const one of pair.differences) seen.add(explanationOf(one))
        report(pair)
      })
    }
    if (words.length === 0) tellUnseen(seen)
  } finally {
    await samsa.stop()
    kafka.stop()
  }
}

function startKafka(script: string, port: number): Place & { stop(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'parity-kafka-'))
  const environment = {
    ...process.env,
    KAFKA_HEAP_OPTS: process.env['KAFKA_HEAP_OPTS'] ?? '-Xms100M -Xmx400M',
  }
  const started = spawnSync(script, ['start', directory, `${port}`], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (started.status !== 0) throw new Error(`${script} start ended with ${started.status}`)
  const stop = () => {
    spawnSync(script, ['stop', directory], { env: environment, stdio: 'ignore' })
    rmSync(directory, { recursive: true, force: true })
  }
  return { host: '127.0.0.1', port, stop }
}

/** Explanations that no difference needed; those of versions that only the other Kafka serves are among them. */
function tellUnseen(seen: ReadonlySet<unknown>): void {
  for (const one of explanations) {
    if (!seen.has(one)) console.log(`not seen this time: ${one.api ?? 'any API'} ${one.path} (${one.reason})`)
  }
}

/** Prints each kind of difference once, with all versions it was seen in; throws when one has no explanation. */
function report(pair: Pair): void {
  const unexplained = pair.differences.filter(one => explanationOf(one) === undefined)
  const explained = pair.differences.length - unexplained.length
  console.log(
    `  ${pair.asked} requests asked of both, ${pair.differences.length} fields differ, ${explained} of them as explained`,
  )
  const kinds = new Map<string, Difference[]>()
  for (const one of unexplained) {
    // Scripts name topics and groups by the version that is tried.
    const path = one.path.replaceAll(/\b([a-z]+(?:-[a-z]+)*)-\d+(-\d+)?[\w.-]*/g, '$1-…')
    const key = `${one.api} ${path} when: ${one.label}. Kafka ${one.kafka}, Samsa ${one.samsa}`
    kinds.set(key, [...(kinds.get(key) ?? []), one])
  }
  for (const [key, list] of kinds)
    console.log(`  v${[...new Set(list.map(one => one.version))].join(',')} ${key}`)
  if (kinds.size > 0) throw new Error(`${kinds.size} kinds of differences without an explanation`)
}
