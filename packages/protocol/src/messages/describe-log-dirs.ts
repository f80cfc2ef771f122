import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, int64, string, struct } from '../schema/field.ts'

/**
 * DescribeLogDirs: the log directories of a broker, and the size of each replica in them (KIP-113).
 *
 * v2 is flexible, v3 has an error of the whole answer, v4 tells the size of the volumes (KIP-827), v5 which
 * directories take no new replicas (KIP-1066).
 */
export const DescribeLogDirs = api({
  name: 'DescribeLogDirs',
  key: 35,
  versions: [0, 5],
  flexible: 2,
  request: () => ({
    topics: array(
      struct({
        topic: string,
        partitions: array(int32),
      }),
    ).nullable(),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode: errorCode.since(3).default('NONE').ignorable(),
    results: array(
      struct({
        errorCode,
        logDir: string,
        topics: array(
          struct({
            name: string,
            partitions: array(
              struct({
                partitionIndex: int32,
                partitionSize: int64,
                offsetLag: int64,
                isFutureKey: boolean,
              }),
            ),
          }),
        ),
        totalBytes: int64.since(4).default(-1).ignorable(),
        usableBytes: int64.since(4).default(-1).ignorable(),
        isCordoned: boolean.since(5).default(false).ignorable(),
      }),
    ),
  }),
})
export interface DescribeLogDirsRequest extends RequestOf<typeof DescribeLogDirs> {}
export interface DescribeLogDirsResponse extends ResponseOf<typeof DescribeLogDirs> {}
