import type { Admin } from '@samsa/client'
import { type Io, exitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, serverOptions } from './connection-options.ts'
import { forbidTogether, isGiven, onlyAction } from './option-rules.ts'

const options = {
  ...serverOptions,
  list: flag({ about: 'List the names of subscriptions.' }),
  describe: flag({ about: 'Show subscriptions, or the named one.' }),
  alter: flag({ about: 'Make or change a subscription.' }),
  delete: flag({ about: 'Delete a subscription.' }),
  name: text({ argument: 'name', about: 'The name of the subscription.' }),
  'generate-name': flag({ about: 'With --alter, make up a name.' }),
  interval: text({ argument: 'ms', about: 'How often clients push; empty for the default.' }),
  match: text({
    argument: 'key=pattern,…',
    about:
      'Which clients push, by client_id, client_instance_id, client_software_name, client_software_version, client_source_address and client_source_port; empty for all.',
    isRepeatable: true,
  }),
  metrics: text({
    argument: 'prefix,…',
    about: 'Beginnings of the names of metrics; empty for none.',
    isRepeatable: true,
  }),
}

type Options = OptionsOf<typeof options>

const actions = { alter, delete: remove, describe, list }
const actionNames = ['alter', 'delete', 'describe', 'list'] as const

/** `kafka-client-metrics`: which metrics brokers ask of clients (KIP-714). */
export const kafkaClientMetrics = kafkaTool({
  name: 'kafka-client-metrics',
  about: 'List, show, change and delete subscriptions to metrics of clients.',
  style: 'plain',
  options,
  failurePrefix: 'Error while executing client metrics command : ',
  failureGoesTo: 'output',
  examples: [
    ['kafka-client-metrics --list', 'All subscriptions.'],
    [
      'kafka-client-metrics --alter --name basic --metrics org.apache.kafka.consumer. --interval 60000',
      'All metrics of consumers, each minute.',
    ],
  ],
  async run(given, io) {
    const action = checkedAction(given)
    await using admin = await openAdmin(connectionOf(given), io)
    await actions[action](admin, given, io)
    return exitCodes.ok
  },
})

function checkedAction(given: Options): (typeof actionNames)[number] {
  const action = onlyAction(given, actionNames, '--alter, --delete, --describe or --list.')
  const changes = ['generate-name', 'interval', 'match', 'metrics']
  forbidTogether(given, 'delete', changes)
  forbidTogether(given, 'describe', changes)
  forbidTogether(given, 'list', ['name', ...changes])
  if (action === 'alter' && isGiven(given, 'name') === given['generate-name'])
    throw new ToolUsageError('One of --name or --generate-name must be specified with --alter.')
  if (action === 'delete' && !isGiven(given, 'name'))
    throw new ToolUsageError('A client metrics resource name must be specified with --delete.')
  if (!/^([+-]?\d+)?$/.test(given.interval ?? ''))
    throw new ToolUsageError('Invalid interval value. Enter an integer, or leave empty to reset.')
  return action
}

async function alter(admin: Admin, given: Options, io: Io): Promise<void> {
  const name = given.name ?? (await madeUpName())
  const values = Object.entries({
    'interval.ms': given.interval,
    metrics: given.metrics.length === 0 ? undefined : given.metrics.join(','),
    match: given.match.length === 0 ? undefined : given.match.join(','),
  }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const set = Object.fromEntries(values.filter(([, value]) => value !== ''))
  const reset = values.filter(([, value]) => value === '').map(([key]) => key)
  await admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name, set, delete: reset }])
  io.print(`Altered client metrics config for ${name}.\n`)
}

async function madeUpName(): Promise<string> {
  const { randomUuid, realWorld } = await import('@samsa/base')
  return randomUuid(realWorld().random)
}

async function remove(admin: Admin, given: Options, io: Io): Promise<void> {
  const name = given.name!
  const keys = (await configOf(admin, name)).map(entry => entry.name)
  await admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name, delete: keys }])
  io.print(`Deleted client metrics config for ${name}.\n`)
}

async function describe(admin: Admin, given: Options, io: Io): Promise<void> {
  const known = await admin.listClientMetricsResources()
  if (given.name !== undefined && !known.includes(given.name)) {
    return io.print(
      `The client metric resource ${given.name} doesn't exist and doesn't have dynamic config.\n`,
    )
  }
  for (const name of given.name === undefined ? known : [given.name]) {
    io.print(`Client metrics configs for ${name} are:\n`)
    for (const entry of await configOf(admin, name)) io.print(`  ${entry.name}=${entry.value}\n`)
  }
}

async function list(admin: Admin, _given: Options, io: Io): Promise<void> {
  io.print(`${(await admin.listClientMetricsResources()).join('\n')}\n`)
}

async function configOf(admin: Admin, name: string) {
  const resource = { type: 'CLIENT_METRICS' as const, name }
  return [...(await admin.describeConfigs([resource])).get(resource).values()]
}
