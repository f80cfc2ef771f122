import type { Admin } from '@samsa/client'
import { FailedError } from '../command/command.ts'
import type { Entities } from './entity.ts'
import { quotasOf } from './quotas.ts'
import { isResource, resourceConfig, resourceNames } from './resource-configs.ts'

/** A key and its value. */
export interface ConfigRow {
  readonly key: string
  /** Null when it is not set, or a secret. */
  readonly value: string | number | null
  /** Where the value comes from: `topic`, `broker`, `default`, … */
  readonly source: string
  readonly isSensitive: boolean
  /** What the key is for; undefined where the cluster does not tell. */
  readonly about: string | undefined
}

/** What is set for one thing; with `all` also what holds for it otherwise. Throws `FailedError` when there is no such thing. */
export async function configRows(admin: Admin, entities: Entities, all: boolean): Promise<ConfigRow[]> {
  const [type] = entities.types
  const [name] = entities.names
  if (type === undefined || name === undefined || !isResource(type)) return quotaRows(admin, entities)
  const entries = await resourceConfig(admin, type, name, { all, documentation: true })
  if (entries.length === 0 && name !== '' && !(await resourceNames(admin, type)).includes(name))
    throw new FailedError(`There is no ${type.slice(0, -1)} '${name}', and nothing is set for it.`)
  return entries.map(({ name: key, value, source, isSensitive, documentation }) => {
    return { key, value, source: sourceText(source), isSensitive, about: documentation }
  })
}

/** `topic` of DYNAMIC_TOPIC_CONFIG, `default` of DEFAULT_CONFIG. */
function sourceText(source: string): string {
  return source
    .replace(/^DYNAMIC_DEFAULT_BROKER_CONFIG$/, 'all brokers')
    .replace(/^STATIC_BROKER_CONFIG$/, 'broker’s file')
    .replace(/^DYNAMIC_/, '')
    .replace(/_CONFIG$/, '')
    .replaceAll('_', ' ')
    .toLowerCase()
}

async function quotaRows(admin: Admin, entities: Entities): Promise<ConfigRow[]> {
  const row = (key: string, value: string | number, source: string): ConfigRow => {
    return { key, value, source, isSensitive: false, about: undefined }
  }
  const quotas = (await quotasOf(admin, entities)).flatMap(({ values }) =>
    Object.entries(values).map(([key, value]) => row(key, value, 'quota')),
  )
  if (!entities.types.includes('users') || entities.names.includes('')) return quotas
  const users = await admin.describeUserScramCredentials(entities.names).results()
  const credentials = [...users].flatMap(({ value = [] }) =>
    value.map(({ mechanism, iterations }) => row(mechanism, `${iterations} iterations`, 'credential')),
  )
  return [...quotas, ...credentials]
}
