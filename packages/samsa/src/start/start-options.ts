import type { CommandOption } from '../command/command.ts'
import type { SettingFlags } from '../settings/flags.ts'

/** What `samsa start` was given on its command line. */
export interface StartInput extends SettingFlags {
  /** The properties file. */
  readonly argument?: string
  readonly logFormat?: 'pretty' | 'json'
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

export const startOptions: readonly CommandOption[] = [
  { flags: '-p, --port <number>', about: 'Port to listen on (default: 9092).' },
  {
    flags: '--host <address>',
    about: 'Address to listen on; 0.0.0.0 is every interface (default: 127.0.0.1).',
  },
  {
    flags: '--advertised <host[:port]>',
    about: 'Name or address clients reach this node by, when it differs from --host. Or listeners in full.',
  },
  { flags: '-d, --data <directory>', about: 'Where records are kept (default: samsa-data).' },
  {
    flags: '-o, --override <key=value>',
    about: 'Set any key of the configuration. Can be repeated, and wins over all other sources.',
    isRepeatable: true,
  },
  {
    flags: '--log-format <format>',
    about: 'One JSON object a line, or lines for people.',
    choices: ['pretty', 'json'],
  },
  {
    flags: '--log-level <level>',
    about: 'What is logged (default: info).',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
  },
]

export const startExamples = [
  ['samsa start', 'A node on 127.0.0.1:9092, its data in ./samsa-data.'],
  ['samsa start --port 9192 --data /var/lib/samsa', 'Another port and directory.'],
  ['samsa start --host 0.0.0.0 --advertised my.host', 'For clients on other machines.'],
  ['samsa start server.properties', "With a properties file of Kafka's."],
  ['KAFKA_NUM_PARTITIONS=3 samsa start', 'With variables, as the container images take them.'],
  ['samsa start --override log.retention.hours=1', 'Any single key.'],
] as const
