/** One foreign client: how to start its programs. Every program speaks the same few printed lines. */
export interface Client {
  readonly name: string
  /** Arguments of `suite`: its cases, one printed line each. */
  readonly suite: Command
  /** Makes a topic: topic, partitions. */
  readonly create?: Command
  /**
   * Joins a group until SIGTERM: topic, group and, where others shall share it, the assignor. Prints `assigned 0,1` (all
   * it has) and `record <partition> <offset> <value>`.
   */
  readonly member?: Command
  /** Writes numbers: topic, partitions, count, pause in ms. Prints `acked <partition> <offset> <number>`. */
  readonly produce?: Command
  /**
   * When told to stop it may drop a record that it has been given, and commits it all the same. This is the client's
   * own doing, whatever the broker.
   */
  readonly losesOneOnLeaving?: boolean
  /**
   * A member that shares cooperatively may be handed records of a partition that it is about to give up, and not commit
   * them: who gets the partition reads them again. This is the client's own doing, whatever the broker.
   */
  readonly rereadsWhenCooperative?: boolean
}

export interface Command {
  readonly program: string
  /** The whole argument list for one call. */
  readonly args: (bootstrap: string, ...more: string[]) => string[]
  readonly environment?: Record<string, string>
}

/** A client that cannot be tried here, and why. */
export interface MissingClient {
  readonly name: string
  readonly missing: string
}

/** The four commands of a program that takes them as its first argument. */
export function programOf(name: string, program: string, first: string[], environment = {}): Client {
  const command = (verb: string): Command => ({
    program,
    args: (bootstrap, ...more) => [...first, verb, bootstrap, ...more],
    environment,
  })
  return {
    name,
    suite: command('suite'),
    create: command('create'),
    member: command('member'),
    produce: command('produce'),
  }
}
