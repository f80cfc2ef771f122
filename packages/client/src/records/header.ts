import { encodeUtf8 } from '@samsa/base'

/** One header of a record. Names may repeat, and order is kept. */
export interface RecordHeader {
  key: string
  value: Uint8Array | null
}

/** Headers as people write them: by name, texts as UTF-8; or in order, with names that may repeat. */
export type HeadersInput =
  | Readonly<Record<string, string | Uint8Array | null | undefined>>
  | readonly RecordHeader[]

/** Headers as records carry them. An `undefined` value leaves the header out. */
export function headersOf(input: HeadersInput | undefined): RecordHeader[] {
  if (input === undefined) return []
  if (Array.isArray(input)) return [...(input as readonly RecordHeader[])]
  const headers: RecordHeader[] = []
  for (const [key, value] of Object.entries(
    input as Record<string, string | Uint8Array | null | undefined>,
  )) {
    if (value === undefined) continue
    headers.push({ key, value: typeof value === 'string' ? encodeUtf8(value) : value })
  }
  return headers
}

/** The value of the last header with this name, as Kafka's `lastHeader`; undefined when there is none. */
export function lastHeader(headers: readonly RecordHeader[], key: string): Uint8Array | null | undefined {
  return headers.findLast(header => header.key === key)?.value
}
