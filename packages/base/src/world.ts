/**
 * The World: everything outside the program, handed in as one argument (decision D4).
 *
 * Production passes `realWorld()`, tests pass `simulatedWorld(seed)`; code differs in nothing else. Only the two
 * implementations of this interface touch the operating system.
 */
export interface World {
  readonly clock: Clock
  readonly random: Random
  readonly disk: Disk
  readonly network: Network
}

export interface Clock {
  /** Wall-clock time in milliseconds since the epoch, an integer. May jump: use it for timestamps only. */
  now(): number
  /** Milliseconds since an arbitrary start, fractional, never going back. Use it for every duration. */
  monotonicMs(): number
  /** Runs `callback` once, no earlier than `delayMs` from now. Delays beyond 2^31 ms are honoured. */
  timer(delayMs: number, callback: () => void): Timer
  /**
   * Runs `callback` after the events already delivered to this turn of the loop have been handled: what arrives
   * together is batched together. Callbacks run in the order they were deferred.
   */
  defer(callback: () => void): void
}

export interface Timer {
  /** Prevents the callback from running; does nothing after it ran. */
  cancel(): void
}

export interface Random {
  /** A uniformly distributed integer in [0, exclusiveMax), exclusiveMax at most 2^48. */
  integer(exclusiveMax: number): number
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array
}

/**
 * A file system. Paths are absolute or relative to the process's directory, with `/` between names on every system.
 *
 * Reads and writes are synchronous: they meet the page cache, and on this path asynchronous calls cost two to three
 * times the memory and CPU. What waits for the device is asynchronous: `sync`, and `readAhead` for what was not written
 * or read lately. Failures throw `DiskError`.
 *
 * What survives a power cut: bytes of a file before its last completed `sync`, and names (creations, renames,
 * removals) in a directory before its last completed `syncDirectory`. Everything else may survive in part or not at all.
 */
export interface Disk {
  /** Opens a file for reading and writing. `create: true` makes it when missing; otherwise missing is NOT_FOUND. */
  open(path: string, options?: { create?: boolean }): DiskFile
  exists(path: string): boolean
  /** Entries of a directory in name order. */
  list(path: string): DirectoryEntry[]
  /** Size in bytes of a file. */
  size(path: string): number
  /** When names in the directory last changed, in milliseconds where there is time; different after each change. */
  modifiedMs(directory: string): number
  /** Makes a directory and its missing parents; an existing one is fine. */
  makeDirectory(path: string): void
  /** Renames a file or directory, replacing a file of that name. No file below either path may be open (Windows). */
  rename(from: string, to: string): void
  /**
   * Renames like `rename` what nobody looks at meanwhile, at leisure: a disk that is busy may take long, and holds up
   * nobody. Rejects with `DiskError`.
   */
  renameAtLeisure(from: string, to: string): Promise<void>
  /** Removes a file, or a directory with all below it; a missing one is fine. No file below it may be open. */
  remove(path: string): void
  /** Removes like `remove` what nobody will miss or make again, at leisure too. Rejects with `DiskError`. */
  discard(path: string): Promise<void>
  /** Makes the names inside a directory durable. */
  syncDirectory(path: string): Promise<void>
  /** Takes an exclusive lock that ends with the process; undefined when another process holds it. */
  lock(path: string): DiskLock | undefined
  /** Free and total bytes of the file system below `path`. */
  space(path: string): { freeBytes: number; totalBytes: number }
}

export interface DirectoryEntry {
  readonly name: string
  readonly kind: 'file' | 'directory'
}

export interface DiskFile {
  readonly path: string
  /** Current size in bytes. */
  size(): number
  /**
   * Fills `target` from `position`; returns how many bytes were there (fewer only at the end of the file).
   */
  read(target: Uint8Array, position: number): number
  /**
   * Brings bytes into the page cache, so that a `read` of them waits for no device; those beyond the end do not matter.
   * The file stays open until it settles, although it was closed. Rejects with `DiskError`.
   */
  readAhead(position: number, byteCount: number): Promise<void>
  /** Writes all parts one after the other from `position`; all of it or a thrown `DiskError`. */
  write(parts: readonly Uint8Array[], position: number): void
  truncate(sizeBytes: number): void
  /** Makes everything written before this call durable (fdatasync, size included). */
  sync(): Promise<void>
  /** Closes the file. Closing twice is fine; any other use afterwards asserts. */
  close(): void
}

export interface DiskLock {
  release(): void
}

