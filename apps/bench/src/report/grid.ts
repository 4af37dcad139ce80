/** A table of texts, to be shown on a terminal or in a document. */
export interface Grid {
  readonly title: string;
  readonly columns: readonly Column[];
  /** One text per column. */
  readonly rows: readonly (readonly string[])[];
  /** Lines under the table. */
  readonly notes?: readonly string[];
}

export interface Column {
  readonly header: string;
  readonly align: "left" | "right";
}

export const left = (header: string): Column => ({ header, align: "left" });
export const right = (header: string): Column => ({ header, align: "right" });
