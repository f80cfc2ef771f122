import { type OptionsOf, flag, text } from '../../command/options.ts'
import { accessOptions, compressionOption } from '../../records/access-options.ts'

/** The options of `samsa topics copy`. */
export const copyOptions = {
  ...accessOptions,
  'to-bootstrap-server': text({
    argument: 'host:port',
    about: 'Brokers of the cluster to copy to (default: the same cluster).',
  }),
  'to-command-config': text({
    argument: 'file',
    about: "A properties file with the clients' configuration for that cluster.",
  }),
  'to-property': text({
    argument: 'key=value',
    about: 'A configuration of the clients for that cluster; may be repeated.',
    isRepeatable: true,
  }),
  at: text({
    argument: 'moment',
    about: 'Where to begin, as in samsa consume (default: the beginning).',
    default: 'beginning',
  }),
  until: text({
    argument: 'moment',
    about: 'Where to end (default: the end as it is now).',
    default: 'end',
  }),
  follow: flag({ short: 'f', about: 'Go on with what comes, until Ctrl-C.' }),
  filter: text({
    argument: 'expression',
    about: 'Only records for which this is true, as in samsa consume.',
  }),
  spread: flag({ about: 'Let keys choose the partitions, even where the same ones are there.' }),
  'no-create': flag({ about: 'Fail when there is no such topic to copy to.' }),
  ...compressionOption,
}

export type CopyGiven = OptionsOf<typeof copyOptions>
