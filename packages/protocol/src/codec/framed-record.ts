import { ByteReader, MalformedError } from '@samsa/base'
import type { FramedRecord } from '../schema/framed-record.ts'
import { decodeMessageFrom } from './codec.ts'

const FRAME_VERSION = 1

/** A framed record that was read. */
export interface DecodedFrame<R extends FramedRecord> {
  readonly record: R
  readonly version: number
  /** As `decodeMessage` gives it for the record's message. */
  readonly value: unknown
}

/**
 * Decodes one of `records` from its value. Throws `MalformedError`, also for a kind or version that is not among them and
 * for bytes after the record.
 */
export function decodeFramedRecord<R extends FramedRecord>(
  records: readonly R[],
  bytes: Uint8Array,
): DecodedFrame<R> {
  const reader = new ByteReader(bytes)
  const frameVersion = reader.unsignedVarint()
  if (frameVersion !== FRAME_VERSION)
    throw new MalformedError(
      `the record has frame version ${frameVersion}, and only ${FRAME_VERSION} is known`,
    )
  const type = reader.unsignedVarint()
  const record = records.find(known => known.type === type)
  if (record === undefined) throw new MalformedError(`there is no type of record with the number ${type}`)
  const version = reader.unsignedVarint()
  const { name, minVersion, maxVersion } = record.message
  if (version < minVersion || version > maxVersion)
    throw new MalformedError(`${name} has no version ${version}`)
  const value = decodeMessageFrom(record.message, version, reader)
  if (reader.remaining > 0) throw new MalformedError(`${reader.remaining} bytes follow after the ${name}`)
  return { record, version, value }
}
