import type { ProducerRecord, RecordHeader } from '@samsa/client'

/** A record to be sent, but for its topic. */
export interface SourceRecord {
  readonly key?: string | Uint8Array | null
  readonly value?: string | Uint8Array | null
  readonly headers?: readonly RecordHeader[]
  readonly partition?: number
  readonly timestamp?: number
}

/** Reads records out of text that comes in pieces: those that each piece completes. Throws `FailedError`. */
export interface RecordSource {
  read(text: string): SourceRecord[]
  end(): SourceRecord[]
}

export type RecordToSend = ProducerRecord<string | Uint8Array, string | Uint8Array>
