import { type Disk, DiskError, type DiskLock, type World, randomUuid } from '@samsa/base'
import {
  type MetaProperties,
  parsePartitionDirectoryName,
  readMetaProperties,
  writeMetaProperties,
} from '@samsa/log'

/** A data directory that this broker must not or cannot use: what, where, and what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

/** The directories of `log.dirs`, made, locked, and known to belong to this node. */
export interface DataDirectories {
  readonly paths: readonly string[]
  /** The cluster their data belongs to; undefined when they are new. */
  readonly clusterId: string | undefined
  /** Writes `meta.properties` where it is missing: from now on the data belongs to this cluster and node. */
  adoptClusterId(clusterId: string): Promise<void>
  close(): void
}

/**
 * Makes the directories that are missing, and locks all. Directories of Apache Kafka are taken as they are.
 *
 * @throws DataDirectoryError when one is in use, belongs to another node or holds something else; DiskError when one
 *   cannot be read or written
 */
export function openDataDirectories(options: {
  world: World
  paths: readonly string[]
  nodeId: number
}): DataDirectories {
  const { world, nodeId } = options
  const { disk } = world
  const locks: DiskLock[] = []
  const close = () => {
    for (const lock of locks.splice(0)) lock.release()
  }
  try {
    const paths = [...new Set(options.paths.map(withoutTrailingSlash))]
    for (const path of paths) {
      disk.makeDirectory(path)
      locks.push(lock(disk, path))
    }
    const metas = new Map(paths.map(path => [path, readMeta(disk, path)]))
    const clusterId = checkMetas(metas, nodeId)
    const adoptClusterId = async (id: string) => {
      for (const [path, meta] of metas) {
        if (meta !== undefined) continue
        await syncAncestors(disk, path)
        await writeMetaProperties(disk, path, {
          clusterId: id,
          nodeId,
          directoryId: randomUuid(world.random),
        })
      }
    }
    return { paths, clusterId, adoptClusterId, close }
  } catch (error) {
    close()
    throw error
  }
}

const withoutTrailingSlash = (path: string) => path.replace(/(?<=.)\/+$/, '')

/**
 * Makes the name of a data directory durable, with those of the directories above it: they may be as new as it is, made
 * by this process or by one that was killed. Directories that others own and hide are there already.
 */
async function syncAncestors(disk: Disk, path: string): Promise<void> {
  for (let at = path; at !== parentOf(at); at = parentOf(at)) {
    try {
      await disk.syncDirectory(parentOf(at))
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'PERMISSION') throw error
    }
  }
}

/** The directory that holds `path`; the last one, `.` or a root, holds itself. */
function parentOf(path: string): string {
  const end = path.lastIndexOf('/')
  if (end < 0) return /^[A-Za-z]:$/.test(path) ? path : '.'
  return end === 0 ? '/' : path.slice(0, end)
}

function lock(disk: Disk, path: string): DiskLock {
  const taken = disk.lock(`${path}/.lock`)
  if (taken !== undefined) return taken
  throw new DataDirectoryError(
    `The data directory ${path} is in use by another process. Stop that one, or start this one with --data and a directory of its own.`,
  )
}

function readMeta(disk: Disk, path: string): MetaProperties | undefined {
  const meta = readMetaProperties(disk, path)
  if (meta !== undefined) return meta
  const foreign = disk.list(path).find(({ name, kind }) => !isOurs(name, kind))
  if (foreign === undefined) return undefined
  throw new DataDirectoryError(
    `The directory ${path} holds something else (${foreign.name}) and no meta.properties: it is no data directory. Give an empty directory with --data or log.dirs.`,
  )
}

/** What may lie in a directory that was made but not yet marked, or in one of a file system's own. */
function isOurs(name: string, kind: 'file' | 'directory'): boolean {
  if (kind === 'directory') return name === 'lost+found' || parsePartitionDirectoryName(name) !== undefined
  return name.startsWith('.') || name.endsWith('-checkpoint') || name.endsWith('.tmp')
}

/** The cluster all directories agree on; undefined when all are new. */
function checkMetas(
  metas: ReadonlyMap<string, MetaProperties | undefined>,
  nodeId: number,
): string | undefined {
  let clusterId: string | undefined
  for (const [path, meta] of metas) {
    if (meta === undefined) continue
    if (meta.nodeId !== nodeId) {
      throw new DataDirectoryError(
        `The data in ${path} belongs to node ${meta.nodeId}, and this is node ${nodeId}. Set node.id=${meta.nodeId}, or give another directory with --data or log.dirs.`,
      )
    }
    if (clusterId !== undefined && meta.clusterId !== clusterId) {
      throw new DataDirectoryError(
        `The data in ${path} belongs to the cluster ${meta.clusterId}, that of the other directories to ${clusterId}. Give the directories of one cluster in log.dirs.`,
      )
    }
    clusterId = meta.clusterId
  }
  return clusterId
}
