import type { Admin } from '@samsa/client'
import { javaDouble } from '../console/java-numbers.ts'
import { checkTopicName } from './check-names.ts'
import { type Entities, type EntityType, singularOf } from './entity.ts'
import { entityText, quotasOf } from './quotas.ts'
import { type ResourceEntityType, isResource, resourceConfig, resourceNames } from './resource-configs.ts'
import { scramLines } from './scram.ts'

/** Tells configurations, quotas and credentials in the lines of Kafka's tool. */
export async function describeEntities(
  admin: Admin,
  entities: Entities,
  all: boolean,
  print: (line: string) => void,
): Promise<void> {
  const { types, names } = entities
  const [type] = types as readonly [EntityType]
  if (isResource(type)) return describeResources(admin, type, names[0], all, print)
  for (const quota of await quotasOf(admin, entities)) {
    const values = Object.entries(quota.values).map(([key, value]) => `${key}=${javaDouble(value)}`)
    print(`Quota configs for ${entityText(quota)} are ${values.join(', ')}`)
  }
  if (type === 'ips' || types.includes('clients') || names.includes('')) return
  for (const line of await scramLines(admin, names)) print(line)
}

async function describeResources(
  admin: Admin,
  type: ResourceEntityType,
  name: string | undefined,
  all: boolean,
  print: (line: string) => void,
): Promise<void> {
  if (type === 'topics' && name !== undefined) checkTopicName(name)
  if (name !== undefined && name !== '' && !(await resourceNames(admin, type)).includes(name)) {
    return print(`The ${singularOf(type)} '${name}' doesn't exist and doesn't have dynamic config.`)
  }
  for (const one of name === undefined ? await listedNames(admin, type) : [name]) {
    const what = all ? 'All' : 'Dynamic'
    print(
      one === ''
        ? `Default configs for ${type} in the cluster are:`
        : `${what} configs for ${singularOf(type)} ${one} are:`,
    )
    for (const entry of await resourceConfig(admin, type, one, { all })) {
      const synonyms = entry.synonyms.map(({ source, name, value }) => `${source}:${name}=${value}`)
      print(`  ${entry.name}=${entry.value} sensitive=${entry.isSensitive} synonyms={${synonyms.join(', ')}}`)
    }
  }
}

/** All of a kind, and what is set for all brokers. */
async function listedNames(admin: Admin, type: ResourceEntityType): Promise<string[]> {
  const names = await resourceNames(admin, type)
  return type === 'brokers' ? [...names, ''] : names
}
