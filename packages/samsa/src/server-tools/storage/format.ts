import { DiskError, type World, randomUuid } from '@samsa/base'
import {
  FailedError,
  type Io,
  ToolUsageError,
  features,
  latestMetadataVersion,
  metadataVersionOf,
} from '@samsa/cli'
import { type MetaProperties, readMetaProperties, writeMetaProperties } from '@samsa/log'
import type { Storage } from './storage.ts'

/** The options of `kafka-storage format`. */
export interface FormatInput {
  readonly 'cluster-id': string
  readonly 'add-scram': readonly string[]
  readonly 'ignore-formatted': boolean
  readonly 'release-version': string | undefined
  readonly feature: readonly string[]
  readonly standalone: boolean
  readonly 'no-initial-controllers': boolean
  readonly 'initial-controllers': string | undefined
}

/**
 * Writes `meta.properties` into each directory that has none. The levels of features are only checked: a Samsa serves
 * what it knows.
 *
 * @throws FailedError when the options or the directories do not allow it
 */
export async function formatDirectories(
  { disk, random }: Pick<World, 'disk' | 'random'>,
  storage: Storage,
  input: FormatInput,
  io: Io,
): Promise<void> {
  checkQuorum(storage, input)
  checkLeftOut(input)
  const release = input['release-version']
  const version = release === undefined ? latestMetadataVersion : metadataVersionOf(release)
  const clusterId = input['cluster-id']
  const empty = storage.directories.filter(directory => {
    const meta = onDisk(() => readMetaProperties(disk, directory))
    if (meta !== undefined) checkSame(meta, directory, clusterId, storage.nodeId)
    if (meta !== undefined && !input['ignore-formatted']) {
      throw new FailedError(
        `Log directory ${directory} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`,
      )
    }
    return meta === undefined
  })
  if (empty.length === 0) io.print('All of the log directories are already formatted.\n')
  for (const directory of empty) {
    const kind = kindOf(directory, storage, input)
    io.print(`Formatting ${kind} ${directory} with metadata.version ${version.name}.\n`)
    onDisk(() => disk.makeDirectory(directory))
    const meta = { clusterId, nodeId: storage.nodeId, directoryId: randomUuid(random) }
    await writeMetaProperties(disk, directory, meta)
  }
}

function checkQuorum({ hasVoters }: Storage, input: FormatInput): void {
  const ways = (
    [
      ['--standalone/-s', input.standalone],
      ['--no-initial-controllers/-N', input['no-initial-controllers']],
      ['--initial-controllers/-I', input['initial-controllers'] !== undefined],
    ] as const
  )
    .filter(([, isGiven]) => isGiven)
    .map(([name]) => name)
  if (ways.length > 1) throw new ToolUsageError(`argument ${ways[1]}: not allowed with argument ${ways[0]}`)
  if (hasVoters && isDynamic(input)) {
    throw new FailedError(
      'You cannot specify controller.quorum.voters and format the node with --initial-controllers or --standalone. Leave one of the two out.',
    )
  }
}

function isDynamic(input: FormatInput): boolean {
  return input.standalone || input['initial-controllers'] !== undefined
}

function checkLeftOut(input: FormatInput): void {
  if (input['add-scram'].length > 0) {
    throw new FailedError('Samsa keeps no SCRAM credentials yet: leave --add-scram out.')
  }
  for (const setting of input.feature) {
    const [name = '', level] = setting.split('=')
    if (level === undefined)
      throw new FailedError(`Can't parse feature=level string ${setting}: equals sign not found.`)
    if (!Object.hasOwn(features, name)) {
      const known = Object.keys(features).sort().join(', ')
      throw new FailedError(`Unsupported feature: ${name}. Supported features are: ${known}`)
    }
  }
}

function checkSame(meta: MetaProperties, directory: string, clusterId: string, nodeId: number): void {
  const path = `${directory}/meta.properties`
  if (meta.clusterId !== clusterId)
    throw new FailedError(`Invalid cluster.id in: ${path}. Expected ${clusterId}, but read ${meta.clusterId}`)
  if (meta.nodeId !== nodeId)
    throw new FailedError(`Invalid node.id in: ${path}. Expected ${nodeId}, but read ${meta.nodeId}`)
}

function kindOf(directory: string, { metadataDirectory }: Storage, input: FormatInput): string {
  if (directory !== metadataDirectory) return 'data directory'
  return isDynamic(input) ? 'dynamic metadata voter directory' : 'metadata directory'
}

/** What a disk refuses is told as a message. */
function onDisk<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof DiskError) throw new FailedError(error.message)
    throw error
  }
}
