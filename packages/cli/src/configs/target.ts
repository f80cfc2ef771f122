import { FailedError } from '../command/command.ts'
import { checkNames } from './check-names.ts'
import type { Entities, EntityType } from './entity.ts'

/** Kinds of things on samsa's command line. */
const kinds: Readonly<Record<string, EntityType>> = {
  topic: 'topics',
  broker: 'brokers',
  'broker-logger': 'broker-loggers',
  group: 'groups',
  'client-metrics': 'client-metrics',
  user: 'users',
  client: 'clients',
  ip: 'ips',
}

/** Kinds that have a default, called `default`. */
const withDefault: readonly EntityType[] = ['brokers', 'users', 'clients', 'ips']

/** What `samsa configs … KIND NAME` means. Throws `FailedError`. */
export async function targetOf(kind: string, name: string): Promise<Entities> {
  const type = kinds[kind]
  if (type === undefined) {
    throw new FailedError(`'${kind}' has no configuration. There are: ${Object.keys(kinds).join(', ')}.`)
  }
  const entities = { types: [type], names: [name === 'default' && withDefault.includes(type) ? '' : name] }
  await checkNames(entities).catch((error: Error) => {
    throw new FailedError(`${error.message}.`)
  })
  return entities
}
