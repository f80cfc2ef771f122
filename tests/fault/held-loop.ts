import { readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { CreateTopics, FindCoordinator, Produce, encodeBatch } from '@samsa/protocol'
import { SamsaProcess, freePort, residentMb } from '../process/samsa-process.ts'
import { Tally } from '../process/tally.ts'
import type { LoopReport } from '../soak/scale/loop-watch.ts'
import { rangesOf } from '../wire/ranges.ts'
import { WireConnection } from '../wire/wire-connection.ts'
import {
  type LargeFrame,
  type Shape,
  distinctTopic,
  existingTopic,
  largeFrames,
  shapes,
  tagFrames,
} from './large-frames.ts'

// tests/fault/run held-loop [--counts 10000,50000,400000] [--apis Fetch,Metadata] [--all-versions] [--limit 50]: for how long
// a single frame, built to be as much work as it can, keeps the broker's loop from everyone else.

const { values: options } = parseArgs({
  options: {
    counts: { type: 'string', default: '10000,50000,400000' },
    apis: { type: 'string', default: '' },
    limit: { type: 'string', default: '50' },
    topics: { type: 'string', default: '500' },
    shapes: { type: 'string', default: shapes.join() },
    'all-versions': { type: 'boolean', default: false },
  },
})
const counts = options.counts.split(',').map(Number)
const reportPath = join(tmpdir(), `samsa-loop-${process.pid}.json`)
const watch = pathToFileURL(join(import.meta.dirname, '../soak/scale/loop-watch.js')).href
const broker = new SamsaProcess(await freePort(), {
  NODE_OPTIONS: `--import ${watch}`,
  SAMSA_TEST_LOOP_WATCH: reportPath,
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
})
const tally = new Tally()
await broker.start()
try {
  await fill()
  await held('warming up', Buffer.alloc(4))
  for (const { api, min, max } of (await rangesOf(broker)).values()) {
    if (options.apis !== '' && !options.apis.split(',').includes(api.name)) continue
    const versions = options['all-versions']
      ? Array.from({ length: max - min + 1 }, (_, i) => min + i)
      : [min, max]
    for (const version of new Set(versions)) {
      for (const count of counts) {
        for (const shape of shapes.filter(isAskedFor)) await judge(largeFrames(api, version, count, shape))
        await judge(tagFrames(api, version, count))
      }
    }
  }
} finally {
  await broker.stop()
  rmSync(reportPath, { force: true })
}
tally.close()

function isAskedFor(shape: Shape): boolean {
  return options.shapes.split(',').includes(shape)
}

/** What large requests name: one topic with a record, and some hundred more. */
async function fill(): Promise<void> {
  const connection = await WireConnection.open(broker)
  const names = [
    existingTopic,
    ...Array.from({ length: Number(options.topics) }, (_, at) => distinctTopic(at)),
  ]
  const topics = names.map(name => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }))
  await connection.request(CreateTopics, 4, { topics, timeoutMs: 10_000 })
  // So that there is a coordinator for the groups that requests name.
  await connection.request(FindCoordinator, 1, { key: existingTopic, keyType: 0 })
  const records = encodeBatch({ records: [{ timestamp: 1, key: null, value: new Uint8Array(100) }] })
  const topicData = [{ name: existingTopic, partitionData: [{ index: 0, records }] }]
  await connection.request(Produce, 7, { acks: -1, timeoutMs: 5000, topicData })
  connection.close()
}

async function judge(frames: Iterable<LargeFrame>): Promise<void> {
  for (const { name, bytes } of frames) {
    const { longestMs, tookMs, outcome } = await held(name, bytes)
    const text = `${name}: ${(bytes.length / 1e6).toFixed(1)} MB, ${outcome} after ${tookMs.toFixed(0)} ms, ${residentMb(broker.pid)} MB`
    const figure = `the loop was held for ${longestMs.toFixed(0)} ms`
    if (longestMs <= Number(options.limit)) tally.pass(`${text}; ${figure}`)
    else tally.fail(text, figure)
  }
}

async function held(name: string, frame: Uint8Array) {
  process.kill(broker.pid!, 'SIGUSR2')
  const begun = performance.now()
  const outcome = await outcomeOf(frame)
  const tookMs = performance.now() - begun
  await sleep(30)
  rmSync(reportPath, { force: true })
  process.kill(broker.pid!, 'SIGUSR2')
  for (let attempt = 0; attempt < 500; attempt++) {
    await sleep(10)
    try {
      const report: LoopReport = JSON.parse(readFileSync(reportPath, 'utf8'))
      return { longestMs: report.longestCpuMs, tookMs, outcome }
    } catch {}
  }
  throw new Error(`the broker no longer reports after ${name}:\n${broker.output().slice(-2000)}`)
}

/** How the broker takes a frame: it answers with so many bytes, closes the connection, or says nothing for 20 s. */
function outcomeOf(frame: Uint8Array): Promise<string> {
  return new Promise(done => {
    const socket = createConnection({ host: broker.host, port: broker.port })
    let [length, received] = [-1, 0]
    const settle = (outcome: string) => {
      clearTimeout(late)
      socket.destroy()
      done(outcome)
    }
    const late = setTimeout(() => settle('silent'), 20_000)
    socket.on('error', () => settle('closed'))
    socket.on('close', () => settle('closed'))
    socket.on('data', chunk => {
      if (length < 0) length = chunk.readUInt32BE(0) + 4
      received += chunk.length
      if (received >= length) settle(`answered (${(length / 1e6).toFixed(1)} MB)`)
    })
    socket.write(frame)
  })
}
