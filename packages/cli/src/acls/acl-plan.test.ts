import { describe, expect, it } from 'vitest'
import { type AclRequest, planOf, resourcesOf } from './acl-plan.ts'
import { entryText, resourceText } from './acl-text.ts'

const nothing: AclRequest = {
  topics: [],
  groups: [],
  transactionalIds: [],
  delegationTokens: [],
  userPrincipals: [],
  isCluster: false,
  isIdempotent: false,
  patternType: 'LITERAL',
  operations: ['All'],
  allowPrincipals: [],
  denyPrincipals: [],
  allowHosts: [],
  denyHosts: [],
  isProducer: false,
  isConsumer: false,
}

function lines(request: Partial<AclRequest>): string[] {
  return planOf({ ...nothing, ...request }).flatMap(({ resource, entries }) => [
    `${resource.resourceType} ${resource.resourceName}`,
    ...entries.map(({ principal, host, operation, permission }) =>
      [' ', permission, principal, operation, host].join(' '),
    ),
  ])
}

describe('rules from a command line', () => {
  it('are for every principal, operation and host, on every resource', () => {
    const request = {
      topics: ['a'],
      groups: ['g'],
      allowPrincipals: ['User:x', 'User:y'],
      operations: ['read', 'Describe'],
    }
    expect(lines({ ...request, allowHosts: ['h1', 'h2'], groups: [] })).toHaveLength(1 + 8)
    expect(lines({ ...request, denyPrincipals: ['User:z'] })).toEqual(
      ['TOPIC a', 'GROUP g'].flatMap(resource => [
        resource,
        '  ALLOW User:x READ *',
        '  ALLOW User:x DESCRIBE *',
        '  ALLOW User:y READ *',
        '  ALLOW User:y DESCRIBE *',
        '  DENY User:z READ *',
        '  DENY User:z DESCRIBE *',
      ]),
    )
  })

  it('are those of a producer and a consumer, without repetitions', () => {
    const roles = { isProducer: true, isConsumer: true, isIdempotent: true, allowPrincipals: ['User:x'] }
    expect(lines({ ...roles, topics: ['a'], groups: ['g'], transactionalIds: ['t'] })).toEqual([
      'TOPIC a',
      '  ALLOW User:x WRITE *',
      '  ALLOW User:x DESCRIBE *',
      '  ALLOW User:x CREATE *',
      '  ALLOW User:x READ *',
      'TRANSACTIONAL_ID t',
      '  ALLOW User:x WRITE *',
      '  ALLOW User:x DESCRIBE *',
      'CLUSTER kafka-cluster',
      '  ALLOW User:x IDEMPOTENT_WRITE *',
      'GROUP g',
      '  ALLOW User:x READ *',
    ])
  })

  it('leave the cluster out where names are not meant literally', () => {
    expect(resourcesOf({ ...nothing, isCluster: true })).toHaveLength(1)
    expect(resourcesOf({ ...nothing, isCluster: true, patternType: 'ANY' })).toEqual([])
  })

  it.each([
    [{}, 'You must provide at least one resource'],
    [
      { topics: ['a'], allowPrincipals: ['alice'] },
      'expected a string in format principalType:principalName',
    ],
    [
      { delegationTokens: ['t'], allowPrincipals: ['User:a'], operations: ['Read'] },
      'ResourceType DELEGATION_TOKEN only supports operations [DESCRIBE, ALL]',
    ],
    [
      { topics: ['a'], allowPrincipals: ['User:a'], operations: ['Cook'] },
      'ResourceType TOPIC only supports',
    ],
  ])('are refused: %j', (request, message) => {
    expect(() => lines(request)).toThrow(message)
  })

  it('are told in Kafka’s words', () => {
    const [group] = planOf({ ...nothing, topics: ['a'], allowPrincipals: ['User:x'] })
    expect(resourceText(group!.resource)).toBe(
      'ResourcePattern(resourceType=TOPIC, name=a, patternType=LITERAL)',
    )
    expect(entryText(group!.entries[0]!)).toBe(
      '(principal=User:x, host=*, operation=ALL, permissionType=ALLOW)',
    )
  })
})
