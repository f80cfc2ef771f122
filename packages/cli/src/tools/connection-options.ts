import { ToolUsageError, argumentName } from '../command/kafka-tool.ts'
import { type OptionTable, type OptionsOf, text } from '../command/options.ts'
import type { ConnectionInput } from '../connect.ts'
import { keyValuesOf } from '../console/key-values.ts'

/** Where the cluster is. */
export const bootstrapServerOption = {
  'bootstrap-server': text({
    argument: 'host:port',
    about: 'Brokers to ask first, separated by commas (default: 127.0.0.1:9092).',
  }),
}

/** Where the cluster is and how to talk to it, as most of Kafka's tools take it. */
export const serverOptions = {
  ...bootstrapServerOption,
  'command-config': text({
    argument: 'file',
    about: "A properties file with the client's configuration.",
  }),
}

/** What old tutorials call --bootstrap-server. */
export const brokerListOption = {
  'broker-list': text({
    argument: 'host:port',
    about: 'What --bootstrap-server was called.',
    insteadOf: 'bootstrap-server',
    notice: 'this is called --bootstrap-server now.',
  }),
}

/** Where the cluster was to still older ones. */
export const zookeeperOption = {
  zookeeper: text({ argument: 'host:port', about: 'Where ZooKeeper was, before Kafka 4.', isHidden: true }),
}

/** The same, with the spellings of old tutorials. */
export const connectionOptions = {
  ...serverOptions,
  ...brokerListOption,
  ...zookeeperOption,
}

/** For what controllers answer as well. */
export const controllerOption = {
  'bootstrap-controller': text({
    argument: 'host:port',
    about: 'Controllers to ask instead of brokers, separated by commas.',
  }),
}

type Given = OptionsOf<typeof serverOptions> & {
  readonly zookeeper?: string | undefined
  readonly 'bootstrap-controller'?: string | undefined
  readonly property?: readonly string[] | undefined
}

/** How the cluster is reached, from the options that say so. */
export function connectionOf(given: Given): ConnectionInput {
  return {
    bootstrapServer: given['bootstrap-server'],
    configFile: given['command-config'],
    zookeeper: given.zookeeper,
    bootstrapController: given['bootstrap-controller'],
    properties: keyValuesOf(given.property ?? []),
  }
}

/**
 * Throws `ToolUsageError` when brokers and controllers are both named.
 *
 * @param options the table that has them, for their one-letter names
 */
export function checkOneKindOfServer(given: Given, options: OptionTable): void {
  const [server, controller] = ['bootstrap-server', 'bootstrap-controller'] as const
  if (given[server] === undefined || given[controller] === undefined) return
  const [one, other] = [controller, server].map(name => argumentName(name, options[name]?.facts.short))
  throw new ToolUsageError(`argument ${one}: not allowed with argument ${other}`)
}

/** Throws `ToolUsageError` unless addresses of servers, separated by commas, have ports. */
export function checkAddresses(given: string | undefined): void {
  if (given === undefined) return
  const isAddress = (text: string) => /^(?:.*?)(?:\[[^\]]+\]|[^:[\]]+):\d+$/.test(text)
  if (!given.split(',').every(isAddress))
    throw new ToolUsageError('Please provide valid host:port like host1:9091,host2:9092')
}
