import type { Clock } from '@samsa/base'
import type { ClientConnection } from '../handler.ts'
import type { AdvanceListener, Partition } from '../partitions/partition.ts'

/**
 * Waits until `minBytes` more bytes became readable in `partitions` together, one of them went away, `maxWaitMs` passed
 * or the client left.
 *
 * Bounded by the client's own wait: each connection waits once at a time for each request it may have in flight.
 */
export function waitForBytes(
  partitions: readonly Partition[],
  minBytes: number,
  maxWaitMs: number,
  clock: Clock,
  client: ClientConnection,
): Promise<void> {
  return new Promise(resolve => {
    let missingBytes = minBytes
    const listener: AdvanceListener = {
      advanced(byteCount) {
        missingBytes -= byteCount
        if (missingBytes <= 0) finish()
      },
      gone: finish,
    }
    const timer = clock.timer(maxWaitMs, finish)
    const forgetClient = client.onClose(finish)
    for (const partition of partitions) partition.listen(listener)

    function finish() {
      timer.cancel()
      forgetClient()
      for (const partition of partitions) partition.unlisten(listener)
      resolve()
    }
  })
}
