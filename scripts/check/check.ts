/** One look at the whole repository. */
export interface Check {
  /** Two or three words for the line that is printed. */
  readonly name: string;
  /**
   * What is wrong, ready to be printed; an empty text when nothing is. Reads the repository at `root` and changes
   * nothing there. Throws only when the check itself could not be done.
   */
  run(root: string): Promise<string>;
}
