import type { AclBinding, AclPatternType, Admin } from '@samsa/client'
import { type AclGroup, type AclRequest, checkedPrincipal, planOf, resourcesOf } from '../acls/acl-plan.ts'
import { bindingText, entryLines, resourceText } from '../acls/acl-text.ts'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, connectionOptions, controllerOption } from './connection-options.ts'
import { forbidTogether, isGiven, onlyAction } from './option-rules.ts'
import { readAnswer } from './read-answer.ts'

const many = (argument: string, about: string) => text({ argument, about, isRepeatable: true })

const options = {
  ...connectionOptions,
  ...controllerOption,
  'authorizer-properties': text({
    argument: 'key=value',
    about: 'Where ZooKeeper was, before Kafka 4: zookeeper.connect=….',
    isRepeatable: true,
    isHidden: true,
  }),
  add: flag({ about: 'Add rules.' }),
  remove: flag({ about: 'Remove rules; all of the resource when no principal is named.' }),
  list: flag({ about: 'List rules, of all resources when none is named.' }),
  topic: many('name', "A topic, or '*' for all."),
  group: many('id', "A group, or '*' for all."),
  cluster: flag({ about: 'The cluster itself.' }),
  'transactional-id': many('id', "A transactional id, or '*' for all."),
  'delegation-token': many('id', "A delegation token, or '*' for all."),
  'user-principal': many('principal', 'A user whose tokens may be made or shown.'),
  'resource-pattern-type': text({
    argument: 'type',
    about: 'How names are meant: literal or prefixed; to list and remove also any or match.',
    default: 'LITERAL',
  }),
  operation: many('name', 'What is allowed or denied: All (the default), Read, Write, Create, Describe, …'),
  'allow-principal': many('principal', 'Who may, as User:name; User:* is everyone.'),
  'deny-principal': many('principal', 'Who may not, whatever is allowed otherwise.'),
  'allow-host': many('address', 'From where those who may have to come; anywhere when not given.'),
  'deny-host': many('address', 'From where those who may not must not come; anywhere when not given.'),
  principal: many('principal', 'List only the rules of this principal.'),
  producer: flag({ about: 'All that a producer to the topic needs: Write, Describe and Create.' }),
  consumer: flag({ about: 'All that a consumer of the topic in the group needs: Read and Describe.' }),
  idempotent: flag({ about: 'With --producer, also what idempotent producers needed before Kafka 2.8.' }),
  force: flag({ about: 'Do not ask before rules are removed.' }),
}

type Options = OptionsOf<typeof options>

const actions = { add, remove, list }

/** `kafka-acls`: who may do what with which resource is listed, added and removed. */
export const kafkaAcls = kafkaTool({
  name: 'kafka-acls',
  about: 'List, add and remove access rules.',
  style: 'plain',
  options,
  failurePrefix: 'Error while executing ACL command: ',
  failureGoesTo: 'output',
  failureHasJavaName: true,
  examples: [
    ['kafka-acls --list --topic orders', 'The rules of a topic.'],
    ['kafka-acls --add --allow-principal User:alice --producer --topic orders', 'Alice may produce.'],
    ['kafka-acls --remove --topic orders --force', 'No rule for the topic any more.'],
  ],
  async run(given, io) {
    const action = checkedAction(given)
    const request = requestOf(given)
    // What is wrong with the command line is told before anything is asked of the cluster.
    if (action === 'add') checkedAdditions(request)
    await using admin = await openAdmin(connectionInput(given), io)
    await actions[action](admin, request, given, io)
    return exitCodes.ok
  },
})

const actionNames = ['list', 'add', 'remove'] as const

function checkedAction(given: Options): (typeof actionNames)[number] {
  if (isGiven(given, 'bootstrap-server') && isGiven(given, 'bootstrap-controller'))
    throw new ToolUsageError('Only one of --bootstrap-server or --bootstrap-controller must be specified')
  const action = onlyAction(given, actionNames, '--list, --add, --remove. ')
  const principals = ['allow-host', 'allow-principal', 'deny-host', 'deny-principal']
  forbidTogether(given, 'list', ['producer', 'consumer', ...principals])
  for (const role of ['producer', 'consumer'])
    forbidTogether(given, role, ['operation', 'deny-principal', 'deny-host'])
  if (isGiven(given, 'principal') && action !== 'list')
    throw new ToolUsageError('The --principal option is only available if --list is set')
  checkRoles(given)
  return action
}

function checkRoles(given: Options): void {
  const has = (name: keyof Options) => isGiven(given, name)
  if (has('producer') && !has('topic')) throw new ToolUsageError('With --producer you must specify a --topic')
  if (has('idempotent') && !has('producer'))
    throw new ToolUsageError('The --idempotent option is only available if --producer is set')
  const isOfOthers = !has('producer') && (has('cluster') || has('transactional-id'))
  if (has('consumer') && (!has('topic') || !has('group') || isOfOthers)) {
    throw new ToolUsageError(
      'With --consumer you must specify a --topic and a --group and no --cluster or --transactional-id option should be specified.',
    )
  }
}

