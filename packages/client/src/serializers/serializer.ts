import type { RecordHeader } from '../records/header.ts'

/** Turns keys or values into bytes. What needs no waiting returns the bytes themselves and costs no promise. */
export interface Serializer<T> {
  /** `headers` may be added to. Null stays null: a serializer is not asked about it. */
  serialize(topic: string, data: T, headers: RecordHeader[]): Uint8Array | null | Promise<Uint8Array | null>
  /**
   * The same as text whose UTF-8 the bytes are. Producers ask this where it is there: they write the text straight into
   * the batch, without an array in between.
   */
  serializeText?(topic: string, data: T, headers: RecordHeader[]): string | null
}

/** Turns bytes into keys or values. */
export interface Deserializer<T> {
  /** `bytes` may be a view of a larger buffer that belongs to the caller: keep a copy, not the view. */
  deserialize(topic: string, bytes: Uint8Array, headers: readonly RecordHeader[]): T | Promise<T>
}

/** Both directions. */
export interface Serde<T> extends Serializer<T>, Deserializer<T> {}
