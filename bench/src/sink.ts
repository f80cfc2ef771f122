import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// What the machine gives a program that reads a socket and writes a file and does nothing else: the bound that no
// broker can pass. Run as a process of its own, like the brokers.

/** Megabytes a second through a raw socket into a file, from one sending connection. */
export async function measureSink(bytes: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-sink-'))
  const child = spawn(
    process.execPath,
    [new URL('sink-process.js', import.meta.url).pathname, join(directory, 'sink')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  try {
    const port = await new Promise<number>(resolve =>
      child.stdout.once('data', text => resolve(Number(text))),
    )
    const startedMs = performance.now()
    await send(port, bytes)
    return bytes / 1e6 / ((performance.now() - startedMs) / 1000)
  } finally {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Sends so many bytes and waits until the other side has closed: it has then written them all. */
function send(port: number, bytes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(1 << 20, 7)
    const socket = connect(port, '127.0.0.1')
    let remaining = bytes
    const fill = () => {
      while (remaining > 0) {
        remaining -= chunk.length
        if (!socket.write(chunk)) return
      }
      socket.end()
    }
    socket.on('connect', fill)
    socket.on('drain', fill)
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.resume()
  })
}
