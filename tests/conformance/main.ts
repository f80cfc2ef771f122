import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SamsaProcess, freePort } from '../process/samsa-process.ts'
import { Tally } from '../process/tally.ts'
import { adminCases, adminOnlyKafkaCases } from './admin-cases.ts'
import { type Case, type Subject, uniqueName } from './case.ts'
import { consumerCases } from './consumer-cases.ts'
import { groupCases } from './group-cases.ts'
import { mixedCases } from './mixed-cases.ts'
import { scenarios as producerTransactions } from './producer-transactions.ts'
import { shareCases } from './share-cases.ts'
import { transactionCases } from './transaction-cases.ts'

// tests/conformance/run [WORD …]: runs the cases whose names contain one of the words, or all of them.
// SAMSA_CONFORMANCE=samsa or kafka asks one broker only.
const words = process.argv.slice(2)
const only = process.env['SAMSA_CONFORMANCE']
const peer = process.env['SAMSA_PEER_KAFKA']
const cases: readonly Case[] = [
  ...adminCases,
  ...adminOnlyKafkaCases,
  ...consumerCases,
  ...groupCases,
  ...mixedCases,
  ...transactionCases,
  ...producerTransactions,
  ...shareCases,
]
const tally = new Tally()

if (only !== 'kafka') await withSamsa(runAll)
if (peer === undefined)
  tally.skip('everything on Apache Kafka', 'SAMSA_PEER_KAFKA does not name a script that starts it')
else if (only !== 'samsa') await withKafka(peer, runAll)
tally.close()
process.exit()

async function runAll(subject: Subject): Promise<void> {
  for (const one of cases) {
    if (words.length > 0 && !words.some(word => one.name.includes(word))) continue
    await runOne(one, subject)
  }
}

async function runOne(one: Case, subject: Subject): Promise<void> {
  const name = `${subject.name}: ${one.name}`
  const why = one.skip?.(subject)
  if (why !== undefined) return tally.skip(name, why)
  await tally.case(name, () => one.run(subject))
}

async function withSamsa(work: (subject: Subject) => Promise<void>): Promise<void> {
  const broker = new SamsaProcess(await freePort(), { KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0' })
  await broker.start()
  const restart = async () => {
    await broker.kill()
    await broker.start()
  }
  try {
    const bootstrap = `${broker.host}:${broker.port}`
    await work({
      name: 'samsa',
      unique: uniqueName,
      bootstrap,
      restart,
      javaTool: peer === undefined ? undefined : [peer, 'tool'],
    })
  } finally {
    await broker.stop()
  }
}

async function withKafka(script: string, work: (subject: Subject) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'kafka-conformance-'))
  const port = await freePort()
  const env = { KAFKA_HEAP_OPTS: '-Xmx256m -Xms256m', ...process.env }
  try {
    const started = spawnSync(script, ['start', directory, `${port}`], { env, stdio: 'inherit' })
    if (started.status !== 0) throw new Error('Apache Kafka did not start')
    await work({
      name: 'kafka',
      unique: uniqueName,
      bootstrap: `127.0.0.1:${port}`,
      restart: undefined,
      javaTool: [script, 'tool'],
    })
  } finally {
    spawnSync(script, ['stop', directory], { env, stdio: 'ignore' })
    rmSync(directory, { recursive: true, force: true })
  }
}
