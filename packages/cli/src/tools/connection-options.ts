import { type OptionsOf, text } from '../command/options.ts'
import type { ConnectionInput } from '../connect.ts'

/** Where the cluster is, as all of Kafka's tools take it, with the spellings of old tutorials. */
export const connectionOptions = {
  'bootstrap-server': text({
    argument: 'host:port',
    about: 'Brokers to ask first, separated by commas (default: 127.0.0.1:9092).',
  }),
  'command-config': text({
    argument: 'file',
    about: "A properties file with the client's configuration.",
  }),
  'broker-list': text({
    argument: 'host:port',
    about: 'What --bootstrap-server was called.',
    insteadOf: 'bootstrap-server',
    notice: 'this is called --bootstrap-server now.',
  }),
  zookeeper: text({ argument: 'host:port', about: 'Where ZooKeeper was, before Kafka 4.', isHidden: true }),
}

/** How the cluster is reached, from the options that say so. */
export function connectionOf(given: OptionsOf<typeof connectionOptions>): ConnectionInput {
  return {
    bootstrapServer: given['bootstrap-server'],
    configFile: given['command-config'],
    zookeeper: given.zookeeper,
  }
}
