import { openSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { argv, stdout } from 'node:process'

// The other half of sink.ts: writes all it receives into the file its argument names, and prints its port.

const file = openSync(argv[2] as string, 'w')
const server = createServer(socket => {
  socket.on('data', chunk => writeSync(file, chunk))
  socket.on('end', () => socket.end())
})
server.listen(0, '127.0.0.1', () => stdout.write(String((server.address() as { port: number }).port)))
