import { resolve } from 'node:path'
import { parseProperties } from '@samsa/base'
import type { NewRaftVoter, VoterEndpoint } from '@samsa/client'
import { FailedError, type Io } from '../command/command.ts'
import { readProperties } from '../connect.ts'

type Properties = Readonly<Record<string, string>>

const hint = 'Is this a valid controller configuration file?'

/** What a controller's configuration and its metadata directory say of it. Throws `FailedError`. */
export function controllerToAdd(path: string, io: Io): NewRaftVoter {
  const properties = readProperties(path, io)
  const id = controllerId(properties)
  const directoryId = directoryIdIn(metadataDirectory(properties), io)
  return { id, directoryId, endpoints: controllerEndpoints(properties) }
}

function controllerId(properties: Properties): number {
  const given = properties['node.id']
  if (given === undefined) throw new FailedError(`node.id not found in configuration file. ${hint}`)
  const id = Number(given)
  if (!Number.isSafeInteger(id)) throw new FailedError(`node.id is not a whole number: ${given}`)
  if (id < 0) throw new FailedError(`node.id was negative in configuration file. ${hint}`)
  if (!(properties['process.roles'] ?? '').includes('controller'))
    throw new FailedError(`process.roles did not contain 'controller' in configuration file. ${hint}`)
  return id
}

function metadataDirectory(properties: Properties): string {
  const directory = properties['metadata.log.dir'] ?? properties['log.dirs']?.trim().split(',')[0]
  if (directory !== undefined && directory !== '') return directory
  throw new FailedError(`Neither metadata.log.dir nor log.dirs were found. ${hint}`)
}

function directoryIdIn(directory: string, io: Io): string {
  const path = resolve(io.directory, directory, 'meta.properties')
  const entries = () => parseProperties(io.readFile(path), path)
  let id: string | undefined
  try {
    id = entries().find(({ key }) => key === 'directory.id')?.text
  } catch {
    throw new FailedError(`Unable to read meta.properties from ${directory}`)
  }
  if (id === undefined) throw new FailedError(`No directory id found in ${directory}`)
  return id
}

function controllerEndpoints(properties: Properties): VoterEndpoint[] {
  const names = properties['controller.listener.names']
  if (names === undefined) throw new FailedError(`controller.listener.names was not found. ${hint}`)
  const listeners = new Map(
    ['listeners', 'advertised.listeners'].flatMap(key =>
      (properties[key] ?? '').split(',').flatMap(endpointOf),
    ),
  )
  return names.split(',').map(given => {
    const name = given.trim().toUpperCase()
    const endpoint = listeners.get(name)
    if (endpoint === undefined)
      throw new FailedError(`Cannot find information about controller listener name: ${name}`)
    return endpoint
  })
}

/** Reads `NAME://host:port`; nothing for what is something else. */
function endpointOf(text: string): [string, VoterEndpoint][] {
  const [, name, host, port] = /^\s*([\w-]+):\/\/\[?([^\]]*?)\]?:(\d+)\s*$/.exec(text) ?? []
  if (name === undefined) return []
  const known = name.toUpperCase()
  return [[known, { name: known, host: host === '' ? 'localhost' : host!, port: Number(port) }]]
}
