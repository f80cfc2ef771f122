import { type DirectoryEntry, type Disk, DiskError, type DiskFile, type DiskLock } from '@samsa/base'
import type { Life } from './life.ts'

/** A disk whose open files and locks end with a life. Whoever still works after that is told nothing, or fails. */
export class MortalDisk implements Disk {
  readonly #disk: Disk
  readonly #life: Life

  constructor(disk: Disk, life: Life) {
    this.#disk = disk
    this.#life = life
  }

  open(path: string, options?: { create?: boolean }): DiskFile {
    return new MortalFile(this.#alive(path).open(path, options), this.#life)
  }

  exists(path: string): boolean {
    return this.#alive(path).exists(path)
  }

  list(path: string): DirectoryEntry[] {
    return this.#alive(path).list(path)
  }

  size(path: string): number {
    return this.#alive(path).size(path)
  }

  modifiedMs(directory: string): number {
    return this.#alive(directory).modifiedMs(directory)
  }

  makeDirectory(path: string): void {
    this.#alive(path).makeDirectory(path)
  }

  rename(from: string, to: string): void {
    this.#alive(from).rename(from, to)
  }

  renameAtLeisure(from: string, to: string): Promise<void> {
    return whileAlive(this.#life, this.#alive(from).renameAtLeisure(from, to))
  }

  remove(path: string): void {
    this.#alive(path).remove(path)
  }

  discard(path: string): Promise<void> {
    return whileAlive(this.#life, this.#alive(path).discard(path))
  }

  syncDirectory(path: string): Promise<void> {
    return whileAlive(this.#life, this.#alive(path).syncDirectory(path))
  }

  lock(path: string): DiskLock | undefined {
    const lock = this.#alive(path).lock(path)
    if (lock === undefined) return undefined
    const forget = this.#life.holds(() => lock.release())
    return {
      release() {
        forget()
        lock.release()
      },
    }
  }

  space(path: string): { freeBytes: number; totalBytes: number } {
    return this.#disk.space(path)
  }

  #alive(path: string): Disk {
    checkAlive(this.#life, path)
    return this.#disk
  }
}

class MortalFile implements DiskFile {
  readonly path: string
  readonly #file: DiskFile
  readonly #life: Life
  readonly #forget: () => void

  constructor(file: DiskFile, life: Life) {
    this.path = file.path
    this.#file = file
    this.#life = life
    this.#forget = life.holds(() => file.close())
  }

  size(): number {
    return this.#alive().size()
  }

  read(target: Uint8Array, position: number): number {
    return this.#alive().read(target, position)
  }

  readAhead(position: number, byteCount: number): Promise<void> {
    return whileAlive(this.#life, this.#alive().readAhead(position, byteCount))
  }

  write(parts: readonly Uint8Array[], position: number): void {
    this.#alive().write(parts, position)
  }

  truncate(sizeBytes: number): void {
    this.#alive().truncate(sizeBytes)
  }

  sync(): Promise<void> {
    return whileAlive(this.#life, this.#alive().sync())
  }

  close(): void {
    this.#forget()
    this.#file.close()
  }

  #alive(): DiskFile {
    checkAlive(this.#life, this.path)
    return this.#file
  }
}

function checkAlive(life: Life, path: string): void {
  if (life.isOver) throw new DiskError('IO', path, `${path}: this broker was killed`)
}

/** The promise, as long as there is somebody to be told. */
function whileAlive<T>(life: Life, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then(
      value => {
        if (!life.isOver) resolve(value)
      },
      error => {
        if (!life.isOver) reject(error)
      },
    )
  })
}
