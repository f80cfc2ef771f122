import type { Admin, ConfigEntry, ConfigResourceType, ConfigSource } from '@samsa/client'
import { FailedError } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'
import type { Changes } from './config-changes.ts'
import type { EntityType } from './entity.ts'

/** Kinds of things whose configuration is told key by key. */
export type ResourceEntityType = Exclude<EntityType, 'clients' | 'users' | 'ips'>

interface ResourceFacts {
  readonly type: ConfigResourceType
  /** Where values that were set on the resource itself come from; undefined: all are. */
  readonly source?: ConfigSource
}

const resources: Readonly<Record<ResourceEntityType, ResourceFacts>> = {
  topics: { type: 'TOPIC', source: 'DYNAMIC_TOPIC_CONFIG' },
  brokers: { type: 'BROKER', source: 'DYNAMIC_BROKER_CONFIG' },
  'broker-loggers': { type: 'BROKER_LOGGER' },
  'client-metrics': { type: 'CLIENT_METRICS', source: 'DYNAMIC_CLIENT_METRICS_CONFIG' },
  groups: { type: 'GROUP', source: 'DYNAMIC_GROUP_CONFIG' },
}

export function isResource(type: EntityType): type is ResourceEntityType {
  return Object.hasOwn(resources, type)
}

/**
 * The configuration of a resource, sorted by key.
 *
 * @param name the empty name of `brokers` stands for what is set for all of them
 * @param all also what was not set on the resource itself
 */
export async function resourceConfig(
  admin: Admin,
  type: ResourceEntityType,
  name: string,
  { all = false, documentation = false } = {},
): Promise<ConfigEntry[]> {
  const resource = { type: resources[type].type, name }
  const answer = await admin.describeConfigs([resource], {
    includeSynonyms: true,
    includeDocumentation: documentation,
  })
  const source = type === 'brokers' && name === '' ? 'DYNAMIC_DEFAULT_BROKER_CONFIG' : resources[type].source
  return [...answer.get(resource).values()]
    .filter(entry => all || source === undefined || entry.source === source)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Sets and gives up keys of a resource. Throws `FailedError` for loggers that the broker does not have. */
export async function alterResource(
  admin: Admin,
  type: ResourceEntityType,
  name: string,
  { set, remove }: Changes,
): Promise<void> {
  if (type === 'broker-loggers') await checkLoggers(admin, name, [...remove, ...Object.keys(set)])
  await admin.incrementalAlterConfigs([{ type: resources[type].type, name, set, delete: remove }])
}

async function checkLoggers(admin: Admin, broker: string, loggers: readonly string[]): Promise<void> {
  const known = new Set((await resourceConfig(admin, 'broker-loggers', broker)).map(({ name }) => name))
  const unknown = loggers.filter(name => !known.has(name))
  if (unknown.length > 0) throw new FailedError(`Invalid broker logger(s): ${unknown.join(',')}`)
}

/** The names of all resources of a kind that exist or have a configuration. */
export async function resourceNames(admin: Admin, type: ResourceEntityType): Promise<string[]> {
  switch (type) {
    case 'topics':
      return (await admin.listTopics({ includeInternal: true })).map(({ name }) => name).sort()
    case 'brokers':
    case 'broker-loggers': {
      const { brokers } = await admin.describeCluster()
      return brokers.map(({ id }) => `${id}`)
    }
    case 'client-metrics':
      return (await admin.listClientMetricsResources()).sort()
    case 'groups':
      return groupNames(admin)
    default:
      throw new ToolUsageError(`Invalid entity type: ${type satisfies never}`)
  }
}

/** Groups that exist, and those that have only a configuration where the cluster tells of these (KIP-1142). */
async function groupNames(admin: Admin): Promise<string[]> {
  const groups = (await admin.listGroups()).map(({ groupId }) => groupId)
  try {
    const configured = await admin.listConfigResources(['GROUP'])
    return [...new Set([...groups, ...configured.map(({ name }) => name)])].sort()
  } catch (error) {
    if ((error as { code?: string }).code === 'UNSUPPORTED') return groups.sort()
    throw error
  }
}
