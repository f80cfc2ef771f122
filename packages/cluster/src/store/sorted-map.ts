// Keys in order, in leaves of at most LEAF_MAX: an insertion moves half a leaf, not half the map.
//
//   leaves  [ a … f ] [ g … m ] [ n … z ]      found by binary search over first keys, then within the leaf
const LEAF_MAX = 512

/** A map from strings that is read in key order (by UTF-16 code units) and by prefix. */
export class SortedMap<V> {
  readonly #values = new Map<string, V>()
  readonly #leaves: string[][] = [[]]

  get size(): number {
    return this.#values.size
  }

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#insert(key)
    this.#values.set(key, value)
  }

  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false
    const at = this.#leafOf(key)
    const leaf = this.#leaves[at]!
    leaf.splice(lowerBound(leaf, key), 1)
    if (leaf.length === 0 && this.#leaves.length > 1) this.#leaves.splice(at, 1)
    return true
  }

  clear(): void {
    this.#values.clear()
    this.#leaves.length = 0
    this.#leaves.push([])
  }

  /** Values of all keys that start with `prefix`, in key order. The map must not change meanwhile. */
  *withPrefix(prefix: string): IterableIterator<V> {
    let leafAt = this.#leafOf(prefix)
    let at = lowerBound(this.#leaves[leafAt]!, prefix)
    for (; leafAt < this.#leaves.length; leafAt++, at = 0) {
      const leaf = this.#leaves[leafAt]!
      for (; at < leaf.length; at++) {
        const key = leaf[at]!
        if (!key.startsWith(prefix)) return
        yield this.#values.get(key)!
      }
    }
  }

  #insert(key: string): void {
    const at = this.#leafOf(key)
    const leaf = this.#leaves[at]!
    leaf.splice(lowerBound(leaf, key), 0, key)
    if (leaf.length > LEAF_MAX) this.#leaves.splice(at + 1, 0, leaf.splice(splitPoint(leaf, key)))
  }

  /** The last leaf whose first key is not above `key`, or the first leaf. */
  #leafOf(key: string): number {
    let low = 0
    let high = this.#leaves.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#leaves[middle]![0]! <= key) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** Half, or everything but the last key when keys arrive in order: leaves are then left full, not half full. */
function splitPoint(leaf: readonly string[], inserted: string): number {
  return leaf.at(-1) === inserted ? leaf.length - 1 : leaf.length >>> 1
}

/** Index of the first key that is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
