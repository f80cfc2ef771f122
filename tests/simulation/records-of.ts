import { decodeUtf8 } from '@samsa/base'
import { decodeBatch, nextBatch } from '@samsa/protocol'
import type { SeenRecord } from './ledger.ts'
import { Violation } from './violation.ts'

/** The records of fetched batches from `offset` on. Offsets must follow each other: these topics have no gaps. */
export function recordsOf(batches: Uint8Array, offset: number, where: string): SeenRecord[] {
  const records: SeenRecord[] = []
  for (let at = 0; at !== -1 && at < batches.length; at = nextBatch(batches, at, batches.length)) {
    for (const record of decodeBatch(batches, at, { maxInflatedBytes: 1 << 24 })) {
      if (record.offset < offset) continue
      records.push({ offset: record.offset, value: decodeUtf8(record.value!) })
    }
  }
  records.forEach((record, i) => {
    if (record.offset !== offset + i) {
      throw new Violation('served', `${where}: asked for ${offset + i}, served ${record.offset}`)
    }
  })
  return records
}
