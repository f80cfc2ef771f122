import type { Admin, ClientQuota, QuotaComponent } from '@samsa/client'
import { FailedError } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'
import type { Changes } from './config-changes.ts'
import type { Entities, EntityType } from './entity.ts'

/** The kinds of names that quotas bind, by the entity type of the command line. */
const quotaTypes: Partial<Readonly<Record<EntityType, string>>> = {
  users: 'user',
  clients: 'client-id',
  ips: 'ip',
}

/** What quotas of users and clients are called. */
export const clientQuotaKeys: readonly string[] = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
]

/** What quotas of addresses are called. */
export const ipQuotaKeys: readonly string[] = ['connection_creation_rate']

/** The quotas of the entities that exactly these kinds of names describe. Throws `ToolUsageError`. */
export async function quotasOf(admin: Admin, { types, names }: Entities): Promise<ClientQuota[]> {
  if (names.length > types.length) throw new ToolUsageError('More entity names specified than entity types')
  const components = types.map((type, at): QuotaComponent => {
    const name = names[at]
    return { entityType: quotaTypes[type]!, ...(name !== undefined && { name: name === '' ? null : name }) }
  })
  return admin.describeClientQuotas({ components, strict: true })
}

/** Sets and gives up quotas of one entity. Throws `FailedError` and `ToolUsageError`. */
export async function alterQuotas(admin: Admin, entities: Entities, { set, remove }: Changes): Promise<void> {
  const { types, names } = entities
  const [old] = await quotasOf(admin, entities)
  const unknown = remove.filter(key => !Object.hasOwn(old?.values ?? {}, key))
  if (unknown.length > 0) throw new FailedError(`Invalid config(s): ${unknown.join(',')}`)
  const entity = Object.fromEntries(types.map((type, at) => [quotaTypes[type]!, names[at] || null]))
  const values = Object.fromEntries(Object.entries(set).map(([key, text]) => [key, numberOf(key, text)]))
  await admin.alterClientQuotas([{ entity, set: values, remove }])
}

function numberOf(key: string, text: string): number {
  if (/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[df]?\s*$/i.test(text)) return Number.parseFloat(text)
  throw new ToolUsageError(`Cannot parse quota configuration value for ${key}: ${text}`)
}

/** Whom a quota binds: `user-principal 'alice', the default client-id`. */
export function entityText({ entity }: ClientQuota): string {
  const kinds = [
    ['user', 'user-principal'],
    ['client-id', 'client-id'],
    ['ip', 'ip'],
  ] as const
  return kinds
    .filter(([kind]) => entity[kind] !== undefined)
    .map(([kind, word]) => (entity[kind] === null ? `the default ${word}` : `${word} '${entity[kind]}'`))
    .join(', ')
}
