/** Remembers what `make` makes of a label. */
export function perLabel<Child, Label extends string = string>(
  make: (label: Label) => Child,
): (label: Label) => Child {
  const children = new Map<Label, Child>();
  return (label) => {
    let child = children.get(label);
    if (child === undefined) {
      child = make(label);
      children.set(label, child);
    }
    return child;
  };
}

/** Remembers what `make` makes of two labels. */
export function perLabels<Child, Second extends string = string>(
  make: (first: string, second: Second) => Child,
): (first: string, second: Second) => Child {
  const byFirst = perLabel((first) => perLabel((second: Second) => make(first, second)));
  return (first, second) => byFirst(first)(second);
}
