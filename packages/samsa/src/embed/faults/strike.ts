import type { Handler, RequestContext } from '@samsa/broker'
import type { Api } from '@samsa/protocol'
import { type Body, type ErrorToTell, errorAnswer, listOf, listsOf, tellError } from './error-answer.ts'
import type { InjectedFault } from './fault.ts'
import { isAboutTopic, mentionsTopic } from './topic-of.ts'

/** A request on its way to its handler. */
export interface Passing {
  readonly handler: Handler<Api>
  readonly request: Body
  readonly context: RequestContext
}

/** APIs that change nothing: they may be answered first, and a fault looks at the answer. */
const readingApis =
  /^(?:Fetch|List|Describe|Metadata|FindCoordinator|OffsetFetch|OffsetForLeader|ApiVersions)/

/** Serves a request with the faults that may end it, of which one does if any is meant. */
export async function serveWith(
  faults: readonly InjectedFault[],
  passing: Passing,
): Promise<Body | undefined> {
  const { handler, request, context } = passing
  if (!readingApis.test(handler.api.name)) {
    const fault = faults.find(({ topic }) => topic === undefined || mentionsTopic(request, topic, context))
    if (fault === undefined) return serve(passing)
    fault.meet()
    return strike(fault, passing)
  }
  const answer = await serve(passing)
  if (answer === undefined) return answer
  for (const fault of faults) {
    const struck = strikeAnswer(fault, answer, passing)
    if (struck === undefined || fault.isOver) continue
    fault.meet()
    return struck === 'dropped' ? undefined : struck
  }
  return answer
}

function serve({ handler, request, context }: Passing): Promise<Body | undefined> {
  return Promise.resolve(handler.serve(request as never, context)) as Promise<Body | undefined>
}

/** A request that would change something. */
async function strike(fault: InjectedFault, passing: Passing): Promise<Body | undefined> {
  const { effect } = fault
  const { handler, request, context } = passing
  const done = effect.after ? await serve(passing) : undefined
  // A producer that wants no answers learns of a failure by its connection.
  if (effect.kind === 'drop' || request['acks'] === 0) return drop(context)
  const tell = { version: context.apiVersion, error: effect.error }
  if (!effect.after) return refuse(fault, passing, tell)
  if (done === undefined) return undefined
  const answer = copied(done)
  tellError(handler.api, answer, tell, aboutOf(fault, context))
  return answer
}

/** Does nothing of what the fault is about, and the rest. */
async function refuse(fault: InjectedFault, passing: Passing, tell: ErrorToTell): Promise<Body | undefined> {
  const { handler, request, context } = passing
  const { topic } = fault
  const lists = listsOf(handler.api, tell.version)
  if (topic === undefined || lists === undefined) return errorAnswer(handler.api, request, tell)
  const items = listOf(request[lists.request])
  const isMeant = (item: unknown) =>
    typeof item === 'string' ? item === topic : mentionsTopic(item as Body, topic, context)
  const answer = errorAnswer(handler.api, { ...request, [lists.request]: items.filter(isMeant) }, tell)
  const others = items.filter(item => !isMeant(item))
  if (others.length === 0) return answer
  const rest = await serve({ ...passing, request: { ...request, [lists.request]: others } })
  if (rest === undefined) return answer
  return { ...rest, [lists.response]: [...listOf(answer[lists.response]), ...listOf(rest[lists.response])] }
}

/** What an answer becomes; undefined when the fault does not concern it. */
function strikeAnswer(
  fault: InjectedFault,
  answer: Body,
  { handler, request, context }: Passing,
): Body | 'dropped' | undefined {
  const { effect, topic } = fault
  if (effect.kind === 'drop') {
    const isMeant =
      topic === undefined || mentionsTopic(request, topic, context) || mentionsTopic(answer, topic, context)
    if (!isMeant) return undefined
    drop(context)
    return 'dropped'
  }
  const struck = copied(answer)
  const tell = { version: context.apiVersion, error: effect.error }
  return tellError(handler.api, struck, tell, aboutOf(fault, context)) ? struck : undefined
}

function aboutOf({ topic }: InjectedFault, context: RequestContext) {
  return topic === undefined ? undefined : (item: Body) => isAboutTopic(item, topic, context)
}

function drop({ client }: RequestContext): undefined {
  client.close()
  return undefined
}

/** Answers may be made of parts that are kept. Bytes are not changed and not copied. */
function copied<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copied) as T
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)])) as T
}
