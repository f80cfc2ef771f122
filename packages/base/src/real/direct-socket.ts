import type * as Net from 'node:net'
import type { Socket } from 'node:net'
import { builtin } from '../builtin.ts'

const net = builtin<typeof Net>('node:net')

// A socket given `onread` reads into memory we choose instead of fresh 64 KB buffers: half the CPU and no garbage.
// For accepted connections Node.js offers no such option, but a `Socket` made of the accepted handle takes it. The
// handle is an internal property, so its shape is checked, and without it 'data' events are copied.

/** Where the bytes of a socket go; the same contract as `Receiver`. */
export interface Sink {
  buffer(): Uint8Array
  received(byteCount: number): void
}

/** A connected socket together with the way it is read. */
export interface ReadingSocket {
  readonly socket: Socket
  pause(): void
  resume(): void
}

interface Handle {
  reading: boolean
  readStart(): number
  readStop(): number
  useUserBuffer(buffer: Uint8Array): void
}

/** Starts to read from a connected, paused socket of which nothing was read; directly into the sink if possible. */
export function readInto(
  sink: Sink,
  shell: Socket,
  isPaused: boolean,
  mayReadDirectly: boolean,
): ReadingSocket {
  const handle = mayReadDirectly ? usableHandle(shell) : undefined
  return handle === undefined
    ? readCopying(sink, shell, isPaused)
    : readDirectly(sink, shell, handle, isPaused)
}

function usableHandle(socket: Socket): Handle | undefined {
  const handle = (socket as unknown as { _handle?: Partial<Handle> | null })._handle
  const isUsable =
    typeof handle?.readStart === 'function' &&
    typeof handle.readStop === 'function' &&
    typeof handle.useUserBuffer === 'function'
  return isUsable ? (handle as Handle) : undefined
}

function readDirectly(sink: Sink, shell: Socket, handle: Handle, isPaused: boolean): ReadingSocket {
  // Without its handle the shell closes nothing; destroying it makes the server forget it.
  ;(shell as unknown as { _handle: Handle | null })._handle = null
  shell.destroy()
  const options = {
    handle,
    allowHalfOpen: true,
    pauseOnCreate: isPaused,
    onread: {
      buffer: () => sink.buffer() as Buffer,
      callback: (byteCount: number) => {
        sink.received(byteCount)
        return true
      },
    },
  }
  const { Socket } = net()
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0])
  // The stream's own `resume` acts a tick later, after a `pause` that followed it; the handle obeys at once.
  return {
    socket,
    pause() {
      if (!handle.reading || socket.destroyed) return
      handle.reading = false
      handle.readStop()
    },
    resume() {
      if (handle.reading || socket.destroyed) return
      handle.reading = true
      if (handle.readStart() !== 0) socket.destroy()
    },
  }
}

function readCopying(sink: Sink, socket: Socket, isPaused: boolean): ReadingSocket {
  let isReading = !isPaused
  socket.on('data', (data: Uint8Array) => {
    let delivered = 0
    while (delivered < data.length && isReading) {
      const target = sink.buffer()
      const count = Math.min(target.length, data.length - delivered)
      target.set(data.subarray(delivered, delivered + count))
      delivered += count
      sink.received(count)
    }
    if (delivered < data.length) socket.unshift(data.subarray(delivered))
  })
  if (isPaused) socket.pause()
  else socket.resume()
  return {
    socket,
    pause() {
      isReading = false
      socket.pause()
    },
    resume() {
      isReading = true
      socket.resume()
    },
  }
}
