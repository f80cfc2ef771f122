import { randomUuid } from '@samsa/base'
import {
  type Io,
  type KafkaTool,
  defaultLevel,
  dependencyLines,
  exitCodes,
  features,
  flag,
  kafkaTool,
  latestMetadataVersion,
  metadataVersionOf,
  text,
} from '@samsa/cli'
import type { ServerParts } from './server-parts.ts'
import type { FormatInput } from './storage/format.ts'
import type { Storage } from './storage/storage.ts'

const config = text({
  argument: 'file',
  short: 'c',
  about: 'The properties file of the node.',
  isRequired: true,
})

const release = text({
  argument: 'version',
  short: 'r',
  about: 'A release of Kafka, such as 4.0 (default: the newest known).',
})

const verbs = {
  info: { about: 'Say what the data directories of a node hold.', options: { config } },
  format: {
    about:
      'Mark the data directories of a node as those of a cluster. Samsa does it by itself at its first start.',
    options: {
      config,
      'cluster-id': text({
        argument: 'id',
        short: 't',
        about: 'The id of the cluster; random-uuid makes one.',
        isRequired: true,
      }),
      'add-scram': text({
        argument: 'credential',
        short: 'S',
        about: 'A SCRAM credential of the new cluster.',
        isRepeatable: true,
      }),
      'ignore-formatted': flag({ short: 'g', about: 'Pass over directories that are formatted.' }),
      'release-version': release,
      feature: text({
        argument: 'feature=level',
        short: 'f',
        about: 'The level of a feature; Samsa needs none.',
        isRepeatable: true,
      }),
      standalone: flag({ short: 's', about: 'This node is the first of its quorum.' }),
      'no-initial-controllers': flag({ short: 'N', about: 'The quorum becomes known later.' }),
      'initial-controllers': text({ argument: 'list', short: 'I', about: 'The nodes of the quorum.' }),
    },
  },
  'version-mapping': {
    about: 'Show the levels of features that a release begins with.',
    options: { 'release-version': release },
  },
  'feature-dependencies': {
    about: 'Show what the level of a feature needs.',
    options: {
      feature: text({
        argument: 'feature=level',
        short: 'f',
        about: 'May be repeated.',
        isRepeatable: true,
        isRequired: true,
      }),
    },
  },
  'random-uuid': { about: 'Print a new id for a cluster.', options: {} },
}

/** What every verb may be given; each reads its own. */
interface Given extends FormatInput {
  readonly config: string
}

/** `kafka-storage`: data directories are formatted and looked at. */
export function kafkaStorage(parts: ServerParts): KafkaTool {
  const { disk, random } = parts.world
  return kafkaTool({
    name: 'kafka-storage',
    about: 'Format data directories, and say what is in them.',
    style: 'verbs',
    verbs,
    options: {},
    examples: [
      ['kafka-storage random-uuid', 'A new id for a cluster.'],
      ['kafka-storage format -t ID -c server.properties', 'Marks the data directories.'],
      ['kafka-storage info -c server.properties', 'What they hold.'],
    ],
    async run(options, io, verb) {
      const given = options as unknown as Given
      switch (verb) {
        case 'info': {
          const { describeDirectories } = await import('./storage/info.ts')
          return describeDirectories(disk, await storageOf(given, io), io)
        }
        case 'format': {
          const { formatDirectories } = await import('./storage/format.ts')
          await formatDirectories(parts.world, await storageOf(given, io), given, io)
          break
        }
        case 'version-mapping':
          printVersionMapping(given['release-version'], io)
          break
        case 'feature-dependencies':
          for (const setting of given.feature)
            for (const line of dependencyLines(setting)) io.print(`${line}\n`)
          break
        default:
          io.print(`${randomUuid(random)}\n`)
      }
      return exitCodes.ok
    },
  })
}

/** The settings of a node are loaded by the verbs that read a properties file only. */
async function storageOf({ config }: Given, io: Io): Promise<Storage> {
  return (await import('./storage/storage.ts')).storageOf(config, io)
}

function printVersionMapping(release: string | undefined, io: Io): void {
  const version = release === undefined ? latestMetadataVersion : metadataVersionOf(release)
  io.print(`metadata.version=${version.level} (${release ?? version.name})\n`)
  for (const feature of Object.keys(features)) io.print(`${feature}=${defaultLevel(feature, version)}\n`)
}
