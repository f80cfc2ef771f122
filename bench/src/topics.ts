import { CreateTopics, DeleteTopics, ListOffsets } from '@samsa/protocol'
import { sleep } from './contestant.ts'
import type { RawClient } from './raw-client.ts'

/** Creates a topic with one partition and waits until its leader serves it. */
export async function createTopic(
  client: RawClient,
  name: string,
  config: Record<string, string>,
): Promise<void> {
  const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }))
  const answer = await client.ask(CreateTopics, 5, {
    topics: [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs }],
    timeoutMs: 10_000,
  })
  const error = answer.topics[0]?.errorCode
  if (error !== 'NONE') throw new Error(`CreateTopics answered ${error}: ${answer.topics[0]?.errorMessage}`)
  const latest = { partitionIndex: 0, timestamp: -1 }
  for (;;) {
    const { topics } = await client.ask(ListOffsets, 2, {
      replicaId: -1,
      topics: [{ name, partitions: [latest] }],
    })
    if (topics[0]?.partitions[0]?.errorCode === 'NONE') return
    await sleep(20)
  }
}

/** Deletes a topic, so that a long bench does not fill the disk. */
export async function deleteTopic(client: RawClient, name: string): Promise<void> {
  const answer = await client.ask(DeleteTopics, 4, { topicNames: [name], timeoutMs: 10_000 })
  const error = answer.responses[0]?.errorCode
  if (error !== 'NONE') throw new Error(`DeleteTopics answered ${error}.`)
}
