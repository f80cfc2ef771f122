import type { Admin, BrokerNode, KafkaError } from '@samsa/client'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { messageOf } from '../command/java-name.ts'
import { type KafkaTool, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { checkOneKindOfServer, connectionOf } from './connection-options.ts'

const options = {
  'bootstrap-server': text({
    argument: 'host:port',
    about: 'Brokers to ask first, separated by commas (default: 127.0.0.1:9092).',
    short: 'b',
  }),
  'bootstrap-controller': text({
    argument: 'host:port',
    about: 'Controllers to ask instead of brokers.',
    short: 'C',
  }),
  'command-config': text({
    argument: 'file',
    about: "A properties file with the client's configuration.",
    short: 'c',
  }),
  config: text({ argument: 'file', about: 'What --command-config was called.', isHidden: true }),
}

const verbs: KafkaTool['verbs'] = {
  'cluster-id': { about: 'Show the id of the cluster.', options: {} },
  unregister: {
    about: 'Forget a broker that will not come back.',
    options: { id: integer({ argument: 'id', about: 'The broker.', short: 'i', isRequired: true }) },
  },
  'list-endpoints': {
    about: 'Show where the nodes are reached.',
    options: { 'include-fenced-brokers': flag({ about: 'Show brokers that may not lead now as well.' }) },
  },
}

type Options = OptionsOf<typeof options> & { id?: number; 'include-fenced-brokers'?: boolean }

/** `kafka-cluster`: the cluster's id and its nodes. */
export const kafkaCluster = kafkaTool({
  name: 'kafka-cluster',
  about: 'Show the id and the nodes of a cluster.',
  style: 'verbs',
  verbs,
  options,
  failureHasJavaName: true,
  examples: [
    ['kafka-cluster cluster-id --bootstrap-server localhost:9092', 'The id of the cluster.'],
    ['kafka-cluster list-endpoints --bootstrap-server localhost:9092', 'Its nodes.'],
  ],
  async run(given: Options, io, verb) {
    checkOneKindOfServer(given, options)
    const configFile = configFileOf(given, io)
    const isOfControllers = given['bootstrap-controller'] !== undefined
    if (isOfControllers && given['include-fenced-brokers'] === true) {
      throw new FailedError(
        'The option --include-fenced-brokers is only supported with --bootstrap-server option',
      )
    }
    await using admin = await openAdmin({ ...connectionOf(given), configFile }, io)
    if (verb === 'cluster-id') await printId(admin, io)
    else if (verb === 'unregister') await unregister(admin, given.id!, io)
    else if (isOfControllers) await printControllers(admin, io)
    else await printBrokers(admin, given['include-fenced-brokers'] === true, io)
    return exitCodes.ok
  },
})

function configFileOf({ config, 'command-config': configFile }: Options, io: Io): string | undefined {
  if (config === undefined) return configFile
  if (configFile !== undefined)
    throw new FailedError('--config and --command-config cannot be specified together.')
  io.print(
    'Option --config has been deprecated and will be removed in a future version. Use --command-config instead.\n',
  )
  return config
}

async function printId(admin: Admin, io: Io): Promise<void> {
  const { clusterId } = await admin.describeCluster()
  io.print(
    clusterId === undefined
      ? 'No cluster ID found. The Kafka version is probably too old.\n'
      : `Cluster ID: ${clusterId}\n`,
  )
}

async function unregister(admin: Admin, id: number, io: Io): Promise<void> {
  try {
    await admin.unregisterBroker(id)
    io.print(`Broker ${id} is no longer registered.\n`)
  } catch (error) {
    if (!isUnsupported(error)) throw error
    io.print('The target cluster does not support the broker unregistration API.\n')
  }
}

async function printControllers(admin: Admin, io: Io): Promise<void> {
  const nodes = await nodesOf(admin, false, io)
  const rows = nodes.map(({ id, host, port, rack }) => [
    `${id}`,
    host,
    `${port}`,
    rack ?? 'null',
    'controller',
  ])
  printRows(['ID', 'HOST', 'PORT', 'RACK', 'ENDPOINT_TYPE'], rows, widthsOf(nodes, [15]), io)
}

async function printBrokers(admin: Admin, includeFencedBrokers: boolean, io: Io): Promise<void> {
  const nodes = await nodesOf(admin, includeFencedBrokers, io)
  const rows = nodes.map(({ id, host, port, rack, isFenced }) => {
    return [`${id}`, host, `${port}`, rack ?? 'null', isFenced ? 'fenced' : 'unfenced', 'broker']
  })
  printRows(['ID', 'HOST', 'PORT', 'RACK', 'STATE', 'ENDPOINT_TYPE'], rows, widthsOf(nodes, [10, 15]), io)
}

/** The nodes; a broker that is too old to tell is told of, and has none. */
async function nodesOf(admin: Admin, includeFencedBrokers: boolean, io: Io): Promise<readonly BrokerNode[]> {
  try {
    return (await admin.describeCluster({ includeFencedBrokers })).brokers
  } catch (error) {
    if (!isUnsupported(error)) throw error
    io.print(`${messageOf(error)}\n`)
    return []
  }
}

function isUnsupported(error: unknown): error is KafkaError {
  return ['UNSUPPORTED', 'UNSUPPORTED_VERSION'].includes((error as KafkaError).code)
}

/** Columns of ten, but for hosts and racks: as wide as the longest. */
function widthsOf(nodes: readonly BrokerNode[], last: readonly number[]): number[] {
  const hosts = nodes.map(({ host }) => host.length)
  const racks = nodes.flatMap(({ rack }) => (rack === undefined ? [] : [rack.length]))
  const widest = (lengths: number[], other: number) => (lengths.length === 0 ? other : Math.max(...lengths))
  return [10, widest(hosts, 100), 10, widest(racks, 10), ...last]
}

function printRows(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  io: Io,
): void {
  if (rows.length === 0) return
  for (const row of [heads, ...rows])
    io.print(`${row.map((cell, at) => cell.padEnd(widths[at]!)).join(' ')}\n`)
}
