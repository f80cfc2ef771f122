import { FileImage } from '../simulated/file-image.ts'
import { type DirectoryEntry, type Disk, DiskError, type DiskFile, type DiskLock } from '../world.ts'

interface MemoryFile {
  readonly kind: 'file'
  readonly image: FileImage
}

interface MemoryDirectory {
  readonly kind: 'directory'
  readonly names: Map<string, MemoryNode>
  /** Counts the changes of `names`. */
  changes: number
}

type MemoryNode = MemoryFile | MemoryDirectory

/**
 * A disk in memory that lasts as long as the process and never fails: for brokers that live inside a test. (The one that
 * tears writes and loses what was not synced is the simulated disk.)
 */
export class MemoryDisk implements Disk {
  readonly #root: MemoryDirectory = newDirectory()
  readonly #locks = new Set<string>()

  open(path: string, options: { create?: boolean } = {}): DiskFile {
    const known = this.#find(path)
    if (known?.kind === 'directory') throw other(path, 'it is a directory')
    if (known === undefined && options.create !== true) throw notFound(path)
    return new OpenMemoryFile(path, (known ?? this.#create(path)).image)
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined
  }

  list(path: string): DirectoryEntry[] {
    const entries = [...this.#directory(path).names].map(([name, { kind }]) => ({ name, kind }))
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  size(path: string): number {
    const node = this.#find(path)
    if (node === undefined) throw notFound(path)
    return node.kind === 'file' ? node.image.length : 0
  }

  modifiedMs(directory: string): number {
    return this.#directory(directory).changes
  }

  makeDirectory(path: string): void {
    let directory = this.#root
    for (const name of namesOf(path)) {
      const node = directory.names.get(name) ?? newDirectory()
      if (node.kind === 'file') throw other(path, `${name} is a file`)
      if (!directory.names.has(name)) change(directory, name, node)
      directory = node
    }
  }

  rename(from: string, to: string): void {
    const node = this.#find(from)
    if (node === undefined) throw notFound(from)
    const source = this.#place(from)
    const target = this.#place(to)
    const replaced = target.directory.names.get(target.name)
    const isRefused =
      replaced !== undefined &&
      (replaced.kind !== node.kind || (replaced.kind === 'directory' && replaced.names.size > 0))
    if (isRefused) throw other(to, 'something else has that name')
    change(source.directory, source.name, undefined)
    change(target.directory, target.name, node)
  }

  async renameAtLeisure(from: string, to: string): Promise<void> {
    this.rename(from, to)
  }

  remove(path: string): void {
    if (this.#find(path) === undefined) return
    const { directory, name } = this.#place(path)
    change(directory, name, undefined)
  }

  async discard(path: string): Promise<void> {
    this.remove(path)
  }

  async syncDirectory(path: string): Promise<void> {
    this.#directory(path)
  }

  lock(path: string): DiskLock | undefined {
    if (this.#locks.has(path)) return undefined
    this.#locks.add(path)
    return { release: () => this.#locks.delete(path) }
  }

  space(_path: string): { freeBytes: number; totalBytes: number } {
    return { freeBytes: 2 ** 40, totalBytes: 2 ** 40 }
  }

  #create(path: string): MemoryFile {
    const { directory, name } = this.#place(path)
    const file: MemoryFile = { kind: 'file', image: new FileImage() }
    change(directory, name, file)
    return file
  }

  #find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.#root
    for (const name of namesOf(path)) {
      if (node?.kind !== 'directory') return undefined
      node = node.names.get(name)
    }
    return node
  }

  #directory(path: string): MemoryDirectory {
    const node = this.#find(path)
    if (node === undefined) throw notFound(path)
    if (node.kind === 'file') throw other(path, 'it is not a directory')
    return node
  }

  #place(path: string): { directory: MemoryDirectory; name: string } {
    const names = namesOf(path)
    const name = names.pop()
    if (name === undefined) throw other(path, 'it is the root directory')
    return { directory: this.#directory(names.join('/')), name }
  }
}

function newDirectory(): MemoryDirectory {
  return { kind: 'directory', names: new Map(), changes: 0 }
}

function change(directory: MemoryDirectory, name: string, node: MemoryNode | undefined): void {
  if (node === undefined) directory.names.delete(name)
  else directory.names.set(name, node)
  directory.changes++
}

class OpenMemoryFile implements DiskFile {
  readonly path: string
  readonly #image: FileImage

  constructor(path: string, image: FileImage) {
    this.path = path
    this.#image = image
  }

  size(): number {
    return this.#image.length
  }

  read(target: Uint8Array, position: number): number {
    return this.#image.read(target, position)
  }

  async readAhead(_position: number, _byteCount: number): Promise<void> {}

  write(parts: readonly Uint8Array[], position: number): void {
    let at = position
    for (const part of parts) {
      this.#image.write(part, at)
      at += part.length
    }
  }

  truncate(sizeBytes: number): void {
    this.#image.truncate(sizeBytes)
  }

  async sync(): Promise<void> {}

  close(): void {}
}

function namesOf(path: string): string[] {
  return path.split('/').filter(name => name !== '' && name !== '.')
}

function notFound(path: string): DiskError {
  return new DiskError('NOT_FOUND', path, `${path}: no such file or directory`)
}

function other(path: string, why: string): DiskError {
  return new DiskError('OTHER', path, `${path}: ${why}`)
}
