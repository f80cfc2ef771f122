import { type Random, randomUuid } from '@samsa/base'
import type { Decision } from '../decision.ts'
import { keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'

/** Decides the cluster's id: the one it has, else the one a data directory brings along, else a new one. */
export function decideClusterId(
  image: MetadataImage,
  found: string | undefined,
  random: Random,
): Decision<string> {
  if (image.clusterId !== undefined) return { changes: [], response: image.clusterId }
  const id = found ?? randomUuid(random)
  const change = {
    conditions: [{ key: keys.clusterId, modRevision: 0 }],
    operations: [{ type: 'put' as const, key: keys.clusterId, value: id }],
  }
  return { changes: [change], response: id }
}
