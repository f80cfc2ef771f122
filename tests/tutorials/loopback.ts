import { createServer } from 'node:net'
import { platform } from 'node:os'

/**
 * An address of this machine where a port is free. On Linux all of 127.0.0.0/8 is this machine's, so that every walk has
 * port 9092 for itself; elsewhere there is only 127.0.0.1. Undefined when the port is taken.
 */
export async function freeLoopback(port: number): Promise<string | undefined> {
  const addresses = platform() === 'linux' ? Array.from({ length: 20 }, randomLoopback) : ['127.0.0.1']
  for (const address of addresses) {
    if (await isFree(address, port)) return address
  }
  return undefined
}

function randomLoopback(): string {
  const part = () => 2 + Math.floor(Math.random() * 250)
  return `127.${part()}.${part()}.${part()}`
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
