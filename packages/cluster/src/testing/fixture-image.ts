import type { Decision } from '../decision.ts'
import { evolveImage, imageOf } from '../image/evolve-image.ts'
import { keys } from '../image/keys.ts'
import { MetadataImage } from '../image/metadata-image.ts'
import type { Entry, Json, StoreEvent, Transaction } from '../store/metadata-store.ts'
import { SortedMap } from '../store/sorted-map.ts'

/** A store and image without time: changes are applied at once, conditions are checked. */
export class Model {
  readonly entries = new SortedMap<Entry>()
  revision = 0
  image = MetadataImage.empty

  put(key: string, value: Json): this {
    this.apply([{ conditions: [], operations: [{ type: 'put', key, value }] }])
    return this
  }

  /** Decides and applies; returns the answer. */
  submit<Response>(decision: Decision<Response>): Response {
    this.apply(decision.changes)
    return decision.response
  }

  apply(transactions: readonly Transaction[]): void {
    for (const { conditions, operations } of transactions) {
      for (const { key, modRevision } of conditions) {
        if ((this.entries.get(key)?.modRevision ?? 0) !== modRevision) throw new Error(`conflict at ${key}`)
      }
      const revision = this.revision + 1
      const events = operations.flatMap((operation): StoreEvent[] => {
        switch (operation.type) {
          case 'put': {
            const createRevision = this.entries.get(operation.key)?.createRevision ?? revision
            const { key, value } = operation
            return [{ type: 'put', entry: { key, value, createRevision, modRevision: revision } }]
          }
          case 'delete':
            return this.entries.get(operation.key) ? [{ type: 'delete', key: operation.key }] : []
          case 'deletePrefix':
            return Array.from(this.entries.withPrefix(operation.prefix), ({ key }) => ({
              type: 'delete',
              key,
            }))
        }
      })
      if (events.length === 0) continue
      for (const event of events) {
        if (event.type === 'put') this.entries.set(event.entry.key, event.entry)
        else this.entries.delete(event.key)
      }
      this.revision = revision
      this.image = evolveImage(this.image, [{ revision, events }]).image
    }
  }

  /** The image a restart would come up with. */
  restarted(): MetadataImage {
    return imageOf([...this.entries.withPrefix('')], this.revision)
  }
}

/** A cluster of these brokers, each in a rack of the same index if racks are given. */
export function modelOf(brokerIds: readonly number[], racks: readonly string[] = []): Model {
  const model = new Model()
  for (const [at, id] of brokerIds.entries()) {
    const endpoints = [{ listener: 'PLAINTEXT', host: 'localhost', port: 9092 + id }]
    model.put(keys.broker(id), { endpoints, rack: racks[at] ?? null, fenced: false })
  }
  return model
}

/** Everything an image says, as plain data. */
export function contentOf(image: MetadataImage): unknown {
  const { parts } = image
  const sorted = <V>(entries: Iterable<[string, V]>) =>
    Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
  return {
    ...parts,
    topics: sorted(parts.topics),
    topicNames: sorted(parts.topicNames),
    collisions: sorted(
      Array.from(parts.collisions, ([key, names]): [string, string[]] => [key, [...names].sort()]),
    ),
    configs: sorted(parts.configs),
    brokers: sorted(parts.brokers),
  }
}
