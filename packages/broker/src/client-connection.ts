import type { FrameConnection } from '@samsa/net'
import type { ClientConnection } from './handler.ts'

/** A client's connection as handlers see it. `closed` is to be called when it is gone. */
export interface OpenClientConnection extends ClientConnection {
  closed(): void
}

let lastId = 0

export function clientConnection(connection: FrameConnection, listenerName: string): OpenClientConnection {
  const callbacks = new Set<() => void>()
  let isClosed = false
  return {
    id: ++lastId,
    host: connection.remote.host,
    reached: connection.local,
    listenerName,
    software: { name: '', version: '' },
    onClose(callback) {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    get isClosed() {
      return isClosed
    },
    close: () => connection.close(),
    closed() {
      isClosed = true
      for (const callback of [...callbacks]) callback()
      callbacks.clear()
    },
  }
}
