import type { AclBinding, AclFilter } from '@samsa/client'
import { command, exitCodes } from '../../command/command.ts'
import { flag, text } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { paintFor } from '../../format/paint.ts'
import { type Column, table } from '../../format/table.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa acls list`: who may do what. */
export const aclsList = command({
  name: 'acls list',
  about: 'List access rules: who may, or may not, do what with which resource.',
  options: {
    ...accessOptions,
    principal: text({ argument: 'principal', about: 'Only those of User:name.' }),
    topic: text({ argument: 'name', about: 'Only those that have a say about this topic.' }),
    group: text({ argument: 'id', about: 'Only those that have a say about this group.' }),
    json: flag({ about: 'One JSON object a line for each rule.' }),
  },
  examples: [
    ['samsa acls list', 'All rules.'],
    ['samsa acls list --topic orders', "With those for 'ord…' and for all topics."],
  ],
  async run(given, io) {
    await using admin = await openAdmin(connectionOf(given), io)
    const found: AclBinding[] = []
    for (const filter of filtersOf(given)) found.push(...(await admin.describeAcls(filter)))
    const rules = found.sort(byPlace)
    if (given.json) for (const rule of rules) io.print(jsonLine(rule))
    else io.print(rules.length === 0 ? 'There are no such rules.\n' : table(columns, rules, paintFor(io)))
    return exitCodes.ok
  },
})

interface Given {
  readonly principal: string | undefined
  readonly topic: string | undefined
  readonly group: string | undefined
}

/** Names are matched as the broker does when it decides. */
function filtersOf({ principal, topic, group }: Given): AclFilter[] {
  const named = [
    ...(topic === undefined ? [] : [{ resourceType: 'TOPIC' as const, resourceName: topic }]),
    ...(group === undefined ? [] : [{ resourceType: 'GROUP' as const, resourceName: group }]),
  ]
  if (named.length === 0) return [{ principal }]
  return named.map(resource => ({ ...resource, patternType: 'MATCH', principal }))
}

function byPlace(a: AclBinding, b: AclBinding): number {
  const key = (rule: AclBinding) =>
    [rule.resourceType, rule.resourceName, rule.patternType, rule.principal, rule.operation].join('\0')
  return key(a) < key(b) ? -1 : 1
}

const columns: readonly Column<AclBinding>[] = [
  { heading: 'RESOURCE', text: ({ resourceType }) => resourceType.toLowerCase().replaceAll('_', '-') },
  {
    heading: 'NAME',
    text: ({ resourceName, patternType }) => (patternType === 'PREFIXED' ? `${resourceName}…` : resourceName),
  },
  { heading: 'PRINCIPAL', text: ({ principal }) => principal },
  { heading: 'HOST', text: ({ host }) => host },
  {
    heading: 'MAY',
    text: ({ permission }) => (permission === 'DENY' ? 'may not' : 'may'),
    paint: ({ permission }, text, paint) => paint(permission === 'DENY' ? 'red' : 'green', text),
  },
  { heading: 'OPERATION', text: ({ operation }) => operation.toLowerCase().replaceAll('_', ' ') },
]
