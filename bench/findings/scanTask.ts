/** What a candidate of a scan is told. */
export interface ScanTask {
  readonly path: string;
  /** For those who can use several. */
  readonly threads?: number;
}
