import { ByteReader, type Disk, uuidFromBytes } from '@samsa/base'
import { ALL_BROKERS, type ConfigResource } from '@samsa/cluster'
import { batchAttributes, batchBaseOffset, decodeBatch, isControl, nextBatch } from '@samsa/protocol'
import { readFile } from './read-file.ts'

// Apache Kafka keeps its cluster's metadata as records in __cluster_metadata-0, with snapshots beside the log:
//
//   00000000000000000000.log                       batches whose values are framed records
//   00000000000000012345-0000000007.checkpoint     the same, standing for everything before offset 12345
//
// A value is: frame version (1), record type, record version, each an unsigned varint, then the record's fields.
const TOPIC = 2
const CONFIG = 4
const REMOVE_TOPIC = 9
const PRODUCER_IDS = 15

/** What of Kafka's metadata a broker takes over with Kafka's data. */
export interface KafkaMetadata {
  /** Names by topic id. */
  readonly topics: ReadonlyMap<string, string>
  readonly configs: readonly {
    readonly resource: ConfigResource
    readonly entries: Readonly<Record<string, string>>
  }[]
  /** The first producer id that was not given to a broker. */
  readonly nextProducerId: number
}

const resourceTypes: ReadonlyMap<number, ConfigResource['type']> = new Map([
  [2, 'topic'],
  [4, 'broker'],
  [16, 'client-metrics'],
  [32, 'group'],
])

/**
 * Reads the metadata log of Apache Kafka in `directory`, which is left as it is.
 *
 * @throws MalformedError when a batch or record is damaged, DiskError when a file cannot be read
 */
export function readKafkaMetadata(disk: Disk, directory: string): KafkaMetadata {
  const reader = new MetadataReader()
  const names = disk.list(directory).map(({ name }) => name)
  // Names begin with the offset in twenty digits: the order of names is that of offsets.
  const snapshot = names
    .filter(name => name.endsWith('.checkpoint'))
    .sort()
    .at(-1)
  const from = snapshot === undefined ? 0 : Number(snapshot.slice(0, 20))
  if (snapshot !== undefined) reader.read(readFile(disk, `${directory}/${snapshot}`), 0)
  for (const name of names.filter(name => name.endsWith('.log')).sort()) {
    reader.read(readFile(disk, `${directory}/${name}`), from)
  }
  return reader.result()
}

class MetadataReader {
  readonly #topics = new Map<string, string>()
  readonly #configs = new Map<string, { resource: ConfigResource; entries: Map<string, string> }>()
  #nextProducerId = 0

  /** Takes the records from offset `from` on. What is torn at the end of a file was never acknowledged. */
  read(bytes: Uint8Array, from: number): void {
    let at = 0
    while (at < bytes.length) {
      const next = nextBatch(bytes, at, bytes.length)
      if (next < 0) return
      if (batchBaseOffset(bytes, at) >= from && !isControl(batchAttributes(bytes, at))) {
        for (const { value } of decodeBatch(bytes, at, { maxInflatedBytes: bytes.length })) {
          if (value !== null) this.#apply(new ByteReader(value))
        }
      }
      at = next
    }
  }

  result(): KafkaMetadata {
    const configs = [...this.#configs.values()]
      .filter(({ entries }) => entries.size > 0)
      .map(({ resource, entries }) => ({ resource, entries: Object.fromEntries(entries) }))
    return { topics: this.#topics, configs, nextProducerId: this.#nextProducerId }
  }

  #apply(reader: ByteReader): void {
    reader.unsignedVarint()
    const type = reader.unsignedVarint()
    reader.unsignedVarint()
    switch (type) {
      case TOPIC: {
        const name = compactText(reader)!
        this.#topics.set(uuidFromBytes(reader.slice(16)), name)
        break
      }
      case REMOVE_TOPIC: {
        const topicId = uuidFromBytes(reader.slice(16))
        this.#configs.delete(`topic/${this.#topics.get(topicId)}`)
        this.#topics.delete(topicId)
        break
      }
      case CONFIG:
        this.#applyConfig(reader)
        break
      case PRODUCER_IDS:
        reader.skip(12)
        this.#nextProducerId = reader.int64()
        break
    }
  }

  #applyConfig(reader: ByteReader): void {
    const type = resourceTypes.get(reader.int8())
    const name = compactText(reader)!
    const key = compactText(reader)!
    const value = compactText(reader)
    if (type === undefined) return
    const resource = { type, name: type === 'broker' && name === '' ? ALL_BROKERS : name }
    const id = `${resource.type}/${resource.name}`
    const config = this.#configs.get(id) ?? { resource, entries: new Map<string, string>() }
    this.#configs.set(id, config)
    if (value === null) config.entries.delete(key)
    else config.entries.set(key, value)
  }
}

/** A text with its length plus one before it; 0 for none. */
function compactText(reader: ByteReader): string | null {
  const length = reader.unsignedVarint()
  return length === 0 ? null : reader.utf8(length - 1)
}