function requestOf(given: Options): AclRequest {
  return {
    topics: given.topic,
    groups: given.group,
    transactionalIds: given['transactional-id'],
    delegationTokens: given['delegation-token'],
    userPrincipals: given['user-principal'],
    isCluster: given.cluster,
    isIdempotent: given.idempotent,
    patternType: patternTypeOf(given['resource-pattern-type']),
    operations: given.operation.length === 0 ? ['All'] : given.operation,
    allowPrincipals: given['allow-principal'],
    denyPrincipals: given['deny-principal'],
    allowHosts: given['allow-host'],
    denyHosts: given['deny-host'],
    isProducer: given.producer,
    isConsumer: given.consumer,
  }
}

const patternTypes: readonly AclPatternType[] = ['ANY', 'MATCH', 'LITERAL', 'PREFIXED']

function patternTypeOf(given: string): AclPatternType {
  const type = patternTypes.find(type => type === given.toUpperCase())
  if (type !== undefined) return type
  throw new FailedError(
    `Cannot parse argument '${given}' of option resource-pattern-type: literal, prefixed, any and match are there`,
  )
}

/** Old command lines say where ZooKeeper is among the properties of the authorizer. */
function connectionInput(given: Options) {
  const old = given['authorizer-properties'].find(entry => entry.startsWith('zookeeper.connect='))
  const connection = connectionOf(given)
  return old === undefined ? connection : { ...connection, zookeeper: old.replace(/^[^=]*=/, '') }
}

function checkedAdditions(request: AclRequest): AclGroup[] {
  const { patternType } = request
  if (patternType === 'ANY' || patternType === 'MATCH') {
    throw new ToolUsageError(
      `A '--resource-pattern-type' value of '${patternType}' is not valid when adding acls.`,
    )
  }
  const plan = planOf(request)
  if (plan.every(({ entries }) => entries.length > 0)) return plan
  throw new ToolUsageError(
    'You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.',
  )
}

async function add(admin: Admin, request: AclRequest, _given: Options, io: Io): Promise<void> {
  for (const { resource, entries } of checkedAdditions(request)) {
    const known = new Set((await admin.describeAcls(resource)).map(bindingText))
    const wanted = entries.map((entry): AclBinding => ({ ...resource, ...entry }))
    for (const binding of wanted)
      if (known.has(bindingText(binding))) io.print(`Acl ${bindingText(binding)} already exists.\n`)
    const added = wanted.filter(binding => !known.has(bindingText(binding)))
    if (added.length === 0) continue
    io.print(`Adding ACLs for resource \`${resourceText(resource)}\`: \n ${entryLines(added)}\n\n`)
    await admin.createAcls(added)
  }
}

async function remove(admin: Admin, request: AclRequest, given: Options, io: Io): Promise<void> {
  const ask = questions(given, io)
  for (const { resource, entries } of planOf(request)) {
    const filter = resourceText(resource)
    const question =
      entries.length === 0
        ? `Are you sure you want to delete all ACLs for resource filter \`${filter}\`? (y/n)`
        : `Are you sure you want to remove ACLs: \n ${entryLines(entries)}\n from resource filter \`${filter}\`? (y/n)`
    if (!(await ask(question))) continue
    const filters = entries.length === 0 ? [resource] : entries.map(entry => ({ ...resource, ...entry }))
    for (const deleted of await admin.deleteAcls(filters).values())
      for (const { error } of deleted) if (error !== undefined) throw error
  }
}

/** Asks what has to be answered with `y`; nothing with --force. */
function questions(given: Options, io: Io): (question: string) => Promise<boolean> {
  if (given.force) return () => Promise.resolve(true)
  const answer = readAnswer(io)
  return async question => {
    io.print(`${question}\n`)
    return (await answer())?.toLowerCase() === 'y'
  }
}

async function list(admin: Admin, request: AclRequest, given: Options, io: Io): Promise<void> {
  const principals = given.principal.map(checkedPrincipal)
  const filters = resourcesOf(request)
  const found: AclBinding[] = []
  for (const filter of filters.length === 0 ? [{}] : filters)
    found.push(...(await admin.describeAcls(filter)))
  if (principals.length === 0) return printBindings(found, io)
  for (const principal of new Set(principals)) {
    io.print(`ACLs for principal \`${principal}\`\n`)
    printBindings(
      found.filter(binding => binding.principal === principal),
      io,
    )
  }
}

function printBindings(bindings: readonly AclBinding[], io: Io): void {
  const byResource = new Map<string, Map<string, AclBinding>>()
  for (const binding of bindings) {
    const resource = resourceText(binding)
    const known = byResource.get(resource) ?? new Map<string, AclBinding>()
    byResource.set(resource, known.set(bindingText(binding), binding))
  }
  for (const [resource, entries] of byResource)
    io.print(`Current ACLs for resource \`${resource}\`:\n${entryLines([...entries.values()])}\n\n`)
}
