import { ByteWriter, ZERO_UUID } from '@samsa/base'
import { type AnyField, type Api, type Fields, encodeRequest, encodeRequestHeader } from '@samsa/protocol'

// Frames that are made to be as much work as their size allows: in every API and version, each array with as many
// elements as fit, each element as small as the format allows or naming something that exists.

/** A frame, and what is large in it. */
export interface LargeFrame {
  readonly name: string
  /** With its length in front. */
  readonly bytes: Uint8Array
}

/**
 * How the elements of a large array look: with empty names and lists; with lists of one element; naming a topic that
 * exists, without and with such lists; each naming something else.
 */
export const shapes = ['empty', 'nested', 'named', 'existing', 'distinct'] as const
export type Shape = (typeof shapes)[number]

/** What requests of the shapes `named` and `existing` name. */
export const existingTopic = 'honest'
/** What elements of the shape `distinct` name: the first ones exist when there are such topics. */
export const distinctTopic = (at: number) => `topic-${at}`

/** For each array of a request, a frame with `count` elements of it; arrays around it have one. */
export function* largeFrames(api: Api, version: number, count: number, shape: Shape): Iterable<LargeFrame> {
  for (const path of arraysOf(api.request.fields, version)) {
    const value = structOf(api.request.fields, version, { path, count, shape, here: '' })
    const name = `${api.name} v${version}, ${count} ${shape} ${path}`
    yield {
      name,
      bytes: frameOf(api, version, writer => encodeRequest(api, version, value as never, writer)),
    }
  }
}

/** A frame of nothing but tagged fields: in its header, or in its body where it lies open. */
export function* tagFrames(api: Api, version: number, count: number): Iterable<LargeFrame> {
  if (!api.request.isFlexible(version)) return
  const unknown = Array.from({ length: count }, (_, tag) => ({ tag: tag + 200, bytes: new Uint8Array(0) }))
  const value = { ...structOf(api.request.fields, version, undefined), unknownTaggedFields: unknown }
  yield {
    name: `${api.name} v${version}, ${count} unknown tagged fields`,
    bytes: frameOf(api, version, writer => encodeRequest(api, version, value as never, writer)),
  }
  const header = new ByteWriter()
  encodeRequestHeader(api, version, 7, 'large', header)
  const start = header.toBytes().subarray(0, -1)
  yield {
    name: `${api.name} v${version}, ${count} tags in the header`,
    bytes: lengthened(start, tags(count, 9)),
  }
  const [known] = Object.values(api.request.fields).filter(field => field.isIn(version) && field.tag >= 0)
  if (known === undefined || known.type.kind !== 'string') return
  const whole = frameOf(api, version, writer =>
    encodeRequest(api, version, structOf(api.request.fields, version, undefined) as never, writer),
  )
  yield {
    name: `${api.name} v${version}, ${count} times the same tagged field`,
    bytes: lengthened(whole.subarray(4, -1), tags(count, known.tag, [1])),
  }
}

function tags(count: number, tag: number, value: readonly number[] = []): Uint8Array {
  const writer = new ByteWriter()
  writer.unsignedVarint(count)
  for (let i = 0; i < count; i++) writer.bytes(new Uint8Array([tag, value.length, ...value]))
  return writer.toBytes()
}

function lengthened(...parts: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter()
  writer.int32(parts.reduce((sum, part) => sum + part.length, 0))
  for (const part of parts) writer.bytes(part)
  return writer.toBytes()
}

function frameOf(api: Api, version: number, body: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter()
  encodeRequestHeader(api, version, 7, 'large', writer)
  body(writer)
  return lengthened(writer.toBytes())
}

/** The paths of all arrays of a version, like `topics/partitions`. */
function* arraysOf(fields: Fields, version: number, above = ''): Iterable<string> {
  for (const [name, field] of Object.entries(fields)) {
    if (!field.isIn(version)) continue
    const path = above === '' ? name : `${above}/${name}`
    let { type } = field
    if (type.kind === 'array') {
      yield path
      type = type.element
    }
    if (type.kind === 'struct') yield* arraysOf(type.fields, version, path)
  }
}

/** Which array is the large one. */
interface Target {
  readonly path: string
  readonly count: number
  readonly shape: Shape
  readonly here: string
  /** Which element of the large array it is. */
  readonly at?: number
}

function structOf(fields: Fields, version: number, target: Target | undefined): Record<string, unknown> {
  const present = Object.entries(fields).filter(([, field]) => field.isIn(version))
  return Object.fromEntries(
    present.map(([name, field]) => [
      name,
      typedValue(name, field.type, version, target && { ...target, here: joined(target.here, name) }),
    ]),
  )
}

const joined = (above: string, name: string) => (above === '' ? name : `${above}/${name}`)

function typedValue(
  name: string,
  type: AnyField['type'],
  version: number,
  target: Target | undefined,
): unknown {
  switch (type.kind) {
    case 'struct':
      return structOf(type.fields, version, target)
    case 'array':
      return arrayOf(name, type.element, version, target)
    case 'string':
      return nameOf(target)
    case 'bytes':
    case 'records':
      return new Uint8Array(0)
    case 'uuid':
      return ZERO_UUID
    case 'errorCode':
      return 'NONE'
    case 'boolean':
      return false
    case 'bigInt64':
      return 0n
    default:
      return target?.shape === 'distinct' && /partition|index/i.test(name) ? (target.at ?? 0) : numberOf(name)
  }
}

function nameOf(target: Target | undefined): string {
  if (target?.shape === 'distinct') return distinctTopic(target.at ?? 0)
  return target?.shape === 'existing' || target?.shape === 'named' ? existingTopic : ''
}

/** Numbers that make a request do something. */
function numberOf(name: string): number {
  if (/resourceType/.test(name)) return 2
  if (/maxBytes|partitionMaxBytes/.test(name)) return 1 << 16
  return /acks|minBytes|replicationFactor|numPartitions/.test(name) ? 1 : 0
}

function arrayOf(
  name: string,
  element: AnyField['type'],
  version: number,
  target: Target | undefined,
): unknown[] {
  if (target === undefined) return []
  const { path, count, shape, here } = target
  const isAbove = path.startsWith(`${here}/`)
  if (isAbove) return [typedValue(name, element, version, target)]
  const isBelow = here.startsWith(`${path}/`)
  if (here !== path && !(isBelow && shape !== 'empty' && shape !== 'named')) return []
  if (here === path && shape === 'distinct') {
    return Array.from({ length: count }, (_, at) => typedValue(name, element, version, { ...target, at }))
  }
  const one = typedValue(name, element, version, target)
  return new Array(here === path ? count : 1).fill(one)
}
