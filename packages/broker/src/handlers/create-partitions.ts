import { decideCreatePartitions } from '@samsa/cluster'
import { CreatePartitions } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** CreatePartitions v0–3. Gives topics more partitions (KIP-195). */
export const createPartitions: Handler<typeof CreatePartitions> = {
  api: CreatePartitions,
  async serve({ topics, validateOnly }, { metadata, world }) {
    const context = { random: world.random, validateOnly }
    const grown = await metadata.submitItems(
      image => decideCreatePartitions(image, topics, context),
      outcome => topics.map(({ name }) => ({ name, ...outcome })),
    )
    const results = grown.map(({ name, error, message }) => ({
      name,
      errorCode: error,
      errorMessage: message,
    }))
    return { throttleTimeMs: 0, results }
  },
}
