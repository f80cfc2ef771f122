/**
 * The append-only memory of an embedded store. The store calls it from one place: never a second call before the
 * first is settled.
 */
export interface Journal {
  /**
   * Appends records; resolves once they are durable. A crash in between may keep any number of them, from the front.
   *
   * @throws NotWrittenError when the journal is as it was before and can be written again; after any other error it is
   *   not called again
   */
  append(records: readonly Uint8Array[]): Promise<void>
  /**
   * Appends `records`, makes them durable, and only then drops everything that was there before. A crash in between
   * leaves the old records followed by any number of the new ones.
   *
   * @throws NotWrittenError when the old records are still there, whatever follows them, and it can be written again
   */
  rewrite(records: readonly Uint8Array[]): Promise<void>
  /** All records, oldest first. Called once, before anything else. Each array is valid until the next is asked for. */
  replay(): Iterable<Uint8Array>
  /** Called last. */
  close(): Promise<void>
}

/** A journal could not take records (its disk is full, for instance) and holds none of them. */
export class NotWrittenError extends Error {
  override readonly name = 'NotWrittenError'
}
