/** The task of a scan. */
export interface ScanTask {
  readonly path: string;
  /** For candidates that can use several. */
  readonly threads?: number;
}
