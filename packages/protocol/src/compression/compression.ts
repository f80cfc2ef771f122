import { MalformedError } from '@samsa/base'

/** The codecs of Kafka's record formats, at the index of their number in the attributes. */
export const compressions = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = (typeof compressions)[number]

/** The number of `compression` in the attributes of batches and messages. */
export function compressionId(compression: Compression): number {
  return compressions.indexOf(compression)
}

/** The codec with this number; throws `MalformedError` for a number no codec has. */
export function compressionOfId(id: number): Compression {
  const compression = compressions[id]
  if (compression === undefined) throw new MalformedError(`there is no compression with the number ${id}`)
  return compression
}
