import { type Stats, close, lstatSync, openSync, promises, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { Sequence } from './sequence.ts'

/** A file of this size is freed in a few milliseconds; one of a gigabyte may take half a second. */
const LARGE_BYTES = 32 * 1024 * 1024
/** Handles of large files that wait for their turn to be closed, at most. */
const WAITING_MAX = 64

const closes = new Sequence()
const discards = new Sequence()
let waitingCount = 0

/**
 * Removes a file, or a directory with all that is in it; nothing when there is none. Node's own `rmSync` finds out by
 * errors what it deals with, which costs several times as much.
 */
export function removeTree(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isDirectory()) {
    removeFile(path, found)
    return
  }
  for (const name of readdirSync(path)) removeTree(`${path}/${name}`)
  rmdirSync(path)
}

// Removing the name of a large file is quick while it is open: the system frees its blocks, which takes long, when the
// last handle goes. That is done on another thread.
function removeFile(path: string, { size, nlink }: Stats): void {
  // Windows keeps the name of an open file until it is closed.
  const isHeld = size >= LARGE_BYTES && nlink === 1 && process.platform !== 'win32'
  const descriptor = isHeld && waitingCount < WAITING_MAX ? openSync(path, 'r') : undefined
  unlinkSync(path)
  if (descriptor === undefined) return
  waitingCount++
  void closes.run(() => closeLater(descriptor))
}

function closeLater(descriptor: number): Promise<void> {
  return new Promise(resolve => {
    close(descriptor, () => {
      waitingCount--
      resolve()
    })
  })
}

/** The same on another thread, after all that was discarded before. Rejects with the system's error. */
export function discardTree(path: string): Promise<void> {
  return discards.run(async () => {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory() === true) await discardDirectory(path)
    else if (found !== undefined) await promises.unlink(path)
  })
}

async function discardDirectory(path: string): Promise<void> {
  for (const entry of await promises.readdir(path, { withFileTypes: true })) {
    const below = `${path}/${entry.name}`
    if (entry.isDirectory()) await discardDirectory(below)
    else await promises.unlink(below)
  }
  await promises.rmdir(path)
}
