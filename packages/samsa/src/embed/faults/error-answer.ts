import { ZERO_UUID } from '@samsa/base'
import type { AnyField, Api, ErrorName, FieldType, Fields } from '@samsa/protocol'

/** A message as far as it is looked through here. */
export type Body = Record<string, unknown>

/** What an item of an answer has in common with the item of the request it answers. */
const identities = new Set([
  'name',
  'topic',
  'topicId',
  'index',
  'partition',
  'partitionIndex',
  'groupId',
  'key',
  'resourceType',
  'resourceName',
  'transactionalId',
])
const errorFields = new Set(['errorCode', 'partitionErrorCode'])

/** Whose request an answer is for, and what it says. */
export interface ErrorToTell {
  readonly version: number
  readonly error: ErrorName
}

/** The answer to a request that says of all it is about that it failed, without anything being done. */
export function errorAnswer(api: Api, request: Body, tell: ErrorToTell): Body {
  const { fields } = api.response
  const answer = blank(fields, {}, tell)
  if (fields['errorCode']?.isIn(tell.version) === true) return answer
  const pair = listsOf(api, tell.version)
  if (pair === undefined) return answer
  answer[pair.response] = mirrored(listOf(request[pair.request]), elementsOf(fields[pair.response]!), tell)
  return answer
}

/** The lists of a request and of its answer that stand for each other. */
export function listsOf(api: Api, version: number): { request: string; response: string } | undefined {
  const request = Object.entries(api.request.fields).find(([, one]) => isListIn(one, version))
  const response = Object.entries(api.response.fields).find(
    ([, one]) => isListIn(one, version) && tellsErrors(one.type),
  )
  return request && response && { request: request[0], response: response[0] }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

const isListIn = (field: AnyField, version: number) => field.type.kind === 'array' && field.isIn(version)

function tellsErrors(type: FieldType): boolean {
  if (type.kind === 'array') return tellsErrors(type.element)
  if (type.kind !== 'struct') return false
  return Object.entries(type.fields).some(([name, one]) => errorFields.has(name) || tellsErrors(one.type))
}

function elementsOf({ type }: AnyField): Fields {
  return type.kind === 'array' && type.element.kind === 'struct' ? type.element.fields : {}
}

function mirrored(items: readonly unknown[], fields: Fields, tell: ErrorToTell): Body[] {
  return items.map(item => {
    if (typeof item !== 'object' || item === null) return blank(fields, namedBy(item, fields), tell)
    const source = item as Body
    const answer = blank(fields, source, tell)
    const inner = Object.entries(fields).find(([, one]) => tellsErrors(one.type))
    const asked = Object.values(source).find(Array.isArray)
    if (inner !== undefined && asked !== undefined)
      answer[inner[0]] = mirrored(asked, elementsOf(inner[1]), tell)
    return answer
  })
}

/** A plain name or number in a request is the item's identity in the answer. */
function namedBy(value: unknown, fields: Fields): Body {
  const kind = typeof value === 'string' ? 'string' : 'int32'
  const found = Object.entries(fields).find(([name, one]) => identities.has(name) && one.type.kind === kind)
  return found === undefined ? {} : { [found[0]]: value }
}

/** An item with nothing in it but what it is about and the error. */
function blank(fields: Fields, source: Body, { error }: ErrorToTell): Body {
  const made: Body = {}
  for (const [name, field] of Object.entries(fields)) {
    if (errorFields.has(name)) made[name] = error
    else if (identities.has(name) && source[name] !== undefined) made[name] = source[name]
    else made[name] = nothingOf(name, field)
  }
  return made
}

function nothingOf(name: string, { type, defaultValue, firstNullable, lastNullable }: AnyField): unknown {
  if (defaultValue !== undefined) return defaultValue
  if (type.kind === 'errorCode') return 'NONE'
  if (type.kind === 'array') return []
  if (firstNullable <= lastNullable && firstNullable === 0) return null
  if (type.kind === 'struct')
    return Object.fromEntries(Object.entries(type.fields).map(([one, field]) => [one, nothingOf(one, field)]))
  if (type.kind === 'string') return ''
  if (type.kind === 'uuid') return ZERO_UUID
  if (type.kind === 'boolean') return false
  if (type.kind === 'bytes' || type.kind === 'records') return new Uint8Array(0)
  if (type.kind === 'bigInt64') return /offset$/i.test(name) ? -1n : 0n
  return /offset$/i.test(name) ? -1 : 0
}

/**
 * Says in an answer that what it tells of failed.
 *
 * @param about whether it is to be said of an item about this topic; without it, of everything
 * @returns whether there was anything to say it of
 */
export function tellError(
  api: Api,
  answer: Body,
  tell: ErrorToTell,
  about: ((item: Body) => boolean | undefined) | undefined,
): boolean {
  const { fields } = api.response
  if (about !== undefined) return tellOfTopics(fields, answer, tell, about)
  const prefersItems = api.name === 'Fetch' || api.name === 'Metadata' || api.name === 'ShareFetch'
  if (prefersItems) return tellBelow(fields, answer, tell)
  return tellHere(fields, answer, tell) || tellBelow(fields, answer, tell)
}

function tellOfTopics(
  fields: Fields,
  body: Body,
  tell: ErrorToTell,
  about: (item: Body) => boolean | undefined,
): boolean {
  const isAbout = about(body)
  if (isAbout === false) return false
  if (isAbout === true) return tellHere(fields, body, tell) || tellBelow(fields, body, tell)
  return eachItem(fields, body, (inner, item) => tellOfTopics(inner, item, tell, about))
}

function tellBelow(fields: Fields, body: Body, tell: ErrorToTell): boolean {
  return eachItem(fields, body, (inner, item) => tellHere(inner, item, tell) || tellBelow(inner, item, tell))
}

function tellHere(fields: Fields, body: Body, tell: ErrorToTell): boolean {
  const name = [...errorFields].find(one => fields[one]?.isIn(tell.version) === true)
  if (name === undefined) return false
  Object.assign(body, blank(fields, body, tell))
  return true
}

/** Whether something was done to any item of the lists in a body. */
function eachItem(fields: Fields, body: Body, work: (fields: Fields, item: Body) => boolean): boolean {
  let isDone = false
  for (const [name, field] of Object.entries(fields)) {
    if (field.type.kind !== 'array') continue
    for (const item of listOf(body[name])) isDone = work(elementsOf(field), item as Body) || isDone
  }
  return isDone
}
