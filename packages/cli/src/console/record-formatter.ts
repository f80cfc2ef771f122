import type { ConsumerRecord } from '@samsa/client'
import type { ByteOutput } from './byte-output.ts'

/** Writes records for people or programs. A bug or a record that cannot be read throws; nothing of it is written then. */
export interface RecordFormatter {
  write(record: ConsumerRecord, output: ByteOutput): void
}

/** `key=value` for a formatter, as Kafka's tools take them. */
export type FormatterProperties = Readonly<Record<string, string>>
