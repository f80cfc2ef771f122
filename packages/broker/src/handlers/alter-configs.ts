import { type ConfigChange, type ConfigValue, decideAlterConfigs } from '@samsa/cluster'
import { AlterConfigs, type AlterConfigsRequest } from '@samsa/protocol'
import { admit } from '../config-resources/alter-config.ts'
import { configSchema } from '../config-resources/check-config.ts'
import type { Handler } from '../handler.ts'

type Resource = AlterConfigsRequest['resources'][number]

/** AlterConfigs v0–2. What a resource is given replaces everything it had; IncrementalAlterConfigs took its place. */
export const alterConfigs: Handler<typeof AlterConfigs> = {
  api: AlterConfigs,
  async serve({ resources, validateOnly }, { config, metadata }) {
    const admitted = admit(resources, config.get('node.id'), () => false, { hasLoggers: false })
    const changes: ConfigChange<ConfigValue>[] = []
    for (const [at, one] of admitted.entries()) {
      if ('resource' in one) changes.push({ resource: one.resource, what: entriesOf(resources[at]!) })
    }
    const schema = configSchema(config)
    const outcomes = await metadata.submitItems(
      image => decideAlterConfigs(image, changes, schema, validateOnly),
      outcome => changes.map(() => outcome),
    )
    let decided = 0
    const responses = admitted.map((one, at) => {
      const { error, message } = 'error' in one ? one : outcomes[decided++]!
      const { resourceType, resourceName } = resources[at]!
      return { errorCode: error, errorMessage: message, resourceType, resourceName }
    })
    return { throttleTimeMs: 0, responses }
  },
}

function entriesOf({ configs }: Resource): ConfigValue {
  return Object.fromEntries(configs.map(({ name, value }) => [name, value!]))
}
