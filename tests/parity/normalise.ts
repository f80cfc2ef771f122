import { ZERO_UUID } from '@samsa/base'
import { type Api, Fetch } from '@samsa/protocol'

// What two brokers can never agree on is replaced by a word, so that everything else can be compared as it is.

type Replace = (value: unknown) => unknown

const known =
  (word: string): Replace =>
  value =>
    value === ZERO_UUID || value === '' || value === null || value === -1 || value === 0 ? value : `<${word}>`

/** `id of <topic>`, as scripts put it that know which topic an id is of. */
const isNamed = (value: unknown) => typeof value === 'string' && value.startsWith('id of ')

const text: Replace = value => (value === null || value === '' ? null : '<text>')

/** By field name. Wordings are ours: only whether there is one is compared. */
const volatile: Readonly<Record<string, Replace>> = {
  clusterId: known('cluster'),
  topicId: value => (isNamed(value) ? value : known('topic id')(value)),
  producerId: value => (value === -1 ? value : '<producer id>'),
  memberId: known('member'),
  port: known('port'),
  sessionId: known('session'),
  logDir: text,
  totalBytes: known('bytes'),
  usableBytes: known('bytes'),
  logAppendTimeMs: known('time'),
  message: text,
  errorMessage: text,
  batchIndexErrorMessage: text,
  documentation: text,
}

/** Where only one API's field is meant. */
const volatileOf: Readonly<Record<string, Readonly<Record<string, Replace>>>> = {
  JoinGroup: { leader: known('member') },
}

/** Lists whose order says nothing, by what orders them here. */
const orderedBy = [
  'name',
  'topic',
  'groupId',
  'partitionIndex',
  'partition',
  'index',
  'nodeId',
  'brokerId',
  'apiKey',
  'memberId',
  'topicId',
]

/** Where only one API's list is meant. */
const orderedByOf: Readonly<Record<string, readonly string[]>> = { ListConfigResources: ['resourceName'] }

/**
 * The answer as plain data, comparable between brokers.
 *
 * @param topics names by the topic ids this broker made, where a script knows them
 */
export function normalised(api: Api, answer: unknown, topics: ReadonlyMap<string, string>): unknown {
  const topicId: Replace = value => topics.get(value as string) ?? value
  const keys = [...orderedBy, ...(orderedByOf[api.name] ?? [])]
  if (api === Fetch)
    return plain(withNames(withoutUnfinished(answer), topicId), volatileOf[api.name] ?? {}, keys)
  return plain(withNames(answer, topicId), volatileOf[api.name] ?? {}, keys)
}

/**
 * Records without what is no whole message or batch at their end: old clients drop it, and Kafka fills with an unfinished
 * message what it saved by converting records for them.
 */
function withoutUnfinished(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.subarray(0, endOfWhole(value))
  if (Array.isArray(value)) return value.map(withoutUnfinished)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutUnfinished(item)]))
}

function endOfWhole(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; ; ) {
    const next = at + 12 <= bytes.length ? at + 12 + view.getInt32(at + 8) : at
    if (next <= at || next > bytes.length) return at
    at = next
  }
}

/** Ids replaced first: lists are ordered by what stands there then. */
function withNames(value: unknown, topicId: Replace): unknown {
  if (Array.isArray(value)) return value.map(item => withNames(item, topicId))
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    name === 'topicId' ? topicId(item) : withNames(item, topicId),
  ])
  return Object.fromEntries(entries)
}

function plain(value: unknown, special: Readonly<Record<string, Replace>>, keys: readonly string[]): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return inOrder(value, keys).map(item => plain(item, special, keys))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([name, item]) => {
    const replace = special[name] ?? volatile[name]
    return [
      name,
      replace === undefined || typeof item === 'object' ? plain(item, special, keys) : replace(item),
    ]
  })
  return Object.fromEntries(entries)
}

function inOrder(list: unknown[], keys: readonly string[]): unknown[] {
  const key = keys.find(name => list.every(item => typeof item === 'object' && item !== null && name in item))
  if (key === undefined) return list
  const at = (item: unknown) => (item as Record<string, string | number>)[key]!
  return [...list].sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0))
}
