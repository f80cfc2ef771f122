import { type Socket, createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Api, CreateTopics, Fetch, apis } from '@samsa/protocol'
import { type Broker, SamsaProcess, brokerUnderTest, freePort, residentMb } from '../process/samsa-process.ts'
import { Tally } from '../process/tally.ts'
import { rangesOf } from '../wire/ranges.ts'
import { sampleRequest } from '../wire/sample-request.ts'
import { WireConnection, encodeFrame } from '../wire/wire-connection.ts'
import { largeFrames, shapes, tagFrames } from './large-frames.ts'
import { SeededNumbers, hostileFrame } from './mutation.ts'
import { Prober } from './prober.ts'

// tests/fault/run hostile-frames [--frames N] [--connections N] [--seed N]: bytes of strangers must hurt nobody.

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '50000' },
    connections: { type: 'string', default: '40' },
    seed: { type: 'string', default: `${Date.now() % 1e9}` },
  },
})
const frames = Number(options.frames)
const honestLimitMs = 50
const growthMb = 300
const tally = new Tally()
const broker = await startBroker()
console.log(`  seed ${options.seed}, ${frames} frames over ${options.connections} connections at a time`)

try {
  await createTopic('honest')
  await besideAnHonestClient(`${frames} mutated and random frames`, attack)
  await besideAnHonestClient('frames built to be work', overwork)
  await besideAnHonestClient('500 connections that each declare a request of 100 MB', declareMuch)
  await besideAnHonestClient('readers and writers that are slow', crawl)
} finally {
  await broker.stop()
}
tally.close()

