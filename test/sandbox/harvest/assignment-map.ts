interface Assignment {
  readonly projectId: number;
}

/** Assignments to projects by their ids. A project has one for a task or person at most, which is found without a search. */
export class AssignmentMap<Item extends Assignment> extends Map<number, Item> {
  readonly #assigned: (item: Item) => number;
  readonly #byPair = new Map<string, Item>();

  /** @param assigned id of the task or person that an assignment brings to its project */
  constructor(assigned: (item: Item) => number) {
    super();
    this.#assigned = assigned;
  }

  /** The assignment of a task or person to a project. */
  of(projectId: number, assignedId: number): Item | undefined {
    return this.#byPair.get(pairOf(projectId, assignedId));
  }

  override set(id: number, item: Item): this {
    this.#byPair.set(pairOf(item.projectId, this.#assigned(item)), item);
    return super.set(id, item);
  }

  override delete(id: number): boolean {
    const item = this.get(id);
    if (item !== undefined) this.#byPair.delete(pairOf(item.projectId, this.#assigned(item)));
    return super.delete(id);
  }

  override clear(): void {
    this.#byPair.clear();
    super.clear();
  }
}

const pairOf = (projectId: number, assignedId: number): string => `${projectId}/${assignedId}`;
