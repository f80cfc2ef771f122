import { type OptionsOf, text } from '../command/options.ts'

/** How `samsa`'s commands are told where the cluster is. */
export const accessOptions = {
  'bootstrap-server': text({
    argument: 'host:port',
    short: 'b',
    about: 'Brokers to ask first, separated by commas (default: SAMSA_BOOTSTRAP_SERVER or 127.0.0.1:9092).',
  }),
  'command-config': text({ argument: 'file', about: "A properties file with the clients' configuration." }),
  property: text({
    argument: 'key=value',
    short: 'X',
    about: "A configuration of the clients, which wins over the file's; may be repeated.",
    isRepeatable: true,
  }),
}

/** How what a command writes is compressed. */
export const compressionOption = {
  compression: text({
    argument: 'codec',
    short: 'z',
    about: 'How batches are compressed.',
    choices: ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  }),
}

export type AccessGiven = OptionsOf<typeof accessOptions>
