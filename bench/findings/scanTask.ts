/** The task of a scan. */
export interface ScanTask {
  readonly path: string;
  /** For those who can use several. */
  readonly threads?: number;
}
