import { type OptionsOf, text } from '@samsa/cli'

export const startOptions = {
  port: text({ argument: 'number', short: 'p', about: 'Port to listen on (default: 9092).' }),
  host: text({
    argument: 'address',
    about: 'Address to listen on; 0.0.0.0 is every interface (default: 127.0.0.1).',
  }),
  advertised: text({
    argument: 'host[:port]',
    about: 'Name or address clients reach this node by, when it differs from --host. Or listeners in full.',
  }),
  data: text({
    argument: 'directory',
    short: 'd',
    about: 'Where records are kept (default: samsa-data).',
  }),
  override: text({
    argument: 'key=value',
    short: 'o',
    about: 'Set any key of the configuration. Can be repeated, and wins over all other sources.',
    isRepeatable: true,
  }),
  'log-format': text({
    argument: 'format',
    about: 'One JSON object a line, or lines for people.',
    choices: ['pretty', 'json'],
  }),
  'log-level': text({
    argument: 'level',
    about: 'What is logged (default: info).',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
  }),
}

/** What `samsa start` was given on its command line. */
export type StartInput = OptionsOf<typeof startOptions>

export const startExamples = [
  ['samsa start', 'A node on 127.0.0.1:9092, its data in ./samsa-data.'],
  ['samsa start --port 9192 --data /var/lib/samsa', 'Another port and directory.'],
  ['samsa start --host 0.0.0.0 --advertised my.host', 'For clients on other machines.'],
  ['samsa start server.properties', "With a properties file of Kafka's."],
  ['KAFKA_NUM_PARTITIONS=3 samsa start', 'With variables, as the container images take them.'],
  ['samsa start --override log.retention.hours=1', 'Any single key.'],
] as const
