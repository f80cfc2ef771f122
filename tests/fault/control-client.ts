import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

// What the machine alone costs: the same pace as the honest client's, against a process that sends each byte back and
// does nothing else. Any message ends it; it answers with all latencies.

const echo = `
  const server = require('node:net').createServer(socket => socket.pipe(socket).on('error', () => {}))
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

const { pauseMs } = workerData as { pauseMs: number }
let isOver = false
parentPort!.once('message', () => {
  isOver = true
})

const latenciesMs: number[] = []
const child = spawn(process.execPath, ['-e', echo], { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const [port] = await once(child.stdout, 'data')
  const socket = createConnection({ host: '127.0.0.1', port: Number(port), noDelay: true })
  await once(socket, 'connect')
  while (!isOver) {
    const begun = performance.now()
    socket.write('x')
    await once(socket, 'data')
    latenciesMs.push(performance.now() - begun)
    if (latenciesMs.length % 3 === 0) await sleep(pauseMs)
  }
  socket.destroy()
} finally {
  child.kill()
}
parentPort!.postMessage({ latenciesMs })
