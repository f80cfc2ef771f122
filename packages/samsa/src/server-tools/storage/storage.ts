import { resolve } from 'node:path'
import { PropertiesError, parseProperties } from '@samsa/base'
import { FailedError, type Io } from '@samsa/cli'
import { gatherSettings } from '../../settings/gather-settings.ts'
import type { Setting } from '../../settings/setting.ts'

/** Where a node keeps its data, and who it is, as its properties file says. */
export interface Storage {
  readonly nodeId: number
  /** In name order, each once. */
  readonly directories: readonly string[]
  /** The one with the cluster's metadata. */
  readonly metadataDirectory: string
  /** The file names the nodes of a fixed quorum. */
  readonly hasVoters: boolean
}

/**
 * Reads a properties file as a start would, without the environment.
 *
 * @throws FailedError when it cannot be read, or a node could not start with it
 */
export function storageOf(file: string, io: Io): Storage {
  const { texts, values, problems } = gatherSettings({
    file: settingsOf(file, io),
    environment: {},
    flags: [],
  })
  const [problem] = problems
  if (problem !== undefined) throw new FailedError(`${problem.message}\n  It was said by ${problem.origin}.`)
  const directories = values['log.dirs'] ?? values['log.dir']
  const metadataDirectory = values['metadata.log.dir'] ?? directories[0]!
  return {
    nodeId: values['node.id'],
    directories: [...new Set([...directories, metadataDirectory])].sort(),
    metadataDirectory,
    hasVoters: (texts['controller.quorum.voters'] ?? '') !== '',
  }
}

function settingsOf(file: string, io: Io): Setting[] {
  try {
    return parseProperties(io.readFile(resolve(io.directory, file)), file)
  } catch (error) {
    if (error instanceof PropertiesError) throw new FailedError(error.message)
    throw new FailedError(`The properties file cannot be read: ${(error as Error).message}.`)
  }
}
