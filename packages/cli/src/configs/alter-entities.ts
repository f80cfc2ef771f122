import type { Admin } from '@samsa/client'
import { ToolUsageError } from '../command/kafka-tool.ts'
import type { Changes } from './config-changes.ts'
import { type Entities, type EntityType, singularOf } from './entity.ts'
import { alterQuotas, clientQuotaKeys, ipQuotaKeys } from './quotas.ts'
import { alterResource, isResource } from './resource-configs.ts'
import { alterScram, isScram } from './scram.ts'

/** Changes what is named, and returns Kafka's line that says so. Throws `FailedError` and `ToolUsageError`. */
export async function alterEntities(admin: Admin, entities: Entities, changes: Changes): Promise<string> {
  const [type] = entities.types as readonly [EntityType]
  const [name] = entities.names as readonly [string]
  if (isResource(type)) await alterResource(admin, type, name, changes)
  else if (type === 'ips') {
    checkIpKeys(changes)
    await alterQuotas(admin, entities, changes)
  } else if (isAboutCredentials(entities, changes)) await alterScram(admin, name, changes)
  else await alterQuotas(admin, entities, changes)
  return name === ''
    ? `Completed updating default config for ${type} in the cluster.`
    : `Completed updating config for ${singularOf(type)} ${name}.`
}

function checkIpKeys({ set, remove }: Changes): void {
  const unknown = [...Object.keys(set), ...remove].filter(key => !ipQuotaKeys.includes(key))
  if (unknown.length === 0) return
  throw new ToolUsageError(
    `Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config names: ${unknown.join(',')}`,
  )
}

/** Whether credentials of a user are to change, and not quotas. Throws `ToolUsageError` for what does not go together. */
function isAboutCredentials({ types, names }: Entities, { set, remove }: Changes): boolean {
  const keys = [...Object.keys(set), ...remove]
  const isOfClients = types.includes('clients')
  const isKnown = (key: string) => clientQuotaKeys.includes(key) || (!isOfClients && isScram(key))
  refuseUnknown('added', isOfClients, Object.keys(set), isKnown)
  refuseUnknown('deleted', isOfClients, remove, isKnown)
  if (!keys.some(isScram)) return false
  if (names.includes('')) {
    throw new ToolUsageError(
      'The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using --bootstrap-server.',
    )
  }
  if (keys.every(isScram)) return true
  throw new ToolUsageError(
    "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using --bootstrap-server.",
  )
}

function refuseUnknown(
  what: 'added' | 'deleted',
  isOfClients: boolean,
  keys: readonly string[],
  isKnown: (key: string) => boolean,
): void {
  const unknown = keys.filter(key => !isKnown(key))
  if (unknown.length === 0) return
  const kinds = isOfClients ? 'quota' : 'quota and SCRAM credential'
  throw new ToolUsageError(
    `Only ${kinds} configs can be ${what} for '${isOfClients ? 'clients' : 'users'}' using --bootstrap-server. ` +
      `Unexpected config names: ${unknown.join(', ')}`,
  )
}
