import { type Stats, close, lstatSync, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'

/** A file of this size is freed in a few milliseconds; one of a gigabyte may take half a second. */
const LARGE_BYTES = 32 * 1024 * 1024
/** Handles of large files that wait for their turn to be closed, at most. */
const WAITING_MAX = 64

let waitingCount = 0
let lastClose: Promise<void> = Promise.resolve()

/**
 * Removes a file, or a directory with all that is in it; nothing when there is none. Node's own `rmSync` finds out by
 * errors what it deals with, which costs several times as much.
 */
export function removeTree(path: string): void {
  for (const directory of removeFiles(path)) rmdirSync(directory)
}

/** The same, where nobody waits for the name: the space of large files is freed on another thread before that goes. */
export async function discardTree(path: string): Promise<void> {
  const directories = removeFiles(path)
  // While the space of their files is being freed, Linux holds up whoever removes the directory of ext4.
  if (waitingCount > 0) await lastClose
  for (const directory of directories) rmdirSync(directory)
}

/** Removes all files; the directories that are empty now, the innermost first. */
function removeFiles(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return []
  if (!found.isDirectory()) {
    removeFile(path, found)
    return []
  }
  const directories = readdirSync(path).flatMap(name => removeFiles(`${path}/${name}`))
  directories.push(path)
  return directories
}

// Removing the name of a large file is quick while it is open: the system frees its blocks, which takes long, when the
// last handle goes. That is done on another thread, for one file at a time, to leave the other threads to syncs.
function removeFile(path: string, { size, nlink }: Stats): void {
  // Windows keeps the name of an open file until it is closed.
  const isHeld = size >= LARGE_BYTES && nlink === 1 && process.platform !== 'win32'
  const descriptor = isHeld && waitingCount < WAITING_MAX ? openSync(path, 'r') : undefined
  unlinkSync(path)
  if (descriptor === undefined) return
  waitingCount++
  lastClose = lastClose.then(() => closeLater(descriptor))
}

function closeLater(descriptor: number): Promise<void> {
  return new Promise(resolve => {
    close(descriptor, () => {
      waitingCount--
      resolve()
    })
  })
}
