import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { serdes, startSamsa } from 'samsa'
import { countWords } from './counter.js'

let samsa
let stop

beforeEach(async () => {
  samsa = await startSamsa({ topics: ['words', 'counts'] })
  stop = countWords(samsa.bootstrapServers, samsa.outside)
})

afterEach(async () => {
  await stop()
  await samsa.close()
})

async function countsAfter(count) {
  const consumer = samsa.consumer({}, { key: serdes.string, value: serdes.int32 })
  consumer.assign([{ topic: 'counts', partition: 0 }])
  const counts = []
  for await (const { key, value } of consumer) {
    counts.push([key, value])
    if (counts.length === count) return counts
  }
}

test('words are counted as they come', async () => {
  await samsa.producer().sendAll(['tea', 'milk', 'tea'].map(value => ({ topic: 'words', value })))
  assert.deepEqual(await countsAfter(3), [
    ['tea', 1],
    ['milk', 1],
    ['tea', 2],
  ])
})

test('a lost connection changes nothing', async () => {
  await samsa.producer().send({ topic: 'words', value: 'tea' })
  await countsAfter(1)
  samsa.dropConnections()
  await samsa.producer().send({ topic: 'words', value: 'tea' })
  assert.deepEqual(await countsAfter(2), [
    ['tea', 1],
    ['tea', 2],
  ])
})
