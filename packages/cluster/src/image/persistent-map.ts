// Keys are spread over shards by hash. A new version copies the list of shards and those shards that change; the rest
// is shared with the old one. About SHARD_SIZE keys to a shard keep both copies small.
const SHARD_SIZE = 16
const SHARDS_MIN = 16

type Shard<V> = ReadonlyMap<string, V>
const EMPTY: Shard<never> = new Map<string, never>()

/** An immutable map from strings: changing it gives a new map, cheaply, and leaves the old one as it was. */
export class PersistentMap<V> {
  readonly size: number
  readonly #shards: readonly Shard<V>[]

  private constructor(shards: readonly Shard<V>[], size: number) {
    this.#shards = shards
    this.size = size
  }

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(new Array<Shard<V>>(SHARDS_MIN).fill(EMPTY), 0)
  }

  get(key: string): V | undefined {
    return this.#shards[hash(key) & (this.#shards.length - 1)]!.get(key)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** Entries in no particular order. */
  *[Symbol.iterator](): IterableIterator<[string, V]> {
    for (const shard of this.#shards) yield* shard
  }

  *values(): IterableIterator<V> {
    for (const shard of this.#shards) yield* shard.values()
  }

  *keys(): IterableIterator<string> {
    for (const shard of this.#shards) yield* shard.keys()
  }

  /** This map with `changes` made in order; `undefined` removes a key. */
  with(changes: Iterable<readonly [string, V | undefined]>): PersistentMap<V> {
    const shards = [...this.#shards]
    const own = new Map<number, Map<string, V>>()
    let size = this.size
    for (const [key, value] of changes) {
      const at = hash(key) & (shards.length - 1)
      let shard = own.get(at)
      if (shard === undefined) {
        shard = new Map(shards[at])
        own.set(at, shard)
        shards[at] = shard
      }
      size -= shard.size
      if (value === undefined) shard.delete(key)
      else shard.set(key, value)
      size += shard.size
    }
    if (own.size === 0) return this
    return new PersistentMap(size > 2 * SHARD_SIZE * shards.length ? respread(shards, size) : shards, size)
  }
}

function respread<V>(shards: readonly Shard<V>[], size: number): Shard<V>[] {
  let count = shards.length
  while (size > SHARD_SIZE * count) count *= 2
  const wider = Array.from({ length: count }, () => new Map<string, V>())
  for (const shard of shards)
    for (const [key, value] of shard) wider[hash(key) & (count - 1)]!.set(key, value)
  return wider
}

/** FNV-1a over the code units, its high bits folded into the low ones that choose the shard. */
function hash(key: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193)
  return h ^ (h >>> 15)
}
