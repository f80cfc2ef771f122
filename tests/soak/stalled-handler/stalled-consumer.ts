import { once } from 'node:events'
import { silentLogger } from '@samsa/base'
import { Consumer, type ConsumerRecord, serdes } from '@samsa/client'
import { KEYS, type Mode } from './modes.ts'

// A consumer whose handlers stop at a certain record until standard input says to go on. Prints what main.ts reads:
//   memory HEAP EXTERNAL RESIDENT    bytes, every second
//   stalled                          handlers hold records, and wait
//   read COUNT                       numbers seen so far, once a second
//   wrong WHAT                       a number came that should not have
// Values are the numbers of their partition: 0, 1, 2 … and their keys these numbers modulo KEYS.
const [bootstrap = '', topic = '', mode = 'run'] = process.argv.slice(2) as [string, string, Mode]
const STALLED_FROM = 100

const config = {
  'bootstrap.servers': bootstrap,
  'group.id': `stalled-${mode}`,
  'auto.offset.reset': 'earliest',
  ...(mode !== 'run-until-expelled' && { 'max.poll.interval.ms': 3_600_000 }),
}
const consumer = new Consumer(config, { value: serdes.string, logger: silentLogger })
/** The next number due, of each partition or, where keys are what is ordered, of each key of a partition. */
const next = new Map<string, number>()
let count = 0
let isStalled = false
const gate = once(process.stdin, 'data')

function tell(...words: readonly (string | number)[]): void {
  process.stdout.write(`${words.join(' ')}\n`)
}

/** Goes back are allowed where a member lost its place: to what was committed, and on from there without a gap. */
function check({ partition, offset, value }: ConsumerRecord<Uint8Array, string>): void {
  const isByKey = mode === 'run-by-key'
  const key = offset % KEYS
  const lane = isByKey ? `${partition}/${key}` : `${partition}`
  const expected = next.get(lane) ?? (isByKey ? key : 0)
  if (offset > expected) tell('wrong', `partition ${partition}: ${offset} came where ${expected} was due`)
  if (!value!.startsWith(`${offset} `)) tell('wrong', `partition ${partition}: ${value} at ${offset}`)
  if (offset < expected) return
  next.set(lane, offset + (isByKey ? KEYS : 1))
  count++
}

async function handle(record: ConsumerRecord<Uint8Array, string>): Promise<void> {
  if (record.offset >= STALLED_FROM) {
    if (!isStalled) tell('stalled')
    isStalled = true
    await gate
  }
  check(record)
}

setInterval(() => {
  const { heapUsed, external, rss } = process.memoryUsage()
  tell('memory', heapUsed, external, rss)
  tell('read', count)
}, 1000)
process.once('SIGTERM', () => void consumer.close().then(() => process.exit()))

consumer.subscribe([topic])
if (mode === 'loop') for await (const record of consumer) await handle(record)
else if (mode === 'run-by-key') await consumer.run({ eachRecord: handle, concurrency: 64, orderedBy: 'key' })
else await consumer.run({ eachRecord: handle, concurrency: 4 })
