import { type Disk, DiskError } from '@samsa/base'
import { type Io, exitCodes } from '@samsa/cli'
import { type MetaProperties, readMetaProperties } from '@samsa/log'
import type { Storage } from './storage.ts'

/** Prints what the data directories hold; the exit code says whether a node can start with them as they are. */
export function describeDirectories(disk: Disk, { directories }: Storage, io: Io): number {
  const looked = directories.map(directory => look(disk, directory))
  const found = looked.filter(({ isThere }) => isThere)
  if (found.length > 0) {
    const heading = found.length === 1 ? 'Found log directory' : 'Found log directories'
    printList(
      heading,
      found.map(({ directory }) => directory),
      io,
    )
  }
  const metas = looked.map(({ meta }) => meta).filter(meta => meta !== undefined)
  const [first] = metas
  if (first !== undefined) io.print(`Found metadata: {${entriesText(first)}}\n\n`)
  const problems = [
    ...looked.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    ...metas.flatMap(meta => mismatch(first!, meta)),
  ]
  if (problems.length === 0) return exitCodes.ok
  printList(problems.length === 1 ? 'Found problem' : 'Found problems', problems, io)
  return exitCodes.failed
}

interface Looked {
  readonly directory: string
  readonly isThere: boolean
  readonly meta: MetaProperties | undefined
  readonly problem: string | undefined
}

function look(disk: Disk, directory: string): Looked {
  const nothing = { directory, isThere: false, meta: undefined }
  if (!disk.exists(directory)) return { ...nothing, problem: `${directory} does not exist` }
  try {
    disk.list(directory)
  } catch {
    return { ...nothing, problem: `${directory} is not a directory` }
  }
  const there = { ...nothing, isThere: true }
  try {
    const meta = readMetaProperties(disk, directory)
    return { ...there, meta, problem: meta === undefined ? `${directory} is not formatted.` : undefined }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    return { ...there, problem: `Error loading ${directory}/meta.properties: ${error.message}` }
  }
}

function mismatch(first: MetaProperties, other: MetaProperties): string[] {
  if (first.clusterId !== other.clusterId) return ['Mismatched cluster IDs between storage directories.']
  return first.nodeId === other.nodeId ? [] : ['Mismatched node IDs between storage directories.']
}

function entriesText({ entries }: MetaProperties): string {
  return [...entries]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(', ')
}

function printList(heading: string, lines: readonly string[], io: Io): void {
  io.print(`${heading}:\n${lines.map(line => `  ${line}\n`).join('')}\n`)
}
