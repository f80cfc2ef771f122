import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Consumer, Producer, serdes } from '@samsa/client'
import type { Script, Subject } from './script.ts'

const data = "'{dir}/data/00000000000000000000"
const offsets = '{dir}/offsets/00000000000000000000.log'

/** Where the copies of a broker's files are: both tools are to see the same ones. */
const copies = new Map<string, string>()

async function filesOf(subject: Subject): Promise<Record<string, string>> {
  const known = copies.get(subject.name)
  if (known !== undefined) return namesIn(known)
  const dir = mkdtempSync(join(tmpdir(), 'tools-parity-files-'))
  copies.set(subject.name, dir)
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  await write(subject)
  const [logDir] = (await subject.admin.describeLogDirs([1])).get(1).keys()
  cpSync(join(logDir!, 'data-0'), join(dir, 'data'), { recursive: true })
  cpSync(busiest(logDir!), join(dir, 'offsets'), { recursive: true })
  mkdirSync(join(dir, 'broken'))
  writeFileSync(join(dir, 'broken/notes.txt'), 'notes')
  writeFileSync(join(dir, 'broken/00000000000000000000.snapshot'), new Uint8Array(64))
  return namesIn(dir)
}

/** The names of the second segment's files and of a snapshot of producers. */
function namesIn(dir: string): Record<string, string> {
  const names = readdirSync(join(dir, 'data')).sort()
  const second = names.filter(name => name.endsWith('.log'))[1]!.replace('.log', '')
  return { dir, second, snapshot: names.find(name => name.endsWith('.snapshot'))! }
}

/** The partition of `__consumer_offsets` that has most in it. */
function busiest(logDir: string): string {
  const sizeOf = (name: string) => statSync(join(logDir, name, '00000000000000000000.log')).size
  const partitions = readdirSync(logDir).filter(name => name.startsWith('__consumer_offsets-'))
  const filled = partitions.filter(name => existsSync(join(logDir, name, '00000000000000000000.log')))
  return join(logDir, filled.sort((a, b) => sizeOf(b) - sizeOf(a))[0]!)
}

async function write({ name, bootstrap, admin }: Subject): Promise<void> {
  const configs = { 'segment.bytes': 1_048_576, 'index.interval.bytes': 1000 }
  await admin.createTopic({ name: 'data', partitions: 1, configs })
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    await using producer = new Producer<string, string>({
      'bootstrap.servers': bootstrap,
      'compression.type': codec,
    })
    const headers = { trace: '1', empty: null }
    for (let n = 0; n < 3; n++)
      await producer.sendAll([
        { topic: 'data', partition: 0, key: `k${n}`, value: `${codec} ${n}`, headers },
        { topic: 'data', partition: 0, key: null, value: 'x'.repeat(400) },
        { topic: 'data', partition: 0, key: 'gone', value: null },
      ])
  }
  if (name === 'kafka') await transactions(bootstrap)
  await numbers(bootstrap)
  await group(bootstrap)
}

async function transactions(bootstrap: string): Promise<void> {
  await using producer = new Producer<string, string>({
    'bootstrap.servers': bootstrap,
    'transactional.id': 'tx',
  })
  const record = { topic: 'data', partition: 0, value: 'in a transaction' }
  await producer.transaction(async tx => void (await tx.send(record)))
  const failure = new Error('not this one')
  await producer
    .transaction(async tx => {
      await tx.send(record)
      throw failure
    })
    .catch(() => {})
}

/** Enough for a second segment, which begins with numbers. */
async function numbers(bootstrap: string): Promise<void> {
  await using large = new Producer<string, string>({ 'bootstrap.servers': bootstrap, 'linger.ms': 0 })
  for (let n = 0; n < 3; n++) await large.send({ topic: 'data', partition: 0, value: 'y'.repeat(500_000) })
  await using producer = new Producer(
    { 'bootstrap.servers': bootstrap },
    { key: serdes.int32, value: serdes.int64 },
  )
  for (let n = 0; n < 3; n++)
    await producer.send({ topic: 'data', partition: 0, key: n, value: BigInt(n) * 1_000_000n } as never)
}

async function group(bootstrap: string): Promise<void> {
  const entries = {
    'bootstrap.servers': bootstrap,
    'group.id': 'readers',
    'auto.offset.reset': 'earliest',
  } as const
  await using consumer = new Consumer<string, string>({ ...entries, 'client.id': 'reader' })
  consumer.subscribe(['data'])
  for await (const { topic, partition, offset } of consumer) {
    await consumer.commit([{ topic, partition, offset: offset + 1, metadata: 'noted' }])
    break
  }
}

const forgetGroup = async ({ admin }: Subject) => {
  await admin.deleteGroups(['readers']).results()
  return {}
}