export type DiskErrorCode =
  | 'NOT_FOUND'
  | 'NO_SPACE'
  | 'IO'
  | 'PERMISSION'
  | 'TOO_MANY_OPEN_FILES'
  | 'READ_ONLY'
  | 'OTHER'

/** What the disk could not do, told once, by the adapter that touched it. */
export class DiskError extends Error {
  override readonly name = 'DiskError'
  readonly code: DiskErrorCode
  readonly path: string
  constructor(code: DiskErrorCode, path: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.path = path
  }
}

/** Stream connections. Addresses are host names or IP literals with a port. */
export interface Network {
  /** Starts to listen; port 0 picks a free one. Throws `NetworkError`. */
  listen(address: Address, accept: (connection: Connection) => void): Promise<Listener>
  /** Connects, or throws `NetworkError`. */
  connect(address: Address, options?: ConnectOptions): Promise<Connection>
  /** The addresses of a host name, in the system's order of preference. Absent where names have one. Throws `NetworkError`. */
  resolve?(host: string): Promise<readonly string[]>
  /** The canonical name of an address, or the address where it has none. */
  canonicalName?(address: string): Promise<string>
}

export interface ConnectOptions {
  /** Until the connection can be used, TLS included. Default 30,000. */
  timeoutMs?: number
  /** Speaks TLS. The simulated network does not encrypt: it refuses. */
  tls?: TlsOptions
}

/** How to speak TLS as a client. Keys and certificates are PEM unless said otherwise. */
export interface TlsOptions {
  /** The name the server is asked for (SNI) and its certificate has to be made out to. */
  readonly serverName: string
  /** False accepts a certificate made out to any name. It has to be signed by an authority in any case. */
  readonly checksName: boolean
  /** Certificates of the authorities trusted; the runtime's own list when absent. */
  readonly authorities?: string
  /** The client's own certificate, and those above it. */
  readonly certificates?: string
  readonly key?: string
  /** The client's key and certificates in one PKCS #12 file, instead of the two above. */
  readonly pkcs12?: Uint8Array
  /** Opens an encrypted key or PKCS #12 file. */
  readonly passphrase?: string
  readonly minVersion?: TlsVersion
  readonly maxVersion?: TlsVersion
  /** Cipher suites in OpenSSL's notation; the runtime's own choice when absent. */
  readonly ciphers?: string
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface Listener {
  /** Where it listens, the port it was given included. */
  readonly address: Address
  /** Stops accepting; connections already accepted go on. */
  close(): Promise<void>
}

/**
 * One stream connection. Bytes go straight from the socket into memory the receiver provides, so that a frame is
 * received without a copy and an idle connection needs no buffer of its own.
 */
export interface Connection {
  readonly local: Address
  readonly remote: Address
  /** Starts delivery to `receiver`. Called once, in the turn the connection was handed out. */
  receive(receiver: Receiver): void
  /**
   * Queues all parts for sending, in order. The parts must not change until `onWritten` is called, which happens once
   * the kernel has taken them, or never when the connection closes first (`closed` is then told). Ignored on a
   * connection that is closed or ending. Allowed only after `receive`.
   */
  write(parts: readonly Uint8Array[], onWritten?: () => void): void
  /** Bytes queued by `write` that the kernel has not taken. */
  readonly queuedBytes: number
  /** Stops reading from the socket, so the peer is held back. */
  pause(): void
  resume(): void
  /** Sends what is queued, then closes; what still arrives is dropped. `closed` follows within a few seconds. */
  end(): void
  /** Closes at once and drops what is queued. */
  destroy(): void
}

export interface Receiver {
  /**
   * Where the next bytes go: at least one byte long. Asked for at the start and right after each `received`, while the
   * bytes may come much later: receivers may share this memory only if none keeps anything in it between two calls.
   */
  buffer(): Uint8Array
  /** The first `byteCount` bytes of the last `buffer()` were filled. */
  received(byteCount: number): void
  /** The peer will send no more; answers can still be sent, until `end`. */
  ended(): void
  /** The connection is gone; the last call a receiver gets. */
  closed(error?: NetworkError): void
}

export type NetworkErrorCode =
  | 'ADDRESS_IN_USE'
  | 'ADDRESS_NOT_AVAILABLE'
  | 'PERMISSION'
  | 'REFUSED'
  | 'RESET'
  | 'TIMED_OUT'
  | 'HOST_NOT_FOUND'
  | 'TLS'
  | 'OTHER'

/** What the network could not do, told once, by the adapter that touched it. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
  readonly code: NetworkErrorCode
  constructor(code: NetworkErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
