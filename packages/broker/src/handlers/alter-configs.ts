import { type ConfigValue, decideAlterConfigs } from '@samsa/cluster'
import { AlterConfigs, type AlterConfigsRequest } from '@samsa/protocol'
import { admit, alterAdmitted } from '../config-resources/alter-config.ts'
import type { Handler } from '../handler.ts'

type Resource = AlterConfigsRequest['resources'][number]

/** AlterConfigs v0–2. What a resource is given replaces everything it had; IncrementalAlterConfigs took its place. */
export const alterConfigs: Handler<typeof AlterConfigs> = {
  api: AlterConfigs,
  async serve({ resources, validateOnly }, context) {
    const nodeId = context.config.get('node.id')
    const admitted = await context.pace.run(admit(resources, nodeId, () => false, { hasLoggers: false }))
    const responses = await alterAdmitted(
      resources,
      admitted,
      entriesOf,
      (image, changes, schema) => decideAlterConfigs(image, changes, schema, validateOnly),
      context,
    )
    return { throttleTimeMs: 0, responses }
  },
}

function entriesOf({ configs }: Resource): ConfigValue {
  return Object.fromEntries(configs.map(({ name, value }) => [name, value!]))
}
