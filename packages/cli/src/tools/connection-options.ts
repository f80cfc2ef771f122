import { flag, text } from '../command/options.ts'

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
    about: 'The name of --bootstrap-server before Kafka 2.5.',
    insteadOf: 'bootstrap-server',
    notice: 'this is called --bootstrap-server now.',
  }),
  zookeeper: text({
    argument: 'host:port',
    about: 'Where ZooKeeper was, before Kafka 3.',
    isHidden: true,
  }),
  version: flag({ about: 'Print the version.' }),
}
