import { Tally } from '../process/tally.ts'
import { TutorialHome } from './home.ts'
import { freeLoopback } from './loopback.ts'
import { Shell } from './shell.ts'
import type { Walk } from './walk.ts'
import { publishAndSubscribe } from './walks/000-publish-and-subscribe.ts'
import { handsOnWithKsql } from './walks/001-hands-on-with-ksql.ts'
import { helloWorldInPython } from './walks/003-hello-world-in-python.ts'
import { notesOnStreaming } from './walks/004-notes-on-streaming.ts'

// tests/tutorials/run [WORD …]: the walks whose names contain one of the words, or all of them, one after the other.
const words = process.argv.slice(2)
const walks = [publishAndSubscribe, handsOnWithKsql, helloWorldInPython, notesOnStreaming]
const tally = new Tally()

for (const walk of walks) {
  if (words.length === 0 || words.some(word => walk.name.includes(word))) await take(walk)
}
tally.close()

async function take(walk: Walk): Promise<void> {
  const address = await freeLoopback(9092)
  if (address === undefined) return tally.skip(walk.name, 'port 9092 is taken on 127.0.0.1')
  const home = new TutorialHome(address, walk.brokerId ?? 0)
  const shell = new Shell(walk.name, home, tally)
  console.log(`# ${walk.name}: ${walk.source}\n# host names stand for ${address}`)
  try {
    await walk.steps(shell)
  } catch (error) {
    tally.fail(`${walk.name}: it can be walked to its end`, `${error}`)
  } finally {
    await shell.close()
    home.remove()
  }
}
