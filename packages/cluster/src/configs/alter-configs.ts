import { type Decision, OK, type Outcome, refuse } from '../decision.ts'
import { type ConfigResource, keys } from '../image/keys.ts'
import type { MetadataImage } from '../image/metadata-image.ts'
import type { ConfigValue } from '../image/values.ts'
import type { Transaction } from '../store/metadata-store.ts'

/** What is to become of one key. */
export interface ConfigOperation {
  readonly name: string
  readonly operation: 'SET' | 'DELETE' | 'APPEND' | 'SUBTRACT'
  /** Null only with DELETE. */
  readonly value: string | null
}

/** What the decision has to know of the keys there are. */
export interface ConfigSchema {
  /** The default of a key that is a list, as text; undefined when the key is unknown or no list. */
  readonly listDefault: (resource: ConfigResource, name: string) => string | undefined
  /** Judges the overrides a resource would then have; undefined when they are fine. */
  readonly check: (resource: ConfigResource, entries: ConfigValue, before: ConfigValue) => Outcome | undefined
}

export interface ConfigChange<What> {
  readonly resource: ConfigResource
  readonly what: What
}

/**
 * Decides IncrementalAlterConfigs for resources that occur once each: the operations of one resource are made together
 * or not at all. The answers are in the order of the changes.
 */
export function decideIncrementalAlterConfigs(
  image: MetadataImage,
  changes: readonly ConfigChange<readonly ConfigOperation[]>[],
  schema: ConfigSchema,
  validateOnly: boolean,
): Decision<Outcome[]> {
  return decideEach(image, changes, schema, validateOnly, (resource, before, operations) =>
    operate(resource, before, operations, schema),
  )
}

/** Decides the older AlterConfigs: what a resource is given replaces all overrides it had. */
export function decideAlterConfigs(
  image: MetadataImage,
  changes: readonly ConfigChange<ConfigValue>[],
  schema: ConfigSchema,
  validateOnly: boolean,
): Decision<Outcome[]> {
  return decideEach(image, changes, schema, validateOnly, (_resource, _before, entries) => ({ entries }))
}

function decideEach<What>(
  image: MetadataImage,
  changes: readonly ConfigChange<What>[],
  schema: ConfigSchema,
  validateOnly: boolean,
  apply: (
    resource: ConfigResource,
    before: ConfigValue,
    what: What,
  ) => { readonly entries: ConfigValue } | Outcome,
): Decision<Outcome[]> {
  const transactions: Transaction[] = []
  const response = changes.map(({ resource, what }) => {
    const before = image.config(resource)
    const after = apply(resource, before.entries, what)
    if ('error' in after) return after
    const problem = schema.check(resource, after.entries, before.entries) ?? missing(image, resource)
    if (problem !== undefined) return problem
    if (!sameEntries(before.entries, after.entries)) {
      transactions.push(replacement(image, resource, before.modRevision, after.entries))
    }
    return OK
  })
  return { changes: validateOnly ? [] : transactions, response }
}

function operate(
  resource: ConfigResource,
  before: ConfigValue,
  operations: readonly ConfigOperation[],
  schema: ConfigSchema,
): { readonly entries: ConfigValue } | Outcome {
  const entries = new Map(Object.entries(before))
  for (const { name, operation, value } of operations) {
    if (operation === 'DELETE') entries.delete(name)
    else if (operation === 'SET') entries.set(name, value!)
    else {
      const listDefault = schema.listDefault(resource, name)
      if (listDefault === undefined) {
        return refuse('INVALID_CONFIG', `Can't ${operation} to key ${name} because its type is not LIST.`)
      }
      const now = elements(entries.get(name) ?? listDefault).filter(element => element !== '')
      entries.set(name, joined(operation, now, elements(value!)).join(','))
    }
  }
  return { entries: Object.fromEntries(entries) }
}

function joined(
  operation: 'APPEND' | 'SUBTRACT',
  now: readonly string[],
  given: readonly string[],
): string[] {
  if (operation === 'SUBTRACT') {
    const unwanted = new Set(given)
    return now.filter(element => !unwanted.has(element))
  }
  return [...new Set([...now, ...given])]
}

function elements(text: string): string[] {
  return text.split(',')
}

function missing(image: MetadataImage, resource: ConfigResource): Outcome | undefined {
  if (resource.type !== 'topic' || image.topic(resource.name) !== undefined) return undefined
  return refuse('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${resource.name}' does not exist.`)
}

function replacement(
  image: MetadataImage,
  resource: ConfigResource,
  modRevision: number,
  entries: ConfigValue,
): Transaction {
  const key = keys.config(resource)
  const topic = resource.type === 'topic' ? image.topic(resource.name) : undefined
  return {
    conditions: [
      { key, modRevision },
      // A topic deleted meanwhile must not leave its configuration behind.
      ...(topic === undefined ? [] : [{ key: keys.topic(topic.name), modRevision: topic.modRevision }]),
    ],
    operations: [
      Object.keys(entries).length === 0 ? { type: 'delete', key } : { type: 'put', key, value: entries },
    ],
  }
}

function sameEntries(a: ConfigValue, b: ConfigValue): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every(name => Object.hasOwn(b, name) && a[name] === b[name])
  )
}
