import { setTimeout as sleep } from 'node:timers/promises'
import { ApiVersions, Metadata } from '@samsa/protocol'
import { residentMb } from '../../process/samsa-process.ts'
import type { Tally } from '../../process/tally.ts'
import { WireConnection } from '../../wire/wire-connection.ts'
import { Figures, cpuSeconds, idleLoad, openHandles, untilIdle } from './process-figures.ts'
import { WatchedBroker } from './watched-broker.ts'

const OPENED_AT_ONCE = 100
const REQUESTS = 2

/** Many clients that are connected and mostly silent. */
export async function manyConnections(tally: Tally, count: number, patience: number): Promise<void> {
  await tally.case(`${count} connections open and answered`, () => hold(count, patience))
}

async function hold(count: number, patience: number): Promise<void> {
  const figures = new Figures()
  const broker = await WatchedBroker.prepare()
  // All clients ask at once, or go in one turn of the loop: that is a burst of work, and the limits allow the broker 50 µs
  // for each request and each that goes. Who asks in the middle waits for all before it, while this process has its part
  // of the processors too.
  const loopMs = (25 + count * 0.05) * patience
  const limits = { seconds: 10 * patience, answerMs: 2 * REQUESTS * loopMs, loopMs }
  try {
    await broker.start()
    // A first round warms up what every connection shares: codecs, buffers, compiled code.
    await Promise.all((await openAll(broker, 100)).map(ask)).then(closeAll)
    await untilIdle(broker.pid)
    const [memoryBefore, handlesBefore] = [residentMb(broker.pid)!, openHandles(broker.pid)]
    let open: WireConnection[] = []
    await broker.watch('opened and asked once', figures, limits, async () => {
      open = await openAll(broker, count)
      await Promise.all(open.map(ask))
    })
    await untilIdle(broker.pid)
    const perConnection = ((residentMb(broker.pid)! - memoryBefore) * 1024) / count
    figures.atMost('memory of an idle connection', perConnection, 20 * patience, 'KB')
    figures.atMost('idle, processor', await idleLoad(broker.pid, 4000), 1, '%')
    await broker.watch('asked again, all at once', figures, limits, async () => {
      await Promise.all(open.map(ask))
    })
    if (open.some(({ isClosed }) => isClosed)) throw new Error('connections were closed')
    await broker.watch('closed', figures, limits, async () => {
      closeAll(open)
      while (openHandles(broker.pid) > handlesBefore + 10) await sleep(20)
    })
    figures.residence('afterwards', broker.pid, {
      megabytes: memoryBefore + 100,
      handles: handlesBefore + 10,
    })
    figures.tell('processor time in all', `${cpuSeconds(broker.pid).toFixed(2)} s`)
  } finally {
    await broker.stop()
  }
  figures.check()
}

async function openAll({ samsa }: WatchedBroker, count: number): Promise<WireConnection[]> {
  const open: WireConnection[] = []
  while (open.length < count) {
    const size = Math.min(OPENED_AT_ONCE, count - open.length)
    open.push(...(await Promise.all(Array.from({ length: size }, () => WireConnection.open(samsa)))))
  }
  return open
}

/** Asks `REQUESTS` things. */
async function ask(connection: WireConnection): Promise<WireConnection> {
  await connection.request(ApiVersions, 3, { clientSoftwareName: 'soak', clientSoftwareVersion: '1' })
  await connection.request(Metadata, 9, { topics: [], allowAutoTopicCreation: false })
  return connection
}

function closeAll(connections: readonly WireConnection[]): void {
  for (const connection of connections) connection.close()
}
