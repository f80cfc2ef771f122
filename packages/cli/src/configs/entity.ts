import { ToolUsageError } from '../command/kafka-tool.ts'

/** Kinds of things with a configuration, in Kafka's words and order. */
export const entityTypes = [
  'topics',
  'clients',
  'users',
  'brokers',
  'ips',
  'client-metrics',
  'groups',
  'broker-loggers',
] as const
export type EntityType = (typeof entityTypes)[number]

/** What a command is about: one kind of thing, or users and clients together; the name `''` is the default of a kind. */
export interface Entities {
  readonly types: readonly EntityType[]
  /** By position in `types`; a kind may have no name, which means all of it. */
  readonly names: readonly string[]
}

/** The options that name an entity of one kind, and the default of one. */
const namingOptions = [
  ['topic', 'topics'],
  ['client', 'clients'],
  ['user', 'users'],
  ['broker', 'brokers'],
  ['broker-logger', 'broker-loggers'],
  ['ip', 'ips'],
  ['client-metrics', 'client-metrics'],
  ['group', 'groups'],
] as const
const defaultOptions = [
  ['client-defaults', 'clients'],
  ['user-defaults', 'users'],
  ['broker-defaults', 'brokers'],
  ['ip-defaults', 'ips'],
] as const

export type EntityOptions = {
  readonly 'entity-type': readonly string[]
  /** With `''` for each --entity-default. */
  readonly 'entity-name': readonly string[]
} & { readonly [Name in (typeof namingOptions)[number][0]]?: string | undefined } & {
  readonly [Name in (typeof defaultOptions)[number][0]]?: boolean | undefined
}

/** What the options name. Throws `ToolUsageError`, in the words of Kafka's tool. */
export function entitiesOf(given: EntityOptions): Entities {
  const named = namingOptions.filter(([option]) => given[option] !== undefined)
  const defaults = defaultOptions.filter(([option]) => given[option] === true)
  const types = [...given['entity-type'], ...[...named, ...defaults].map(([, type]) => type)]
  const twice = types.filter((type, at) => types.indexOf(type) < at)
  if (twice.length > 0) throw new ToolUsageError(`Duplicate entity type(s) specified: ${twice.join(',')}`)
  for (const type of types) checkType(type)
  if (types.length === 0) throw new ToolUsageError('At least one entity type must be specified')
  if (types.length > 1 && !(types.length === 2 && types.includes('users') && types.includes('clients')))
    throw new ToolUsageError("Only 'users' and 'clients' entity types may be specified together")
  const isOld = given['entity-type'].length > 0 || given['entity-name'].length > 0
  if (isOld && named.length + defaults.length > 0) {
    throw new ToolUsageError(
      '--entity-{type,name,default} should not be used in conjunction with specific entity flags',
    )
  }
  const names = [
    ...given['entity-name'],
    ...named.map(([option]) => given[option]!),
    ...defaults.map(() => ''),
  ]
  return { types: types as EntityType[], names }
}

function checkType(type: string): void {
  if ((entityTypes as readonly string[]).includes(type)) return
  throw new ToolUsageError(
    `Invalid entity type ${type}, the entity type must be one of ${entityTypes.join(', ')}` +
      ' with a --bootstrap-server or --bootstrap-controller argument',
  )
}

/** `topic` of `topics`, as Kafka's tool forms it. */
export function singularOf(type: EntityType): string {
  return type.slice(0, -1)
}
