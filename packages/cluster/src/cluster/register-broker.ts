import type { Decision } from '../decision.ts'
import { keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'
import type { BrokerValue } from '../image/values.ts'

/**
 * Decides a broker's registration under its lease. A registration that is still there is another process with the same
 * id, or this one before its last lease ran out: the caller waits for it to go.
 */
export function decideRegisterBroker(
  image: MetadataImage,
  id: number,
  broker: BrokerValue,
  lease: string,
): Decision<'registered' | 'taken'> {
  if (image.broker(id) !== undefined) return { changes: [], response: 'taken' }
  const key = keys.broker(id)
  const value = { ...broker, endpoints: broker.endpoints.map(endpoint => ({ ...endpoint })) }
  const change = {
    conditions: [{ key, modRevision: 0 }],
    operations: [{ type: 'put' as const, key, value, lease }],
  }
  return { changes: [change], response: 'registered' }
}