/** Topics that mutated requests make by accident are not what is measured, so none are made unasked. */
async function startBroker(): Promise<Broker> {
  if (process.env['SAMSA_TEST_BOOTSTRAP']) return brokerUnderTest()
  const samsa = new SamsaProcess(await freePort(), { KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false' })
  await samsa.start()
  return samsa
}

async function createTopic(name: string): Promise<void> {
  const connection = await WireConnection.open(broker)
  const topics = [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  const answer = await connection.request(CreateTopics, 4, { topics, timeoutMs: 10_000 })
  connection.close()
  if (answer.topics[0]!.errorCode !== 'NONE')
    throw new Error(`creating ${name}: ${answer.topics[0]!.errorCode}`)
}

/** Runs `work` while an honest client is served; then looks at its latencies, the process and its memory. */
async function besideAnHonestClient(name: string, work: () => Promise<void>): Promise<void> {
  const topic = `honest-${name.split(' ').at(-1)}`
  await createTopic(topic)
  await sleep(200)
  const before = residentMb(broker.pid)
  let highest = before ?? 0
  const watch = setInterval(() => {
    highest = Math.max(highest, residentMb(broker.pid) ?? 0)
  }, 50)
  const { host, port, pid } = broker
  const honest = new Prober('./honest-client.js', { place: { host, port }, pid, topic, pauseMs: 5 })
  const control = new Prober('./control-client.js', { pauseMs: 5 })
  await sleep(300)
  const begun = Date.now()
  await tally.case(`${name}: connections are accepted throughout`, work)
  const seconds = (Date.now() - begun) / 1000
  const [{ latenciesMs, servedMs, failures }, idle] = await Promise.all([honest.report(), control.report()])
  clearInterval(watch)
  await sleep(500)
  const after = residentMb(broker.pid)
  const late = servedMs.filter(ms => ms > honestLimitMs)
  console.log(`  ${name}: ${seconds.toFixed(1)} s; honest answers: ${spread(latenciesMs)}`)
  console.log(
    `  ${name}: without waits for a processor: ${spread(servedMs)}; over ${honestLimitMs} ms: ${late.length}`,
  )
  console.log(`  ${name}: a process that only echoes, meanwhile: ${spread(idle.latenciesMs)}`)
  console.log(`  ${name}: resident memory ${before} MB before, ${highest} MB at most, ${after} MB after`)
  await tally.case(`${name}: honest clients get right answers`, () => {
    if (failures.length > 0) throw new Error(`${failures.length} wrong, like ${failures[0]}`)
    if (latenciesMs.length < 20) throw new Error(`only ${latenciesMs.length} answers`)
  })
  // One in a thousand may meet what no process can help: the disk, or a machine that is itself one of many on a host.
  await tally.case(`${name}: 999 of 1000 honest answers within ${honestLimitMs} ms`, () => {
    if (late.length > Math.max(1, servedMs.length / 1000)) {
      throw new Error(`${late.length} of ${servedMs.length} took longer: ${spread(servedMs)}`)
    }
  })
  await tally.case(`${name}: the process lives and does not grow`, async () => {
    await createTopic(`${topic}-afterwards`)
    if (before !== undefined && after !== undefined && highest - before > growthMb) {
      throw new Error(`grew from ${before} MB to ${highest} MB, by more than ${growthMb} MB`)
    }
    if (/assertion|unhandled|uncaught/i.test(broker.output())) throw new Error(broker.output().slice(-500))
  })
}

function spread(unsorted: readonly number[]): string {
  const sorted = unsorted.toSorted((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1)
  return `${sorted.length}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, p99.9 ${at(0.999)} ms, max ${at(1)} ms`
}

/** Requests of all APIs and versions, as a starting point for mutations; most of them of those the broker serves. */
async function corpus(): Promise<Buffer[]> {
  const served = [...(await rangesOf(broker)).values()].flatMap(({ api, min, max }) =>
    framesOf(api, min, max),
  )
  const known = apis.flatMap(api => framesOf(api, api.minVersion, api.maxVersion))
  return [...served, ...served, ...served, ...known]
}

function framesOf(api: Api, min: number, max: number): Buffer[] {
  return Array.from({ length: max - min + 1 }, (_, index) => frameOf(api, min + index))
}

function frameOf(api: Api, version: number): Buffer {
  const frame = encodeFrame(api, version, sampleRequest(api, version) as never, 7)
  return Buffer.from(frame.buffer, frame.byteOffset + 4, frame.length - 4)
}

/** Sends all frames, one at a time on each connection, and goes on when it is answered, refused or ignored. */
async function attack(): Promise<void> {
  const numbers = new SeededNumbers(Number(options.seed))
  const bodies = await corpus()
  const counts = { answered: 0, closed: 0, ignored: 0 }
  let left = frames
  const last: Buffer[] = []
  let failure: unknown
  const lane = async () => {
    let socket: Socket | undefined
    while (left-- > 0 && failure === undefined) {
      socket ??= await connect()
      const frame = hostileFrame(bodies, numbers)
      last.push(frame)
      if (last.length > 12) last.shift()
      const outcome = await outcomeOf(socket, frame)
      counts[outcome]++
      // An ignored frame may still wait for its end; the connection cannot be used for another one.
      if (outcome !== 'answered') {
        socket.destroy()
        socket = undefined
      }
    }
    socket?.destroy()
  }
  const lanes = Array.from({ length: Number(options.connections) }, () =>
    lane().catch(error => {
      failure ??= error
    }),
  )
  await Promise.all(lanes)
  console.log(
    `  frames answered ${counts.answered}, connections closed by the broker ${counts.closed}, no answer ${counts.ignored}`,
  )
  if (failure === undefined) return
  for (const frame of last) console.log(`  one of the last frames: ${frame.toString('hex').slice(0, 400)}`)
  throw failure
}

/** For every list of every API, a frame with as many elements as it may have and more, on several connections at once. */
async function overwork(): Promise<void> {
  const ranges = [...(await rangesOf(broker)).values()]
  const jobs = ranges.flatMap(({ api, min, max }) =>
    [...new Set([min, max])].flatMap(version => shapes.map(shape => ({ api, version, shape }))),
  )
  const [whole, counts] = [jobs.length, { answered: 0, closed: 0, ignored: 0 }]
  const lane = async () => {
    for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
      const { api, version, shape } = job
      for (const count of [10_000, 150_000]) {
        for (const { bytes } of [
          ...largeFrames(api, version, count, shape),
          ...(shape === 'empty' ? tagFrames(api, version, count) : []),
        ]) {
          const socket = await connect()
          counts[await outcomeOf(socket, Buffer.from(bytes), 10_000)]++
          socket.destroy()
        }
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  console.log(
    `  ${whole} kinds of large frames: answered ${counts.answered}, closed ${counts.closed}, no answer ${counts.ignored}`,
  )
}

function connect(): Promise<Socket> {
  return new Promise((done, failed) => {
    const socket = createConnection({ host: broker.host, port: broker.port }, () => {
      clearTimeout(late)
      socket.off('error', failed)
      socket.on('error', () => socket.destroy())
      done(socket)
    })
    socket.once('error', failed)
    // Making large frames may have held up this process: a turn later it knows what came meanwhile.
    const late = setTimeout(() => {
      setImmediate(() => {
        if (!socket.connecting) return
        socket.destroy()
        failed(new Error('the broker accepted no connection for 5 s'))
      })
    }, 5000)
  })
}

function outcomeOf(
  socket: Socket,
  frame: Buffer,
  patienceMs = 50,
): Promise<'answered' | 'closed' | 'ignored'> {
  return new Promise(done => {
    const settle = (outcome: 'answered' | 'closed' | 'ignored') => {
      clearTimeout(late)
      socket.removeAllListeners('data').removeAllListeners('close')
      done(outcome)
    }
    const late = setTimeout(() => settle('ignored'), patienceMs)
    socket.once('data', () => settle('answered'))
    socket.once('close', () => settle('closed'))
    if (socket.destroyed) return settle('closed')
    socket.write(frame)
  })
}

async function declareMuch(): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 500 }, connect))
  const start = Buffer.alloc(64)
  start.writeInt32BE(100 * 1024 * 1024)
  for (const socket of sockets) socket.write(start)
  await sleep(3000)
  for (const socket of sockets) socket.destroy()
}

/**
 * Twenty that ask for everything and read nothing, twenty that send a request a byte at a time: for as long as an honest
 * client needs for some thousand answers, of which one in a thousand may be late.
 */
async function crawl(): Promise<void> {
  const readers = await Promise.all(Array.from({ length: 20 }, () => WireConnection.open(broker)))
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }]
  const topics = [{ topic: 'honest-frames', partitions }]
  const request = { maxWaitMs: 0, minBytes: 0, maxBytes: 50 << 20, topics }
  for (const reader of readers) {
    reader.stopReading()
    for (let count = 0; count < 100; count++) reader.send(encodeFrame(Fetch, 4, request, count))
  }
  const writers = await Promise.all(Array.from({ length: 20 }, connect))
  const frame = Buffer.from(encodeFrame(Fetch, 4, request, 1))
  for (let at = 0; at < Math.min(frame.length, 60); at++) {
    for (const writer of writers) writer.write(frame.subarray(at, at + 1))
    await sleep(150)
  }
  for (const reader of readers) reader.close()
  for (const writer of writers) writer.destroy()
}
