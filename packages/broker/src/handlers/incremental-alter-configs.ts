import { type ConfigOperation, decideIncrementalAlterConfigs } from '@samsa/cluster'
import { IncrementalAlterConfigs, type IncrementalAlterConfigsRequest } from '@samsa/protocol'
import { type Admitted, admit, alterAdmitted } from '../config-resources/alter-config.ts'
import { invalidRequest } from '../config-resources/resource-type.ts'
import type { Handler } from '../handler.ts'

type Resource = IncrementalAlterConfigsRequest['resources'][number]

/** By their codes on the wire. */
const operations = ['SET', 'DELETE', 'APPEND', 'SUBTRACT'] as const
const DELETE = operations.indexOf('DELETE')

/** IncrementalAlterConfigs v0–1. Sets, deletes, and changes lists, key by key (KIP-339). */
export const incrementalAlterConfigs: Handler<typeof IncrementalAlterConfigs> = {
  api: IncrementalAlterConfigs,
  async serve({ resources, validateOnly }, context) {
    const nodeId = context.config.get('node.id')
    const admissions = await context.pace.run(
      admit<Resource>(resources, nodeId, isDeletion, { hasLoggers: true }),
    )
    const admitted = admissions.map((one, at) => withKnownOperations(one, resources[at]!))
    const responses = await alterAdmitted(
      resources,
      admitted,
      operationsOf,
      (image, changes, schema) => decideIncrementalAlterConfigs(image, changes, schema, validateOnly),
      context,
    )
    return { throttleTimeMs: 0, responses }
  },
}

function isDeletion(config: Resource['configs'][number]): boolean {
  return config.configOperation === DELETE
}

function withKnownOperations(admitted: Admitted, { configs }: Resource): Admitted {
  if ('error' in admitted) return admitted
  const unknown = configs.find(({ configOperation }) => operations[configOperation] === undefined)
  if (unknown === undefined) return admitted
  return invalidRequest(`Unknown operations type ${unknown.configOperation}`)
}

function operationsOf({ configs }: Resource): ConfigOperation[] {
  return configs.map(({ name, value, configOperation }) => ({
    name,
    value,
    operation: operations[configOperation]!,
  }))
}
