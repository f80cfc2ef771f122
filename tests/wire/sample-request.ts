import { ZERO_UUID } from '@samsa/base'
import { type AnyField, type Api, type Fields, encodeBatch } from '@samsa/protocol'

/** The name that sample requests use for topics, groups and everything else. */
export const sampleName = 'hostile'

/** A plausible request of any API in a version, made from its schema: one element an array, small numbers. */
export function sampleRequest(api: Api, version: number): Record<string, unknown> {
  return struct(api.request.fields, version)
}

function struct(fields: Fields, version: number): Record<string, unknown> {
  const present = Object.entries(fields).filter(([, field]) => field.isIn(version))
  return Object.fromEntries(present.map(([name, field]) => [name, typedValue(name, field.type, version)]))
}

function typedValue(name: string, type: AnyField['type'], version: number): unknown {
  switch (type.kind) {
    case 'struct':
      return struct(type.fields, version)
    case 'array':
      return [typedValue(name, type.element, version)]
    case 'string':
      return sampleName
    case 'bytes':
      return new Uint8Array(16)
    case 'records':
      return sampleBatch()
    case 'uuid':
      return ZERO_UUID
    case 'errorCode':
      return 'NONE'
    case 'boolean':
      return false
    case 'bigInt64':
      return 0n
    default:
      return numberOf(name)
  }
}

/** Numbers that make a request do something, and not wait long for it. */
function numberOf(name: string): number {
  if (/timeout/i.test(name)) return 6000
  if (/maxwait/i.test(name)) return 1
  if (/replicationFactor|numPartitions|acks|minBytes/.test(name)) return 1
  if (/maxBytes|partitionMaxBytes/.test(name)) return 1 << 16
  return 0
}

let batch: Uint8Array | undefined

function sampleBatch(): Uint8Array {
  const value = new TextEncoder().encode('one record of a stranger')
  const record = { offset: 0, timestamp: 1, key: null, value, headers: [{ key: 'h', value }] }
  batch ??= encodeBatch({ records: [record, { ...record, offset: 1 }], compression: 'gzip' })
  return batch
}