export const dumpLog: Script = {
  name: 'dump-log',
  steps: [
    filesOf,
    `kafka-dump-log --files ${data}.log'`,
    `kafka-dump-log --files ${data}.log' --deep-iteration`,
    `kafka-dump-log --files ${data}.log' --print-data-log`,
    `kafka-dump-log --files ${data}.log' --print-data-log --skip-record-metadata`,
    `kafka-dump-log --files ${data}.log' --max-bytes 1000`,
    `kafka-dump-log --files ${data}.log' --max-bytes 10`,
    `kafka-dump-log --files ${data}.log,{dir}/data/{second}.log'`,
    `kafka-dump-log --files '{dir}/data/{second}.log' --deep-iteration`,
    `kafka-dump-log --files '{dir}/data/{second}.log' --key-decoder-class org.apache.kafka.tools.api.IntegerDecoder --value-decoder-class org.apache.kafka.tools.api.LongDecoder --max-bytes 1`,
    `kafka-dump-log --files ${data}.log' --value-decoder-class --max-bytes 1000`,
    `kafka-dump-log --files ${data}.index'`,
    `kafka-dump-log --files ${data}.index' --verify-index-only`,
    `kafka-dump-log --files ${data}.index' --index-sanity-check`,
    `kafka-dump-log --files ${data}.timeindex'`,
    `kafka-dump-log --files ${data}.timeindex' --verify-index-only`,
    `kafka-dump-log --files ${data}.timeindex' --index-sanity-check`,
    `kafka-dump-log --files '{dir}/data/{snapshot}'`,
    'kafka-dump-log --files {dir}/broken/00000000000000000000.snapshot',
    'kafka-dump-log --files {dir}/broken/notes.txt',
    'kafka-dump-log --files {dir}/data/missing.log',
    'kafka-dump-log --files {dir}/data/00000000000000000009.log',
    `kafka-dump-log --files ${offsets} --offsets-decoder`,
    `kafka-dump-log --files ${offsets} --offsets-decoder --skip-record-metadata`,
    `kafka-dump-log --files ${data}.log' --offsets-decoder`,
    `kafka-dump-log --files ${data}.log' --value-decoder-class no.such.Decoder`,
    'kafka-dump-log',
    'kafka-dump-log --help',
    'kafka-dump-log --print-data-log',
    'kafka-dump-log --fils a',
    'kafka-dump-log --files a.log --max-bytes many',
    forgetGroup,
  ],
}

/** A copy of Kafka's metadata log with much of what it can hold: the log itself grows while it is looked at. */
async function clusterLog(subject: Subject): Promise<Record<string, string>> {
  const { admin } = subject
  const [logDir] = (await admin.describeLogDirs([1])).get(1).keys()
  const copy = join(copies.get(subject.name)!, 'cluster')
  if (!existsSync(copy)) {
    await changeMetadata(admin)
    cpSync(join(logDir!, '__cluster_metadata-0'), copy, { recursive: true })
    cpSync(join(logDir!, 'bootstrap.checkpoint'), join(copy, 'bootstrap.checkpoint'))
  }
  return { cluster: copy }
}

async function changeMetadata(admin: Subject['admin']): Promise<void> {
  await admin.createTopic({ name: 'brief', partitions: 2, configs: { 'retention.ms': 1000 } })
  await admin.createPartitions([{ topic: 'brief', count: 3 }])
  await admin.incrementalAlterConfigs([{ type: 'TOPIC', name: 'brief', delete: ['retention.ms'] }])
  const quota = { entity: { user: 'ann' } }
  await admin.alterClientQuotas([{ ...quota, set: { consumer_byte_rate: 1.5e7, request_percentage: 0.5 } }])
  await admin.alterClientQuotas([{ ...quota, remove: ['request_percentage'] }])
  await admin.deleteTopics(['brief'])
}

/** What only Kafka writes for now. */
export const dumpTransactions: Script = {
  name: 'dump-log-transactions',
  only: { subject: 'kafka', because: 'Samsa does not serve transactions yet' },
  steps: [
    filesOf,
    `kafka-dump-log --files ${data}.txnindex'`,
    `kafka-dump-log --files ${data}.log' --deep-iteration`,
    async subject => {
      const [logDir] = (await subject.admin.describeLogDirs([1])).get(1).keys()
      const partitions = readdirSync(logDir!).filter(name => name.startsWith('__transaction_state-'))
      const sizes = partitions.map(name => join(logDir!, name, '00000000000000000000.log'))
      return { transactions: sizes.sort((a, b) => statSync(b).size - statSync(a).size)[0]!, logs: logDir! }
    },
    'kafka-dump-log --files {transactions} --transaction-log-decoder',
    clusterLog,
    'kafka-dump-log --files {cluster}/00000000000000000000.log --deep-iteration --max-bytes 2000',
    'kafka-dump-log --files {cluster}/00000000000000000000.log --cluster-metadata-decoder',
    'kafka-dump-log --files {cluster}/00000000000000000000.log --cluster-metadata-decoder --skip-record-metadata',
    'kafka-dump-log --files {cluster}/bootstrap.checkpoint --deep-iteration',
    'kafka-dump-log --files {cluster}/bootstrap.checkpoint --cluster-metadata-decoder',
    `kafka-dump-log --files ${data}.log' --remote-log-metadata-decoder --max-bytes 300`,
    forgetGroup,
  ],
}
