/** Something a check found: where, what is wrong, and what to do about it. */
export interface Problem {
  /** Path from the repository's root, with a line where there is one. */
  readonly where: string
  readonly what: string
}
