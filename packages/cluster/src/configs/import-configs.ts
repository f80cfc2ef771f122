import type { Decision } from '../decision.ts'
import { type ConfigResource, keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'
import type { ConfigValue } from '../image/values.ts'

/** Decides to take configurations over from another store: resources that have some here keep theirs. */
export function decideImportConfigs(
  image: MetadataImage,
  found: readonly { readonly resource: ConfigResource; readonly entries: ConfigValue }[],
): Decision<void> {
  const missing = found.filter(({ resource }) => image.config(resource).modRevision === 0)
  const changes = missing.map(({ resource, entries }) => ({
    conditions: [{ key: keys.config(resource), modRevision: 0 }],
    operations: [{ type: 'put' as const, key: keys.config(resource), value: entries }],
  }))
  return { changes, response: undefined }
}
