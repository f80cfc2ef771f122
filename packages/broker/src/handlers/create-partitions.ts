import { decideCreatePartitions } from '@samsa/cluster'
import { CreatePartitions } from '@samsa/protocol'
import type { Handler } from '../handler.ts'

/** CreatePartitions v0–3. Gives topics more partitions (KIP-195). */
export const createPartitions: Handler<typeof CreatePartitions> = {
  api: CreatePartitions,
  async serve({ topics, validateOnly }, { metadata, world, pace }) {
    const context = { random: world.random, validateOnly }
    const nameOf = ({ name }: { readonly name: string }) => name
    const grown = await pace.inChunks(topics, nameOf, chunk =>
      metadata.submitItems(
        image => decideCreatePartitions(image, chunk, context),
        outcome => chunk.map(({ name }) => ({ name, ...outcome })),
      ),
    )
    const results = await pace.map(grown, ({ name, error, message }) => ({
      name,
      errorCode: error,
      errorMessage: message,
    }))
    return { throttleTimeMs: 0, results }
  },
}
