import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CHUNK = Buffer.alloc(1 << 20, 1)

/**
 * Writes a file and removes it, so that the system has that many pages of memory at hand. On virtual machines a page
 * that rested costs ten times as much to write to as one just freed: without this the contestant that comes second
 * looks twice as fast.
 */
export function warmPages(bytes: number): void {
  const directory = mkdtempSync(join(tmpdir(), 'bench-pages-'))
  const file = openSync(join(directory, 'pages'), 'w')
  for (let written = 0; written < bytes; written += CHUNK.length) writeSync(file, CHUNK)
  closeSync(file)
  rmSync(directory, { recursive: true })
}
