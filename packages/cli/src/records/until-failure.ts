import type { SourceRecord } from './record-source.ts'

/** Reads records up to the first that is wrong: those before it are given out, and the next call throws. */
export class UntilFailure {
  #failure: { readonly error: unknown } | undefined

  /** @param read undefined for items that are no records */
  collect<T>(items: Iterable<T>, read: (item: T) => SourceRecord | undefined): SourceRecord[] {
    if (this.#failure !== undefined) throw this.#failure.error
    const records: SourceRecord[] = []
    try {
      for (const item of items) {
        const record = read(item)
        if (record !== undefined) records.push(record)
      }
    } catch (error) {
      if (records.length === 0) throw error
      this.#failure = { error }
    }
    return records
  }
}
