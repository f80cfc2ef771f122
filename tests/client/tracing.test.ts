import { AsyncLocalStorage } from 'node:async_hooks'
import { silentLogger } from '@samsa/base'
import { Producer, type Telemetry, lastHeader, traceHeadersOf } from '@samsa/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConsumerBroker } from './consumer-broker.ts'

interface Span {
  readonly name: string
  readonly id: string
  readonly parent: string | undefined
  ended?: string
}

/** A tracer as OpenTelemetry's: a context that follows asynchronous work, and a header that names the parent. */
class Tracer {
  readonly spans: Span[] = []
  readonly #active = new AsyncLocalStorage<Span>()
  readonly telemetry: Telemetry = {
    sending: ({ kind, topic }) => {
      const span = this.#start(`send ${topic ?? kind}`, this.#active.getStore()?.id)
      return { headers: { traceparent: span.id }, end: error => end(span, error) }
    },
    handling: ({ kind, topic, partition, offset, count, failures, groupId, carriers }) => {
      const name = `${groupId}: ${kind} ${topic}-${partition} ${offset}+${count} failures=${failures}`
      const span = this.#start(name, carriers()[0]!['traceparent'])
      return { run: work => this.#active.run(span, work), end: error => end(span, error) }
    },
  }

  get active(): Span | undefined {
    return this.#active.getStore()
  }

  #start(name: string, parent: string | undefined): Span {
    const span: Span = { name, id: `span-${this.spans.length}`, parent }
    this.spans.push(span)
    return span
  }
}

function end(span: Span, error: unknown): void {
  if (span.ended !== undefined) throw new Error(`${span.name} ended twice`)
  span.ended = error === undefined ? 'well' : String((error as Error).message)
}

let broker: ConsumerBroker
let tracer: Tracer
let producer: Producer

beforeEach(async () => {
  broker = new ConsumerBroker()
  await broker.start()
  await broker.createTopic('in')
  await broker.createTopic('out')
  tracer = new Tracer()
  producer = new Producer(
    { 'bootstrap.servers': 'broker:9092' },
    { world: broker.world, logger: silentLogger, telemetry: tracer.telemetry },
  )
})

afterEach(async () => {
  await broker.finish(producer.close())
  await broker.end()
})

/** Runs a handler over the topic until it says that it is done. */
async function handle(eachRecord: (record: { offset: number; headers: never }) => unknown, count: number) {
  const consumer = broker.consumer({}, { telemetry: tracer.telemetry })
  consumer.subscribe(['in'])
  const stop = new AbortController()
  let handled = 0
  const run = consumer.run({
    eachRecord: async record => {
      await eachRecord(record as never)
      if (++handled === count) stop.abort()
    },
    onError: () => 'retry',
    signal: stop.signal,
  })
  await broker.finish(run)
}

describe('traces', () => {
  it('go from who sends through the handler to what the handler sends', async () => {
    await broker.finish(producer.send({ topic: 'in', value: 'a' }))
    await handle(async () => {
      await null
      await producer.send({ topic: 'out', value: 'b' })
    }, 1)
    expect(tracer.spans).toEqual([
      { name: 'send in', id: 'span-0', parent: undefined, ended: 'well' },
      { name: 'g: record in-0 0+1 failures=0', id: 'span-1', parent: 'span-0', ended: 'well' },
      { name: 'send out', id: 'span-2', parent: 'span-1', ended: 'well' },
    ])
  })

  it('give a bulk one span, and each of its records the header', async () => {
    const values = ['a', 'b', 'c']
    await broker.finish(
      producer.sendAll(values.map(value => ({ topic: 'in', value, headers: { own: '1' } }))),
    )
    const seen: unknown[] = []
    await handle(record => seen.push(traceHeadersOf(record.headers)), 3)
    expect(tracer.spans.filter(({ name }) => name.startsWith('send'))).toHaveLength(1)
    expect(seen).toEqual(values.map(() => ({ own: '1', traceparent: 'span-0' })))
  })

  it('replace the header of a record that is passed on', async () => {
    const headers = { traceparent: 'of the record before' }
    await broker.finish(producer.send({ topic: 'in', value: 'a', headers }))
    await handle(record => {
      const { headers } = record as unknown as { headers: { key: string; value: Uint8Array }[] }
      expect(headers).toHaveLength(1)
      expect(new TextDecoder().decode(lastHeader(headers, 'traceparent')!)).toBe('span-0')
    }, 1)
  })

  it('give each attempt of a handler a span, and say why it failed', async () => {
    await broker.finish(producer.send({ topic: 'in', value: 'a' }))
    let attempts = 0
    await handle(() => {
      if (++attempts === 1) throw new Error('not today')
    }, 1)
    expect(tracer.spans.slice(1)).toMatchObject([
      { name: 'g: record in-0 0+1 failures=0', parent: 'span-0', ended: 'not today' },
      { name: 'g: record in-0 0+1 failures=1', parent: 'span-0', ended: 'well' },
    ])
  })

  it('say why a record could not be sent', async () => {
    const sent = producer.send({ topic: 'in', value: 'x'.repeat(2_000_000) })
    await broker.finish(expect(sent).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' }))
    expect(tracer.spans[0]!.ended).toMatch(/MESSAGE_TOO_LARGE/)
  })

  it('do the work no harm when a hook throws', async () => {
    const broken = () => {
      throw new Error('a hook failed')
    }
    const telemetry: Telemetry = { sending: broken, handling: broken }
    const other = new Producer(
      { 'bootstrap.servers': 'broker:9092' },
      { world: broker.world, logger: silentLogger, telemetry },
    )
    await broker.finish(other.send({ topic: 'in', value: 'a' }))
    const consumer = broker.consumer({}, { telemetry })
    consumer.subscribe(['in'])
    const stop = new AbortController()
    await broker.finish(consumer.run({ eachBatch: () => stop.abort(), signal: stop.signal }))
    expect(broker.lines).toContain('warn: a telemetry hook failed')
    await broker.finish(other.close())
  })

  it('cover a batch with one span that knows the traces of all its records', async () => {
    const sent = ['a', 'b'].map(value => producer.send({ topic: 'in', value }))
    await broker.finish(Promise.all(sent))
    const carried: unknown[] = []
    const handling: Telemetry['handling'] = ({ kind, count, carriers }) => {
      carried.push([kind, count, carriers().map(({ traceparent }) => traceparent)])
      return undefined
    }
    const consumer = broker.consumer({}, { telemetry: { handling } })
    consumer.subscribe(['in'])
    const stop = new AbortController()
    await broker.finish(consumer.run({ eachBatch: () => stop.abort(), signal: stop.signal }))
    expect(carried).toEqual([['batch', 2, ['span-0', 'span-1']]])
  })
})
